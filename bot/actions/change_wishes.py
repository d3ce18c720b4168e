"""Staff write down, on her behalf, when and how she would like to be written to.

What is planned moves to the new times at once. Which calendars keep her days free is all that is
known of them: no religion is stored.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlmodel import Session as Db

from bot.actions.audit import audit
from bot.actions.house import House
from bot.actions.replan import replan_enrolments
from bot.actions.say_discreetly import say_discreetly
from bot.engine.understand import Heard, Kind, Question
from bot.engine.understand.fold import folded_phrase
from bot.errors import Refused
from bot.programme.holidays import HOLD_BACKS
from bot.programme.hours import PARTS_OF_DAY
from bot.programme.plan_words import Changes
from bot.store.addresses import allow_sms, said_of_sms
from bot.store.models import Participant
from bot.store.people import keep, lock_participant, participant_by_id
from bot.store.planned import active_enrolments

LISTENS = ("", "read", "listen", "both")
LONGEST_WORD = 30
UNASKED = Question(kind=Kind.ANY)


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """All of them, as they are to be. Monday is 0; None and "" mean that she has no wish.
    `sms_fallback`: yes or no to SMS, should WhatsApp fail; None: not asked, or no number for it."""

    language: str
    discreet: bool
    part_of_day: str
    weekday: int | None
    listens: str
    safe_word: str
    hold_backs: tuple[str, ...]
    sms_fallback: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Wished:
    """The names of the wishes that changed, and what was planned and moved with them."""

    changed: tuple[str, ...]
    plan: Changes


def wishes_of(person: Participant, *, sms: Sequence[bool | None] = ()) -> Wishes:
    """As they stand; `sms` is what she has said of each SMS number of hers."""
    return Wishes(
        language=person.language,
        discreet=person.discreet,
        part_of_day=person.part_of_day,
        weekday=person.weekday,
        listens=person.listens,
        safe_word=person.safe_word,
        hold_backs=tuple(person.hold_backs or ()),
        sms_fallback=next(iter(sms), None),
    )


def change_wishes(
    db: Db, *, house: House, participant_id: int, wishes: Wishes, staff_id: int, now: datetime
) -> Wished:
    """`Refused` for a wish there is not, or a safe word that means something else already."""
    lock_participant(db, participant_id)
    person = participant_by_id(db, participant_id)
    sms = said_of_sms(db, participant_id=participant_id)
    before, after = asdict(wishes_of(person, sms=sms)), asdict(wishes)
    changed = tuple(name for name in after if after[name] != before[name])
    if not changed:
        return Wished(changed=(), plan=Changes())
    for name in changed:
        _check(name, wishes, house=house, now=now)
        value = after[name]
        if name == "sms_fallback":
            allow_sms(db, participant_id=participant_id, allowed=wishes.sms_fallback)
            continue
        setattr(person, name, list(value) if name == "hold_backs" else value)
    keep(db, person)
    if "discreet" in changed and wishes.discreet:
        say_discreetly(db, house=house, participant_id=participant_id, now=now)
    subjects = (f"participant:{participant_id}",)
    detail = " ".join(changed)
    audit(db, staff_id=staff_id, action="changed wishes", subjects=subjects, detail=detail, now=now)
    hers = active_enrolments(db, participant_id=participant_id)
    return Wished(changed=changed, plan=replan_enrolments(db, enrolment_ids=hers, now=now))


def _check(name: str, wishes: Wishes, *, house: House, now: datetime) -> None:
    known = {
        "language": wishes.language in house.catalogues.languages,
        "part_of_day": wishes.part_of_day in ("", *PARTS_OF_DAY),
        "weekday": wishes.weekday is None or 0 <= wishes.weekday <= 6,
        "listens": wishes.listens in LISTENS,
        "hold_backs": set(wishes.hold_backs) <= set(HOLD_BACKS),
    }
    if not known.get(name, True):
        raise Refused(f"There is no such {name.replace('_', ' ')} to choose.")
    if name == "safe_word" and wishes.safe_word:
        _check_word(wishes.safe_word, house=house, now=now)


def _check_word(word: str, *, house: House, now: datetime) -> None:
    """Alone in a message it calls a person: it must mean nothing else to the bot."""
    if len(word) > LONGEST_WORD or not word.isprintable():
        raise Refused(f"A safe word is one word, or a few, of at most {LONGEST_WORD} letters.")
    if not any(sign.isalpha() for sign in folded_phrase(word)):
        raise Refused("A safe word has letters.")
    heard = {
        house.vocabulary.hear(
            word, language=language, question=UNASKED, now=now, zone=house.zone
        ).heard
        for language in house.vocabulary.words
    }
    if not heard <= {Heard.UNCLEAR, Heard.TEXT}:
        raise Refused("That word already means something to the bot. Please agree on another.")
