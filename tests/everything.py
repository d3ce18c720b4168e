"""Amina and Grace with a row in every table, and words by which each of them would be found."""

from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlmodel import Session as Db

from bot.store.models import (
    Address,
    Alert,
    AlertConflict,
    AlertStep,
    Answer,
    Approval,
    Attendance,
    AuditEntry,
    CallOut,
    CheckIn,
    Consent,
    Conversation,
    Cover,
    Delivery,
    Duty,
    Enrolment,
    Goal,
    GoalEntry,
    Helpline,
    Holiday,
    Media,
    Message,
    Pairing,
    Participant,
    Receipt,
    Recording,
    RecoveryCode,
    Report,
    Sender,
    Session,
    SessionChange,
    SessionReport,
    SignIn,
    SignInAttempt,
    SignInLink,
    StaffCohort,
    Tally,
    Training,
)
from bot.store.tables import table
from tests.people import keep, ruth
from tests.world import AMINA, GRACE, World

KEY = "a secret of the tests, long enough"
SEWING = "أن أبدأ مشروع خياطة"
AMINA_SAID = (
    "Amina",
    AMINA.lstrip("+"),
    "AMINA-77",
    SEWING,
    "amina wrote this",
    "her teapot word",
    "about a worry of hers",
    "voice of her",
)
GRACE_SAID = ("Grace", GRACE.lstrip("+"), "G1", "grace wrote this", "her own kettle")


def numbers(message: object) -> str:
    """Whose talk a message at Twilio belongs to."""
    phone = getattr(message, "phone", None)
    return phone.number if phone else ""


def fill(world: World, *, media: Path) -> None:
    """Besides what the import and the welcome have made."""
    for number, words in ((AMINA, "amina wrote this"), (GRACE, "grace wrote this")):
        world.says(number, words, media=[("audio/ogg", b"OggS voice of her")])
    world.simulator.settle()
    media.mkdir()
    with world.parts.database.transaction() as db:
        for name, words in (("Amina", AMINA_SAID[4:]), ("Grace", GRACE_SAID[3:])):
            _person(db, world, name=name, words=words, media=media)
        _both(db, world)
        _house(db, world)
    world.tick()
    world.simulator.settle()


def _one(db: Db, model: type, **where: object) -> object:
    columns = table(model).c
    query = select(model).where(*(columns[name] == value for name, value in where.items()))
    return db.execute(query.limit(1)).scalar_one()


def _person(db: Db, world: World, *, name: str, words: tuple[str, ...], media: Path) -> None:
    now, person = world.time, _one(db, Participant, name=name)
    person.safe_word = words[1]
    enrolment = _one(db, Enrolment, participant_id=person.id)
    address = _one(db, Address, participant_id=person.id)
    talk = keep(
        db,
        Conversation(
            participant_id=person.id, enrolment_id=enrolment.id, flow="menu", version=1,
            step="choice", answers={"choice": words[0]}, state="completed", started_at=now,
            updated_at=now,
        ),
    )  # fmt: skip
    said = keep(
        db,
        Message(
            participant_id=person.id, address_id=address.id, conversation_id=talk.id,
            direction="in", channel="whatsapp", external_id=f"SM{person.id:032x}", text=words[0],
            at=now, media=[["https://example.org/a", "audio/ogg"]], details={"place": words[0]},
        ),
    )  # fmt: skip
    (media / f"{name.lower()}.ogg").write_bytes(b"OggS voice of her" if name == "Amina" else b"O")
    sent = keep(
        db,
        Message(
            participant_id=person.id, direction="out", text=f"Hello {name}, {words[0]}", at=now
        ),
    )
    delivery = keep(
        db,
        Delivery(
            message_id=sent.id, participant_id=person.id, address_id=address.id, state="read",
            token=f"t{person.id}", sid=f"SM{person.id:031x}f", sent_text=words[0], not_before=now,
            updated_at=now,
        ),
    )  # fmt: skip
    answer = keep(
        db,
        Answer(
            conversation_id=talk.id, participant_id=person.id, enrolment_id=enrolment.id,
            message_id=said.id, flow="menu", step="choice", value=words[0], words=words[0],
            language=person.language, at=now,
        ),
    )  # fmt: skip
    alert = keep(
        db,
        Alert(
            kind="harm_red", level="red", subject=f"harm:message:{said.id}", state="closed",
            participant_id=person.id, message_id=said.id, note=words[0], opened_at=now, last_at=now,
        ),
    ) if name == "Amina" else keep(
        db,
        Alert(
            kind="wants_call", level="amber", subject="x", state="open", participant_id=person.id,
            note=words[1], opened_at=now, last_at=now,
        ),
    )  # fmt: skip
    for row in (
        Consent(
            participant_id=person.id, kind="sensitive", given=True, wording="welcome.keep v1",
            language=person.language, channel="whatsapp", message_id=said.id, at=now,
        ),
        Receipt(sid=delivery.sid, status="read", delivery_id=delivery.id, at=now),
        Media(
            message_id=said.id, number=0, state="kept", file=f"{name.lower()}.ogg", not_before=now,
            updated_at=now,
        ),
        AlertStep(alert_id=alert.id, kind="noted", detail=words[0], at=now),
    ):  # fmt: skip
        keep(db, row)
    if name == "Amina":
        goal = keep(
            db,
            Goal(
                enrolment_id=enrolment.id, number=1, words=SEWING, language="ar",
                next_step=words[0], created_at=now,
            ),
        )  # fmt: skip
        keep(
            db, GoalEntry(goal_id=goal.id, kind="words", words=SEWING, answer_id=answer.id, at=now)
        )
        keep(
            db,
            CheckIn(
                enrolment_id=enrolment.id,
                flow="menu",
                slot="x",
                goal_id=goal.id,
                due_at=now,
                state="asked",
            ),
        )


def _both(db: Db, world: World) -> None:
    """What belongs to the two together, and what was said of Amina to Grace and by her."""
    now, pair = world.time, _one(db, Pairing)
    amina, grace = _one(db, Participant, name="Amina"), _one(db, Participant, name="Grace")
    hers, mentors = (_one(db, Enrolment, participant_id=one.id) for one in (amina, grace))
    staff = ruth(db)
    met = keep(
        db,
        Session(
            pairing_id=pair.id, number=90, starts_at=now - timedelta(days=1), planned_minutes=60,
            state="held", minutes=60, proof="both", reason="about a worry of hers",
        ),
    )  # fmt: skip
    goal = _one(db, Goal)
    talk = keep(
        db,
        Conversation(
            participant_id=grace.id, enrolment_id=mentors.id, flow="mentor_reflection", version=1,
            step="well", session_id=met.id, goal_id=goal.id, state="completed",
            answers={"well": "about a worry of hers"}, started_at=now, updated_at=now,
        ),
    )  # fmt: skip
    told = keep(
        db,
        Message(
            participant_id=grace.id, conversation_id=talk.id, direction="in", channel="whatsapp",
            external_id="SM" + "e" * 32, text="about a worry of hers", at=now,
        ),
    )  # fmt: skip
    shared = keep(
        db,
        Message(
            participant_id=grace.id, direction="out", text=f"Amina has chosen a goal: {SEWING}",
            choices=[["ok", "Write to Amina"]], at=now,
        ),
    )  # fmt: skip
    for row in (
        Delivery(
            message_id=shared.id, participant_id=grace.id, state="queued", token="goal",
            not_before=now, updated_at=now,
        ),
        Answer(
            conversation_id=talk.id, participant_id=grace.id, enrolment_id=mentors.id,
            message_id=told.id, flow="mentor_reflection", step="well",
            value="about a worry of hers", words="about a worry of hers", language="en", at=now,
        ),
        Alert(
            kind="mentor_worry", level="amber", subject="y", participant_id=grace.id,
            note="Amina had about a worry of hers", opened_at=now, last_at=now,
        ),
        SessionReport(
            session_id=met.id, role="mentee", met="yes", reason="amina wrote this", at=now
        ),
        SessionReport(
            session_id=met.id, role="mentor", met="yes", reason="about a worry of hers", at=now
        ),
        SessionChange(
            session_id=met.id, staff_id=staff.id, field="state", old="missed", new="held",
            why="Amina rang, her teapot word", at=now,
        ),
        Alert(
            kind="session_trouble", level="amber", subject=f"session:{met.id}",
            note=f"ring {AMINA}", opened_at=now, last_at=now,
        ),
    ):  # fmt: skip
        keep(db, row)
    training = keep(
        db,
        Training(
            cohort_id=hers.cohort_id, title="First aid", starts_at=now, minutes=60, created_at=now
        ),
    )
    for enrolment in (hers, mentors):
        keep(
            db,
            Attendance(
                training_id=training.id,
                enrolment_id=enrolment.id,
                minutes=60,
                useful="very",
                at=now,
            ),
        )


def _house(db: Db, world: World) -> None:
    """What is nobody's, or staff's."""
    now, hers = world.time, _one(db, Enrolment)
    staff = _one(db, type(ruth_of(db)))
    alert = _one(db, Alert, kind="harm_red")
    her = f"participant:{alert.participant_id}"
    for row in (
        AlertConflict(alert_id=alert.id, staff_id=staff.id),
        CallOut(
            alert_id=alert.id, staff_id=staff.id, rank=1, way="sms", state="sent", due_at=now,
            not_before=now,
        ),
        Approval(language="ar", context="standing.harm_red", digest="d", name="Ruth", at=now),
        AuditEntry(staff_id=staff.id, action="read", subject=her, at=now),
        Duty(
            staff_id=staff.id, rank=1, starts_on=date(2026, 11, 1), ends_on=date(2026, 12, 1),
            created_at=now,
        ),
        Holiday(name="A break", starts_on=date(2026, 12, 24), ends_on=date(2026, 12, 31)),
        Recording(
            context="standing.help", language="ar", digest="d", file="f", content_type="audio/ogg",
            size=1, staff_id=staff.id, at=now,
        ),
        RecoveryCode(staff_id=staff.id, code_hash="h"),
        Report(cohort_id=hers.cohort_id, title="26", digest="d", staff_id=staff.id, frozen_at=now),
        Sender(address="+441134960000", updated_at=now),
        Tally(day=date(2026, 11, 1), channel="sms", direction="out", messages=1, parts=2),
        SignIn(staff_id=staff.id, token_hash="h", created_at=now, seen_at=now),
        SignInAttempt(key="k", count=1, since=now),
        SignInLink(staff_id=staff.id, token_hash="l", expires_at=now),
        StaffCohort(staff_id=staff.id, cohort_id=hers.cohort_id),
    ):  # fmt: skip
        keep(db, row)
    for model, row in (
        (Cover, Cover(weekday=0, from_minute=0, to_minute=1439)),
        (Helpline, Helpline(key="x", name="x", number="1", updated_at=now)),
    ):
        if db.execute(select(model)).first() is None:
            keep(db, row)


def ruth_of(db: Db) -> object:
    from bot.store.models import Staff

    return _one(db, Staff)
