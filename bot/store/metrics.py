"""Counts for the metrics page: what waits, how long, what was heard. Never a person."""

from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session

from bot.store.models import Alert, CheckIn, Conversation, Delivery, Mark, Message


def read_metrics(db: Session, *, now: datetime) -> list[str]:
    """Lines in the text format that Prometheus reads."""
    lines = []
    for name, table in (
        ("deliveries", Delivery),
        ("check_ins", CheckIn),
        ("conversations", Conversation),
    ):
        states = select(table.state, func.count()).group_by(table.state)  # type: ignore[attr-defined]
        lines += _labelled(name, "state", db.execute(states).all())
    levels = (
        select(Alert.level, func.count()).where(Alert.state != "closed").group_by(Alert.level)  # type: ignore[call-overload]
    )
    lines += _labelled("alerts_open", "level", db.execute(levels).all())
    directions = select(Message.direction, func.count()).group_by(Message.direction)  # type: ignore[call-overload]
    lines += _labelled("messages", "direction", db.execute(directions).all())
    parked = select(func.count()).select_from(Message).where(Message.state == "parked")  # type: ignore[arg-type]
    lines.append(f"routes_messages_parked {db.execute(parked).scalar_one()}")
    oldest = select(func.min(Delivery.not_before)).where(Delivery.state == "queued")  # type: ignore[arg-type]
    lines.append(f"routes_queue_oldest_seconds {_age(db.execute(oldest).scalar_one(), now)}")
    tick = select(Mark.at).where(Mark.name == "tick")  # type: ignore[call-overload]
    lines.append(f"routes_clock_age_seconds {_age(db.execute(tick).scalar_one_or_none(), now)}")
    return lines


def _labelled(name: str, label: str, rows) -> list[str]:  # type: ignore[no-untyped-def]
    return [f'routes_{name}{{{label}="{value}"}} {count}' for value, count in rows]


def _age(moment: datetime | None, now: datetime) -> int:
    """Seconds since then, 0 for what lies ahead, -1 where there is none."""
    return -1 if moment is None else max(0, int((now - moment).total_seconds()))
