"""Who takes part in a transcript: a pair in the third week of a cohort, and one due check-in."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol, TypeVar

from sqlmodel import Session as Db

from bot.store.database import Database
from bot.store.models import (
    Address,
    CheckIn,
    Cohort,
    Consent,
    Enrolment,
    Goal,
    GoalEntry,
    Pairing,
    Participant,
    Session,
)

Row = TypeVar("Row")
NAMES = {"ar": "Amina", "ti": "Luwam", "fa": "Farah"}  # the mentee, by her language
ADDRESSES = {"whatsapp": "whatsapp:+447700900001", "sms": "+447700900001"}


@dataclass(frozen=True, kw_only=True)
class Cast:
    """The one who holds the phone."""

    who: int
    channel: str
    address: str


def invite_cast(database: Database, *, settings: dict[str, str], now: datetime) -> Cast:
    """Store the pair, what is known of them by `settings`, and the check-in that is due now."""
    flow = settings["flow"]
    role = settings.get("role", "mentor" if flow == "session_confirm" else "mentee")
    language = settings.get("language", "en")
    spoken = {role: language}
    with database.transaction() as db:
        cohort = _kept(db, Cohort(name="Cohort 14", starts_on=date(2026, 11, 2)))
        enrolled = {
            each: _enrolled(db, role=each, language=spoken.get(each, "en"), cohort=cohort, now=now)
            for each in ("mentee", "mentor")
        }
        pairing = _kept(
            db,
            Pairing(
                mentor_id=_id(enrolled["mentor"]),
                mentee_id=_id(enrolled["mentee"]),
                created_at=now,
            ),
        )
        session = _sessions(db, pairing=pairing, now=now)
        hers = enrolled[role]
        her = db.get_one(Participant, hers.participant_id)
        her.discreet = settings.get("phone") == "shared"
        channel = settings.get("channel", "whatsapp")
        address = ADDRESSES[channel]
        db.add(
            Address(
                participant_id=_id(her),
                channel=channel,
                address=address,
                last_inbound_at=now - timedelta(hours=1),
                created_at=now,
            )
        )
        if flow != "welcome":
            db.add(_agreed(her, channel=channel, now=now))
        _goal(db, enrolment=enrolled["mentee"], settings=settings, now=now)
        _weeks_before(db, enrolment=hers, answered=int(settings.get("weeks", "0")), now=now)
        about = session.id if flow == "session_confirm" else None
        db.add(CheckIn(enrolment_id=_id(hers), flow=flow, slot="due", session_id=about, due_at=now))
        return Cast(who=_id(her), channel=channel, address=address)


class _Stored(Protocol):
    id: int | None


def _id(row: _Stored) -> int:
    assert row.id is not None
    return row.id


def _kept(db: Db, row: Row) -> Row:
    db.add(row)
    db.flush()
    return row


def _enrolled(db: Db, *, role: str, language: str, cohort: Cohort, now: datetime) -> Enrolment:
    name = "Grace" if role == "mentor" else NAMES.get(language, "Amina")
    person = _kept(db, Participant(reference=name, name=name, language=language, created_at=now))
    return _kept(
        db, Enrolment(participant_id=_id(person), cohort_id=_id(cohort), role=role, created_at=now)
    )


def _sessions(db: Db, *, pairing: Pairing, now: datetime) -> Session:
    """Two that were held, and yesterday's, which is asked about."""
    yesterday = now.replace(hour=17, minute=30) - timedelta(days=1)
    for number, held in ((1, 60), (2, 45), (3, None)):
        session = _kept(
            db,
            Session(
                pairing_id=_id(pairing),
                number=number,
                starts_at=yesterday - timedelta(weeks=3 - number),
                planned_minutes=60,
                state="held" if held else "planned",
                minutes=held,
            ),
        )
    return session


def _agreed(her: Participant, *, channel: str, now: datetime) -> Consent:
    return Consent(
        participant_id=_id(her),
        kind="messages",
        given=True,
        wording="welcome.consent v1",
        language=her.language,
        channel=channel,
        at=now,
    )


def _goal(db: Db, *, enrolment: Enrolment, settings: dict[str, str], now: datetime) -> None:
    if "goal" not in settings:
        return
    goal = _kept(
        db,
        Goal(
            enrolment_id=_id(enrolment),
            number=1,
            words=settings["goal"],
            language=settings.get("language", "en"),
            next_step=settings.get("step", ""),
            created_at=now,
        ),
    )
    rating = int(settings.get("rating", "3"))
    db.add(GoalEntry(goal_id=_id(goal), kind="rating", rating=rating, at=now - timedelta(days=7)))


def _weeks_before(db: Db, *, enrolment: Enrolment, answered: int, now: datetime) -> None:
    for week in range(1, answered + 1):
        db.add(
            CheckIn(
                enrolment_id=_id(enrolment),
                flow="goal_check_in",
                slot=f"week-{week}",
                due_at=now - timedelta(days=7 * (answered + 1 - week)),
                state="answered",
            )
        )
