"""What a message brings beside words: a place, a form, that it was forwarded. Pure.

It is kept for staff to read, in plain text: nothing here is executed, looked up or fetched.
"""

import base64
import binascii
import json
import unicodedata
from collections.abc import Mapping

LONGEST, LONGEST_FORM, LONGEST_RAW = 300, 4000, 4000  # characters
SHORTEST_BASE64 = 60  # shorter ones may be words
CALL = "VOICE_CALL_REQUEST"  # Twilio's body for an answer to "may we ring you?"
LAYOUT = "\n\r\t"
MOST_FORWARDED, FORWARDED = "often", "once"


def details_of(fields: Mapping[str, str], *, kind: str) -> dict[str, str]:
    """By our own names, each one short. Empty for nearly every message."""
    found = {
        "forwarded": _forwarded(fields),
        "form": _form(fields),
        "call": _cut(fields.get("ButtonPayload", "")) if is_call(fields) else "",
        "sticker": "yes" if fields.get("MessageType", "").lower() == "sticker" else "",
        "type": _cut(fields.get("MessageType", "")) if kind == "unsupported" else "",
        **_place(fields),
    }
    return {name: value for name, value in found.items() if value}


def is_call(fields: Mapping[str, str]) -> bool:
    """An answer to WhatsApp's own question whether we may ring her. Its body is none of hers."""
    return fields.get("Body", "") == CALL


def has_form(fields: Mapping[str, str]) -> bool:
    """The answers of a form that WhatsApp showed her."""
    return bool(fields.get("InteractiveData") or fields.get("FlowData"))


def unwrapped(body: str) -> str | None:
    """The words of a body that a carrier has delivered as base64, which happens to long SMS.

    Only strict base64 of sixty characters or more that comes to readable UTF-8: else None. Signs
    that join letters or give a direction belong to words, too: Persian is not written without.
    """
    if len(body) < SHORTEST_BASE64 or len(body) % 4:
        return None
    try:
        text = base64.b64decode(body.encode("ascii"), validate=True).decode("utf-8")
    except (UnicodeError, binascii.Error):
        return None
    readable = all(sign in LAYOUT or unicodedata.category(sign) != "Cc" for sign in text)
    return text if readable and any(sign.isalpha() for sign in text) else None


def _forwarded(fields: Mapping[str, str]) -> str:
    if _true(fields.get("FrequentlyForwarded")):
        return MOST_FORWARDED
    return FORWARDED if _true(fields.get("Forwarded")) or _in_context(fields) else ""


def _in_context(fields: Mapping[str, str]) -> bool:
    """Twilio also says it in JSON, which may be broken and then says nothing."""
    told = fields.get("ChannelMetadata", "")
    if '"Forwarded"' not in told:
        return False
    try:
        return _true(str(json.loads(told)["data"]["context"]["Forwarded"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return False


def _true(value: str | None) -> bool:
    return (value or "").strip().casefold() in ("true", "1")


def _form(fields: Mapping[str, str]) -> str:
    """As it came, shortened: staff read it as text."""
    return _cut(fields.get("InteractiveData") or fields.get("FlowData") or "", LONGEST_FORM)


def _place(fields: Mapping[str, str]) -> dict[str, str]:
    latitude = _degrees(fields.get("Latitude", ""), most=90)
    longitude = _degrees(fields.get("Longitude", ""), most=180)
    if not latitude or not longitude:
        return {}
    return {
        "latitude": latitude,
        "longitude": longitude,
        "place": _cut(fields.get("Label", "")),
        "address": _cut(fields.get("Address", "")),
    }


def _degrees(value: str, *, most: int) -> str:
    """A number of degrees as it came, "" where it is none."""
    try:
        degrees = float(value[:LONGEST])
    except ValueError:
        return ""
    return _cut(value.strip(), 20) if -most <= degrees <= most else ""


def _cut(value: str, longest: int = LONGEST) -> str:
    return value if len(value) <= longest else value[: longest - 1] + "…"
