"""What messages cost: counts times the prices of a file. Pure; money is exact to the last digit.

A bill is Twilio's and Meta's. This says beforehand what it will be about.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

CHECK_EVERY = timedelta(days=365)
WHATSAPP, SMS = "whatsapp", "sms"
TEMPLATE = "template"
CATEGORIES = ("utility", "marketing", "authentication")
DEAREST = "marketing"  # what a category that nobody knows is counted as
EACH = tuple(f"{channel}_{what}" for channel in (WHATSAPP, SMS) for what in ("out", "in", "failed"))
NOTHING = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Price:
    """One line of the file. `country` "" is every one that has no line of its own."""

    what: str
    country: str = ""
    category: str = ""
    amount: Decimal
    checked_on: date | None = None
    source: str = ""

    def is_due(self, today: date) -> bool:
        """Whether somebody has to compare it: never done, or long ago."""
        return self.checked_on is None or today - self.checked_on > CHECK_EVERY


@dataclass(frozen=True)
class Prices:
    """A whole file. `pounds`: what one of its currency is in pounds; 0 where nobody said."""

    currency: str
    pounds: Decimal
    lines: tuple[Price, ...]

    @cached_property
    def _by_key(self) -> dict[tuple[str, str, str], Price]:
        return {(line.what, line.country, line.category): line for line in self.lines}

    def price(self, what: str, *, country: str, category: str = "") -> Price:
        """The country's own line, else the one for all others."""
        known = self._by_key
        return known.get((what, country, category)) or known[what, "", category]

    def unchecked(self, today: date) -> Sequence[Price]:
        """Those that somebody has to compare."""
        return [line for line in self.lines if line.is_due(today)]

    def dearest(self, *, parts: int) -> Decimal:
        """The most that one message can cost, an SMS being of so many parts."""
        most = dict.fromkeys((*EACH, TEMPLATE), NOTHING)
        for line in self.lines:
            most[line.what] = max(most[line.what], line.amount)
        return max(most["sms_out"] * parts, most["whatsapp_out"] + most[TEMPLATE])


@dataclass(frozen=True, kw_only=True)
class Count:
    """How many messages of one kind, all of which cost the same for each, or for each part.

    `category`: of an approved wording. `failed`: taken, and not delivered."""

    channel: str
    direction: str = "out"
    kind: str = ""
    country: str = ""
    category: str = ""
    failed: bool = False
    messages: int
    parts: int = 0


@dataclass(frozen=True, kw_only=True)
class Cost:
    """`carried` is for carrying messages, `wording` for approved wordings, `lost` for failures."""

    carried: Decimal = NOTHING
    wording: Decimal = NOTHING
    lost: Decimal = NOTHING

    @property
    def total(self) -> Decimal:
        return self.carried + self.wording + self.lost


def cost(count: Count, prices: Prices) -> Cost:
    """Twilio takes its price for what it took from us, delivered or not; Meta for what arrived.
    Until we know that it did not, we count it as arrived."""
    each = prices.price(f"{count.channel}_{count.direction}", country=count.country).amount
    # Before parts were counted an SMS had none: then one
    pieces = max(count.parts, count.messages) if count.channel == SMS else count.messages
    wording = lost = NOTHING
    if count.failed:
        lost = prices.price(f"{count.channel}_failed", country=count.country).amount
    elif count.category:
        category = count.category if count.category in CATEGORIES else DEAREST
        wording = prices.price(TEMPLATE, country=count.country, category=category).amount
    return Cost(carried=each * pieces, wording=wording * count.messages, lost=lost * count.messages)


def total(counts: Iterable[Count], prices: Prices) -> Decimal:
    """All of it together."""
    return sum((cost(count, prices).total for count in counts), NOTHING)


def added(counts: Iterable[Count]) -> tuple[Count, ...]:
    """Counts of the same kind as one, in a fixed order."""
    sums: dict[Count, tuple[int, int]] = {}
    for count in counts:
        kind = replace(count, messages=0, parts=0)
        messages, parts = sums.get(kind, (0, 0))
        sums[kind] = messages + count.messages, parts + count.parts
    together = (
        replace(kind, messages=messages, parts=parts) for kind, (messages, parts) in sums.items()
    )
    return tuple(
        sorted(
            together,
            key=lambda one: (
                one.channel != WHATSAPP, one.direction != "out", one.kind, one.country,
                one.category, one.failed,
            ),
        )
    )  # fmt: skip


def without_price(counts: Iterable[Count], prices: Prices) -> Sequence[str]:
    """Countries that were counted by the line for all others; "" is one that nobody knows."""
    seen = set()
    for count in counts:
        whats = [(f"{count.channel}_{count.direction}", "")] if count.channel == SMS else []
        if count.category in CATEGORIES:
            whats.append((TEMPLATE, count.category))
        for what, category in whats:
            if not prices.price(what, country=count.country, category=category).country:
                seen.add(count.country)
    return sorted(seen)


def forecast(so_far: Decimal, *, days_passed: Decimal, days: int) -> Decimal:
    """As much each day as until now; the first day counts as a whole one."""
    return so_far / max(days_passed, Decimal(1)) * days
