"""A content could not be sent: nothing more goes by it until it was looked at, or made anew."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select, update
from sqlmodel import Session

from bot.actions.alert import raise_alert
from bot.channels.verdicts import verdict
from bot.store.models import Template
from bot.store.tables import table

TEMPLATE_REST = timedelta(hours=6)  # then its approval is looked at again
CONTENT_REST = timedelta(minutes=10)  # … or at once: WhatsApp says why; what has gone is made anew
# What WhatsApp says of a template by refusing it (Twilio's error dictionary)
SAYS = {"63040": "rejected", "63041": "paused", "63042": "disabled"}
GONE = ("20404", "21655")  # no such content at Twilio: the next look finds that out, and mends it

_TEMPLATE = table(Template)


def rest_template(db: Session, row: Row[Any], *, code: str, now: datetime) -> bool:
    """Write it down; returns whether staff were told about this very template.

    `row` is the delivery. Numbers to send, an older wording, an opener or SMS take its place.
    """
    which = (_TEMPLATE.c.content_sid == row.content_sid, _TEMPLATE.c.content_sid != "")
    if row.mode == "session":
        values = {"state": "failed", "not_before": now + CONTENT_REST}
    else:
        rest = CONTENT_REST if code in SAYS or code in GONE else TEMPLATE_REST
        values = {"state": SAYS.get(code, "paused"), "not_before": now + rest}
    known = db.execute(select(_TEMPLATE).where(*which)).first()
    db.execute(
        update(_TEMPLATE).where(*which).values(**values, reason=f"code {code}", updated_at=now)
    )
    if known is None or code not in SAYS or row.mode == "session":
        return False
    if known.state != SAYS[code]:
        raise_alert(
            db,
            kind="template_trouble",
            subject=f"template_trouble:{known.key}",
            delivery_id=row.id,
            detail=f"{known.key}: {verdict(SAYS[code])}",
            now=now,
        )
    return True
