"""Everything we hold of one person, as rows to be given to her: nothing of anybody else's.

What the other one of her pair said is not read here at all.
"""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlmodel import Session as Db

from bot.store.hers import (
    ADDRESS,
    ALERT,
    ANSWER,
    ATTENDANCE,
    CHECK_IN,
    CONSENT,
    DELIVERY,
    ENROLMENT,
    ENTRY,
    GOAL,
    MEDIA,
    MEETING,
    MESSAGE,
    PAIRING,
    PERSON,
    REPORT,
    Hers,
    her_messages,
    her_side,
    hers,
)
from bot.store.models import AuditEntry, Cohort, Organisation, Staff, Training
from bot.store.tables import table

AUDIT, COHORT, ORGANISATION = table(AuditEntry), table(Cohort), table(Organisation)
STAFF, TRAINING = table(Staff), table(Training)
Rows = list[dict[str, Any]]
HERSELF = (
    *("id", "reference", "name", "language", "discreet", "state", "paused_until", "part_of_day"),
    *("weekday", "listens", "safe_word", "hold_backs", "created_at"),
)

# How the contexts of what the bot answers to a cry begin: it would tell whoever reads it of one
TO_A_CRY = ("standing.harm", "standing.help", "standing.write_here")


def about_her(
    db: Db, *, participant_id: int, concerns: Collection[str], with_concerns: bool
) -> Mapping[str, Rows]:
    """By section, oldest first. `concerns`: the kinds of alert that are records of harm; they,
    the messages that raised them and what answered those are left out unless `with_concerns`, and
    so is the word by which she calls us."""
    one = hers(db, participant_id=participant_id)
    apart = _apart(one, concerns)
    said: list[ColumnElement[bool]] = [MESSAGE.c.id.in_(her_messages(one))]
    raised = [ALERT.c.participant_id == one.id]
    answered = [ANSWER.c.participant_id == one.id]
    herself = [name for name in HERSELF if with_concerns or name != "safe_word"]
    if not with_concerns:
        answers = (MESSAGE.c.context.startswith(one, autoescape=True) for one in TO_A_CRY)
        said += [MESSAGE.c.id.not_in(apart), ~or_(*answers)]
        raised.append(ALERT.c.kind.not_in(concerns))
        answered.append(or_(ANSWER.c.message_id.is_(None), ANSWER.c.message_id.not_in(apart)))
    return {
        "person": _rows(db, select(*(PERSON.c[name] for name in herself)), PERSON.c.id == one.id),
        "addresses": _rows(
            db,
            _some(
                ADDRESS, "channel", "address", "state", "fallback", "last_inbound_at", "created_at"
            ),
            ADDRESS.c.participant_id == one.id,
        ),
        "enrolments": _enrolments(db, one),
        "pairs": _pairs(db, one),
        "consents": _consents(db, one, apart=None if with_concerns else apart),
        "messages": _messages(db, and_(*said)),
        "media": _rows(
            db,
            _some(MEDIA, "message_id", "number", "content_type", "state", "file"),
            MEDIA.c.message_id.in_(select(MESSAGE.c.id).where(*said)),
        ),
        "answers": _rows(
            db,
            _some(
                ANSWER,
                *("flow", "step", "value", "number", "skipped", "sensitive", "words", "language"),
                *("at", "replaced_at"),
            ),
            *answered,
        ),
        "goals": _rows(
            db,
            _some(
                GOAL, "id", "number", "focus", "words", "language", "next_step", "state"
            ).add_columns(GOAL.c.created_at),
            GOAL.c.enrolment_id.in_(one.enrolments),
        ),
        "goal_entries": _rows(
            db,
            _some(ENTRY, "goal_id", "kind", "words", "rating", "at").join(
                GOAL, GOAL.c.id == ENTRY.c.goal_id
            ),
            GOAL.c.enrolment_id.in_(one.enrolments),
        ),
        "sessions": _sessions(db, one),
        "trainings": _trainings(db, one),
        "check_ins": _rows(
            db,
            _some(CHECK_IN, "flow", "due_at", "state", "asked_at", "answered_at"),
            CHECK_IN.c.enrolment_id.in_(one.enrolments),
        ),
        "alerts": _rows(
            db, _some(ALERT, "kind", "state", "opened_at", "noted_at", "closed_at"), *raised
        ),
        "read_by": _read_by(db, one),
    }


def left_out(db: Db, *, participant_id: int, concerns: Collection[str]) -> int:
    """How many records of harm are kept apart."""
    mine = ALERT.c.participant_id == participant_id, ALERT.c.kind.in_(concerns)
    query = select(func.count()).select_from(ALERT).where(*mine)
    return int(db.execute(query).scalar_one())


def partners(db: Db, *, participant_id: int) -> dict[str, Any]:
    """Of those she was ever paired with: names, and the words of their goals, to be hidden."""
    one = hers(db, participant_id=participant_id)
    theirs = select(ENROLMENT.c.id).where(ENROLMENT.c.participant_id.in_(one.partners))
    names = select(PERSON.c.name, ENROLMENT.c.role).join(
        ENROLMENT, ENROLMENT.c.participant_id == PERSON.c.id
    )
    found = db.execute(names.where(PERSON.c.id.in_(one.partners)).distinct()).all()
    goals = db.execute(
        select(GOAL.c.words, GOAL.c.next_step).where(GOAL.c.enrolment_id.in_(theirs))
    ).all()
    return {
        "names": [(row.name, row.role) for row in found],
        "goals": [words for row in goals for words in row if words],
    }


def _apart(one: Hers, concerns: Collection[str]) -> Any:
    raised = select(ALERT.c.message_id).where(
        ALERT.c.message_id.is_not(None), ALERT.c.kind.in_(concerns)
    )
    marked = select(MESSAGE.c.id).where(
        MESSAGE.c.participant_id == one.id, MESSAGE.c.safeguarding.is_(True)
    )
    return raised.union(marked)


def _enrolments(db: Db, one: Hers) -> Rows:
    query = (
        _some(ENROLMENT, "role", "state", "created_at", "ended_at", "end_reason")
        .add_columns(COHORT.c.name.label("cohort"), ORGANISATION.c.name.label("organisation"))
        .join(COHORT, COHORT.c.id == ENROLMENT.c.cohort_id)
        .outerjoin(ORGANISATION, ORGANISATION.c.id == ENROLMENT.c.organisation_id)
    )
    return _rows(db, query, ENROLMENT.c.id.in_(one.enrolments))


def _pairs(db: Db, one: Hers) -> Rows:
    """Her mentor's first name she knows; a mentee's name is not given to anybody."""
    mentor = ENROLMENT.alias("mentor")
    query = (
        _some(PAIRING, "state", "created_at", "ended_at")
        .add_columns(PERSON.c.name.label("mentor"))
        .join(mentor, mentor.c.id == PAIRING.c.mentor_id)
        .join(PERSON, PERSON.c.id == mentor.c.participant_id)
    )
    return _rows(db, query, PAIRING.c.id.in_(one.pairings))


def _consents(db: Db, one: Hers, *, apart: Any) -> Rows:
    """`apart`: messages whose words are kept apart."""
    its = MESSAGE.c.id == CONSENT.c.message_id
    query = (
        _some(CONSENT, "kind", "given", "wording", "language", "channel", "at")
        .add_columns(func.coalesce(MESSAGE.c.text, "").label("reply"))
        .outerjoin(MESSAGE, its if apart is None else and_(its, MESSAGE.c.id.not_in(apart)))
    )
    return _rows(db, query, CONSENT.c.participant_id == one.id)


def _messages(db: Db, which: Any) -> Rows:
    newest = select(func.max(DELIVERY.c.id)).where(DELIVERY.c.message_id == MESSAGE.c.id)
    query = (
        _some(
            MESSAGE,
            *("id", "direction", "channel", "kind", "text", "language", "context", "choices"),
            *("details", "blanked_at", "at"),
        )
        .add_columns(
            DELIVERY.c.state.label("delivery"),
            DELIVERY.c.mode.label("way"),
            DELIVERY.c.updated_at.label("delivery_at"),
        )
        .outerjoin(DELIVERY, DELIVERY.c.id == newest.correlate(MESSAGE).scalar_subquery())
    )
    return _rows(db, query, which)


def _sessions(db: Db, one: Hers) -> Rows:
    query = (
        _some(MEETING, "starts_at", "planned_minutes", "state", "minutes", "place")
        .add_columns(
            REPORT.c.met.label("your_report"),
            REPORT.c.minutes.label("your_minutes"),
            REPORT.c.feeling.label("your_feeling"),
            REPORT.c.reason.label("your_reason"),
        )
        .outerjoin(REPORT, and_(REPORT.c.session_id == MEETING.c.id, her_side(one)))
    )
    return _rows(db, query, MEETING.c.id.in_(one.sessions))


def _trainings(db: Db, one: Hers) -> Rows:
    query = (
        select(TRAINING.c.title, TRAINING.c.starts_at)
        .add_columns(*(ATTENDANCE.c[name] for name in ("coming", "minutes", "useful")))
        .join(ATTENDANCE, ATTENDANCE.c.training_id == TRAINING.c.id)
    )
    return _rows(db, query, ATTENDANCE.c.enrolment_id.in_(one.enrolments))


def _read_by(db: Db, one: Hers) -> Rows:
    """Which staff member read or changed what is hers, and when."""
    query = (
        select(AUDIT.c.at, AUDIT.c.action, STAFF.c.name.label("staff"))
        .outerjoin(STAFF, STAFF.c.id == AUDIT.c.staff_id)
        .order_by(AUDIT.c.id)
    )
    return _rows(db, query, AUDIT.c.subject == f"participant:{one.id}")


def _some(of: Any, *names: str) -> Any:
    return select(*(of.c[name] for name in names)).select_from(of).order_by(of.c.id)


def _rows(db: Db, query: Any, *where: Any) -> Rows:
    return [dict(row) for row in db.execute(query.where(*where)).mappings()]
