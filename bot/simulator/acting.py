"""The invented people with their phones in hand: they read what arrives and answer by their habits.

What is open for a person is looked up, so that she knows what she is asked; what she then sends
goes the way that any message goes.
"""

import heapq
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Row, select

from bot.engine.flow import Ask
from bot.parts import Parts
from bot.simulator.cohort import Invented
from bot.simulator.habits import Question, Said, answer, wait
from bot.simulator.records import Choice, Message
from bot.simulator.sayings import DIGITS, luck
from bot.simulator.twilio import SimulatedTwilio
from bot.simulator.witness import Given, Witness
from bot.store.models import Conversation, Participant, Session
from bot.store.models import Message as Stored
from bot.store.tables import table

AWAKE = (8, 23)  # local hours in which people write
HELD = timedelta(minutes=20)  # a phone that she wrote with is still in her hand
STANDING = "t:standing."
VOICE = (("audio/ogg", b"OggS"),)
TELLS_US = 0.4  # that she has read something: many phones do not
KEPT = ("taps", "digits", "words")  # styles that leave no doubt what was meant
LENGTHS = ((60, 6), (45, 2), (30, 1), (90, 1))

_TALK, _PERSON = table(Conversation), table(Participant)
_PROMPT, _SESSION = table(Stored), table(Session)
_OPEN = (
    select(
        _TALK.c.id,
        _TALK.c.flow,
        _TALK.c.step,
        _TALK.c.tries,
        _PERSON.c.language,
        _PERSON.c.state,
        _PERSON.c.held_at,
        _PROMPT.c.choices,
        _SESSION.c.pairing_id,
        _SESSION.c.starts_at,
    )
    .select_from(_PERSON)
    .outerjoin(_TALK, (_TALK.c.participant_id == _PERSON.c.id) & (_TALK.c.state == "open"))
    .outerjoin(_PROMPT, _PROMPT.c.id == _TALK.c.prompt_id)
    .outerjoin(_SESSION, _SESSION.c.id == _TALK.c.session_id)
)


@dataclass(order=True)
class _Planned:
    at: datetime
    number: str
    prompt: str = field(compare=False)


class Acting:
    """Everybody's answers. `week_of` tells the week of the programme."""

    def __init__(
        self,
        *,
        parts: Parts,
        simulator: SimulatedTwilio,
        witness: Witness,
        seed: int,
        week_of: Callable[[datetime], float],
    ) -> None:
        self.parts, self.simulator, self.witness = parts, simulator, witness
        self.people: dict[str, Invented] = {}  # by the number that each has now
        self._seed, self._week_of = seed, week_of
        self._chance: dict[str, Random] = {}
        self._asked: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._seen: set[str] = set()
        self._spoken: set[tuple[int, str]] = set()
        self._planned: list[_Planned] = []

    def add(self, person: Invented) -> None:
        """She has a phone, and this number."""
        known = [each.number for each in self.simulator.phones]
        if person.number not in known:
            phone = self.simulator.add_phone(
                number=person.number,
                name=person.name,
                whatsapp="whatsapp" in person.has,
                sms="sms" in person.has,
                language=person.language,
                about=person.habit.name,
            )
            phone.reads = self.chance(person).random() < TELLS_US
        self.people[person.number] = person

    def chance(self, person: Invented) -> Random:
        """Her own luck: what others do does not change it."""
        return self._chance.setdefault(person.reference, luck(self._seed, person.reference))

    def next(self) -> datetime | None:
        """When somebody next answers."""
        return self._planned[0].at if self._planned else None

    def read(self) -> None:
        """Everybody looks at her phone; who finds something new thinks about when to answer."""
        for number, person in self.people.items():
            newest = self._newest(number)
            if newest is None or newest.sid in self._seen:
                continue
            self._seen.add(newest.sid)
            now, chance = self.parts.now(), self.chance(person)
            later = wait(
                person.habit,
                week=self._week_of(now),
                in_hand=self._in_hand(number, now),
                chance=chance,
            )
            if later is not None:
                at = self._awake(_together(now + later), chance)
                heapq.heappush(self._planned, _Planned(at=at, number=number, prompt=newest.sid))

    def act(self) -> int:
        """Everybody whose time has come answers; returns how many did."""
        acted = 0
        while self._planned and self._planned[0].at <= self.parts.now():
            planned = heapq.heappop(self._planned)
            newest, person = self._newest(planned.number), self.people.get(planned.number)
            if newest is not None and person is not None and newest.sid == planned.prompt:
                acted += self._answer(person, newest)
        return acted

    def write(self, person: Invented, words: str) -> str:
        """She writes something of her own accord; the SID."""
        channel = "whatsapp" if "whatsapp" in person.has else "sms"
        return self.simulator.receive_from(person.number, words, channel=channel)

    def _newest(self, number: str) -> Message | None:
        newest = self.simulator.ledger.last_of(self.simulator.phone(number))
        arrived = newest is not None and newest.status in ("delivered", "read")
        return newest if arrived and newest is not None and not newest.inbound else None

    def _in_hand(self, number: str, now: datetime) -> bool:
        phone = self.simulator.phone(number)
        wrote = self.simulator.ledger.last_of(phone, inbound=True)
        return wrote is not None and now - wrote.created_at < HELD

    def _awake(self, moment: datetime, chance: Random) -> datetime:
        local = moment.astimezone(self.parts.house.zone)
        if AWAKE[0] <= local.hour < AWAKE[1]:
            return moment
        day = local.date() + timedelta(days=local.hour >= AWAKE[1])
        minute = timedelta(hours=AWAKE[0], minutes=5 * chance.randint(0, 18))
        start = datetime(day.year, day.month, day.day, tzinfo=self.parts.house.zone)
        return (start.replace(tzinfo=None) + minute).replace(tzinfo=start.tzinfo)

    def _answer(self, person: Invented, newest: Message) -> int:
        buttons = newest.shown.buttons if newest.shown else ()
        if any(button.id.startswith(STANDING) for button in buttons):
            self._tap(person, newest, buttons[0], row=False)
            return 1
        with self.parts.database.reading() as db:
            row = db.execute(_OPEN.where(_PERSON.c.reference == person.reference)).one_or_none()
        if row is None:
            return 0
        if row.id is None:
            return self._answer_late(person, newest)
        step = self.parts.library.flow(row.flow).step(row.step)
        if not isinstance(step, Ask):
            return 0
        asked = self._question(person, row, step)
        chance = self.chance(person)
        if asked.kind == "language":
            said = Said(keys=(person.language if person.language in asked.keys else asked.keys[0],))
        else:
            said = answer(person.habit, asked, language=row.language, chance=chance)
        if said.voice and (row.id, row.step) in self._spoken:
            return 0  # a person will listen, she was told: she does not say it again
        if said.voice:
            self._spoken.add((row.id, row.step))
        sid = self._send(person, newest, row, said, asked)
        self._remember(person, row, asked, said, sid)
        return 1

    def _answer_late(self, person: Invented, newest: Message) -> int:
        """What it asked has closed since; she answers all the same, if it had something to tap."""
        shown = newest.shown
        choices = (*shown.buttons, *shown.rows) if shown else ()
        if not choices or self._in_hand(person.number, self.parts.now()):
            return 0
        picked = self.chance(person).choice(choices)
        self._tap(person, newest, picked, row=shown is not None and picked in shown.rows)
        return 1

    def _question(self, person: Invented, row: Row[Any], step: Ask) -> Question:
        name = f"{row.flow}.{row.step}"
        before = self._asked[(person.reference, name)]
        if row.id not in before:
            before.append(row.id)
        options = {option.key: option for option in step.options}
        shown = [key for key, _ in row.choices or ()]
        keys = [key for key in shown if key in options] or list(options)
        if step.answer.value == "language":
            keys = [key for key in shown if key not in options]
        chance = luck(self._seed, row.pairing_id, row.starts_at)
        return Question(
            name=name,
            kind=step.answer.value,
            keys=tuple(keys),
            flagged=frozenset(key for key, o in options.items() if o.flag or o.opens),
            several=step.several,
            optional=step.optional,
            tries=row.tries,
            asked_before=before.index(row.id),
            number=self._number(person),
            happened=_happened(chance),
        )

    def _number(self, person: Invented) -> int:
        """How close she feels to her goal: nearer by and by, with better and worse weeks."""
        start = luck(self._seed, person.reference, "goal").randint(1, 4)
        gained = self._week_of(self.parts.now()) * 0.3 + self.chance(person).choice((-2, 0, 0, 1))
        return max(0, min(10, round(start + gained)))

    def _send(
        self, person: Invented, newest: Message, row: Row[Any], said: Said, asked: Question
    ) -> str:
        style, channel, number = person.habit.style, newest.channel, person.number
        if said.voice:
            return self.simulator.receive_from(number, "", channel=channel, media=VOICE)
        if not said.keys:
            return self.simulator.receive_from(number, said.words or "skip", channel=channel)
        picked = _choice(newest, said.keys[0]) if len(said.keys) == 1 else None
        if picked is not None and style not in ("digits", "words", "foreign"):
            rows = newest.shown.rows if newest.shown else ()
            return self._tap(person, newest, picked, row=picked in rows)
        typed = self._typed(style, row, said.keys, asked)
        return self.simulator.receive_from(number, typed, channel=channel)

    def _typed(self, style: str, row: Row[Any], keys: tuple[str, ...], asked: Question) -> str:
        """The choices as numbers; or as words, where it is one and she likes words."""
        if style in ("words", "foreign") and len(keys) == 1 and asked.kind != "language":
            language = "en" if style == "foreign" else row.language
            context = f"{row.flow}.{row.step}.{keys[0]}"
            return self.parts.catalogues.text(context, language)
        numbers = " ".join(str(asked.keys.index(key) + 1) for key in keys)
        return numbers.translate(DIGITS.get(row.language, {}))

    def _tap(self, person: Invented, message: Message, choice: Choice, *, row: bool) -> str:
        picked = (choice.id, choice.title)
        return self.simulator.receive_from(
            person.number,
            button=None if row else picked,
            list_item=picked if row else None,
            replied_to=message.sid,
        )

    def _remember(
        self, person: Invented, row: Row[Any], asked: Question, said: Said, sid: str
    ) -> None:
        if said.coined:
            self.witness.coined[said.coined] = (person.reference, asked.name)
        clear = person.habit.style in KEPT and not said.noise and not said.voice
        reachable = row.state != "stopped" and row.held_at is None
        if clear and reachable and (said.keys or said.words):
            value = ",".join(said.keys) or said.words
            self.witness.given.append(
                Given(
                    sid=sid,
                    reference=person.reference,
                    flow=row.flow,
                    step=row.step,
                    value=value,
                )
            )


def _together(moment: datetime) -> datetime:
    """The next full five minutes: what comes in at one moment is sent and read at one moment."""
    minutes = -(-(moment.minute * 60 + moment.second) // 300) * 5
    return moment.replace(minute=0, second=0, microsecond=0) + timedelta(minutes=minutes)


def _choice(message: Message, key: str) -> Choice | None:
    choices = (*message.shown.buttons, *message.shown.rows) if message.shown else ()
    return next((choice for choice in choices if choice.id.endswith(f":{key}")), None)


def _happened(chance: Random) -> int:
    """The minutes of a session as it really was; 0: it was not; -1: the two moved it."""
    luck = chance.random()
    if luck < 0.08:
        return 0
    if luck < 0.14:
        return -1
    lengths, weights = zip(*LENGTHS, strict=True)
    return int(chance.choices(lengths, weights=weights)[0])
