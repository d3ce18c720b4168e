"""Where else she is spoken of: in what was said to and by the other one of a pair, and in notes.

Her number and reference are hers alone and are looked for everywhere; her name is also others'
name, so it is looked for only in rows about those whom she was paired with.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, String, Table, cast, func, or_, select, update
from sqlmodel import Session as Db
from sqlmodel import SQLModel

from bot.store.erasing import WORDS_OF_A_MESSAGE, Step
from bot.store.hers import (
    ALERT,
    ALERT_STEP,
    ANSWER,
    DELIVERY,
    ENROLMENT,
    ENTRY,
    GOAL,
    MESSAGE,
    PERSON,
    TALK,
    Hers,
)

GAP = "…"  # what stands where something of hers stood
# A shorter one, such as "7", or one of a word or a few digits, such as "mentor" or "120", would be
# found where others are spoken of, and where the house keeps its own states
TELLING = re.compile(r"(?=.*\d)(?=.*[^\W\d_]).{3,}|\d{7,}", re.DOTALL)
SHORTEST_GOAL = 8  # characters: one word such as "English" says nothing of whose goal it is
OWN_NAMES = frozenset({"alembic_version", "audit_entry", "do_not_contact", "erasure", "leftover"})
Finds = Callable[[str], bool]


@dataclass(frozen=True, kw_only=True)
class Mentioned:
    """The steps that blank what was said of her, and the messages of others among it."""

    steps: Sequence[Step]
    messages: tuple[int, ...]


def mentioned(db: Db, one: Hers, *, free: Callable[[str, str], bool], now: Any) -> Mentioned:
    """Read before anything goes. `free`: whether a step of a flow takes an answer in words."""
    goals = [words for words in one.words if len(words) >= SHORTEST_GOAL and " " in words]
    speaks = _finder((one.name, *goals))
    theirs = MESSAGE.c.participant_id.in_(one.partners)
    hers = select(GOAL.c.id).where(GOAL.c.enrolment_id.in_(one.enrolments))
    about = select(TALK.c.id).where(
        TALK.c.participant_id.in_(one.partners),
        or_(TALK.c.session_id.in_(one.sessions), TALK.c.goal_id.in_(hers)),
    )
    said = db.execute(
        select(
            *(MESSAGE.c[name] for name in ("id", "text", "choices", "details", "conversation_id"))
        ).where(theirs)
    ).all()
    in_talks = set(db.execute(about).scalars())
    messages = tuple(
        row.id
        for row in said
        if row.conversation_id in in_talks
        or speaks(f"{row.text} {row.choices or ''} {row.details or ''}")
    )
    answers, values = _answers(db, one, in_talks=in_talks, speaks=speaks, free=free)
    spoken = {**WORDS_OF_A_MESSAGE, "blanked_at": now}
    return Mentioned(
        messages=messages,
        steps=(
            Step(table=MESSAGE, where=MESSAGE.c.id.in_(messages), values=spoken),
            Step(table=DELIVERY, where=DELIVERY.c.message_id.in_(messages), values=_sent()),
            Step(table=ANSWER, where=ANSWER.c.id.in_(answers), values={"words": ""}),
            Step(table=ANSWER, where=ANSWER.c.id.in_(values), values={"value": ""}),
            Step(table=TALK, where=TALK.c.id.in_(in_talks), values={"answers": {}}),
            *_notes(db, one, speaks=_finder((one.name,))),
        ),
    )


def _sent() -> dict[str, object]:
    return {"sent_text": ""}


def _answers(
    db: Db, one: Hers, *, in_talks: set[int], speaks: Finds, free: Callable[[str, str], bool]
) -> tuple[list[int], list[int]]:
    """Of the other one: which answers lose their words, and which their value, being words too."""
    rows = db.execute(
        select(
            *(ANSWER.c[name] for name in ("id", "conversation_id", "flow", "step")),
            ANSWER.c.words,
            ANSWER.c.value,
        ).where(ANSWER.c.participant_id.in_(one.partners))
    ).all()
    hit = [
        row for row in rows if row.conversation_id in in_talks or speaks(f"{row.words} {row.value}")
    ]
    return [row.id for row in hit], [
        row.id for row in hit if free(row.flow, row.step) or speaks(row.value)
    ]


def _notes(db: Db, one: Hers, *, speaks: Finds) -> Iterator[Step]:
    """Staff's notes on alerts, and goals of the other one, that name her."""
    about = or_(ALERT.c.participant_id.in_(one.partners), ALERT.c.participant_id.is_(None))
    alerts = select(ALERT.c.id).where(about)
    enrolled = select(ENROLMENT.c.id).where(ENROLMENT.c.participant_id.in_(one.partners))
    goals = select(GOAL.c.id).where(GOAL.c.enrolment_id.in_(enrolled))
    places = (
        (ALERT, ALERT.c.note, ALERT.c.id.in_(alerts)),
        (ALERT_STEP, ALERT_STEP.c.detail, ALERT_STEP.c.alert_id.in_(alerts)),
        (GOAL, GOAL.c.words, GOAL.c.id.in_(goals)),
        (GOAL, GOAL.c.next_step, GOAL.c.id.in_(goals)),
        (ENTRY, ENTRY.c.words, ENTRY.c.goal_id.in_(goals)),
    )
    for of, column, where in places:
        found = db.execute(select(of.c.id, column).where(where, column != "")).all()
        ids = [row[0] for row in found if speaks(row[1])]
        yield Step(table=of, where=of.c.id.in_(ids), values={column.name: GAP})


def blot_out(db: Db, one: Hers) -> int:
    """Take her numbers and her reference out of whatever text of whatever table still holds one."""
    numbers = {address.removeprefix("whatsapp:").lstrip("+") for address in one.addresses}
    reference = {one.reference} if TELLING.fullmatch(one.reference) else set()
    needles = sorted(numbers | reference)
    return sum(
        _blot(db, of, column.name, needles)
        for of, column in _texts(SQLModel.metadata.sorted_tables)
    )


def _texts(tables: Iterable[Table]) -> Iterator[tuple[Table, Any]]:
    for of in tables:
        if of.name in OWN_NAMES:
            continue
        for column in of.columns:
            inner = getattr(column.type, "impl", column.type)  # SQLModel wraps its texts
            own = column.primary_key or column is PERSON.c.reference  # W-1 is no part of W-1-A
            if isinstance(inner, String | JSON) and not own:
                yield of, column


def _blot(db: Db, of: Table, name: str, needles: Sequence[str]) -> int:
    column, (key,) = of.c[name], of.primary_key.columns
    text = func.lower(cast(column, String))
    shapes = {shape for one in needles for shape in (one.lower(), json.dumps(one.lower())[1:-1])}
    near = or_(*(text.contains(shape, autoescape=True) for shape in sorted(shapes)))
    pattern = _pattern(needles)
    rows = 0
    for row_id, value in db.execute(select(key, column).where(near)).all():
        new = _blotted(value, pattern)
        if new == value:
            continue
        db.execute(update(of).where(key == row_id).values({name: new}))
        rows += 1
    return rows


def _blotted(value: Any, pattern: "re.Pattern[str]") -> Any:
    """The same with gaps in its texts; a number in JSON is nobody's."""
    if isinstance(value, str):
        return pattern.sub(GAP, value)
    if isinstance(value, list):
        return [_blotted(one, pattern) for one in value]
    if isinstance(value, dict):
        return {key: _blotted(one, pattern) for key, one in value.items()}
    return value


def _finder(needles: Iterable[str]) -> Finds:
    pattern = _pattern([needle for needle in needles if needle.strip()])
    return lambda text: pattern.search(text) is not None


def _pattern(needles: Sequence[str]) -> "re.Pattern[str]":
    """Whole words only, whatever their case; nothing where there is nothing to look for."""
    longest_first = sorted(needles, key=len, reverse=True)
    any_of = "|".join(re.escape(needle) for needle in longest_first) or r"(?!)"
    return re.compile(rf"(?<!\w)(?:{any_of})(?!\w)", re.IGNORECASE)
