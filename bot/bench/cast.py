"""Invented people for the benchmark: mentees in four languages, each in her weekly check-in."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, text, update
from sqlmodel import Session as Db
from sqlmodel import SQLModel

from bot.store.database import Database
from bot.store.models import (
    Address,
    CheckIn,
    Cohort,
    Conversation,
    Delivery,
    Enrolment,
    Goal,
    GoalEntry,
    Message,
    Pairing,
    Participant,
    Receipt,
)
from bot.store.tables import table

LANGUAGES = ("ar", "fa", "ti", "en")
FLOW = "goal_check_in"
FIRST_NUMBER = 447_700_000_000


def language_of(person: int) -> str:
    """Each language as often as the others; people count from 1."""
    return LANGUAGES[person % len(LANGUAGES)]


def address_of(person: int) -> str:
    return f"whatsapp:+{FIRST_NUMBER + person}"


def sid_of(person: int) -> str:
    """The provider's id of the question that she was asked."""
    return f"MM{person:032x}"


def token_of(person: int) -> str:
    return f"bench-{person:026x}"


def is_empty(database: Database) -> bool:
    """Whether nobody is in it: the benchmark never touches anybody's data."""
    with database.reading() as db:
        return not db.execute(select(func.count()).select_from(table(Participant))).scalar_one()


# Nothing is sent here, and an answer to a question that has not left counts for nothing: so the
# database itself says that it has. The bot pays for it.
SENT_AT_ONCE = {
    "sqlite": (
        "CREATE TRIGGER sent_at_once AFTER INSERT ON delivery WHEN NEW.state = 'queued' BEGIN "
        "UPDATE delivery SET state = 'accepted' WHERE id = NEW.id; END",
    ),
    "postgresql": (
        "CREATE FUNCTION sent_at_once() RETURNS trigger AS $$ BEGIN NEW.state := 'accepted'; "
        "RETURN NEW; END $$ LANGUAGE plpgsql",
        "CREATE TRIGGER sent_at_once BEFORE INSERT ON delivery FOR EACH ROW "
        "EXECUTE FUNCTION sent_at_once()",
    ),
}


def seed(database: Database, *, people: int, now: datetime) -> None:
    """`people` mentees, one mentor for them all, a goal each, and the first question asked."""
    with database.transaction() as db:
        for statement in SENT_AT_ONCE[database.dialect]:
            db.execute(text(statement))
        _mentor(db, now=now)
        for model, rows in _rows(range(2, people + 2), now=now).items():
            db.execute(insert(table(model)), rows)
            if database.dialect == "postgresql":
                _count_on(db, table(model).name, rows=len(rows) + 1)


def _count_on(db: Db, name: str, *, rows: int) -> None:
    """PostgreSQL numbers rows apart from the numbers that it is given."""
    db.execute(select(func.setval(func.pg_get_serial_sequence(name, "id"), rows)))


def reopen(database: Database) -> None:
    """Everybody is back at the first question; what was kept so far stays."""
    with database.transaction() as db:
        first: dict[str, Any] = {"state": "open", "step": "week", "answers": {}, "ended_at": None}
        talk = table(Conversation)
        asked_by = {"prompt_id": talk.c.participant_id}  # numbered alike, see `_rows`
        db.execute(update(talk).values(**first, **asked_by))
        check_in = table(CheckIn)
        db.execute(update(check_in).values(state="asked", answered_at=None))
        db.execute(delete(table(Receipt)))
        delivery = table(Delivery)
        asked = delivery.c.sid.is_not(None)
        db.execute(update(delivery).where(asked).values(state="accepted"))


def _mentor(db: Db, *, now: datetime) -> None:
    """Number 1 everywhere."""
    person = {"id": 1, "reference": "G1", "name": "Grace", "language": "en", "created_at": now}
    db.execute(insert(table(Cohort)), {"id": 1, **_cohort(now.date())})
    db.execute(insert(table(Participant)), {**person, "discreet": False, "state": "active"})
    db.execute(insert(table(Enrolment)), _enrolment(1, role="mentor", now=now))


def _cohort(day: date) -> dict[str, object]:
    return Cohort(name="Bench", starts_on=day - timedelta(days=14)).model_dump(exclude={"id"})


def _enrolment(person: int, *, role: str, now: datetime) -> dict[str, object]:
    return {
        "id": person,
        "participant_id": person,
        "cohort_id": 1,
        "role": role,
        "state": "active",
        "created_at": now,
    }


def _rows(
    people: Sequence[int], *, now: datetime
) -> Mapping[type[SQLModel], list[dict[str, object]]]:
    """Every row has its person's number for an id, so that nothing need be looked up."""

    def each(make: Any) -> list[dict[str, object]]:
        return [_filled(make(number), number) for number in people]

    return {
        Participant: each(
            lambda n: Participant(
                reference=f"A{n}", name="Amina", language=language_of(n), created_at=now
            )
        ),
        Address: each(
            lambda n: Address(
                participant_id=n,
                channel="whatsapp",
                address=address_of(n),
                last_inbound_at=now,
                created_at=now,
            )
        ),
        Enrolment: [_enrolment(number, role="mentee", now=now) for number in people],
        Pairing: each(lambda n: Pairing(mentor_id=1, mentee_id=n, created_at=now)),
        Goal: each(
            lambda n: Goal(
                enrolment_id=n,
                number=1,
                words="ماكينة خياطة",
                language=language_of(n),
                next_step="أسأل",
                created_at=now,
            )
        ),
        GoalEntry: each(lambda n: GoalEntry(goal_id=n, kind="rating", rating=5, at=now)),
        CheckIn: each(
            lambda n: CheckIn(
                enrolment_id=n, flow=FLOW, slot="week-2", due_at=now, state="asked", asked_at=now
            )
        ),
        Conversation: each(
            lambda n: Conversation(
                participant_id=n,
                enrolment_id=n,
                check_in_id=n,
                flow=FLOW,
                version=1,
                step="week",
                goal_id=n,
                prompt_id=n,
                started_at=now,
                updated_at=now,
            )
        ),
        Message: each(
            lambda n: Message(
                participant_id=n,
                address_id=n,
                conversation_id=n,
                direction="out",
                channel="whatsapp",
                text="How was your week?",
                language=language_of(n),
                context=f"{FLOW}.week",
                step="week",
                at=now,
            )
        ),
        Delivery: each(
            lambda n: Delivery(
                message_id=n,
                participant_id=n,
                address_id=n,
                token=token_of(n),
                sid=sid_of(n),
                state="accepted",
                not_before=now,
                updated_at=now,
            )
        ),
    }


def _filled(row: SQLModel, number: int) -> dict[str, object]:
    return row.model_dump() | {"id": number}
