"""A mentee, her silent friend, her pair and her week, as rows for the summary."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.programme.concerns import LEVELS
from bot.programme.lines import Figure
from bot.programme.summary import Summary, summarise
from bot.programme.week import (
    AlertRow,
    PairRow,
    PersonRow,
    RatingRow,
    SessionRow,
    Week,
    WeekRows,
)

LONDON = ZoneInfo("Europe/London")
WEEK = Week(date(2026, 11, 16))
NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)  # the Monday after
START = datetime(2026, 11, 16, tzinfo=UTC)

AMINA = PersonRow(
    participant_id=1,
    enrolment_id=11,
    name="Amina",
    role="mentee",
    state="active",
    held=False,
    language="ar",
    cohort="Autumn 2026",
    cohort_starts_on=date(2026, 10, 12),
    cohort_weeks=16,
    first_asked_at=START - timedelta(weeks=4),
    last_inbound_at=START + timedelta(days=2),
    heard=True,
)
SELAM = replace(
    AMINA,
    participant_id=2,
    name="Selam",
    language="ti",
    heard=False,
    last_inbound_at=START - timedelta(days=15),
    last_delivery="delivered",
)
PAIR = PairRow(
    pairing_id=5,
    mentee_id=1,
    mentee="Amina",
    mentor_id=3,
    mentor="Grace",
    cohort="Autumn 2026",
    cohort_starts_on=date(2026, 10, 12),
    cohort_weeks=16,
    target_minutes=600,
    paired_at=START - timedelta(weeks=5),
    held_minutes=240,
    last_held_at=START + timedelta(days=1),
    next_at=NOW + timedelta(days=1),
)
SESSION = SessionRow(
    pairing_id=5,
    number=4,
    starts_at=START + timedelta(days=1, hours=17),
    planned_minutes=60,
    state="held",
    minutes=60,
    mentor_met="yes",
    mentee_met="yes",
)


def summary(now: datetime = NOW, drafts: frozenset[str] = frozenset(), **rows: object) -> Summary:
    known: dict[str, object] = {"people": (AMINA,), **rows}
    return summarise(
        WeekRows(**known),  # type: ignore[arg-type]
        week=WEEK,
        now=now,
        zone=LONDON,
        drafts=drafts,
    )


def said(figures: tuple[Figure, ...]) -> dict[str, int]:
    return {figure.key: figure.number for figure in figures if figure.number}


def alert(kind: str, **changes: object) -> AlertRow:
    known = AlertRow(
        id=1,
        kind=kind,
        level=LEVELS[kind].value,
        state="open",
        participant_id=1,
        name="Amina",
        held=False,
        detail="",
        times=1,
        message_id=None,
        opened_at=START + timedelta(days=1),
        noted_at=None,
        noted_by="",
        closed_at=None,
        closed_by="",
        note="",
    )
    return replace(known, **changes)  # type: ignore[arg-type]


def rating(value: int, *, days: float, goal: int = 7) -> RatingRow:
    return RatingRow(
        goal_id=goal,
        participant_id=1,
        words="أجد عملاً",
        language="ar",
        rating=value,
        at=START + timedelta(days=days),
    )
