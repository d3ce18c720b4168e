"""Queue an opener: an approved template that asks her to tap, while what it is for waits."""

from datetime import timedelta

from sqlalchemy import select
from sqlmodel import Session

from bot.actions.case import Case, change
from bot.actions.compose import Opener
from bot.actions.go_before import go_before
from bot.store.models import Delivery
from bot.store.tables import table

COUNTS = timedelta(hours=24)  # how long an opener stands for the next message, too
MOST_FAILURES = 3  # in that time; then another way is looked for

_DELIVERY = table(Delivery)


def openers(db: Session, case: Case) -> tuple[int, int]:
    """How many openers she was sent lately and has not answered, and how many failed."""
    states = (
        db.execute(
            select(_DELIVERY.c.state).where(
                _DELIVERY.c.participant_id == case.delivery.participant_id,
                _DELIVERY.c.mode == "opener",
                _DELIVERY.c.state != "cancelled",
                _DELIVERY.c.updated_at >= case.now - COUNTS,
            )
        )
        .scalars()
        .all()
    )
    failed = sum(state == "failed" for state in states)
    return len(states) - failed, failed


def open_window(db: Session, case: Case, opener: Opener, *, reason: str) -> Case:
    """The case of the opener, a message of its own. The first one waits for her answer to it."""
    change(db, case, state="waiting", reason=reason, mode="")
    return go_before(
        db,
        case,
        mode="opener",
        not_before=case.now,
        text=opener.text,
        language=opener.language,
        context=opener.context,
        choices=[list(choice) for choice in opener.choices],
    )
