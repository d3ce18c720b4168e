"""Everything that is one person's: what goes when she is forgotten, and what stays without her.

`STAYS` says why of every other table. A test walks all tables, so that a new one must be decided.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select
from sqlmodel import Session as Db

from bot.store.erasing import Step
from bot.store.models import (
    Address,
    Alert,
    AlertConflict,
    AlertStep,
    Answer,
    Attendance,
    CallOut,
    CheckIn,
    Consent,
    Conversation,
    Delivery,
    Enrolment,
    Goal,
    GoalEntry,
    Media,
    Message,
    Pairing,
    Participant,
    Receipt,
    SessionChange,
    SessionReport,
)
from bot.store.models import Session as Meeting
from bot.store.tables import table

ADDRESS, ALERT, ANSWER = table(Address), table(Alert), table(Answer)
ALERT_CONFLICT, ALERT_STEP, CALL_OUT = table(AlertConflict), table(AlertStep), table(CallOut)
ATTENDANCE, CHECK_IN, CONSENT = table(Attendance), table(CheckIn), table(Consent)
DELIVERY, ENROLMENT, ENTRY, GOAL = (
    table(Delivery), table(Enrolment), table(GoalEntry), table(Goal),
)  # fmt: skip
MEDIA, MEETING, MESSAGE, PAIRING = table(Media), table(Meeting), table(Message), table(Pairing)
PERSON, RECEIPT, REPORT = table(Participant), table(Receipt), table(SessionReport)
SESSION_CHANGE, TALK = table(SessionChange), table(Conversation)

NOBODY = "Forgotten"  # what stands in the place of her name
STAYS = {
    "approval": "who approved a wording; nothing of participants",
    "audit_entry": "who did what, by ids alone; it is never changed",
    "cohort": "settings",
    "cover": "hours on call",
    "do_not_contact": "the keyed fingerprint of her number",
    "duty": "staff on call",
    "erasure": "the receipt: counts without a name",
    "helpline": "numbers of services",
    "holiday": "days without messages",
    "leftover": "what Twilio must still erase, by its ids",
    "mark": "what the clock did last",
    "organisation": "companies",
    "recording": "texts of ours as staff have spoken them",
    "recovery_code": "staff",
    "report": "a cohort's frozen figures: counts, and no words",
    "sender": "our own numbers",
    "sign_in": "staff",
    "sign_in_attempt": "staff",
    "sign_in_link": "staff",
    "staff": "staff",
    "staff_cohort": "staff",
    "tally": "how many messages went on a day, of nobody in particular",
    "template": "wordings that are the same for everybody",
    "training": "trainings",
}


@dataclass(frozen=True, kw_only=True)
class Hers:
    """Her rows by their ids, found once before anything goes."""

    id: int
    reference: str
    name: str
    addresses: tuple[str, ...]
    enrolments: tuple[int, ...]
    pairings: tuple[int, ...]
    sessions: tuple[int, ...]
    partners: tuple[int, ...]  # participants she was ever paired with
    words: tuple[str, ...]  # of her goals


def hers(db: Db, *, participant_id: int) -> Hers:
    person = db.execute(select(PERSON).where(PERSON.c.id == participant_id)).one()
    enrolments = _ids(db, select(ENROLMENT.c.id).where(ENROLMENT.c.participant_id == person.id))
    either = or_(PAIRING.c.mentee_id.in_(enrolments), PAIRING.c.mentor_id.in_(enrolments))
    pairs = db.execute(select(PAIRING.c.id, PAIRING.c.mentee_id, PAIRING.c.mentor_id).where(either))
    both = {pair.id: {pair.mentee_id, pair.mentor_id} for pair in pairs}
    others = {one for ids in both.values() for one in ids} - set(enrolments)
    partners = select(ENROLMENT.c.participant_id).where(ENROLMENT.c.id.in_(others)).distinct()
    addresses = select(ADDRESS.c.address).where(ADDRESS.c.participant_id == person.id)
    goals = select(GOAL.c.words, GOAL.c.next_step).where(GOAL.c.enrolment_id.in_(enrolments))
    return Hers(
        id=person.id,
        reference=person.reference,
        name=person.name,
        addresses=tuple(db.execute(addresses.order_by(ADDRESS.c.id)).scalars()),
        enrolments=enrolments,
        pairings=tuple(both),
        sessions=_ids(db, select(MEETING.c.id).where(MEETING.c.pairing_id.in_(both))),
        partners=_ids(db, partners),
        words=tuple({words for row in db.execute(goals) for words in row if words}),
    )


def _ids(db: Db, query: Any) -> tuple[int, ...]:
    return tuple(db.execute(query).scalars())


def her_messages(one: Hers) -> Any:
    """Also what was said at her address before anybody knew whose it is."""
    addresses = select(ADDRESS.c.id).where(ADDRESS.c.participant_id == one.id)
    unknown = and_(MESSAGE.c.participant_id.is_(None), MESSAGE.c.address_id.in_(addresses))
    return select(MESSAGE.c.id).where(or_(MESSAGE.c.participant_id == one.id, unknown))


def steps(one: Hers, *, pseudonym: str) -> Sequence[Step]:
    """In an order that every reference allows. Called before the first of them is taken."""
    return (*_others(one), *_gone(one), *_without_her(one, pseudonym))


def _others(one: Hers) -> Sequence[Step]:
    """Rows of others that point at hers: they stay, and point nowhere."""
    messages, goals = her_messages(one), select(GOAL.c.id).where(_enrolled(GOAL, one))
    addresses = select(ADDRESS.c.id).where(ADDRESS.c.participant_id == one.id)
    deliveries = select(DELIVERY.c.id).where(DELIVERY.c.message_id.in_(messages))
    elsewhere = ALERT.c.participant_id != one.id
    not_hers = MESSAGE.c.participant_id != one.id
    return (
        _step(TALK, and_(TALK.c.goal_id.in_(goals), TALK.c.participant_id != one.id), goal_id=None),
        _step(
            CHECK_IN,
            and_(CHECK_IN.c.goal_id.in_(goals), CHECK_IN.c.enrolment_id.not_in(one.enrolments)),
            goal_id=None,
        ),
        _step(ALERT, and_(elsewhere, ALERT.c.message_id.in_(messages)), message_id=None),
        _step(ALERT, and_(elsewhere, ALERT.c.delivery_id.in_(deliveries)), delivery_id=None),
        _step(MESSAGE, and_(MESSAGE.c.address_id.in_(addresses), not_hers), address_id=None),
        _step(
            DELIVERY,
            and_(DELIVERY.c.address_id.in_(addresses), DELIVERY.c.message_id.not_in(messages)),
            address_id=None,
        ),
    )


def _gone(one: Hers) -> Sequence[Step]:
    messages, alerts = her_messages(one), her_alerts(one)
    deliveries = select(DELIVERY.c.id).where(DELIVERY.c.message_id.in_(messages))
    sids = select(DELIVERY.c.sid).where(DELIVERY.c.message_id.in_(messages))
    goals = select(GOAL.c.id).where(_enrolled(GOAL, one))
    answers = select(ANSWER.c.id).where(ANSWER.c.participant_id == one.id)
    addresses = select(ADDRESS.c.id).where(ADDRESS.c.participant_id == one.id)
    return (
        _step(RECEIPT, or_(RECEIPT.c.delivery_id.in_(deliveries), RECEIPT.c.sid.in_(sids))),
        _step(ENTRY, or_(ENTRY.c.goal_id.in_(goals), ENTRY.c.answer_id.in_(answers))),
        *(_step(of, of.c.alert_id.in_(alerts)) for of in (ALERT_STEP, ALERT_CONFLICT, CALL_OUT)),
        _step(ALERT, ALERT.c.id.in_(alerts)),
        _step(CONSENT, CONSENT.c.participant_id == one.id),
        _step(MEDIA, MEDIA.c.message_id.in_(messages)),
        _step(ANSWER, ANSWER.c.participant_id == one.id),
        _step(DELIVERY, DELIVERY.c.message_id.in_(messages)),
        _step(MESSAGE, MESSAGE.c.id.in_(messages)),
        _step(TALK, TALK.c.participant_id == one.id),
        _step(CHECK_IN, _enrolled(CHECK_IN, one)),
        _step(GOAL, _enrolled(GOAL, one)),
        _step(REPORT, her_side(one)),
        _step(ATTENDANCE, and_(_enrolled(ATTENDANCE, one), ATTENDANCE.c.minutes.is_(None))),
        _step(ADDRESS, ADDRESS.c.id.in_(addresses)),
    )


def her_alerts(one: Hers) -> Any:
    """Those about her, and those that a message of hers raised while nobody knew her."""
    said = and_(ALERT.c.participant_id.is_(None), ALERT.c.message_id.in_(her_messages(one)))
    return select(ALERT.c.id).where(or_(ALERT.c.participant_id == one.id, said))


def her_side(one: Hers) -> Any:
    """What she reported herself: in another cohort she may be the other one of a pair."""

    def sessions(column: Any) -> Any:
        pairs = select(PAIRING.c.id).where(column.in_(one.enrolments))
        return select(MEETING.c.id).where(MEETING.c.pairing_id.in_(pairs))

    return or_(
        and_(REPORT.c.role == "mentee", REPORT.c.session_id.in_(sessions(PAIRING.c.mentee_id))),
        and_(REPORT.c.role == "mentor", REPORT.c.session_id.in_(sessions(PAIRING.c.mentor_id))),
    )


def _without_her(one: Hers, pseudonym: str) -> Sequence[Step]:
    """Hours and counts belong to others too: they stay, as somebody's whom nobody can name."""
    return (
        _step(ATTENDANCE, _enrolled(ATTENDANCE, one), coming="", useful=""),
        _step(REPORT, REPORT.c.session_id.in_(one.sessions), reason=""),
        _step(SESSION_CHANGE, SESSION_CHANGE.c.session_id.in_(one.sessions), why=""),
        _step(MEETING, MEETING.c.id.in_(one.sessions), reason="", place="", proposed_by=""),
        _step(PAIRING, PAIRING.c.id.in_(one.pairings), end_reason=""),
        _step(
            ENROLMENT,
            ENROLMENT.c.id.in_(one.enrolments),
            end_reason="",
            organisation_id=None,
        ),
        _step(PERSON, PERSON.c.id == one.id, **_nobody(pseudonym)),
    )


def _nobody(pseudonym: str) -> dict[str, object]:
    empty = ("paused_until", "held_at", "acknowledged_at", "weekday", "quiet_at", "doubted_at")
    return {
        **dict.fromkeys(empty),
        **dict.fromkeys(("language", "part_of_day", "listens", "safe_word", "legal_hold"), ""),
        "reference": pseudonym,
        "name": NOBODY,
        "discreet": False,
        "state": "left",
        "hold_backs": [],
    }


def _enrolled(of: Any, one: Hers) -> Any:
    return of.c.enrolment_id.in_(one.enrolments)


def _step(of: Any, where: Any, **values: object) -> Step:
    return Step(table=of, where=where, values=values or None)


def decided() -> Collection[str]:
    """Every table that one of the steps touches."""
    nobody = Hers(
        id=0, reference="", name="", addresses=(), enrolments=(), pairings=(), sessions=(),
        partners=(), words=(),
    )  # fmt: skip
    return {step.table.name for step in steps(nobody, pseudonym="")}
