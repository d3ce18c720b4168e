"""Moves messages from status to status and posts the receipts: in order, or as a trick says."""

import threading
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from bot.simulator.codes import ERRORS
from bot.simulator.forms import status_form
from bot.simulator.mischief import Mischief
from bot.simulator.records import Message

Receipt = tuple[str, Mapping[str, str]]  # where to post it, and the form
LATE = timedelta(hours=1)


class Receipts:
    """`post` is called outside every lock but our own, which nobody holds who waits for us."""

    def __init__(
        self,
        *,
        account_sid: str,
        mischief: Mischief,
        post: Callable[[str, Mapping[str, str]], None],
    ) -> None:
        self._account_sid, self._mischief, self._post = account_sid, mischief, post
        self._moving = threading.Lock()  # receipts of one round go out one after the other
        self._state = threading.Lock()
        self._late: list[tuple[datetime, Receipt]] = []
        self._kept: dict[str, list[Receipt]] = {}  # for messages that are to be shuffled

    def advance(self, messages: Iterable[Message], *, now: datetime) -> int:
        """Returns how many statuses changed."""
        with self._moving:
            moved, due = 0, self._overdue(now)
            for message in messages:
                receipts = self._take_steps(message, now=now)
                moved += len(receipts)
                due += self._arranged(message, receipts, now=now)
            for receipt in due:
                self._post(*receipt)
        return moved

    def early(self, message: Message) -> None:
        """All receipts at once, even before the message was answered for."""
        for receipt in self._take_steps(message, now=message.steps[-1].at):
            if receipt[0]:
                self._post(*receipt)

    def release(self) -> int:
        """Posts everything that was kept back. Returns how many."""
        with self._state:
            waiting = [receipt for _, receipt in self._late]
            waiting += [each for kept in self._kept.values() for each in reversed(kept)]
            self._late.clear()
            self._kept.clear()
        for receipt in waiting:
            self._post(*receipt)
        return len(waiting)

    def _take_steps(self, message: Message, *, now: datetime) -> list[Receipt]:
        """Changes the status and returns a receipt for each change ("" as URL: nobody asked)."""
        receipts: list[Receipt] = []
        with self._state:
            while message.steps and message.steps[0].at <= now:
                step = message.steps.pop(0)
                message.status, message.error_code = step.status, step.error_code
                message.updated_at = step.at
                if step.status == "sent":
                    message.sent_at = step.at
                words = ERRORS[step.error_code][1] if step.error_code in ERRORS else "Unknown error"
                form = status_form(message, account_sid=self._account_sid, words=words)
                receipts.append((message.callback or "", form))
        return receipts

    def _arranged(
        self, message: Message, receipts: list[Receipt], *, now: datetime
    ) -> list[Receipt]:
        """What is to be posted at this moment because of these changes of one message."""
        asked = [each for each in receipts if each[0] and not self._mischief.take("lost_callbacks")]
        asked = [changed for each in asked for changed in self._changed(each)]
        if message.shuffled:
            with self._state:
                kept = self._kept.setdefault(message.sid, [])
                kept += asked
                return [] if message.steps else list(reversed(self._kept.pop(message.sid)))
        posted = []
        for receipt in asked:
            late = self._mischief.take("late_callbacks")
            twice = self._mischief.take("duplicate_callbacks") if late is None else None
            if late is None:
                posted += [receipt] * (twice.copies if twice else 1)
            else:
                delay = LATE if late.seconds is None else timedelta(seconds=late.seconds)
                with self._state:
                    self._late.append((now + delay, receipt))
        return posted

    def _changed(self, receipt: Receipt) -> list[Receipt]:
        """The receipt, or what a trick makes of it and puts before it."""
        url, form = receipt
        if form.get("EventType") == "READ" and self._mischief.take("lagging_read"):
            form = {**form, "MessageStatus": "sent", "SmsStatus": "sent"}
        if self._mischief.take("stray_callbacks"):
            nobodys = "SM" + uuid.uuid4().hex
            stray = {**form, "MessageSid": nobodys, "SmsSid": nobodys}
            return [(url.partition("?")[0], stray), (url, form)]
        return [(url, form)]

    def _overdue(self, now: datetime) -> list[Receipt]:
        with self._state:
            due = [receipt for at, receipt in self._late if at <= now]
            self._late = [(at, receipt) for at, receipt in self._late if at > now]
        return due
