"""What the pages of staff are made of: a line about a person, a figure with its people, a rate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.programme.week import AskedRow, PersonRow


@dataclass(frozen=True, kw_only=True)
class Line:
    """One person, and in the rest of a sentence that begins with her name, why she is listed.

    `words` are her own, in `language`. `by` is the staff member who noted or closed the alert.
    A stranger has no participant, but an address; of two people their pair is known.
    """

    name: str
    because: str
    participant_id: int | None = None
    address_id: int | None = None
    pairing_id: int | None = None
    at: datetime | None = None
    words: str = ""
    language: str = ""
    alert_id: int | None = None
    message_id: int | None = None
    level: str = ""
    state: str = ""
    by: str = ""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number, what it counts, how, and the people behind it."""

    key: str
    number: int
    text: str
    counted: str
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Task:
    """What staff do about one kind of barrier, and for whom: a line for each alert."""

    barrier: str
    todo: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, kw_only=True)
class Rate:
    """How many of the check-ins asked in a week were answered."""

    answered: int
    asked: int
    figure: Figure

    @property
    def percent(self) -> int | None:
        """Whole per cent; None when nothing was asked."""
        return round(100 * self.answered / self.asked) if self.asked else None

    @classmethod
    def of(
        cls,
        rows: Sequence[AskedRow],
        *,
        since: datetime,
        people: Mapping[int, PersonRow],
        until: datetime | None = None,
    ) -> "Rate":
        """From `since` to `until`, the check-ins asked then."""
        asked = [
            row for row in rows if since <= row.asked_at and (not until or row.asked_at < until)
        ]
        unanswered = [row for row in asked if not row.answered]
        figure = Figure(
            key="unanswered",
            number=len(unanswered),
            text="not answered yet",
            counted="Check-ins that were asked in this week and have no answer so far.",
            lines=tuple(
                Line(
                    name=people[row.participant_id].name,
                    because="has not answered the check-in that was sent",
                    participant_id=row.participant_id,
                    at=row.asked_at,
                )
                for row in unanswered
                if row.participant_id in people
            ),
        )
        return cls(answered=len(asked) - len(unanswered), asked=len(asked), figure=figure)


def cohort_week(name: str, *, starts_on: date, weeks: int, today: date) -> str:
    """The cohort and how far it is: Autumn 2026, week 6 of 16."""
    week = (today - starts_on).days // 7 + 1
    if week < 1:
        return f"{name}, not started"
    return f"{name}, week {week} of {weeks}" if week <= weeks else f"{name}, finished"
