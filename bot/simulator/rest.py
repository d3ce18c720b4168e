"""Twilio's REST API over the simulated account: routes, credentials, and tricks on the wire."""

import base64
import hmac
from collections.abc import Callable
from dataclasses import replace
from itertools import repeat

from flask import Flask, Response, jsonify, redirect, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from bot.simulator import resources
from bot.simulator.codes import LIST_FIELDS
from bot.simulator.ledger import listing
from bot.simulator.records import Call, Message, Refusal
from bot.simulator.resources import Json
from bot.simulator.twilio import SimulatedTwilio
from bot.simulator.wire import Wire

ACCOUNT = "/2010-04-01/Accounts/<account_sid>"
MESSAGE = f"{ACCOUNT}/Messages/<sid>"
TYPING_SECONDS = 25
MIB = 1 << 20


def rest_app(simulator: SimulatedTwilio, *, wire: Wire | None = None) -> Flask:
    """`wire` plays the tricks that need the connection; without it only answers are changed."""
    app = Flask(__name__, static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    wire = wire or Wire(simulator.mischief)
    _Routes(app, simulator, wire)
    _guard(app, simulator, wire)
    return app


def _guard(app: Flask, simulator: SimulatedTwilio, wire: Wire) -> None:
    """Credentials before, tricks around, and a record of every call after each request."""

    @app.before_request
    def check() -> AnyResponse | None:
        if request.path.startswith("/cdn/"):
            return None
        account = (request.view_args or {}).get("account_sid", simulator.account_sid)
        if not _authorised(simulator):
            return _refuse(Refusal(20003))
        if account != simulator.account_sid:
            return _refuse(Refusal(20404))
        return wire.before(_call_name())

    @app.errorhandler(Refusal)
    def refused(refusal: Refusal) -> AnyResponse:
        return _refuse(refusal)

    @app.errorhandler(HTTPException)
    def no_such_thing(error: HTTPException) -> AnyResponse:
        return _refuse(Refusal(20404, status=error.code))

    @app.after_request
    def record(response: Response) -> Response:
        taken = response.status_code < 300
        answer = wire.after(_call_name(), response) if taken else response
        simulator.calls.append(replace(_as_call(simulator), status=answer.status_code))
        return answer


def _authorised(simulator: SimulatedTwilio) -> bool:
    given = request.headers.get("Authorization", "")
    pair = f"{simulator.account_sid}:{simulator.auth_token}"
    expected = "Basic " + base64.b64encode(pair.encode()).decode()
    return hmac.compare_digest(given.encode(), expected.encode())


def _refuse(refusal: Refusal) -> AnyResponse:
    answer = jsonify(resources.error_json(refusal))
    answer.status_code = refusal.status
    return answer


def _call_name() -> str:
    if request.path.endswith("/Messages.json"):
        return "send" if request.method == "POST" else "list"
    if "/Messages/" in request.path and request.method in ("DELETE", "GET"):
        return "delete" if request.method == "DELETE" else "fetch"
    return "content" if request.path.startswith("/v1/") else "other"


def _as_call(simulator: SimulatedTwilio) -> Call:
    return Call(
        method=request.method,
        path=request.path,
        query=request.args.to_dict(),
        form={name: tuple(values) for name, values in request.form.lists()},
        json=request.get_json(silent=True),
        at=simulator.clock(),
    )


class _Routes:
    """The endpoints, bound to one simulated account."""

    def __init__(self, app: Flask, simulator: SimulatedTwilio, wire: Wire) -> None:
        self.simulator, self.wire = simulator, wire
        add: Callable[..., None] = app.add_url_rule
        for rule, method, view in (
            (f"{ACCOUNT}/Messages.json", "POST", self.create_message),
            (f"{ACCOUNT}/Messages.json", "GET", self.list_messages),
            (f"{MESSAGE}.json", "GET", self.fetch_message),
            (f"{MESSAGE}.json", "POST", self.update_message),
            (f"{MESSAGE}.json", "DELETE", self.delete_message),
            (f"{MESSAGE}/Media.json", "GET", self.list_media),
            (f"{MESSAGE}/Media/<media_sid>.json", "GET", self.fetch_media),
            (f"{MESSAGE}/Media/<media_sid>", "GET", self.locate_media),
            (f"{MESSAGE}/Media/<media_sid>.json", "DELETE", self.delete_media),
            ("/cdn/<sid>/<media_sid>", "GET", self.read_media),
            ("/v1/Content", "POST", self.create_content),
            ("/v1/Content", "GET", self.list_contents),
            ("/v1/Content/<sid>", "GET", self.fetch_content),
            ("/v1/Content/<sid>", "DELETE", self.delete_content),
            ("/v1/Content/<sid>/ApprovalRequests/whatsapp", "POST", self.submit),
            ("/v1/Content/<sid>/ApprovalRequests", "GET", self.fetch_approval),
            ("/v1/ContentAndApprovals", "GET", self.list_approvals),
            ("/v2/Indicators/Typing.json", "POST", self.show_typing),
            ("/v2/Channels/Senders", "GET", self.list_senders),
        ):
            add(rule, endpoint=f"{method} {rule}", view_func=view, methods=[method])

    def create_message(self, account_sid: str) -> AnyResponse:
        form = {name: tuple(values) for name, values in request.form.lists()}
        return self._message(self.simulator.create_message(form), status=201)

    def list_messages(self, account_sid: str) -> AnyResponse:
        query = request.args.to_dict()
        if set(query) - LIST_FIELDS:
            raise Refusal(20001, "Unknown parameters")
        found = list(self.simulator.ledger.listed(listing(query)))
        return jsonify(
            resources.page_2010(
                found, query, path=request.path, key="messages", json=self._message_json
            )
        )

    def fetch_message(self, account_sid: str, sid: str) -> AnyResponse:
        return self._message(self.simulator.ledger.get(sid))

    def update_message(self, account_sid: str, sid: str) -> AnyResponse:
        return self._message(self.simulator.ledger.update(sid, request.form.to_dict()))

    def delete_message(self, account_sid: str, sid: str) -> AnyResponse:
        self.simulator.ledger.delete(sid)
        return Response(status=204)

    def list_media(self, account_sid: str, sid: str) -> AnyResponse:
        return jsonify(
            resources.page_2010(
                self.simulator.ledger.get(sid).media,
                request.args.to_dict(),
                path=request.path,
                key="media_list",
                json=lambda media: resources.media_json(
                    media, account_sid=account_sid, message_sid=sid
                ),
            )
        )

    def fetch_media(self, account_sid: str, sid: str, media_sid: str) -> AnyResponse:
        media = self.simulator.ledger.media(sid, media_sid)
        return jsonify(resources.media_json(media, account_sid=account_sid, message_sid=sid))

    def locate_media(self, account_sid: str, sid: str, media_sid: str) -> AnyResponse:
        """Redirects to where the bytes lie, as Twilio does to its CDN."""
        if self.simulator.mischief.take("media_404"):
            raise Refusal(20404)
        self.simulator.ledger.media(sid, media_sid)
        elsewhere = self.simulator.mischief.take("media_elsewhere")
        return redirect(elsewhere.reason if elsewhere else f"/cdn/{sid}/{media_sid}", code=307)

    def delete_media(self, account_sid: str, sid: str, media_sid: str) -> AnyResponse:
        self.simulator.ledger.delete_media(sid, media_sid)
        return Response(status=204)

    def read_media(self, sid: str, media_sid: str) -> AnyResponse:
        media = self.simulator.ledger.media(sid, media_sid)
        if self.simulator.mischief.take("media_lies"):
            return Response(b"<script>alert(1)</script>", content_type="image/png")
        if self.simulator.mischief.take("media_endless"):
            return Response(repeat(bytes(MIB), 17), content_type=media.content_type)
        if slow := self.simulator.mischief.take("media_slow"):
            return Response(
                self.wire.drip(media.data, pause=slow.seconds or 1), content_type=media.content_type
            )
        return Response(media.data, content_type=media.content_type)

    def create_content(self) -> AnyResponse:
        return self._content(self.simulator.shelf.create(request.get_json(silent=True)).sid, 201)

    def list_contents(self) -> AnyResponse:
        return self._contents("contents", self._content_json)

    def fetch_content(self, sid: str) -> AnyResponse:
        return self._content(sid)

    def delete_content(self, sid: str) -> AnyResponse:
        self.simulator.shelf.delete(sid)
        return Response(status=204)

    def submit(self, sid: str) -> AnyResponse:
        approval = self.simulator.shelf.submit(sid, request.get_json(silent=True))
        answer = jsonify(resources.approval_json(approval))
        answer.status_code = 201
        return answer

    def fetch_approval(self, sid: str) -> AnyResponse:
        content, shelf = self.simulator.shelf.content(sid), self.simulator.shelf
        return jsonify(
            resources.approvals_json(
                content,
                shelf.approval(sid),
                account_sid=self.simulator.account_sid,
                base=self.simulator.base_url,
            )
        )

    def list_approvals(self) -> AnyResponse:
        def json(sid: str) -> Json:
            approval = resources.approval_json(self.simulator.shelf.approval(sid))
            content = self._content_json(sid)
            del content["links"], content["url"]  # only one that is asked for by itself has them
            return {**content, "approval_requests": approval}

        return self._contents("contents", json)

    def show_typing(self) -> AnyResponse:
        message = self.simulator.ledger.get(request.form.get("messageId", ""))
        self.simulator.show_typing(message, seconds=TYPING_SECONDS)
        return jsonify({"success": True})

    def list_senders(self) -> AnyResponse:
        """Those of the channel that is asked for; it knows WhatsApp's only."""
        channel, simulator = request.args.get("Channel", ""), self.simulator
        if channel not in ("whatsapp", "rcs"):
            raise Refusal(20001, "Channel is required")
        mine = [simulator.senders[channel]] if channel in simulator.senders else []
        url = simulator.base_url + request.path

        def json(address: str) -> Json:
            return resources.sender_json(
                address,
                url=url,
                callback=simulator.webhook_url,
                fallback=simulator.fallback_url,
            )

        query = request.args.to_dict()
        return jsonify(resources.page_v1(mine, query, url=url, key="senders", json=json))

    def _contents(self, key: str, json: Callable[[str], Json]) -> AnyResponse:
        sids, url = list(self.simulator.shelf.contents), self.simulator.base_url + request.path
        return jsonify(resources.page_v1(sids, request.args.to_dict(), url=url, key=key, json=json))

    def _content(self, sid: str, status: int = 200) -> AnyResponse:
        self.simulator.shelf.content(sid)
        answer = jsonify(self._content_json(sid))
        answer.status_code = status
        return answer

    def _content_json(self, sid: str) -> Json:
        return resources.content_json(
            self.simulator.shelf.content(sid),
            account_sid=self.simulator.account_sid,
            base_url=self.simulator.base_url,
        )

    def _message(self, message: Message, *, status: int = 200) -> AnyResponse:
        answer = jsonify(self._message_json(message))
        answer.status_code = status
        return answer

    def _message_json(self, message: Message) -> Json:
        return resources.message_json(message, account_sid=self.simulator.account_sid)
