"""Whether all that was acknowledged is in the database, and had its effect exactly once."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select

from bot.store.database import Database
from bot.store.models import Answer, Message
from bot.store.tables import table

_MESSAGE, _ANSWER = table(Message), table(Answer)
_EFFECTS = (
    select(_MESSAGE.c.external_id, func.count(_ANSWER.c.id).label("answers"))
    .outerjoin(_ANSWER, _ANSWER.c.message_id == _MESSAGE.c.id)
    .where(_MESSAGE.c.direction == "in")
    .group_by(_MESSAGE.c.id, _MESSAGE.c.external_id)
)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """How many are missing, had no effect, or had more than one."""

    lost: int
    idle: int
    doubled: int

    @property
    def problems(self) -> list[str]:
        """A sentence for each thing that must never be."""
        sentences = {
            "acknowledged messages are not in the database": self.lost,
            "acknowledged messages had no effect": self.idle,
            "messages were kept, or had their effect, twice": self.doubled,
        }
        return [f"{count} {what}." for what, count in sentences.items() if count]


def kept(database: Database, acknowledged: Collection[str], *, people: int) -> Kept:
    """Compare what was acknowledged with every message, answer and reply there is.

    Each turn of the benchmark is one answer and one reply; each of its people was asked once
    before.
    """
    with database.reading() as db:
        rows = db.execute(_EFFECTS).all()
        outbound = select(func.count()).where(_MESSAGE.c.direction == "out")
        replies = db.execute(outbound).scalar_one() - people
    answers = {row.external_id: row.answers for row in rows}
    twice = len(rows) - len(answers) + sum(count > 1 for count in answers.values())
    return Kept(
        lost=sum(sid not in answers for sid in acknowledged),
        idle=sum(answers.get(sid) == 0 for sid in acknowledged),
        doubled=twice + max(0, replies - len(rows)),
    )
