"""The cohort of the spreadsheet of end answers as rows of the database, with its sessions."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from sqlmodel import Session as Db

from bot.store.models import (
    Answer,
    Attendance,
    Cohort,
    Conversation,
    Enrolment,
    Goal,
    GoalEntry,
    Organisation,
    Pairing,
    Participant,
    Session,
    Training,
)
from tests.programme.cohort_rows import MENTEES, MENTORS, sheet
from tests.web.rows import kept

STARTED = datetime(2026, 3, 2, 10, tzinfo=UTC)
ENDED = STARTED + timedelta(weeks=16)
LANGUAGES = ("ar", "ti", "fa", "ar", "ti", "ar", "ar", "en")
WORDS = "My neighbour and Teresa say I speak well now"
Say = Callable[[str, str, str], int]


def ended_cohort(db: Db) -> int:
    """Its id. The first mentee, Layla, lets us print her words; Teresa is her mentor."""
    cohort = kept(db, Cohort(name="Spring 2026", starts_on=date(2026, 3, 2)))
    firms = [kept(db, Organisation(name=name)) for name in ("Birch plc", "Cedar plc")]
    training = kept(
        db,
        Training(
            cohort_id=cohort, title="Start", starts_at=STARTED, minutes=420, created_at=STARTED
        ),
    )
    enrolled: dict[str, int] = {}
    for place, row in enumerate(sheet()):
        mentor = row["role"] == "mentor"
        firm = None if not mentor else firms[0] if place < 30 else firms[1]
        enrolled[row["person"]] = _enrol(db, row, cohort=cohort, firm=firm, place=place)
        if mentor:
            _trained(db, enrolled[row["person"]], training, minutes=420)
    mentors = [number for person, number in enrolled.items() if person.startswith("T")]
    matched = [
        row["person"] for row in sheet() if row["role"] == "mentee" and row["matched"] == "yes"
    ]
    for place, person in enumerate(matched):
        _pair(db, enrolled[person], mentors[place % len(mentors)], held=10 - place % 7)
    return cohort


def _enrol(db: Db, row: dict[str, str], *, cohort: int, firm: int | None, place: int) -> int:
    name = {"M01": "Layla", "T01": "Teresa"}.get(row["person"], f"Somebody {place}")
    mentor = row["role"] == "mentor"
    person = kept(
        db,
        Participant(
            reference=row["person"],
            name=name,
            language="en" if mentor else LANGUAGES[place % len(LANGUAGES)],
            created_at=STARTED,
        ),
    )
    enrolment = kept(
        db,
        Enrolment(
            participant_id=person,
            cohort_id=cohort,
            organisation_id=firm,
            role=row["role"],
            created_at=STARTED,
        ),
    )
    _survey(db, row, person=person, enrolment=enrolment)
    return enrolment


def _survey(db: Db, row: dict[str, str], *, person: int, enrolment: int) -> None:
    mentor = row["role"] == "mentor"
    survey = "end_survey_mentor" if mentor else "end_survey"
    talk = kept(
        db,
        Conversation(
            participant_id=person,
            enrolment_id=enrolment,
            flow=survey,
            version=1,
            step="thanks",
            state="completed",
            started_at=ENDED,
            updated_at=ENDED,
        ),
    )

    def say(flow: str, step: str, value: str) -> int:
        return answer(
            db, talk=talk, person=person, enrolment=enrolment, flow=flow, step=step, value=value
        )

    for step in MENTORS if mentor else MENTEES:
        if row[step] and step != "goal_now":
            say(survey, step, row[step])
    if row["started"]:
        say("follow_up", "started", row["started"])
    if row["person"] == "M01":
        say(survey, "different", WORDS)
        say(survey, "print", "yes")
    if row["goal_first"] or row["goal_last"] or row["goal_now"]:
        _goal(db, row, enrolment, say)


def answer(
    db: Db, *, talk: int, person: int, enrolment: int, flow: str, step: str, value: str
) -> int:
    return kept(
        db,
        Answer(
            conversation_id=talk,
            participant_id=person,
            enrolment_id=enrolment,
            flow=flow,
            step=step,
            value="" if value == "skip" else value,
            number=int(value) if value.isdigit() else None,
            skipped=value == "skip",
            words=value,
            language="en",
            at=ENDED,
        ),
    )


def _goal(db: Db, row: dict[str, str], enrolment: int, say: Say) -> None:
    goal = kept(
        db,
        Goal(
            enrolment_id=enrolment,
            number=1,
            focus="work" if enrolment % 3 else "study",
            words="A goal",
            language="en",
            created_at=STARTED,
        ),
    )
    for weeks, column in ((1, "goal_first"), (15, "goal_last")):
        if row[column]:
            at = STARTED + timedelta(weeks=weeks)
            kept(db, GoalEntry(goal_id=goal, kind="rating", rating=int(row[column]), at=at))
    if row["goal_now"]:
        said = say("end_survey", "goal_now", row["goal_now"])
        if row["goal_now"] != "skip":
            rating = int(row["goal_now"])
            kept(
                db,
                GoalEntry(goal_id=goal, kind="rating", rating=rating, answer_id=said, at=ENDED),
            )


def _pair(db: Db, mentee: int, mentor: int, *, held: int) -> None:
    pairing = kept(db, Pairing(mentor_id=mentor, mentee_id=mentee, created_at=STARTED))
    for number in range(1, 11):
        state = "held" if number <= held else ("missed", "rescheduled", "unreported")[number % 3]
        kept(
            db,
            Session(
                pairing_id=pairing,
                number=number,
                starts_at=STARTED + timedelta(weeks=number),
                planned_minutes=60,
                state=state,
                minutes=60 if state == "held" else None,
                proof=("both", "both", "mentor", "staff")[number % 4] if state == "held" else "",
            ),
        )


def _trained(db: Db, enrolment: int, training: int, *, minutes: int) -> None:
    kept(
        db,
        Attendance(
            training_id=training,
            enrolment_id=enrolment,
            minutes=minutes,
            source="word",
            at=STARTED,
        ),
    )
