"""Whether somebody may be erased now, and why her records are kept where they are."""

from datetime import datetime

from sqlalchemy import func, select, update
from sqlmodel import Session as Db

from bot.actions.audit import audit
from bot.errors import Refused
from bot.programme.concerns import SAFEGUARDING
from bot.store.hers import ALERT, DELIVERY, PERSON, her_alerts, her_messages, hers

BUSY = ("sending", "unknown")
LONGEST_REASON = 200


def may_forget(db: Db, *, participant_id: int) -> None:
    """`Refused` with one sentence: an open concern, a hold, or a message that is just leaving."""
    hold = db.execute(select(PERSON.c.legal_hold).where(PERSON.c.id == participant_id)).scalar()
    if hold:
        raise Refused(
            "Her records are on hold; whoever holds the role of safeguarding can lift that on her "
            "page."
        )
    if _concerns(db, participant_id, closed=False):
        raise Refused("A concern about her is not closed; close it first, then erase.")
    hers_now = her_messages(hers(db, participant_id=participant_id))
    leaving = DELIVERY.c.message_id.in_(hers_now), DELIVERY.c.state.in_(BUSY)
    if db.execute(select(DELIVERY.c.id).where(*leaving).limit(1)).first():
        raise Refused(
            "A message to her is just leaving, or Twilio has not said whether it took one; try "
            "again in ten minutes."
        )


def closed_concerns(db: Db, *, participant_id: int) -> int:
    """How many closed records of harm there are about her."""
    return _concerns(db, participant_id, closed=True)


def _concerns(db: Db, participant_id: int, *, closed: bool) -> int:
    state = ALERT.c.state == "closed" if closed else ALERT.c.state != "closed"
    one = hers(db, participant_id=participant_id)
    found = (ALERT.c.id.in_(her_alerts(one)), ALERT.c.kind.in_(SAFEGUARDING), state)
    return int(db.execute(select(func.count()).select_from(ALERT).where(*found)).scalar_one())


def keep_for_law(db: Db, *, participant_id: int, reason: str, staff_id: int, now: datetime) -> None:
    """Nothing of hers is erased from now on, for this reason; an empty one lifts the hold."""
    reason = " ".join(reason.split())
    if len(reason) > LONGEST_REASON:
        raise Refused(f"Please keep the reason under {LONGEST_REASON} characters.")
    row = update(PERSON).where(PERSON.c.id == participant_id)
    db.execute(row.values(legal_hold=reason))
    action, subject = (
        "held by law" if reason else "lifted legal hold",
        f"participant:{participant_id}",
    )
    audit(db, staff_id=staff_id, action=action, subjects=(subject,), now=now)
