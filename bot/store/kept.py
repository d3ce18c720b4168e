"""The steps of retention, kind by kind, in an order that every reference allows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, and_, cast, exists, or_, select
from sqlmodel import Session as Db

from bot.store.erasing import WORDS_OF_A_MESSAGE, Step
from bot.store.hers import (
    ADDRESS,
    ALERT,
    ALERT_CONFLICT,
    ALERT_STEP,
    ANSWER,
    CALL_OUT,
    CHECK_IN,
    DELIVERY,
    ENTRY,
    GOAL,
    MEDIA,
    MEETING,
    MESSAGE,
    NOBODY,
    PERSON,
    RECEIPT,
    SESSION_CHANGE,
    TALK,
)
from bot.store.keeping import (
    FINAL,
    Cutoffs,
    Over,
    evidence,
    of_strangers,
    over,
    protected,
    with_records,
)
from bot.store.models import Leftover, RecoveryCode, SignIn, SignInAttempt, SignInLink
from bot.store.tables import table

LEFTOVER, RECOVERY_CODE = table(Leftover), table(RecoveryCode)
SIGN_IN, ATTEMPT, LINK = table(SignIn), table(SignInAttempt), table(SignInLink)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of data, with what becomes of it when its time is over."""

    name: str
    steps: Sequence[Step]


def kinds(
    db: Db, cutoffs: Cutoffs, *, concerns: Collection[str], choices: Collection[str], now: datetime
) -> Sequence[Kind]:
    """`choices`: "flow.step" of questions whose answer is a choice or a number, not words."""
    return (
        Kind(name="words", steps=_words(db, cutoffs, concerns, choices, now)),
        Kind(name="ratings", steps=_ratings(over(db, since=cutoffs.ratings, concerns=concerns))),
        Kind(name="safeguarding", steps=_safeguarding(cutoffs.safeguarding, concerns)),
        Kind(name="deliveries", steps=_deliveries(cutoffs, concerns)),
        Kind(name="strangers", steps=_strangers(cutoffs.strangers)),
        Kind(name="sign-ins", steps=_sign_ins(cutoffs.sign_ins)),
    )


def _words(
    db: Db, cutoffs: Cutoffs, concerns: Collection[str], choices: Collection[str], now: datetime
) -> Sequence[Step]:
    done = over(db, since=cutoffs.words, concerns=concerns)
    said, talks = _said(done, concerns), _talks(done)
    answered = _answered(done)
    named = or_(PERSON.c.name != PERSON.c.reference, PERSON.c.safe_word != "")
    meetings = select(MEETING.c.id).where(MEETING.c.pairing_id.in_(done.pairings))
    goals = select(GOAL.c.id).where(GOAL.c.enrolment_id.in_(done.enrolments))
    blank = {**WORDS_OF_A_MESSAGE, "blanked_at": now}
    chosen = (ANSWER.c.flow + "." + ANSWER.c.step).in_(choices)
    note = (ALERT.c.state == "closed", ALERT.c.closed_at <= cutoffs.words, ALERT.c.note != "")
    kept = (ALERT.c.kind.not_in(concerns), _nobody_protected(ALERT.c.participant_id, concerns))
    return (
        _step(DELIVERY, DELIVERY.c.message_id.in_(said), DELIVERY.c.sent_text != "", sent_text=""),
        _step(MEDIA, MEDIA.c.message_id.in_(said), MEDIA.c.state != "gone", state="gone"),
        _step(MESSAGE, MESSAGE.c.id.in_(said), **blank),
        _step(ANSWER, answered, ~chosen, ANSWER.c.value != "", value=""),
        _step(ANSWER, answered, ANSWER.c.words != "", words=""),
        _step(TALK, TALK.c.id.in_(talks), cast(TALK.c.answers, String) != "{}", answers={}),
        _step(
            GOAL,
            GOAL.c.id.in_(goals),
            or_(GOAL.c.words != "", GOAL.c.next_step != ""),
            words="",
            next_step="",
        ),
        _step(ENTRY, ENTRY.c.goal_id.in_(goals), ENTRY.c.words != "", words=""),
        _step(
            SESSION_CHANGE,
            SESSION_CHANGE.c.session_id.in_(meetings),
            SESSION_CHANGE.c.why != "",
            why="",
        ),
        _step(ALERT, *note, *kept, note=""),
        _step(
            PERSON,
            PERSON.c.id.in_(done.participants),
            PERSON.c.id.not_in(with_records(concerns)),
            PERSON.c.name != NOBODY,
            named,
            name=PERSON.c.reference,
            safe_word="",
            hold_backs=[],
        ),
    )


def _said(done: Over, concerns: Collection[str]) -> Any:
    """Her messages and ours to her whose words are to go."""
    talks = _talks(done)
    return select(MESSAGE.c.id).where(
        MESSAGE.c.blanked_at.is_(None),
        MESSAGE.c.safeguarding.is_(False),
        or_(MESSAGE.c.participant_id.in_(done.participants), MESSAGE.c.conversation_id.in_(talks)),
        MESSAGE.c.id.not_in(evidence(concerns)),
    )


def _talks(done: Over) -> Any:
    """Conversations of what is over: in an enrolment, or about a session of a pair that ended."""
    meetings = select(MEETING.c.id).where(MEETING.c.pairing_id.in_(done.pairings))
    return select(TALK.c.id).where(
        or_(TALK.c.enrolment_id.in_(done.enrolments), TALK.c.session_id.in_(meetings)),
        TALK.c.state.not_in(("open", "held")),
    )


def _answered(done: Over) -> Any:
    return or_(
        ANSWER.c.enrolment_id.in_(done.enrolments),
        ANSWER.c.participant_id.in_(done.participants),
        ANSWER.c.conversation_id.in_(_talks(done)),
    )


def _ratings(done: Over) -> Sequence[Step]:
    """Hours stay: they are of both of a pair, and carry nobody's words."""
    goals = select(GOAL.c.id).where(GOAL.c.enrolment_id.in_(done.enrolments))
    hers = or_(
        ANSWER.c.enrolment_id.in_(done.enrolments), ANSWER.c.participant_id.in_(done.participants)
    )
    answers = select(ANSWER.c.id).where(hers)
    return (
        _step(ENTRY, or_(ENTRY.c.goal_id.in_(goals), ENTRY.c.answer_id.in_(answers))),
        _step(ANSWER, hers),
        _step(TALK, TALK.c.goal_id.in_(goals), goal_id=None),
        _step(CHECK_IN, CHECK_IN.c.goal_id.in_(goals), goal_id=None),
        _step(GOAL, GOAL.c.id.in_(goals)),
    )


def _safeguarding(cutoff: datetime, concerns: Collection[str]) -> Sequence[Step]:
    old = (
        ALERT.c.kind.in_(concerns),
        ALERT.c.state == "closed",
        ALERT.c.closed_at <= cutoff,
        _nobody_protected(ALERT.c.participant_id, concerns),
    )
    alerts = select(ALERT.c.id).where(*old)
    recorded = exists().where(ALERT.c.message_id == MESSAGE.c.id, ALERT.c.kind.in_(concerns))
    return (
        *(_step(of, of.c.alert_id.in_(alerts)) for of in (ALERT_STEP, ALERT_CONFLICT, CALL_OUT)),
        _step(ALERT, *old),
        _step(
            MESSAGE,
            MESSAGE.c.safeguarding.is_(True),
            MESSAGE.c.at <= cutoff,
            ~recorded,
            _nobody_protected(MESSAGE.c.participant_id, concerns),
            safeguarding=False,
        ),
    )


def _deliveries(cutoffs: Cutoffs, concerns: Collection[str]) -> Sequence[Step]:
    """Not while Twilio still holds its copy: then its id is needed to erase that."""
    erased = or_(DELIVERY.c.sid.is_(None), DELIVERY.c.channel_copy == "gone")
    old = (
        DELIVERY.c.updated_at <= cutoffs.deliveries,
        DELIVERY.c.state.in_(FINAL),
        _nobody_protected(DELIVERY.c.participant_id, concerns),
        *((erased,) if cutoffs.copies else ()),
    )
    waits = exists().where(ALERT.c.delivery_id == DELIVERY.c.id, ALERT.c.state != "closed")
    ids = select(DELIVERY.c.id).where(*old, ~waits)
    return (
        _step(
            RECEIPT,
            RECEIPT.c.at <= cutoffs.deliveries,
            or_(RECEIPT.c.delivery_id.is_(None), RECEIPT.c.delivery_id.in_(ids)),
        ),
        _step(ALERT, ALERT.c.delivery_id.in_(ids), delivery_id=None),
        _step(DELIVERY, DELIVERY.c.id.in_(ids), DELIVERY.c.id.not_in(_with_receipts())),
    )


def _with_receipts() -> Any:
    return select(RECEIPT.c.delivery_id).where(RECEIPT.c.delivery_id.is_not(None))


def _strangers(cutoff: datetime) -> Sequence[Step]:
    """Who said STOP stays known as that: nothing may ever go there."""
    said = of_strangers(cutoff)
    deliveries = select(DELIVERY.c.id).where(DELIVERY.c.message_id.in_(said))
    silent = ~exists().where(MESSAGE.c.address_id == ADDRESS.c.id)
    return (
        _step(RECEIPT, RECEIPT.c.delivery_id.in_(deliveries)),
        _step(ALERT, ALERT.c.delivery_id.in_(deliveries), delivery_id=None),
        _step(ALERT, ALERT.c.message_id.in_(said), message_id=None),
        _step(MEDIA, MEDIA.c.message_id.in_(said), MEDIA.c.file == ""),
        _step(MEDIA, MEDIA.c.message_id.in_(said), MEDIA.c.state != "gone", state="gone"),
        _step(DELIVERY, DELIVERY.c.message_id.in_(said)),
        _step(MESSAGE, MESSAGE.c.id.in_(said), MESSAGE.c.id.not_in(select(MEDIA.c.message_id))),
        _step(
            ADDRESS,
            ADDRESS.c.participant_id.is_(None),
            ADDRESS.c.state == "usable",
            ADDRESS.c.created_at <= cutoff,
            or_(ADDRESS.c.last_inbound_at.is_(None), ADDRESS.c.last_inbound_at <= cutoff),
            silent,
            ~exists().where(DELIVERY.c.address_id == ADDRESS.c.id),
        ),
    )


def _sign_ins(cutoff: datetime) -> Sequence[Step]:
    return (
        _step(SIGN_IN, SIGN_IN.c.created_at <= cutoff),
        _step(LINK, LINK.c.expires_at <= cutoff),
        _step(ATTEMPT, ATTEMPT.c.since <= cutoff),
        _step(RECOVERY_CODE, RECOVERY_CODE.c.used_at <= cutoff),
        _step(LEFTOVER, LEFTOVER.c.state == "gone", LEFTOVER.c.updated_at <= cutoff),
    )


def _nobody_protected(column: Any, concerns: Collection[str]) -> Any:
    return or_(column.is_(None), column.not_in(protected(concerns)))


def _step(of: Any, *where: Any, **values: object) -> Step:
    return Step(table=of, where=and_(*where), values=values or None)
