"""Just before the call: may it still be said? A STOP may have come since it was claimed, or a doubt
that it is she who reads her phone: what was meant for her then must not come by a second try.

What her STOP finds already handed to the channel cannot be called back; all else stays here.
"""

from datetime import datetime

from sqlalchemy import select, update

from bot.actions.give_up_recording import AUDIO
from bot.channels.policy import ALWAYS_SAID, Person, must_not_say
from bot.store.database import Database
from bot.store.models import Delivery, Message, Participant
from bot.store.tables import table

_DELIVERY, _MESSAGE, _PERSON = table(Delivery), table(Message), table(Participant)


def may_still_go(database: Database, *, delivery_id: int, now: datetime) -> bool:
    """Whether a claimed delivery may be sent. Otherwise it is cancelled, with the reason."""
    claimed = (
        select(
            _DELIVERY.c.priority,
            _DELIVERY.c.mode,
            _PERSON.c.listens,
            _PERSON.c.discreet,
            _MESSAGE.c.context,
            _PERSON.c.state,
            _PERSON.c.held_at,
            (_PERSON.c.doubted_at > _MESSAGE.c.at).label("doubted_since"),
        )
        .join(_MESSAGE, _MESSAGE.c.id == _DELIVERY.c.message_id)
        .join(_PERSON, _PERSON.c.id == _DELIVERY.c.participant_id)
        .where(_DELIVERY.c.id == delivery_id)
    )
    with database.reading() as db:
        row = db.execute(claimed).first()
    if row is None:  # somebody nobody enrolled: only ever an answer
        return True
    her = Person(state=row.state, held=row.held_at is not None)
    reason = must_not_say(her, context=row.context, reply=row.priority == 0)
    if row.doubted_since and not row.context.startswith(ALWAYS_SAID):
        reason = reason or "doubted"
    if row.mode == AUDIO and (row.discreet or row.listens == "read"):
        reason = reason or "she reads"
    if not reason:
        return True
    withdrawn = {"state": "cancelled", "reason": reason, "lease_until": None, "lease_owner": None}
    ours = (
        _DELIVERY.c.id == delivery_id,
        _DELIVERY.c.state == "sending",
        _DELIVERY.c.sid.is_(None),
    )
    with database.transaction() as db:
        db.execute(update(_DELIVERY).where(*ours).values(**withdrawn, updated_at=now))
    return False
