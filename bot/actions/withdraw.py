"""She takes back what she agreed to: one line in the ledger for each, and what follows from it.

A yes is only ever hers. A no may also be told to a member of staff, who writes down how.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session as Db

from bot.actions.audit import audit
from bot.actions.hold_back_goals import hold_back_goals
from bot.actions.keep_only_agreed import drop_sensitive
from bot.actions.silence import close_conversations, withdraw_queued
from bot.errors import Refused
from bot.store.consents import consented
from bot.store.models import CheckIn, Consent, Enrolment
from bot.store.people import lock_participant, participant_by_id
from bot.store.tables import table

_CHECK_IN, _ENROLMENT, _CONSENT = table(CheckIn), table(Enrolment), table(Consent)

SHARED = ("sharing", "goal_only", "quote")  # what "do not share" takes back
KINDS = ("messages", "sensitive", *SHARED, "follow_up")
WHYS = ("phone", "in_person", "letter")  # how she told staff


@dataclass(frozen=True, kw_only=True)
class Saying:
    """How she said it: unasked in a message, to a question of the bot, or to staff."""

    how: str
    language: str
    channel: str = ""
    wording: str = ""
    message_id: int | None = None
    prompt_id: int | None = None
    reply: str = ""
    staff_id: int | None = None
    why: str = ""


def withdraw(
    db: Db, *, participant_id: int, kinds: Iterable[str], saying: Saying, now: datetime
) -> None:
    """Write down each no, then make it so everywhere."""
    kinds = tuple(kinds)
    for kind in kinds:
        db.add(
            Consent(participant_id=participant_id, kind=kind, given=False, at=now, **vars(saying))
        )
    db.flush()
    follow(db, participant_id=participant_id, kinds=kinds, now=now)


def withdraw_for_her(
    db: Db, *, participant_id: int, kind: str, why: str, staff_id: int, now: datetime
) -> None:
    """She told a member of staff. `Refused`: there is nothing of that kind to take back."""
    if why not in WHYS:
        raise Refused("Please choose how she told you.")
    lock_participant(db, participant_id)
    if kind not in KINDS or not consented(db, participant_id=participant_id, kind=kind):
        raise Refused("She has not agreed to that, so there is nothing to take back.")
    language = participant_by_id(db, participant_id).language
    saying = Saying(how="staff", language=language, staff_id=staff_id, why=why)
    withdraw(db, participant_id=participant_id, kinds=(kind,), saying=saying, now=now)
    subjects = (f"participant:{participant_id}",)
    action, detail = "consent withdrawn", f"{kind} {why}"
    audit(db, staff_id=staff_id, action=action, subjects=subjects, detail=detail, now=now)


def follow(db: Db, *, participant_id: int, kinds: Iterable[str], now: datetime) -> None:
    """What a no to these kinds changes at once. The newest rows are already in the ledger."""
    kinds = frozenset(kinds)
    if "sensitive" in kinds:
        drop_sensitive(db, participant_id=participant_id)
    if kinds & {"sharing", "goal_only"} and not _shares(db, participant_id):
        hold_back_goals(db, participant_id=participant_id, reason="not_shared", now=now)
    if "messages" in kinds:
        withdraw_queued(db, participant_id=participant_id, reason="no_consent", now=now)
        close_conversations(db, participant_id=participant_id, reason="no_consent", now=now)
    if "follow_up" in kinds:
        _ask_no_more(db, participant_id)


def _shares(db: Db, participant_id: int) -> bool:
    return any(
        consented(db, participant_id=participant_id, kind=kind) for kind in ("sharing", "goal_only")
    )


def _ask_no_more(db: Db, participant_id: int) -> None:
    """Months after the end."""
    hers = select(_ENROLMENT.c.id).where(_ENROLMENT.c.participant_id == participant_id)
    planned = update(_CHECK_IN).where(
        _CHECK_IN.c.enrolment_id.in_(hers),
        _CHECK_IN.c.flow == "follow_up",
        _CHECK_IN.c.state == "planned",
    )
    db.execute(planned.values(state="skipped", reason="no_consent"))
