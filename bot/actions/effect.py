"""An answer on its way into the programme, and what later texts of its turn must know of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session as Db

from bot.actions.house import House
from bot.actions.talk import Source, Talk
from bot.engine.events import Answered
from bot.store.talk import Person


@dataclass(frozen=True, kw_only=True)
class Change:
    """One answer with everything its meaning may touch."""

    house: House
    who: Person
    talk: Talk
    answered: Answered
    answer_id: int
    source: Source
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What later texts of the same turn must already know. `opens` names the flow that follows
    when this conversation ends by itself."""

    language: str | None = None
    discreet: bool | None = None
    words: dict[str, str] = field(default_factory=dict)
    opens: str | None = None


Meaning = Callable[[Db, Change], Effect]
