"""The Messages resource: every message in and out, oldest first."""

import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from bot.simulator.codes import UPDATE_FIELDS
from bot.simulator.records import Media, Message, Phone, Refusal


class Ledger:
    """Thread-safe. `changes` grows with everything that a phone could show."""

    def __init__(self, *, clock: Callable[[], datetime]) -> None:
        self.messages: dict[str, Message] = {}
        self._of: dict[str, list[Message]] = {}  # by number of the phone
        self._moving: dict[str, Message] = {}  # may still change
        self.changes = 0
        self._clock, self._lock = clock, threading.RLock()

    def add(
        self,
        *,
        direction: str,
        channel: str,
        from_: str,
        to: str,
        body: str,
        status: str,
        phone: Phone | None,
        with_media: bool = False,
    ) -> Message:
        now = self._clock()
        message = Message(
            sid=("MM" if with_media else "SM") + uuid.uuid4().hex,
            channel=channel,
            direction=direction,
            from_=from_,
            to=to,
            body=body,
            status=status,
            created_at=now,
            updated_at=now,
            sent_at=None if direction == "outbound-api" else now,
            phone=phone,
        )
        with self._lock:
            self.messages[message.sid] = message
            if phone is not None:
                self._of.setdefault(phone.number, []).append(message)
            if direction == "outbound-api":
                self._moving[message.sid] = message
            self.changes += 1
        return message

    def get(self, sid: str) -> Message:
        message = self.messages.get(sid)
        if message is None:
            raise Refusal(20404)
        return message

    def update(self, sid: str, form: Mapping[str, str]) -> Message:
        """An empty Body redacts; Status=canceled stops a scheduled message."""
        message = self.get(sid)
        if set(form) - UPDATE_FIELDS or form.get("Body", "") != "":
            raise Refusal(20001)
        with self._lock:
            if form.get("Status") == "canceled":
                if message.status != "scheduled":
                    raise Refusal(20009, "Only scheduled messages can be canceled")
                message.status, message.steps = "canceled", []
            if "Body" in form:
                if not message.final and message.status != "sent":
                    raise Refusal(20009)
                message.body, message.shown = "", None
            message.updated_at = self._clock()
            self.changes += 1
        return message

    def delete(self, sid: str) -> None:
        with self._lock:
            message = self.get(sid)
            if not message.final:
                raise Refusal(20009)
            del self.messages[sid]  # at Twilio: nobody can delete it on her phone
            self._moving.pop(sid, None)
            self.changes += 1

    def media(self, sid: str, media_sid: str) -> Media:
        for media in self.get(sid).media:
            if media.sid == media_sid:
                return media
        raise Refusal(20404)

    def delete_media(self, sid: str, media_sid: str) -> None:
        with self._lock:
            self.get(sid).media.remove(self.media(sid, media_sid))

    def moving(self) -> list[Message]:
        """Those with steps ahead. One that has just been made gets its steps a moment later."""
        with self._lock:
            over = [sid for sid, each in self._moving.items() if each.final and not each.steps]
            for sid in over:
                del self._moving[sid]
            return [each for each in self._moving.values() if each.steps]

    def of(self, phone: Phone) -> list[Message]:
        """Both sides of the talk with that phone, oldest first."""
        with self._lock:
            return list(self._of.get(phone.number, ()))

    def last_of(self, phone: Phone, *, inbound: bool | None = None) -> Message | None:
        """The newest of them; with `inbound`, the newest that she wrote, or that we did."""
        with self._lock:
            newest_first = reversed(self._of.get(phone.number, ()))
            wanted = (each for each in newest_first if inbound in (None, each.inbound))
            return next(wanted, None)

    def listed(self, wanted: Callable[[Message], bool]) -> Iterator[Message]:
        """Newest first, as Twilio lists them."""
        with self._lock:
            everything = list(self.messages.values())
        return (each for each in reversed(everything) if not each.unlisted and wanted(each))


def listing(query: Mapping[str, str]) -> Callable[[Message], bool]:
    """The filter that a list request asks for: To, From, DateSent and its two limits."""
    to, sender = query.get("To"), query.get("From")
    day, since = _moment(query, "DateSent"), _moment(query, "DateSent>")
    until = _moment(query, "DateSent<")

    def wanted(message: Message) -> bool:
        if (to and message.to != to) or (sender and message.from_ != sender):
            return False
        if not (day or since or until):
            return True
        sent = message.sent_at  # null while it is queued: such a message has no date to match
        return (
            sent is not None
            and (day is None or sent.date() == day.date())
            and (since is None or sent >= since)
            and (until is None or sent <= until)
        )

    return wanted


def _moment(query: Mapping[str, str], name: str) -> datetime | None:
    text = query.get(name)
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refusal(20001, f"{name} is not a date") from None
    if moment.tzinfo is None:
        raise Refusal(20001, f"{name} has no time zone")
    return moment
