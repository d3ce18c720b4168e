"""Counts and prices as staff read them: line by line, month by month. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from bot.programme.costs import NOTHING, SMS, WHATSAPP, Count, Prices, cost, total

CENT = Decimal("0.01")
CHANNELS = ((WHATSAPP, "WhatsApp"), (SMS, "SMS"))
KINDS = (
    ("reply", "Replies"),
    ("check_in", "Check-ins and what else the bot begins"),
    ("reminder", "Reminders"),
    ("call", "Calls of staff on call"),
    ("in", "What they wrote to us"),
)
WORDINGS, LOST = "Approved wordings: what WhatsApp takes", "Not delivered: what Twilio takes"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a bill. `parts` are those of SMS; 0 where nothing is in parts."""

    text: str
    messages: int
    parts: int = 0
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Bill:
    """What one channel cost, and of what that is made."""

    channel: str
    name: str
    lines: tuple[Line, ...]

    @property
    def amount(self) -> Decimal:
        return sum((line.amount for line in self.lines), NOTHING)


@dataclass(frozen=True, kw_only=True)
class Month:
    """All that went and came in one month. `first`: its first day."""

    first: date
    counts: tuple[Count, ...]

    @property
    def days(self) -> int:
        return (next_month(self.first) - self.first).days


def next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def months_back(first: date, number: int) -> date:
    """The first day of the month that was so many months before."""
    year, month = divmod(first.year * 12 + first.month - 1 - number, 12)
    return date(year, month + 1, 1)


def bills(counts: Iterable[Count], prices: Prices) -> tuple[Bill, ...]:
    """One for each channel by which anything went or came; what cost nothing has no line."""
    counts = tuple(counts)
    found = (
        Bill(
            channel=channel,
            name=name,
            lines=tuple(_lines([one for one in counts if one.channel == channel], prices)),
        )
        for channel, name in CHANNELS
    )
    return tuple(one for one in found if one.lines)


def _lines(counts: Sequence[Count], prices: Prices) -> Iterable[Line]:
    for kind, text in KINDS:
        mine = [one for one in counts if kind == (one.kind if one.direction == "out" else "in")]
        carried = sum((cost(one, prices).carried for one in mine), NOTHING)
        if mine:
            yield _line(text, mine, carried)
    worded = [one for one in counts if one.category and not one.failed]
    if worded:
        fee = sum((cost(one, prices).wording for one in worded), NOTHING)
        yield Line(text=WORDINGS, messages=sum(one.messages for one in worded), amount=fee)
    lost = [one for one in counts if one.failed]
    if lost:
        fee = sum((cost(one, prices).lost for one in lost), NOTHING)
        yield Line(text=LOST, messages=sum(one.messages for one in lost), amount=fee)


def _line(text: str, counts: Sequence[Count], amount: Decimal) -> Line:
    messages, parts = (sum(getattr(one, name) for one in counts) for name in ("messages", "parts"))
    return Line(text=text, messages=messages, parts=parts, amount=amount)


def each_week(so_far: Decimal, *, days_passed: Decimal, people: int) -> Decimal | None:
    """What one participant costs in a week; None where there is nobody."""
    return so_far / max(days_passed, Decimal(1)) * 7 / people if people else None


def by_month(months: Iterable[Month], prices: Prices) -> tuple[tuple[date, Decimal], ...]:
    """What each of them cost, at the prices of today."""
    return tuple((one.first, total(one.counts, prices)) for one in months)


def money(amount: Decimal, currency: str = "") -> str:
    """Two decimals; what is less than that is not nothing."""
    rounded = amount.quantize(CENT, ROUND_HALF_UP)
    text = "under 0.01" if not rounded and amount else f"{rounded:,.2f}"
    return f"{text} {currency}".strip()
