"""Add, change or remove a training of a cohort. What has been sent about it stays as it is."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session as Db

from bot.actions.audit import audit
from bot.actions.house import House
from bot.actions.plan_training import plan_training
from bot.actions.training_word import problem_with_word, spelt
from bot.errors import Refused
from bot.programme.trainings import LONGEST_MINUTES
from bot.store.models import Training
from bot.store.trainings import (
    recount_words,
    remove,
    told_of,
    were_there,
    words_of_cohort,
    zone_of,
)

AUDIENCES = ("mentor", "mentee", "everyone")
LONGEST_TITLE = 80


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A training as staff want it. `minutes` is its length; an empty word means a ticked list."""

    title: str
    audience: str
    starts_at: datetime
    minutes: int
    word: str


def problems(
    db: Db,
    *,
    house: House,
    cohort_id: int,
    draft: Draft,
    now: datetime,
    training_id: int | None = None,
) -> dict[str, str]:
    """A sentence for each field that will not do. `training_id`: the one that is changed."""
    found: dict[str, str] = {}
    if not draft.title:
        found["title"] = "Please give it a name."
    elif len(draft.title) > LONGEST_TITLE:
        found["title"] = f"Please keep the name under {LONGEST_TITLE} characters."
    if draft.audience not in AUDIENCES:
        found["audience"] = "Please say whom it is for."
    if not 1 <= draft.minutes <= LONGEST_MINUTES:
        found["minutes"] = f"Please give its length in minutes, {LONGEST_MINUTES} at most."
    word = problem_with_word(draft.word, house=house, now=now) if draft.word else ""
    if not word and _is_taken(db, cohort_id=cohort_id, draft=draft, training_id=training_id):
        word = "Another training of this cohort has that word on the same day."
    if word:
        found["word"] = word
    return found


def add_training(db: Db, *, cohort_id: int, draft: Draft, staff_id: int, now: datetime) -> int:
    """A new training, its invitations planned; returns its id. Ask `problems` before."""
    row = Training(cohort_id=cohort_id, created_at=now, **vars(draft))
    db.add(row)
    db.flush()
    if row.id is None:
        raise TypeError("a stored training has an id")
    plan_training(db, training_id=row.id, now=now)
    _record(db, "training_added", row.id, staff_id=staff_id, now=now)
    return row.id


def change_training(db: Db, *, training_id: int, draft: Draft, staff_id: int, now: datetime) -> int:
    """It is so from now on; what is not sent yet is planned anew.

    Returns how many were invited to it as it was, if its time has changed: nobody tells them.
    """
    row = db.get_one(Training, training_id)
    moved = row.starts_at != draft.starts_at
    for name, value in vars(draft).items():
        setattr(row, name, value)
    db.add(row)
    db.flush()
    recount_words(db, training_id=training_id, minutes=draft.minutes)
    plan_training(db, training_id=training_id, now=now)
    _record(db, "training_changed", training_id, staff_id=staff_id, now=now)
    return told_of(db, training_id=training_id) if moved else 0


def remove_training(db: Db, *, training_id: int, staff_id: int, now: datetime) -> int:
    """It does not take place: returns how many had been invited. `Refused`: somebody was there."""
    if were_there(db, training_id=training_id):
        raise Refused("Somebody was there, and her hours count. Untick the list first.")
    told = told_of(db, training_id=training_id)
    remove(db, training_id=training_id)
    _record(db, "training_removed", training_id, staff_id=staff_id, now=now)
    return told


def _is_taken(db: Db, *, cohort_id: int, draft: Draft, training_id: int | None) -> bool:
    """Whether another one of that day has the word already."""
    zone = ZoneInfo(zone_of(db, cohort_id=cohort_id) or "UTC")
    day, word = draft.starts_at.astimezone(zone).date(), spelt(draft.word)
    return bool(word) and any(
        other != training_id
        and spelt(its_word) == word
        and starts_at.astimezone(zone).date() == day
        for other, its_word, starts_at in words_of_cohort(db, cohort_id=cohort_id)
    )


def _record(db: Db, action: str, training_id: int, *, staff_id: int, now: datetime) -> None:
    audit(db, staff_id=staff_id, action=action, subjects=(f"training:{training_id}",), now=now)
