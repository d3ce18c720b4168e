"""WhatsApp lets us begin with so many people in a day: staff hear when there are no more."""

from datetime import timedelta

from sqlalchemy import select
from sqlmodel import Session

from bot.actions.alert import raise_alert
from bot.actions.case import Case
from bot.store.models import Alert
from bot.store.tables import table

_ALERT = table(Alert)
ABOUT = "channel_trouble:people"
AGAIN = timedelta(hours=24)


def tell_of_people(db: Session, case: Case, *, most: int) -> None:
    """Once a day, however many wait."""
    told = select(_ALERT.c.id).where(_ALERT.c.subject == ABOUT, _ALERT.c.last_at > case.now - AGAIN)
    if db.execute(told.limit(1)).first() is None:
        detail = f"people: {most}"
        raise_alert(db, kind="channel_trouble", subject=ABOUT, detail=detail, now=case.now)
