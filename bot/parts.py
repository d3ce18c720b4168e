"""The parts of a running bot, built once from the settings and handed to whoever needs them."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Event
from zoneinfo import ZoneInfo

from bot.actions.cap import Budget
from bot.actions.house import House
from bot.catalogues import Catalogues, load_catalogues
from bot.library import Library, load_library
from bot.programme.costs import Prices
from bot.settings import Settings
from bot.store.database import Database
from bot.store.prices import load_prices
from bot.vocabulary import Vocabulary, load_vocabulary

log = logging.getLogger(__name__)


def wall_clock() -> datetime:
    """Now, in UTC. The only clock outside the demo, whose time can be moved."""
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What a process of the bot is made of. `wake` tells the sender that something was queued.
    `phones_now` is what the phones of staff show: `now`, but in the demo, whose time can be moved.
    """

    settings: Settings
    house: House
    now: Callable[[], datetime] = wall_clock
    phones_now: Callable[[], datetime] = wall_clock
    wake: Event = field(default_factory=Event)

    @property
    def prices(self) -> Prices:
        """What messages cost."""
        return load_prices(self.settings.prices_file)

    @property
    def budget(self) -> Budget | None:
        """What they may cost in a day, where that was said."""
        most = self.settings.most_spent_a_day
        return None if most is None else Budget(most=most, prices=self.prices)

    @property
    def database(self) -> Database:
        """The database of the house."""
        return self.house.database

    @property
    def library(self) -> Library:
        """Every conversation."""
        return self.house.library

    @property
    def catalogues(self) -> Catalogues:
        """Every text in every language."""
        return self.house.catalogues

    @property
    def vocabulary(self) -> Vocabulary:
        """What is understood in every language."""
        return self.house.vocabulary


def build_parts(
    settings: Settings,
    *,
    database: Database | None = None,
    now: Callable[[], datetime] = wall_clock,
) -> Parts:
    """Load conversations, languages and words. Raises FlowError when a conversation is unsound."""
    library = load_library()
    load_prices(settings.prices_file)  # what is wrong in it is told now
    if settings.sms_is_one_way:
        log.warning("TWILIO_SMS_FROM is a name: SMS calls staff only, no participant gets any")
    return Parts(
        settings=settings,
        now=now,
        house=House(
            database=database or Database(settings.database_url),
            library=library,
            catalogues=load_catalogues(library),
            vocabulary=load_vocabulary(),
            zone=ZoneInfo(settings.tz_name),
            charity=settings.charity_name,
            who=settings.contact_name,
            phone=settings.contact_phone,
            ways=settings.ways_to_call,
            most_replies=settings.most_replies,
        ),
    )
