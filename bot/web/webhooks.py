"""The addresses Twilio posts to: messages that come in, once more where that failed, receipts.

Nothing slow happens here: check, store in one transaction, answer empty, wake the sender.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import suppress
from urllib.parse import parse_qsl

from flask import Blueprint, Response, current_app, request
from werkzeug.datastructures import MultiDict

from bot.actions.receive import receive
from bot.actions.track import track
from bot.channels.twilio import senders_of
from bot.channels.twilio_inbound import MESSAGE_SID, read_message, read_receipt
from bot.channels.twilio_signature import verify
from bot.errors import Unreadable
from bot.parts import Parts
from bot.store.database import unavailable
from bot.store.inbox import set_down

page = Blueprint("webhooks", __name__, url_prefix="/webhooks/twilio")
log = logging.getLogger(__name__)
EMPTY = "<Response/>"


@page.post("/message")
def message() -> Response:
    """One message that came in. 403: not Twilio; 400: no message of ours; 503: try again."""
    parts: Parts = current_app.extensions["bot"]
    form = _signed_form(parts)
    if form is None:
        return _answer(403)
    try:
        inbound = read_message(
            form, account_sid=parts.settings.twilio_account_sid, senders=senders_of(parts.settings)
        )
    except Unreadable as error:
        log.warning("unreadable message: %s", error)
        return _answer(400)
    try:
        received = receive(parts.house, inbound, now=parts.now())
    except Exception as error:  # whatever it is, Twilio must try again
        return _failed(error)
    log.info("message %s %s", inbound.external_id, received.state)
    parts.wake.set()
    return _answer(200)


@page.post("/fallback")
def fallback() -> Response:
    """The same message where the other address has failed: set down as it came, in a file, and
    taken up by the clock. Asks no database, so that it works while that is away."""
    parts: Parts = current_app.extensions["bot"]
    form = _signed_form(parts)
    if form is None:
        return _answer(403)
    sid = form.get("MessageSid", "")
    if not MESSAGE_SID.fullmatch(sid):
        return _answer(400)
    fields = {name: form[name] for name in form}
    try:
        folder = parts.settings.inbox_folder
        set_down(folder, fields, sid=sid, key=parts.database.key, now=parts.now())
    except Exception as error:  # a full disk, or too many: Twilio has it still
        return _failed(error)
    log.info("message %s set down", sid)
    return _answer(200)


@page.post("/status")
def status() -> Response:
    """One receipt. Its query carries our own token for the delivery."""
    parts: Parts = current_app.extensions["bot"]
    form = _signed_form(parts)
    if form is None:
        return _answer(403)
    try:
        receipt = read_receipt(
            form,
            token=request.args.get("m"),
            account_sid=parts.settings.twilio_account_sid,
        )
    except Unreadable as error:
        log.warning("unreadable receipt: %s", error)
        return _answer(400)
    try:
        track(parts.database, receipt, now=parts.now())
    except Exception as error:  # whatever it is, Twilio must try again
        return _failed(error)
    parts.wake.set()
    return _answer(204)


def _signed_form(parts: Parts) -> Mapping[str, str] | None:
    """What our account signed for the configured public URL and the raw query; None: forged.

    No header of the request is trusted to say where it was sent.
    """
    query = request.environ.get("QUERY_STRING", "")
    url = parts.settings.public_url + request.environ.get("PATH_INFO", "")
    for form in _forms():
        signed = verify(
            url=f"{url}?{query}" if query else url,
            params=form,
            signature=request.headers.get("X-Twilio-Signature"),
            tokens=parts.settings.twilio_auth_tokens,
        )
        if signed and form.get("AccountSid") == parts.settings.twilio_account_sid:
            return form
    return None


def _forms() -> Iterator[Mapping[str, str]]:
    """The form as Flask reads it; then, where half a character may be in it, with that as one.

    Flask leaves the bytes of a lone surrogate escaped, and so would never find them signed.
    """
    raw = request.get_data()
    yield request.form
    if b"%ED%" in raw.upper():
        with suppress(ValueError):
            yield MultiDict(
                parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="surrogatepass")
            )


def _failed(error: Exception) -> Response:
    """Nothing is half done. The log holds the kind of error: its text may hold her words."""
    down = unavailable(error)
    log.error("webhook failed: %s%s", type(error).__name__, " (database)" if down else "")
    return _answer(503)


def _answer(code: int) -> Response:
    body = EMPTY if code == 200 else ""
    return Response(body, status=code, mimetype="text/xml")
