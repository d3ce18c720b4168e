"""Bring in the helplines that come with us, and twice a year ask staff to check those we say."""

from datetime import datetime, tzinfo

from sqlalchemy import select

from bot.actions.alert import raise_alert
from bot.actions.plan import LONDON
from bot.programme.helplines import half_year, is_due
from bot.store.database import Database
from bot.store.helplines import bring_in, helplines
from bot.store.models import Alert
from bot.store.tables import table

_ALERT = table(Alert)
KIND = "helplines_unchecked"


def tend_helplines(database: Database, *, now: datetime, zone: tzinfo = LONDON) -> bool:
    """Whether staff were told: once in each half of a year in which one that is on wants checking,
    however soon somebody closes the alert."""
    with database.transaction() as db:
        bring_in(db, now=now)
        local = now.astimezone(zone)
        subject = f"helplines:{half_year(local)}"
        if not any(is_due(line, today=local.date()) for line in helplines(db)):
            return False
        if db.execute(select(_ALERT.c.id).where(_ALERT.c.subject == subject)).first():
            return False
        raise_alert(db, kind=KIND, subject=subject, now=now)
        return True
