"""Whom an invented conversation is with, and what is known of her: a pair in the third week.

Its settings stand at the head of a transcript, so that the conversation can be played again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlmodel import Session as Db
from sqlmodel import SQLModel

from bot.actions.change_rota import change_phone, put_on_call
from bot.actions.meaning_of_her import WEEKDAYS
from bot.actions.opening import About
from bot.engine.flow import Audience, Flow
from bot.programme.oncall import LEAD
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
    Training,
)
from bot.store.staff import EVERY_ROLE, keep_staff

NAMES = {"ar": "Amina", "ti": "Luwam", "fa": "Farah"}  # the mentee's, by her language
ADDRESSES = {"whatsapp": "whatsapp:+447700900001", "sms": "+447700900001"}
RUTHS_PHONE = "+447700900301"
GOALS = {"ar": "أريد أن أتعلم الخياطة", "fa": "می‌خواهم خیاطی یاد بگیرم", "ti": "ስፌት ክመሃር እደሊ"}
GOAL, STEP, RATING = "Learn to sew", "Ask about a class", "3"
WORD = "lantern"  # on the slide
SETTINGS = frozenset(
    {
        *("flow", "language", "role", "phone", "channel", "session", "held", "safe"),
        *("goal", "second", "step", "rating", "weeks", "shares", "private", "chose", "at"),
    }
)
RATED = frozenset({"goal_check_in", "mid_point", "end_survey", "goal_shared"})
WEEK = timedelta(days=7)
HALF_PAST_FIVE = {"hour": 17, "minute": 30, "second": 0, "microsecond": 0}

# What a conversation about a session is about: days from today, its state, whose idea it was
ABOUT: Mapping[str, tuple[int, str, str]] = {
    "session_confirm": (-1, "planned", ""),
    "mentor_reflection": (-1, "held", ""),
    "session_remind": (1, "planned", ""),
    "session_time": (1, "planned", ""),
    "session_propose": (2, "proposed", "other"),
    "session_move": (1, "cancelled", "other"),
}
# Of whom nothing is asked of a session, but who may ask to move the next: "ahead" or "none"
SESSIONS: Mapping[str, str] = {"session_arrange": "none", "menu": "ahead"}

Row = TypeVar("Row", bound=SQLModel)


@dataclass(frozen=True, kw_only=True)
class Part:
    """One conversation to be: its flow, and the settings that are not as usual."""

    flow: Flow
    settings: Mapping[str, str]

    @property
    def language(self) -> str:
        return self.settings.get("language", "en")

    @property
    def channel(self) -> str:
        return self.settings.get("channel", "whatsapp")

    @property
    def discreet(self) -> bool:
        return self.settings.get("phone") == "shared"

    @property
    def unplanned(self) -> bool:
        """Whether no check-in begins it: an answer to her, or the question who reads her phone."""
        return self.flow.on_demand or self.flow.name == "is_it_you"

    @property
    def role(self) -> str:
        """Hers: what the flow is for, and of those for everyone the one who is asked first."""
        usual = "mentor" if self.flow.name == "session_confirm" else "mentee"
        by_audience = {Audience.MENTOR: "mentor", Audience.MENTEE: "mentee"}
        return self.settings.get("role", by_audience.get(self.flow.audience, usual))


@dataclass(frozen=True, kw_only=True)
class Invited:
    """She as stored, and what the conversation is about."""

    participant_id: int
    address: str
    about: About


def usual_settings(flow: Flow, *, language: str, discreet: bool) -> dict[str, str]:
    """The settings of a conversation that somebody tries out, where choices are typed."""
    known = {"goal": GOALS.get(language, GOAL), "step": STEP, "rating": RATING}
    return {
        "flow": flow.name,
        "language": language,
        "channel": "sms",
        **({"phone": "shared"} if discreet else {}),
        **(known | {"weeks": "2"} if flow.name == "goal_check_in" else {}),
        **({"goal": known["goal"]} if flow.name in RATED - {"goal_check_in"} else {}),
    }


def invite(db: Db, part: Part, *, now: datetime) -> Invited:
    """Store the pair, what is known of them, and the check-in that is due now (if it is one)."""
    _on_call(db, now=now)
    cohort = _kept(db, Cohort(name="Cohort 14", starts_on=(now - 3 * WEEK).date()))
    enrolled = {role: _enrolled(db, part, role, cohort, now=now) for role in ("mentee", "mentor")}
    mentee, hers = enrolled["mentee"], enrolled[part.role]
    pairing = Pairing(mentor_id=_id(enrolled["mentor"]), mentee_id=_id(mentee), created_at=now)
    session_id = _sessions(db, part, pairing=_kept(db, pairing), now=now)
    goal_id = _goals(db, part, enrolment=mentee, now=now)
    _weeks_before(db, part, enrolment=hers, now=now)
    about = About(
        enrolment_id=_id(hers),
        session_id=session_id,
        goal_id=goal_id if part.flow.name == "goal_shared" else None,
    )
    if not part.unplanned:
        _due(db, part, cohort=cohort, enrolment_id=_id(hers), about=about, now=now)
    where = ADDRESSES[part.channel]
    return Invited(participant_id=hers.participant_id, address=where, about=about)


def _on_call(db: Db, *, now: datetime) -> None:
    """Somebody who would hear a cry for help: without her nothing starts."""
    ruth = keep_staff(db, email="ruth@example.org", name="Ruth", roles=EVERY_ROLE, now=now)
    change_phone(db, staff_id=ruth, phone=RUTHS_PHONE, by=None, now=now)
    today = now.date()
    until = today + timedelta(days=365)
    put_on_call(db, staff_id=ruth, rank=LEAD, starts_on=today, ends_on=until, by=None, now=now)


def _due(
    db: Db, part: Part, *, cohort: Cohort, enrolment_id: int, about: About, now: datetime
) -> None:
    training = _training(db, part, cohort=cohort, now=now) if _trains(part) else None
    _kept(
        db,
        CheckIn(
            enrolment_id=enrolment_id,
            flow=part.flow.name,
            slot="due",
            session_id=about.session_id,
            goal_id=about.goal_id,
            training_id=_id(training) if training else None,
            due_at=now,
        ),
    )


def _trains(part: Part) -> bool:
    return part.flow.name.startswith("training")


def _training(db: Db, part: Part, *, cohort: Cohort, now: datetime) -> Training:
    """She is invited the day before; how useful it was, she is asked while its word counts."""
    begins = (now + timedelta(days=1)).replace(**HALF_PAST_FIVE)  # type: ignore[arg-type]
    if part.flow.name == "training_feedback":
        begins = now - timedelta(hours=2)
    training = Training(
        cohort_id=_id(cohort),
        title="Listening",
        audience="everyone",
        starts_at=begins,
        minutes=120,
        word=WORD,
        created_at=now,
    )
    return _kept(db, training)


def _enrolled(db: Db, part: Part, role: str, cohort: Cohort, *, now: datetime) -> Enrolment:
    hers = role == part.role
    language = part.language if hers else "en"
    name = "Grace" if role == "mentor" else NAMES.get(language, "Amina")
    person = Participant(reference=name, name=name, language=language, created_at=now)
    person.discreet = hers and part.discreet
    person.safe_word = part.settings.get("safe", "") if hers else ""
    if hers and "chose" in part.settings:
        part_of_day, weekday = part.settings["chose"].split()
        person.part_of_day, person.weekday = part_of_day, WEEKDAYS.index(weekday)
    if hers and part.flow.name == "is_it_you":  # others read her phone, and she was silent
        person.doubted_at = now
    if hers and part.flow.name == "hello":  # only who has grown quiet is greeted
        person.quiet_at = now - 4 * WEEK
    who = _id(_kept(db, person))
    if hers:
        where = Address(
            participant_id=who,
            channel=part.channel,
            address=ADDRESSES[part.channel],
            last_inbound_at=now - timedelta(hours=1),
            created_at=now,
        )
        _kept(db, where)
    if part.flow.name != "welcome":
        _agreed(db, who, part, language=language, now=now)
    row = Enrolment(participant_id=who, cohort_id=_id(cohort), role=role, created_at=now)
    return _kept(db, row)


def _agreed(db: Db, who: int, part: Part, *, language: str, now: datetime) -> None:
    shares = part.settings.get("shares", "yes" if part.flow.name == "goal_shared" else "no")
    private = part.settings.get("private", "yes")  # may sensitive answers be kept
    for kind, given in (
        ("messages", True),
        ("sensitive", private == "yes"),
        ("sharing", shares == "yes"),
    ):
        row = Consent(
            participant_id=who,
            kind=kind,
            given=given,
            wording="welcome.consent v2",
            language=language,
            channel=part.channel,
            at=now,
        )
        _kept(db, row)


def _sessions(db: Db, part: Part, *, pairing: Pairing, now: datetime) -> int | None:
    """Two that were held (or `held`), and the one that is asked about; else yesterday's."""
    usual = SESSIONS.get(part.flow.name, "held")
    ahead = part.settings.get("session", usual) == "ahead"
    otherwise = (1, "planned", "") if ahead else (-1, "held", "")
    days, state, by = ABOUT.get(part.flow.name, otherwise)
    last = (now - timedelta(days=1)).replace(**HALF_PAST_FIVE)  # type: ignore[arg-type]
    other = "mentee" if part.role == "mentor" else "mentor"
    before = int(part.settings.get("held", "2"))
    rows: list[tuple[int, datetime, str, int | None]] = [
        (number, last - (before + 1 - number) * WEEK, "held", 60 if number % 2 else 45)
        for number in range(1, before + 1)
    ]
    asked = part.settings.get("session", usual) != "none"
    if asked:
        minutes = 60 if state == "held" else None
        rows.append((before + 1, last + timedelta(days=days + 1), state, minutes))
    for number, starts_at, became, minutes in rows:
        session = Session(
            pairing_id=_id(pairing),
            number=number,
            starts_at=starts_at,
            planned_minutes=60,
            state=became,
            minutes=minutes,
            proof="both" if minutes else "",
            proposed_by=other if by and number == len(rows) else "",
            settled_at=starts_at + timedelta(days=3) if number <= before else None,
        )
        _kept(db, session)
    return _id(session) if asked and part.flow.name in ABOUT else None


def _goals(db: Db, part: Part, *, enrolment: Enrolment, now: datetime) -> int | None:
    """The first is the one in turn, and the one that a mentor is told of."""
    first: int | None = None
    for number, name in enumerate(("goal", "second"), start=1):
        words = part.settings.get(name)
        if words is None:
            continue
        goal = Goal(
            enrolment_id=_id(enrolment),
            number=number,
            words=words,
            language=part.language,
            next_step=part.settings.get("step", "") if number == 1 else "",
            created_at=now,
        )
        _kept(db, goal)
        rating = int(part.settings.get("rating", RATING))
        _kept(db, GoalEntry(goal_id=_id(goal), kind="rating", rating=rating, at=now - WEEK))
        first = first or _id(goal)
    return first


def _weeks_before(db: Db, part: Part, *, enrolment: Enrolment, now: datetime) -> None:
    weeks = int(part.settings.get("weeks", "0"))
    for week in range(1, weeks + 1):
        asked = now - (weeks + 1 - week) * WEEK
        before = CheckIn(
            enrolment_id=_id(enrolment),
            flow="goal_check_in",
            slot=f"week-{week}",
            due_at=asked,
            asked_at=asked,
            answered_at=asked,
            state="answered",
        )
        _kept(db, before)


def _kept(db: Db, row: Row) -> Row:
    db.add(row)
    db.flush()
    return row


def _id(row: SQLModel) -> int:
    return int(row.id)  # type: ignore[attr-defined]
