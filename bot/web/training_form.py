"""The form of one training: what staff typed, read into a draft, or a sentence for each field."""

from collections.abc import Mapping
from datetime import date, datetime, time, tzinfo

from bot.actions.change_training import Draft
from bot.programme.calendar import local_moment
from bot.store.pages.trainings import TrainingRow

EMPTY = {"title": "", "date": "", "time": "", "minutes": "", "audience": "mentor", "word": ""}
YEARS = range(2020, 2100)


def typed(form: Mapping[str, str]) -> dict[str, str]:
    """The fields as they were sent, to be shown again."""
    return {name: form.get(name, "").strip() for name in EMPTY}


def filled(training: TrainingRow, *, zone: tzinfo) -> dict[str, str]:
    """The fields of a training that stands."""
    local = training.starts_at.astimezone(zone)
    return {
        "title": training.title,
        "date": f"{local:%Y-%m-%d}",
        "time": f"{local:%H:%M}",
        "minutes": str(training.minutes),
        "audience": training.audience,
        "word": training.word,
    }


def read(fields: Mapping[str, str], *, zone: tzinfo, now: datetime) -> tuple[Draft, dict[str, str]]:
    """The draft, and what cannot be read of it; then its start is only a stand-in."""
    day, at = _date(fields["date"]), _time(fields["time"])
    problems = {}
    if day is None:
        problems["date"] = "Please give the day, such as 24/11/2026."
    if at is None:
        problems["time"] = "Please give the time, such as 18:00."
    starts_at = now
    if day is not None and at is not None:
        starts_at = local_moment(day, at.hour * 60 + at.minute, zone)
    draft = Draft(
        title=fields["title"],
        audience=fields["audience"],
        starts_at=starts_at,
        minutes=number(fields["minutes"]) or 0,
        word=fields["word"],
    )
    return draft, problems


def number(text: str) -> int | None:
    """A whole number of a few digits; None where it is none."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else None


def _date(text: str) -> date | None:
    """As browsers send it (2026-11-24), or as people type it where there is no such field."""
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            found = datetime.strptime(text, form).date()  # noqa: DTZ007 - a day of no zone
        except ValueError:
            continue
        return found if found.year in YEARS else None
    return None


def _time(text: str) -> time | None:
    try:
        found = time.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is None else None
