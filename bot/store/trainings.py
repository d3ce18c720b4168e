"""Trainings of a cohort: whom each is for, what is planned about it, who was there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, and_, cast, delete, func, literal, or_, select, update
from sqlmodel import Session as Db

from bot.store.models import Attendance, CheckIn, Cohort, Enrolment, Participant, Training
from bot.store.tables import insert_into, table

_TRAINING, _ATTENDANCE, _CHECK_IN = table(Training), table(Attendance), table(CheckIn)
_ENROLMENT, _PERSON, _COHORT = table(Enrolment), table(Participant), table(Cohort)

INVITATION, FEEDBACK = "training_invite", "training_feedback"
NOT_SENT = ("planned", "skipped")
_FOR_HER = and_(
    _ENROLMENT.c.cohort_id == _TRAINING.c.cohort_id,
    or_(_TRAINING.c.audience == "everyone", _TRAINING.c.audience == _ENROLMENT.c.role),
)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Somebody a training is for, and when she likes to be written to."""

    enrolment_id: int
    part_of_day: str
    hold_backs: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class WordOf:
    """A training of hers with its word."""

    training_id: int
    enrolment_id: int
    word: str
    starts_at: datetime
    minutes: int


def training_moment(db: Db, *, check_in_id: int) -> datetime | None:
    """When the training begins that a check-in is about; None where it is about none."""
    begins = select(_TRAINING.c.starts_at).join(
        _CHECK_IN, _CHECK_IN.c.training_id == _TRAINING.c.id
    )
    found: datetime | None = db.execute(
        begins.where(_CHECK_IN.c.id == check_in_id)
    ).scalar_one_or_none()
    return found


def training_of(db: Db, *, check_in_id: int) -> int | None:
    """The training that a check-in is about."""
    about = select(_CHECK_IN.c.training_id).where(_CHECK_IN.c.id == check_in_id)
    found: int | None = db.execute(about).scalar_one_or_none()
    return found


def wanted_at(db: Db, *, training_id: int, enrolment_id: int | None = None) -> Sequence[Wanted]:
    """Everybody active whom it is for, or that one if she is among them."""
    query = (
        select(_ENROLMENT.c.id, _PERSON.c.part_of_day, _PERSON.c.hold_backs)
        .join(_PERSON, _PERSON.c.id == _ENROLMENT.c.participant_id)
        .join(_TRAINING, _FOR_HER)
        .where(_TRAINING.c.id == training_id, _ENROLMENT.c.state == "active")
        .order_by(_ENROLMENT.c.id)
    )
    if enrolment_id is not None:
        query = query.where(_ENROLMENT.c.id == enrolment_id)
    return [
        Wanted(
            enrolment_id=row.id,
            part_of_day=row.part_of_day,
            hold_backs=frozenset(row.hold_backs or ()),
        )
        for row in db.execute(query)
    ]


def trainings_ahead(db: Db, *, enrolment_id: int, now: datetime) -> Sequence[int]:
    """The trainings to come that are for her."""
    query = (
        select(_TRAINING.c.id)
        .join(_ENROLMENT, _FOR_HER)
        .where(_ENROLMENT.c.id == enrolment_id, _TRAINING.c.starts_at > now)
        .order_by(_TRAINING.c.starts_at, _TRAINING.c.id)
    )
    return db.execute(query).scalars().all()


def words_around(
    db: Db, *, participant_id: int, earliest: datetime, latest: datetime
) -> Sequence[WordOf]:
    """The trainings for her with a word that begin between the two; once each."""
    hers = (_ENROLMENT.c.participant_id == participant_id, _ENROLMENT.c.state == "active")
    query = (
        select(
            _TRAINING.c.id.label("training_id"),
            func.min(_ENROLMENT.c.id).label("enrolment_id"),
            _TRAINING.c.word,
            _TRAINING.c.starts_at,
            _TRAINING.c.minutes,
        )
        .join(_ENROLMENT, _FOR_HER)
        .where(*hers, _TRAINING.c.starts_at.between(earliest, latest), _TRAINING.c.word != "")
        .group_by(_TRAINING.c.id)
        .order_by(_TRAINING.c.starts_at, _TRAINING.c.id)
    )
    return [WordOf(**row._mapping) for row in db.execute(query)]


def plan_about(db: Db, *, flow: str, training_id: int, enrolment_id: int, due_at: datetime) -> None:
    """One check-in about it. What was sent stays; what was planned or skipped is planned anew."""
    row = insert_into(db, _CHECK_IN).values(
        enrolment_id=enrolment_id,
        flow=flow,
        slot=f"training-{training_id}",
        training_id=training_id,
        due_at=due_at,
        state="planned",
        reason="",
    )
    anew = {"due_at": due_at, "state": "planned", "reason": ""}
    db.execute(
        row.on_conflict_do_update(
            index_elements=["enrolment_id", "flow", "slot"],
            set_=anew,
            where=_CHECK_IN.c.state.in_(NOT_SENT),
        )
    )


def drop_about(
    db: Db, *, flow: str, training_id: int, reason: str, but: Iterable[int] = ()
) -> None:
    """What is still planned about it is not asked, except of the enrolments in `but`."""
    db.execute(
        update(_CHECK_IN)
        .where(
            _CHECK_IN.c.training_id == training_id,
            _CHECK_IN.c.flow == flow,
            _CHECK_IN.c.state == "planned",
            _CHECK_IN.c.enrolment_id.not_in(tuple(but)),
        )
        .values(state="skipped", reason=reason)
    )


def drop_feedback(db: Db, *, training_id: int, enrolment_id: int) -> None:
    """She was not there, so she is not asked how it was."""
    db.execute(
        update(_CHECK_IN)
        .where(
            _CHECK_IN.c.training_id == training_id,
            _CHECK_IN.c.enrolment_id == enrolment_id,
            _CHECK_IN.c.flow == FEEDBACK,
            _CHECK_IN.c.state == "planned",
        )
        .values(state="skipped", reason="not_there")
    )


def told_of(db: Db, *, training_id: int) -> int:
    """How many have been invited already."""
    sent = select(func.count()).where(
        _CHECK_IN.c.training_id == training_id,
        _CHECK_IN.c.flow == INVITATION,
        _CHECK_IN.c.state.not_in(NOT_SENT),
    )
    return int(db.execute(sent).scalar_one())


def were_there(db: Db, *, training_id: int) -> Sequence[int]:
    """The enrolments of those who were there."""
    there = (_ATTENDANCE.c.training_id == training_id, _ATTENDANCE.c.minutes.is_not(None))
    return db.execute(select(_ATTENDANCE.c.enrolment_id).where(*there)).scalars().all()


def remember(db: Db, *, training_id: int, enrolment_id: int, now: datetime, **said: str) -> None:
    """What she said of it: `coming` or `useful`. Her newest answer counts."""
    _upsert(db, training_id=training_id, enrolment_id=enrolment_id, values={**said, "at": now})


def count_there(
    db: Db,
    *,
    training_id: int,
    enrolment_id: int,
    minutes: int | None,
    source: str,
    now: datetime,
    once: bool = False,
) -> bool:
    """She was there so long; None: she was not. With `once`, what is written already stays.

    Whether that changed anything.
    """
    values: dict[str, object] = {"minutes": minutes, "source": source, "at": now}
    return _upsert(db, training_id=training_id, enrolment_id=enrolment_id, values=values, once=once)


def recount_words(db: Db, *, training_id: int, minutes: int) -> None:
    """It lasted otherwise than was written: who sent the word was there for all of it."""
    sent = (_ATTENDANCE.c.training_id == training_id, _ATTENDANCE.c.source == "word")
    db.execute(update(_ATTENDANCE).where(*sent).values(minutes=minutes))


def _upsert(
    db: Db,
    *,
    training_id: int,
    enrolment_id: int,
    values: dict[str, object],
    once: bool = False,
) -> bool:
    usual: dict[str, object] = {"coming": "", "source": "", "useful": ""}
    pair = {"training_id": training_id, "enrolment_id": enrolment_id}
    row = insert_into(db, _ATTENDANCE).values({**usual, **pair, **values})
    free = _ATTENDANCE.c.minutes.is_(None) if once else None
    written = row.on_conflict_do_update(
        index_elements=["training_id", "enrolment_id"], set_=values, where=free
    )
    return db.execute(written.returning(_ATTENDANCE.c.id)).first() is not None


def remove(db: Db, *, training_id: int) -> None:
    """The training is gone; what was asked about it stays, under a slot that is nobody else's."""
    about = _CHECK_IN.c.training_id == training_id
    planned = (about, _CHECK_IN.c.state == "planned")
    db.execute(update(_CHECK_IN).where(*planned).values(state="skipped", reason="removed"))
    slot = literal("removed-") + cast(_CHECK_IN.c.id, String)
    db.execute(update(_CHECK_IN).where(about).values(slot=slot, training_id=None))
    db.execute(delete(_ATTENDANCE).where(_ATTENDANCE.c.training_id == training_id))
    db.execute(delete(_TRAINING).where(_TRAINING.c.id == training_id))


def words_of_cohort(db: Db, *, cohort_id: int) -> Sequence[tuple[int, str, datetime]]:
    """(training, word, start) of every training with a word."""
    query = select(_TRAINING.c.id, _TRAINING.c.word, _TRAINING.c.starts_at).where(
        _TRAINING.c.cohort_id == cohort_id, _TRAINING.c.word != ""
    )
    return [(row.id, row.word, row.starts_at) for row in db.execute(query)]


def zone_of(db: Db, *, cohort_id: int) -> str | None:
    """The name of a cohort's time zone; None: there is no such cohort."""
    found: str | None = db.execute(
        select(_COHORT.c.zone).where(_COHORT.c.id == cohort_id)
    ).scalar_one_or_none()
    return found
