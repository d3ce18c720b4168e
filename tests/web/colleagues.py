"""Staff of every kind, and what is Amina's: for the walks over who sees what."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from flask import Flask
from sqlmodel import Session as Db
from sqlmodel import select

from bot.parts import Parts
from bot.store.models import (
    Alert,
    Answer,
    Cohort,
    Conversation,
    Goal,
    Holiday,
    Media,
    Message,
    Pairing,
    Participant,
    Recording,
    Report,
    Session,
    Staff,
    StaffCohort,
    Training,
)
from tests.web.cohort import MONDAY, NOW, Cast
from tests.web.conftest import signed_in
from tests.web.page import Browser
from tests.web.rows import days_ago, kept

GOAL, LETTER, SAFE_WORD = "planted in a goal", "planted in a letter", "plantedsafeword"
HARM, HARM_ANSWERED, HARM_NOTE = "planted in a cry", "planted in an answer", "planted in a note"
FILE = "0" * 32  # its name in the folder of media
SPOKEN = {"context": "goal_check_in.rating", "language": "ar", "content_type": "audio/ogg"}
OF_HARM = (HARM, HARM_ANSWERED, HARM_NOTE, "may be in danger", "says that she needs help now")


@dataclass(frozen=True, kw_only=True)
class Hers:
    """Ids of what stands in Amina's cohort, by what routes call them."""

    values: dict[str, int | str]
    autumn: int
    spring: int


def plant(parts: Parts, cast: Cast) -> Hers:
    """What Amina said in every way there is, and something of each kind for a route to open."""
    with parts.database.transaction() as db:
        autumn = db.exec(select(Cohort.id).where(Cohort.name == "Autumn 2026")).one()
        spring = db.exec(select(Cohort.id).where(Cohort.name == "Spring 2027")).one()
        assert autumn and spring
        sent = _said(db, cast)
        values: dict[str, int | str] = {
            "participant_id": cast.amina,
            "cohort_id": autumn,
            "alert_id": _first(db, Alert, Alert.kind == "wants_call"),
            "pairing_id": _first(db, Pairing),
            "session_id": _first(db, Session),
            "report_id": _first(db, Report),
            "training_id": _training(db, autumn),
            "holiday_id": _holiday(db, autumn),
            "media_id": _media(db, sent),
        }
        db.add(Recording(**SPOKEN, file=FILE, digest="d", size=1, at=parts.now()))
    folder = parts.settings.media_folder
    (folder / "recordings").mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_bytes(b"%PDF-1.7 planted in a file")
    (folder / "recordings" / FILE).write_bytes(b"OggS of staff")
    return Hers(values=values, autumn=autumn, spring=spring)


def colleague(
    app: Flask, parts: Parts, name: str, *, roles: Iterable[str], cohorts: Iterable[int] = ()
) -> Browser:
    """A staff member of these roles, signed in. With cohorts she sees those and no other."""
    with parts.database.transaction() as db:
        email, hers = f"{name.lower()}@example.org", tuple(cohorts)
        row = Staff(
            email=email, name=name, roles=list(roles), everywhere=not hers, created_at=days_ago(9)
        )
        staff_id = kept(db, row)
        for one in hers:
            kept(db, StaffCohort(staff_id=staff_id, cohort_id=one))
    return signed_in(app, parts, email=email)


def _first(db: Db, model: type, *where: object) -> int:
    found: int = db.exec(select(model.id).where(*where).order_by(model.id)).first()  # type: ignore
    return found


def _said(db: Db, cast: Cast) -> int:
    """Returns the message that a file came with."""
    amina = db.get_one(Participant, cast.amina)
    amina.safe_word = SAFE_WORD
    goal = db.exec(select(Goal)).first()
    talk = db.exec(select(Conversation)).first()
    assert goal and talk
    goal.words = GOAL
    letter = _message(db, cast.amina, LETTER, at=days_ago(0.5))
    sent = _message(db, cast.amina, LETTER, at=days_ago(400))
    assert letter
    cry = _message(db, cast.luwam, HARM, at=days_ago(0.6))
    alert = db.exec(select(Alert).where(Alert.kind == "harm_red")).one()
    alert.message_id = cry
    marked = _message(db, cast.amina, HARM_ANSWERED, at=days_ago(0.4), safeguarding=True)
    answer = Answer(
        conversation_id=talk.id or 0,
        participant_id=cast.amina,
        enrolment_id=talk.enrolment_id,
        message_id=marked,
        flow="goal_check_in",
        step="more",
        value=HARM_ANSWERED,
        words=HARM_ANSWERED,
        language="en",
        at=days_ago(0.4),
    )
    kept(db, answer)
    closed = Alert(
        kind="not_safe",
        level="red",
        subject="not_safe:closed",
        state="closed",
        participant_id=cast.amina,
        note=HARM_NOTE,
        opened_at=days_ago(1),
        last_at=days_ago(1),
        closed_at=days_ago(0.5),
    )
    kept(db, closed)
    db.add_all((amina, goal, alert))
    db.flush()
    return sent


def _media(db: Db, message_id: int) -> int:
    row = Media(
        message_id=message_id,
        number=0,
        content_type="application/pdf",
        state="kept",
        file=FILE,
        not_before=NOW,
        updated_at=NOW,
    )
    return kept(db, row)


def _message(db: Db, who: int, text: str, *, at: object, safeguarding: bool = False) -> int:
    row = Message(
        participant_id=who,
        direction="in",
        channel="whatsapp",
        external_id=f"XX{text}{at}",
        text=text,
        language="en",
        safeguarding=safeguarding,
        at=at,
    )
    return kept(db, row)


def _training(db: Db, cohort_id: int) -> int:
    row = Training(
        cohort_id=cohort_id,
        title="First aid",
        audience="everyone",
        starts_at=MONDAY + timedelta(weeks=3),
        minutes=60,
        word="Lantern",
        created_at=NOW,
    )
    return kept(db, row)


def _holiday(db: Db, cohort_id: int) -> int:
    days = (date(2026, 12, 21), date(2027, 1, 3))
    return kept(db, Holiday(cohort_id=cohort_id, name="Winter", starts_on=days[0], ends_on=days[1]))


def nowhere(hers: Hers) -> Hers:
    """The same kinds of things, none of which is there."""
    return replace(hers, values=dict.fromkeys(hers.values, 99_999))
