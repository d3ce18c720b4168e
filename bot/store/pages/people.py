"""The list of people: every participant with her enrolment, and whom she is paired with."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlmodel import Session

from bot.store.models import Address, Cohort, Enrolment, Organisation, Pairing, Participant
from bot.store.pages.alerts import alerts_waiting
from bot.store.sight import Sight
from bot.store.tables import table

ADDRESS = table(Address)
COHORT = table(Cohort)
ENROLMENT = table(Enrolment)
ORGANISATION = table(Organisation)
PAIRING = table(Pairing)
PERSON = table(Participant)


@dataclass(frozen=True, kw_only=True)
class ListedPerson:
    """One enrolment of one participant. `alerts`: how many about her nobody has closed."""

    participant_id: int
    enrolment_id: int
    name: str
    reference: str
    role: str
    language: str
    state: str
    paused_until: datetime | None
    quiet_at: datetime | None
    held: bool
    alerts: int
    enrolment_state: str
    organisation: str
    cohort_id: int
    cohort: str
    cohort_starts_on: date
    cohort_weeks: int
    last_inbound_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class PairedWith:
    """Who an enrolment is paired with."""

    enrolment_id: int
    participant_id: int
    name: str


def people(db: Session, *, sight: Sight) -> tuple[ListedPerson, ...]:
    """Everyone, cohort by cohort (the newest first), by name."""
    heard = (
        select(ADDRESS.c.participant_id, func.max(ADDRESS.c.last_inbound_at).label("last"))
        .group_by(ADDRESS.c.participant_id)
        .subquery()
    )
    waiting = alerts_waiting(sight).subquery()
    rows = db.execute(
        select(
            PERSON.c.id.label("participant_id"),
            ENROLMENT.c.id.label("enrolment_id"),
            PERSON.c.name,
            PERSON.c.reference,
            ENROLMENT.c.role,
            PERSON.c.language,
            PERSON.c.state,
            PERSON.c.paused_until,
            PERSON.c.quiet_at,
            PERSON.c.held_at.is_not(None).label("held"),
            func.coalesce(waiting.c.alerts, 0).label("alerts"),
            ENROLMENT.c.state.label("enrolment_state"),
            func.coalesce(ORGANISATION.c.name, "").label("organisation"),
            COHORT.c.id.label("cohort_id"),
            COHORT.c.name.label("cohort"),
            COHORT.c.starts_on.label("cohort_starts_on"),
            COHORT.c.weeks.label("cohort_weeks"),
            heard.c.last.label("last_inbound_at"),
        )
        .join(ENROLMENT, ENROLMENT.c.participant_id == PERSON.c.id)
        .join(COHORT, COHORT.c.id == ENROLMENT.c.cohort_id)
        .outerjoin(ORGANISATION, ORGANISATION.c.id == ENROLMENT.c.organisation_id)
        .outerjoin(heard, heard.c.participant_id == PERSON.c.id)
        .outerjoin(waiting, waiting.c.participant_id == PERSON.c.id)
        .where(sight.of_cohort(ENROLMENT.c.cohort_id))
        .order_by(COHORT.c.starts_on.desc(), COHORT.c.id, PERSON.c.name, PERSON.c.id)
    )
    return tuple(ListedPerson(**row._mapping) for row in rows)


def paired(db: Session, *, sight: Sight) -> tuple[PairedWith, ...]:
    """Both sides of every active pairing."""
    mine, others = ENROLMENT.alias("mine"), ENROLMENT.alias("others")
    statement = (
        select(mine.c.id.label("enrolment_id"), PERSON.c.id.label("participant_id"), PERSON.c.name)
        .select_from(PAIRING)
        .join(mine, or_(mine.c.id == PAIRING.c.mentee_id, mine.c.id == PAIRING.c.mentor_id))
        .join(others, or_(others.c.id == PAIRING.c.mentee_id, others.c.id == PAIRING.c.mentor_id))
        .join(PERSON, PERSON.c.id == others.c.participant_id)
        .where(
            PAIRING.c.state == "active",
            mine.c.id != others.c.id,
            sight.of_enrolment(PAIRING.c.mentee_id),
        )
        .order_by(PERSON.c.name, PERSON.c.id)
    )
    return tuple(PairedWith(**row._mapping) for row in db.execute(statement))
