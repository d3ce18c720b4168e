"""Counts for the metrics page: what waits, how long, what was heard. Never a person."""

from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session

from bot.store.models import Alert, CheckIn, Conversation, Delivery, Mark, Message
from bot.store.tables import table

_DELIVERY, _MESSAGE, _MARK = table(Delivery), table(Message), table(Mark)


def read_metrics(db: Session, *, now: datetime) -> list[str]:
    """Lines in the text format that Prometheus reads."""
    lines = []
    for name, counted, label in (
        ("deliveries", _DELIVERY, "state"),
        ("check_ins", table(CheckIn), "state"),
        ("conversations", table(Conversation), "state"),
        ("alerts", table(Alert), "state"),
        ("messages", _MESSAGE, "direction"),
        ("messages_kept", _MESSAGE, "state"),
    ):
        by = counted.c[label]
        for value, count in db.execute(select(by, func.count()).group_by(by)):
            lines.append(f'routes_{name}{{{label}="{value}"}} {count}')
    oldest = select(func.min(_DELIVERY.c.updated_at)).where(_DELIVERY.c.state == "queued")
    lines.append(f"routes_queue_oldest_seconds {_age(db.execute(oldest).scalar_one(), now)}")
    tick = select(_MARK.c.at).where(_MARK.c.name == "tick")
    lines.append(f"routes_clock_age_seconds {_age(db.execute(tick).scalar_one_or_none(), now)}")
    return lines


def _age(moment: datetime | None, now: datetime) -> int:
    """Seconds since then, 0 for what lies ahead, -1 where there is none."""
    return -1 if moment is None else max(0, int((now - moment).total_seconds()))
