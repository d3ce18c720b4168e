"""What every action needs of the house: database, flows, languages, the charity's name."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.catalogues import Catalogues
from bot.library import Library
from bot.store.database import Database
from bot.vocabulary import Vocabulary


@dataclass(frozen=True, kw_only=True)
class House:
    """Built once at start-up by the composition root, passed to every action."""

    database: Database
    library: Library
    catalogues: Catalogues
    vocabulary: Vocabulary
    zone: ZoneInfo
    charity: str  # the neutral display name
    who: str = ""  # the coordinator; empty: "our team" in her language
    phone: str = ""  # whom to ring
    ways: frozenset[str] = frozenset({"sms"})  # how staff can be called: sms, email
    most_replies: int = 30  # to one person in an hour, and to all strangers together
