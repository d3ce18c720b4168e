"""Close what is still asked about the time of a session that has begun: "still OK?" is too late."""

from datetime import datetime

from bot.actions.house import House
from bot.store.people import lock_participant
from bot.store.sessions import close_talks_about
from bot.store.unsettled import talks_begun


def close_begun(house: House, *, now: datetime) -> int:
    """How many conversations were closed, silently."""
    with house.database.reading() as db:
        begun = talks_begun(db, now=now)
    for one in begun:
        with house.database.transaction() as db:
            lock_participant(db, one.participant_id)
            close_talks_about(
                db, session_id=one.session_id, only=one.talk_id, became="missed", now=now
            )
    return len(begun)
