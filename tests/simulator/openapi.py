"""Holds the calls of the real client, and the simulator's answers, to Twilio's OpenAPI document.

`TWILIO_OPENAPI` names the document's file. Without it nothing is held, and what asks for it skips.
"""

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pytest
from openapi_core import OpenAPI
from openapi_core.contrib.werkzeug import WerkzeugOpenAPIRequest, WerkzeugOpenAPIResponse
from openapi_core.exceptions import OpenAPIError
from werkzeug.wrappers import Request, Response

# The document describes successes only. A call that was right and met a fault is held to it too;
# one that the simulator refused broke a rule on purpose
DESCRIBED = range(200, 300)
FAULTS = (401, 429, 500, 503)
# Where the bytes of media lie is nobody's interface, and how they are asked for is not described
BESIDE_IT = re.compile(r"/cdn/.*|/.*/Media/ME[0-9a-f]{32}")
SDK_ONLY = {"MessageIntent"}  # the client knows it, the document does not yet
FORM = "application/x-www-form-urlencoded"
Json = Mapping[str, Any]


@cache
def judge() -> "Judge | None":
    """The one judge of this run; None where there is no document."""
    path = os.environ.get("TWILIO_OPENAPI")
    return Judge(Path(path)) if path else None


def needed() -> "Judge":
    """For tests that are about nothing else."""
    found = judge()
    if found is None:
        pytest.skip("TWILIO_OPENAPI is not set: calls are NOT held to Twilio's own document")
    return found


class Judge:
    """`around` wraps the simulator's application; objections are kept as sentences."""

    def __init__(self, path: Path) -> None:
        self.document = json.loads(path.read_text(encoding="utf-8"))
        self.document["servers"] = [{"url": "/"}]
        self.openapi = OpenAPI.from_dict(self.document)
        self.judged: list[str] = []  # method and path of the document, as often as it was called
        self._objections: list[str] = []
        self._paths = {
            re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))): path
            for path in sorted(self.document["paths"], key=lambda path: path.count("{"))
        }

    def take_objections(self) -> list[str]:
        objections, self._objections = self._objections, []
        return objections

    def around(self, application: WSGIApplication) -> WSGIApplication:
        def judged(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
            request = Request(environ)
            request.get_data(cache=True, parse_form_data=False)
            environ["wsgi.input"].seek(0)
            answer = Response.from_app(application, environ, buffered=True)
            told = answer.status_code in (*DESCRIBED, *FAULTS)
            if told and not BESIDE_IT.fullmatch(request.path):
                self._judge(Request(environ), answer)
            return answer(environ, start)

        return judged

    def _judge(self, request: Request, answer: Response) -> None:
        request.environ["wsgi.input"].seek(0)
        asked: Any = WerkzeugOpenAPIRequest(request)
        where = f"{request.method} {request.path}"
        path = next((p for shape, p in self._paths.items() if shape.fullmatch(request.path)), None)
        operation = self.document["paths"].get(path, {}).get(request.method.lower())
        if operation is None:
            self._objections.append(f"{where}: is not described")
            return
        self.judged.append(f"{request.method} {path}")
        try:
            self.openapi.validate_request(asked)
            if answer.status_code in DESCRIBED:
                self.openapi.validate_response(asked, WerkzeugOpenAPIResponse(answer))
        except OpenAPIError as error:
            self._objections.append(f"{where}: {error!r} {error.__cause__!r}")
        unknown = [*self._unknown_asked(request, operation), *self._unknown_said(answer, operation)]
        self._objections += [f"{where}: {name} is not described" for name in unknown]

    def _unknown_asked(self, request: Request, operation: Json) -> Iterator[str]:
        """Names that a validation lets pass: Twilio would ignore them, and so what we meant."""
        known = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "query"}
        yield from set(request.args) - known
        described = operation.get("requestBody", {}).get("content", {})
        if FORM in described:
            known = set(self._whole(described[FORM]["schema"])["properties"])
            yield from set(request.form) - known - SDK_ONLY
        elif "application/json" in described:
            sent = request.get_json(silent=True)
            yield from self._beyond(sent, described["application/json"]["schema"])

    def _unknown_said(self, answer: Response, operation: Json) -> Iterator[str]:
        described = operation["responses"].get(str(answer.status_code), {}).get("content", {})
        if "application/json" in described:
            said = answer.get_json(silent=True)
            yield from self._beyond(said, described["application/json"]["schema"])

    def _beyond(self, value: object, schema: Json, at: str = "") -> Iterator[str]:
        """Every name in `value` that the schema does not have, however deep."""
        schema = self._whole(schema)
        if isinstance(value, list):
            for each in value:
                yield from self._beyond(each, schema.get("items", {}), at)
        elif isinstance(value, dict) and "properties" in schema:
            for name, inner in value.items():
                if name not in schema["properties"]:
                    yield f"{at}{name}"
                else:
                    yield from self._beyond(inner, schema["properties"][name], f"{at}{name}.")

    def _whole(self, schema: Json) -> Json:
        """Where the document only points to another place in it, that place."""
        if "$ref" in schema:
            found: Any = self.document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            return self._whole(found)
        return schema
