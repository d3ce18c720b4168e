"""Holds the calls of the real client, and the simulator's answers, to Twilio's OpenAPI document."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from openapi_core import OpenAPI
from openapi_core.contrib.werkzeug import WerkzeugOpenAPIRequest, WerkzeugOpenAPIResponse
from openapi_core.exceptions import OpenAPIError
from werkzeug.wrappers import Request, Response

# The document has no 4xx answers for Messages, and 307 for media is not in it.
DESCRIBED = range(200, 300)
UNDESCRIBED_PATHS = ("/cdn/",)


class Judge:
    """`around` wraps the simulator's application; objections are kept as sentences."""

    def __init__(self, path: Path) -> None:
        """`path` is the document, or the folder in which it lies under Twilio's usual name."""
        file = path / "twilio_merged_loopback.json" if path.is_dir() else path
        document = json.loads(file.read_text(encoding="utf-8"))
        document["servers"] = [{"url": "/"}]
        self.openapi = OpenAPI.from_dict(document)
        self.judged = 0
        self._objections: list[str] = []

    def take_objections(self) -> list[str]:
        objections, self._objections = self._objections, []
        return objections

    def around(self, application: WSGIApplication) -> WSGIApplication:
        def judged(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
            request = Request(environ)
            request.get_data(cache=True, parse_form_data=False)
            environ["wsgi.input"].seek(0)
            answer = Response.from_app(application, environ, buffered=True)
            if answer.status_code in DESCRIBED and not _undescribed(request.path):
                self._judge(Request(environ), answer)
            return answer(environ, start)

        return judged

    def _judge(self, request: Request, answer: Response) -> None:
        self.judged += 1
        request.environ["wsgi.input"].seek(0)
        asked: Any = WerkzeugOpenAPIRequest(request)
        where = f"{request.method} {request.path}"
        try:
            self.openapi.validate_request(asked)
            self.openapi.validate_response(asked, WerkzeugOpenAPIResponse(answer))
        except OpenAPIError as error:
            self._objections.append(f"{where}: {error!r} {error.__cause__!r}")


def _undescribed(path: str) -> bool:
    return path.startswith(UNDESCRIBED_PATHS) or ("/Media/" in path and not path.endswith(".json"))
