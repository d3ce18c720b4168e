"""Twilio's JSON for its resources, and its pages of lists. Pure."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime
from typing import TypeVar
from urllib.parse import urlencode

from bot.simulator.codes import ERRORS
from bot.simulator.forms import segments
from bot.simulator.records import Approval, Content, Media, Message, Refusal

Json = dict[str, object]
T = TypeVar("T")
USUAL_PAGE, LARGEST_PAGE = 50, 1000


def error_json(refusal: Refusal) -> Json:
    return {
        "code": refusal.code,
        "message": refusal.words,
        "more_info": f"https://www.twilio.com/docs/errors/{refusal.code}",
        "status": refusal.status,
    }


def message_json(message: Message, *, account_sid: str) -> Json:
    uri = f"/2010-04-01/Accounts/{account_sid}/Messages/{message.sid}"
    media = max(len(message.media), len(message.media_urls))
    code = message.error_code
    return {
        "account_sid": account_sid,
        "api_version": "2010-04-01",
        "body": message.body,
        "date_created": _rfc2822(message.created_at),
        "date_sent": _rfc2822(message.sent_at) if message.sent_at else None,
        "date_updated": _rfc2822(message.updated_at),
        "direction": message.direction,
        "error_code": code,
        "error_message": ERRORS[code][1] if code in ERRORS else None,
        "from": message.from_,
        "messaging_service_sid": message.service_sid,
        "num_media": str(media),
        "num_segments": str(segments(message.body)) if message.channel == "sms" else "1",
        "price": None,
        "price_unit": None,
        "sid": message.sid,
        "status": message.status,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": message.to,
        "uri": f"{uri}.json",
    }


def media_json(media: Media, *, account_sid: str, message_sid: str) -> Json:
    uri = f"/2010-04-01/Accounts/{account_sid}/Messages/{message_sid}/Media/{media.sid}.json"
    return {
        "account_sid": account_sid,
        "content_type": media.content_type,
        "date_created": _rfc2822(media.created_at),
        "date_updated": _rfc2822(media.created_at),
        "parent_sid": message_sid,
        "sid": media.sid,
        "uri": uri,
    }


def content_json(content: Content, *, account_sid: str, base_url: str) -> Json:
    url = f"{base_url}/v1/Content/{content.sid}"
    return {
        "account_sid": account_sid,
        "date_created": _iso(content.created_at),
        "date_updated": _iso(content.created_at),
        "friendly_name": content.friendly_name,
        "language": content.language,
        "links": {
            "approval_create": f"{url}/ApprovalRequests/whatsapp",
            "approval_fetch": f"{url}/ApprovalRequests",
        },
        "sid": content.sid,
        "types": content.types,
        "url": url,
        "variables": dict(content.variables),
    }


def approval_json(approval: Approval) -> Json:
    return {
        "allow_category_change": True,
        "category": approval.category,
        "content_type": approval.content_type,
        "name": approval.name,
        "rejection_reason": approval.reason,
        "status": approval.status,
    }


def approvals_json(content: Content, approval: Approval, *, account_sid: str, base: str) -> Json:
    return {
        "sid": content.sid,
        "account_sid": account_sid,
        "url": f"{base}/v1/Content/{content.sid}/ApprovalRequests",
        "whatsapp": {"type": "whatsapp", **approval_json(approval)},
    }


def sender_json(address: str, *, url: str, callback: str | None, fallback: str | None) -> Json:
    sid = "XE" + hashlib.md5(address.encode(), usedforsecurity=False).hexdigest()
    return {
        "sid": sid,
        "sender_id": address,
        "status": "ONLINE",
        "webhook": {
            "callback_url": callback,
            "callback_method": "POST",
            "fallback_url": fallback,
            "fallback_method": "POST",
        },
        "url": f"{url}/{sid}",
    }


def page_2010(
    records: Sequence[T],
    query: Mapping[str, str],
    *,
    path: str,
    key: str,
    json: Callable[[T], Json],
) -> Json:
    """A page in the shape of the 2010 API; the next one's address repeats the filters."""
    number, size = _place(query)
    filters = {name: value for name, value in query.items() if not name.startswith("Page")}

    def uri(page: int) -> str:
        token = {"PageToken": f"PA{page}"} if page else {}
        return f"{path}?{urlencode({**filters, 'PageSize': size, 'Page': page, **token})}"

    start, shown = number * size, records[number * size : (number + 1) * size]
    return {
        key: [json(each) for each in shown],
        "end": max(start + len(shown) - 1, 0),
        "first_page_uri": uri(0),
        "next_page_uri": uri(number + 1) if start + size < len(records) else None,
        "page": number,
        "page_size": size,
        "previous_page_uri": uri(number - 1) if number else None,
        "start": start,
        "uri": uri(number),
    }


def page_v1(
    records: Sequence[T], query: Mapping[str, str], *, url: str, key: str, json: Callable[[T], Json]
) -> Json:
    """A page in the shape of the newer APIs."""
    number, size = _place(query)

    def address(page: int) -> str:
        return f"{url}?{urlencode({'PageSize': size, 'Page': page})}"

    return {
        key: [json(each) for each in records[number * size : (number + 1) * size]],
        "meta": {
            "first_page_url": address(0),
            "key": key,
            "next_page_url": address(number + 1) if (number + 1) * size < len(records) else None,
            "page": number,
            "page_size": size,
            "previous_page_url": address(number - 1) if number else None,
            "url": address(number),
        },
    }


def _place(query: Mapping[str, str]) -> tuple[int, int]:
    number, size = query.get("Page", "0"), query.get("PageSize", str(USUAL_PAGE))
    if not number.isdecimal() or not size.isdecimal() or not 1 <= int(size) <= LARGEST_PAGE:
        raise Refusal(20001, "Page or PageSize is invalid")
    return int(number), int(size)


def _rfc2822(moment: datetime) -> str:
    return format_datetime(moment)


def _iso(moment: datetime) -> str:
    return moment.replace(microsecond=0).isoformat().replace("+00:00", "Z")
