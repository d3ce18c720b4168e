"""Lets simulated time pass on the real path: what is due happens, and the cast answers.

Time jumps from event to event, so that a week takes seconds and nothing in it is left out.
"""

import heapq
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zlib import crc32

from bot.clock import Clock, guarded
from bot.programme.hours import Hours, allowed, next_allowed
from bot.simulator.cast import Character
from bot.simulator.records import Choice, Message
from bot.simulator.twilio import SimulatedTwilio
from bot.store.due import anything_to_send, anything_waits, next_moment, open_step
from bot.store.hours import waking_hours

SETTLE = timedelta(seconds=8)  # until the simulated Twilio has delivered, and she has read it
IN_HAND = timedelta(minutes=20)
LOOK_AGAIN = timedelta(hours=1)  # at what waits for its hour, for room in the week, for an answer
WAKING = (9 * 60, 20 * 60)
ROUNDS = 10  # of sending and arriving within one moment
OPEN = "standing.opener"


class MovableClock:
    """Simulated time: it flows like real time from where it was put, unless it stands still."""

    def __init__(self, start: datetime) -> None:
        self._base, self._since, self._still = start, time.monotonic(), True
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        """The simulated moment, in UTC."""
        with self._lock:
            if self._still:
                return self._base
            return self._base + timedelta(seconds=time.monotonic() - self._since)

    def put(self, moment: datetime, *, still: bool) -> None:
        """Go to that moment, never back; then stand still or flow."""
        with self._lock:
            self._base = max(moment.astimezone(UTC), self._base)
            self._since, self._still = time.monotonic(), still


@dataclass(order=True)
class _Reply:
    at: datetime
    number: str
    prompt: str = field(compare=False)


class Life:
    """The cast living through simulated time. One jump at a time."""

    def __init__(
        self,
        *,
        time: MovableClock,
        clock: Clock,
        simulator: SimulatedTwilio,
        cast: Iterable[Character],
    ) -> None:
        self.time, self.clock, self.simulator = time, clock, simulator
        self.cast = {character.number: character for character in cast}
        self._asked: dict[tuple[str, str], int] = {}
        self._seen: set[str] = set()
        self._replies: list[_Reply] = []
        self._looked_after: date | None = None
        self._ticked: datetime | None = None
        self._lock = threading.Lock()

    def live_until(
        self,
        moment: datetime,
        *,
        by_hand: bool,
        report: Callable[[datetime], None] = lambda _: None,
    ) -> None:
        """Let everything happen up to `moment`. `by_hand`: those who are played stay silent."""
        with self._lock:
            while True:
                self._happen(by_hand=by_hand)
                upcoming = self._next(self.time())
                if upcoming is None or upcoming > moment:
                    break
                self.time.put(upcoming, still=True)
                report(upcoming)
                self._answer_due()
            self.time.put(moment, still=True)
            self._ticked = None  # whoever looks now finds everything done
            self._happen(by_hand=by_hand)

    def next_check_in(self) -> datetime | None:
        """When the next planned check-in may start."""
        with self.clock.parts.database.reading() as db:
            due = next_moment(db, after=self.time(), deliveries=False)
        return next_allowed(due, self._waking()) if due is not None else None

    def _happen(self, *, by_hand: bool) -> None:
        """One moment: what is due starts and is sent, arrives, is read, and is thought about."""
        today = self.time().date()
        if today != self._looked_after:
            guarded(self.clock.reconcile)
            if self._looked_after is None:
                guarded(self.clock.templates)  # approved at once here; when time flows, it looks
            self._looked_after = today
        if self._ticks():
            self._ticked = self.time()
            self.clock.tick()
        guarded(self.clock.call)
        for _ in range(ROUNDS):
            with self.clock.parts.database.reading() as db:
                waits = anything_to_send(db, now=self.time())
            sent = self.clock.send() if waits else 0
            self._arrive()
            if not sent:
                break
        for number, character in self.cast.items():
            if not (by_hand and character.by_hand):
                self._think(number)

    def _ticks(self) -> bool:
        """Something has fallen due since the last tick, or that was a while ago: her answers, the
        most frequent moments, wait for no tick."""
        since = self._ticked
        if since is None or self.time() - since >= LOOK_AGAIN:
            return True
        with self.clock.parts.database.reading() as db:
            due = next_moment(db, after=since, deliveries=False)
        return due is not None and due <= self.time()

    def _arrive(self) -> None:
        """What is on its way reaches the phones and is read; the receipts come back."""
        moving = True
        while moving:
            self.time.put(self.time() + SETTLE, still=True)
            self.simulator.deliver_due()
            soon = self.time() + SETTLE
            under_way = [each.steps[:1] for each in self.simulator.ledger.moving()]
            moving = any(step.at <= soon for steps in under_way for step in steps)

    def _think(self, number: str) -> None:
        """Plan an answer to the newest message on her phone, at a time of her own."""
        newest = self._newest(number)
        if newest is None or newest.sid in self._seen:
            return
        self._seen.add(newest.sid)
        chance = crc32(newest.sid[-4:].encode())
        wait = timedelta(minutes=3 + chance % (3 if self._in_hand(number) else 180))
        at, waking = self.time() + wait, self._waking()
        if not allowed(at, waking):
            at = next_allowed(at, waking) + timedelta(minutes=chance % 90)
        heapq.heappush(self._replies, _Reply(at=at, number=number, prompt=newest.sid))

    def _in_hand(self, number: str) -> bool:
        """She is holding her phone: she has just written."""
        since = self.time() - IN_HAND
        return any(
            m.inbound and m.created_at > since for m in self.simulator.talk_with(number)[-3:]
        )

    def _newest(self, number: str) -> Message | None:
        talk = self.simulator.talk_with(number)
        newest = talk[-1] if talk else None
        reached = newest is not None and newest.status in ("delivered", "read")
        return newest if newest is not None and not newest.inbound and reached else None

    def _answer_due(self) -> None:
        while self._replies and self._replies[0].at <= self.time():
            reply = heapq.heappop(self._replies)
            newest = self._newest(reply.number)
            if newest is not None and newest.sid == reply.prompt:
                self._answer(self.cast[reply.number], newest)

    def _answer(self, character: Character, message: Message) -> None:
        buttons = message.shown.buttons if message.shown else ()
        if any(button.id.startswith(f"t:{OPEN}:") for button in buttons):
            self._tap(character, message, buttons[0])
            return
        with self.clock.parts.database.reading() as db:
            step = open_step(db, reference=character.id)
        text = self._reply_text(character, step) if step is not None else ""
        if not text:
            return
        rows = message.shown.rows if message.shown else ()
        picked = next((c for c in (*buttons, *rows) if c.id.endswith(f":{text}")), None)
        if picked is not None:
            self._tap(character, message, picked, row=picked in rows)
            return
        self.simulator.receive_from(
            character.number, self._as_typed(character, step or "", text), channel=message.channel
        )

    def _reply_text(self, character: Character, step: str) -> str:
        """What she answers to this step, this time. No reply is known: silence."""
        replies = character.replies.get(step, "")
        if isinstance(replies, str):
            return replies
        place = self._asked.get((character.id, step), 0)
        self._asked[(character.id, step)] = place + 1
        return replies[min(place, len(replies) - 1)]

    def _as_typed(self, character: Character, step: str, text: str) -> str:
        """A choice without a button is sent by its number."""
        flow_name, _, key = step.partition(".")
        flow = self.clock.parts.library.flow(flow_name)
        asked = flow.step(key)
        keys = [option.key for option in getattr(asked, "options", ())]
        if text in keys:
            return str(keys.index(text) + 1)
        languages = sorted(
            self.clock.parts.catalogues.languages, key=lambda t: t != character.language
        )
        if step == "welcome.language" and text in languages:
            return str(languages.index(text) + 1)
        return "0" if text == "skip" else text

    def _tap(
        self, character: Character, message: Message, choice: Choice, *, row: bool = False
    ) -> None:
        picked = (choice.id, choice.title)
        self.simulator.receive_from(
            character.number,
            button=None if row else picked,
            list_item=picked if row else None,
            replied_to=message.sid,
        )

    def _waking(self) -> Hours:
        """When anybody may be written to at all: from the first opening to the last closing."""
        with self.clock.parts.database.reading() as db:
            opens, closes = waking_hours(db) or WAKING
        zone = self.clock.parts.house.zone
        return Hours(zone=zone, opens=opens, closes=closes, bank_holidays=False)

    def _next(self, now: datetime) -> datetime | None:
        """The next moment at which anything may happen."""
        with self.clock.parts.database.reading() as db:
            moments = [next_moment(db, after=now, deliveries=True)]
            waits = anything_waits(db, now=now)
        moments += [reply.at for reply in self._replies[:1]]
        waking = self._waking()
        if waits or not allowed(now, waking):
            moments.append(next_allowed(now + LOOK_AGAIN if waits else now, waking))
        known = [
            max(moment, now + timedelta(seconds=1)) for moment in moments if moment is not None
        ]
        return min(known, default=None)
