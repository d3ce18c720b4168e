"""What her answers change about herself: when she may be written to, how, and for how long not."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlmodel import Session as Db

from bot.actions.alert import raise_alert
from bot.actions.be_sure import be_sure
from bot.actions.effect import Change, Effect, Meaning
from bot.actions.pause_pairing import let_rest
from bot.actions.plan import plan_check_ins
from bot.actions.silence import take_break, withdraw_queued
from bot.actions.training_word import problem_with_word
from bot.actions.withdraw import SHARED, Saying, follow, withdraw
from bot.engine.facts import SPOKEN
from bot.store.addresses import allow_sms
from bot.store.models import Consent, Participant
from bot.store.pair_facts import pairs_of
from bot.store.tables import table

_PERSON = table(Participant)

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
BREAKS = {"week": timedelta(weeks=1), "two_weeks": timedelta(weeks=2), "month": timedelta(days=30)}


def consent_row(change: Change, *, kind: str, given: bool) -> Consent:
    """One line of the ledger: what she said, to which wording, in which language and channel."""
    return Consent(
        participant_id=change.who.id, kind=kind, given=given, at=change.now, **vars(_saying(change))
    )


def _saying(change: Change) -> Saying:
    talk, waited = change.talk, change.who.talking
    return Saying(
        how="asked",
        wording=f"{talk.flow}.{change.answered.step} v{talk.version}",
        language=change.source.language,
        channel=change.who.channel,
        message_id=change.source.message_id,
        prompt_id=waited.prompt_id if waited is not None else None,
        reply=change.source.words,
    )


def _consent(kind: str, *, replans: bool = False) -> Meaning:
    def given(db: Db, change: Change) -> Effect:
        if change.answered.value in ("yes", "no"):
            db.add(consent_row(change, kind=kind, given=change.answered.value == "yes"))
            db.flush()
            if change.answered.value == "no":
                follow(db, participant_id=change.who.id, kinds=(kind,), now=change.now)
        return _move_what_is_planned(db, change) if replans else Effect()

    return given


def _sharing(db: Db, change: Change) -> Effect:
    """Her goal and number, only her goal, or nothing: two kinds, so that each can be withdrawn."""
    value = change.answered.value
    if value in ("yes", "goal_only", "no"):
        db.add(consent_row(change, kind="sharing", given=value == "yes"))
        db.add(consent_row(change, kind="goal_only", given=value == "goal_only"))
        db.flush()
        follow(db, participant_id=change.who.id, kinds=("sharing", "goal_only"), now=change.now)
    return Effect()


TAKEN_BACK = {"not_shared": SHARED, "not_private": ("sensitive",)}  # no messages is also a STOP


def _choices(db: Db, change: Change) -> Effect:
    """What she takes back, as easily as she gave it."""
    kinds = TAKEN_BACK.get(change.answered.value, ())
    if kinds:
        who, saying = change.who.id, _saying(change)
        withdraw(db, participant_id=who, kinds=kinds, saying=saying, now=change.now)
    return Effect()


def _set(db: Db, change: Change, **values: object) -> None:
    db.execute(update(_PERSON).where(_PERSON.c.id == change.who.id).values(**values))


def _discreet(db: Db, change: Change) -> Effect:
    """What waits in the outbox was worded for nobody but her."""
    shared = change.answered.value != "no"
    _set(db, change, discreet=shared)
    if shared and not change.who.discreet:
        withdraw_queued(db, participant_id=change.who.id, reason="discreet", now=change.now)
    return Effect(discreet=shared)


def _part_of_day(db: Db, change: Change) -> Effect:
    _set(db, change, part_of_day=change.answered.value)
    return _move_what_is_planned(db, change)


def _weekday(db: Db, change: Change) -> Effect:
    _set(db, change, weekday=WEEKDAYS.index(change.answered.value))
    return _move_what_is_planned(db, change)


def _move_what_is_planned(db: Db, change: Change) -> Effect:
    """What has been asked stays as it was; what is to come goes to the time that she chose."""
    if change.talk.enrolment_id is not None:
        plan_check_ins(db, enrolment_id=change.talk.enrolment_id, now=change.now)
    return Effect()


def _listens(db: Db, change: Change) -> Effect:
    _set(db, change, listens=change.answered.value)
    return Effect()


def _sms_fallback(db: Db, change: Change) -> Effect:
    """Her yes or no stays in the answer; the policy reads it at her numbers."""
    if change.answered.value in ("yes", "no"):
        allow_sms(db, participant_id=change.who.id, allowed=change.answered.value == "yes")
    return Effect()


def _safe_word(db: Db, change: Change) -> Effect:
    """From now on this word, alone in a message, calls a person."""
    if change.answered.value == "ok":
        _set(db, change, safe_word=_usual_word(change))
    return Effect()


def _safe_word_own(db: Db, change: Change) -> Effect:
    """Her own word; the usual one where hers would be sent by chance, such as "yes" or a number."""
    own = change.answered.value.strip()
    unfit = own == SPOKEN or problem_with_word(own, house=change.house, now=change.now)
    kept = _usual_word(change) if unfit else own
    _set(db, change, safe_word=kept)
    return Effect(words={"safe_word": kept})


def _usual_word(change: Change) -> str:
    return change.house.catalogues.text("standing.safe_word", change.who.language)


def _pause_for(db: Db, change: Change) -> Effect:
    """She keeps her place; nothing is started until then, and START brings it back sooner."""
    if change.answered.skipped:
        _end_break(db, change)
        return Effect()
    until = change.now + BREAKS[change.answered.value]
    _pause(db, change, until=until)
    day = change.house.catalogues.spoken_day(
        until, language=change.who.language, zone=change.house.zone
    )
    return Effect(words={"day": day})


def _end_break(db: Db, change: Change) -> None:
    """The week that PAUSE itself began. A longer one is from before, and stays."""
    began = (_PERSON.c.id == change.who.id, _PERSON.c.paused_until <= change.now + BREAKS["week"])
    db.execute(update(_PERSON).where(*began).values(state="active", paused_until=None))


def _leave_choice(db: Db, change: Change) -> Effect:
    """A person ends it with her. Until then nobody asks her how her week was."""
    if change.answered.value == "leave":
        _pause(db, change, until=None)
    return Effect()


def _pause(db: Db, change: Change, *, until: datetime | None) -> None:
    take_break(db, participant_id=change.who.id, until=until, now=change.now)


def _shows_herself(db: Db, change: Change) -> Effect:
    """Both of what she chose at the start, or nothing is said until staff are sure."""
    who = change.who.id
    chose = select(_PERSON.c.part_of_day, _PERSON.c.weekday).where(_PERSON.c.id == who)
    row = db.execute(chose).one()
    day = WEEKDAYS[row.weekday] if row.weekday is not None else "none"
    said = (change.talk.answers.get("part"), change.answered.value)
    if said == (row.part_of_day or "none", day):
        be_sure(db, participant_id=who, now=change.now)
        return Effect()
    raise_alert(
        db,
        kind="doubted",
        subject=f"doubted:participant:{who}",
        participant_id=who,
        message_id=change.source.message_id,
        now=change.now,
    )
    return Effect()


def _pair_pause(db: Db, change: Change) -> Effect:
    """Nothing more is asked or planned about the two of them until staff have talked with her."""
    if change.answered.value == "yes" and change.talk.enrolment_id is not None:
        for pair in pairs_of(db, enrolment_ids=(change.talk.enrolment_id,)):
            let_rest(db, pairing_id=pair.id, now=change.now)
    return Effect()


MEANINGS: dict[str, Meaning] = {
    "choices": _choices,
    "consent_sensitive": _consent("sensitive"),
    "consent_sharing": _sharing,
    "consent_quote": _consent("quote"),
    "consent_follow_up": _consent("follow_up", replans=True),
    "discreet": _discreet,
    "part_of_day": _part_of_day,
    "weekday": _weekday,
    "listens": _listens,
    "sms_fallback": _sms_fallback,
    "safe_word": _safe_word,
    "safe_word_own": _safe_word_own,
    "pause_for": _pause_for,
    "leave_choice": _leave_choice,
    "shows_herself": _shows_herself,
    "pair_pause": _pair_pause,
}
