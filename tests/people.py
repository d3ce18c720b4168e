"""The cast, and tiny builders that enrol it: each returns the row that a test wants to hold on to.

Amina, Selam, Luwam and Farah are mentees, Grace and Beth mentors; Ruth and Ivy are staff.
"""

from datetime import UTC, date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlmodel import Session as Db
from sqlmodel import select

from bot.actions.plan import plan_check_ins, plan_sessions
from bot.store.models import (
    Address,
    Cohort,
    Consent,
    Enrolment,
    Organisation,
    Pairing,
    Participant,
    Staff,
)
from bot.store.staff import EVERY_ROLE

Row = TypeVar("Row")

LONDON = ZoneInfo("Europe/London")
STARTS_ON = date(2026, 11, 16)  # a Monday
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # the Monday of the second week, mid-morning
NUMBERS = {  # from the range that Ofcom keeps for drama
    "Amina": "+447700900001",
    "Selam": "+447700900002",
    "Luwam": "+447700900003",
    "Farah": "+447700900004",
    "Grace": "+447700900011",
    "Beth": "+447700900012",
}


def keep(db: Db, row: Row) -> Row:
    db.add(row)
    db.flush()
    return row


def cohort(db: Db, *, name: str = "Autumn", starts_on: date = STARTS_ON) -> Cohort:
    """The one of that name, made when it is not there."""
    found = db.exec(select(Cohort).where(Cohort.name == name)).one_or_none()
    return found or keep(db, Cohort(name=name, starts_on=starts_on))


def organisation(db: Db, *, name: str = "Acorn Ltd") -> Organisation:
    found = db.exec(select(Organisation).where(Organisation.name == name)).one_or_none()
    return found or keep(db, Organisation(name=name))


def amina(db: Db, *, now: datetime = NOW) -> Participant:
    """Mentee, Arabic, on WhatsApp and by SMS."""
    return mentee(db, name="Amina", language="ar", channels=("whatsapp", "sms"), now=now)


def selam(db: Db, *, now: datetime = NOW) -> Participant:
    """Mentee, Tigrinya, by SMS only."""
    return mentee(db, name="Selam", language="ti", channels=("sms",), now=now)


def luwam(db: Db, *, now: datetime = NOW) -> Participant:
    """Mentee, Tigrinya, on WhatsApp, which has no approved template in it."""
    return mentee(db, name="Luwam", language="ti", channels=("whatsapp",), now=now)


def farah(db: Db, *, now: datetime = NOW) -> Participant:
    """Mentee, Persian, who has paused."""
    person = mentee(db, name="Farah", language="fa", channels=("whatsapp",), now=now)
    person.state = "paused"
    return keep(db, person)


def grace(db: Db, *, now: datetime = NOW) -> Participant:
    """Amina's mentor, from Acorn Ltd."""
    return mentor(db, name="Grace", group=cohort(db), company=organisation(db), now=now)


def beth(db: Db, *, now: datetime = NOW) -> Participant:
    """Mentor in another cohort: never sees or receives anything of Amina's."""
    spring = cohort(db, name="Spring", starts_on=date(2027, 1, 18))
    return mentor(db, name="Beth", group=spring, company=organisation(db, name="Oak plc"), now=now)


def mentee(
    db: Db, *, name: str, language: str, channels: tuple[str, ...], now: datetime
) -> Participant:
    return _participant(
        db,
        name=name,
        role="mentee",
        language=language,
        channels=channels,
        group=cohort(db),
        now=now,
    )


def mentor(
    db: Db, *, name: str, group: Cohort, company: Organisation, now: datetime
) -> Participant:
    person = _participant(
        db, name=name, role="mentor", language="en", channels=("whatsapp",), group=group, now=now
    )
    enrolment(db, person).organisation_id = company.id
    db.flush()
    return person


def ruth(db: Db, *, now: datetime = NOW) -> Staff:
    """Staff."""
    return keep(
        db, Staff(email="ruth@example.org", name="Ruth", roles=list(EVERY_ROLE), created_at=now)
    )


def ivy(db: Db, *, now: datetime = NOW) -> Staff:
    """Staff, who may only read."""
    return keep(db, Staff(email="ivy@example.org", name="Ivy", roles=["reader"], created_at=now))


def enrolment(db: Db, person: Participant) -> Enrolment:
    """Her only one."""
    return db.exec(select(Enrolment).where(Enrolment.participant_id == person.id)).one()


def address(db: Db, person: Participant, *, channel: str = "whatsapp") -> Address:
    query = select(Address).where(Address.participant_id == person.id, Address.channel == channel)
    return db.exec(query).one()


def pairing(db: Db, her_mentee: Participant, her_mentor: Participant) -> Pairing:
    """The two together, without sessions (`plan_pair` plans them)."""
    pair = Pairing(
        mentor_id=enrolment(db, her_mentor).id,
        mentee_id=enrolment(db, her_mentee).id,
        created_at=her_mentee.created_at,
    )
    return keep(db, pair)


def plan_pair(db: Db, pair: Pairing, *, now: datetime = NOW) -> Pairing:
    plan_sessions(db, pairing_id=pair.id, now=now)
    return pair


def consent(db: Db, person: Participant, *, now: datetime = NOW, plan: bool = True) -> Consent:
    """She said yes to messages; with `plan`, what follows from that is planned."""
    said = keep(
        db,
        Consent(
            participant_id=person.id,
            kind="messages",
            given=True,
            wording="welcome.consent v1",
            language=person.language,
            channel="whatsapp",
            at=now,
        ),
    )
    if plan:
        plan_check_ins(db, enrolment_id=enrolment(db, person).id, now=now)
    return said


def _participant(
    db: Db,
    *,
    name: str,
    role: str,
    language: str,
    channels: tuple[str, ...],
    group: Cohort,
    now: datetime,
) -> Participant:
    person = Participant(reference=name.upper(), name=name, language=language, created_at=now)
    keep(db, person)
    for channel in channels:
        prefix = "whatsapp:" if channel == "whatsapp" else ""
        address = f"{prefix}{NUMBERS[name]}"
        keep(
            db,
            Address(participant_id=person.id, channel=channel, address=address, created_at=now),
        )
    keep(db, Enrolment(participant_id=person.id, cohort_id=group.id, role=role, created_at=now))
    return person
