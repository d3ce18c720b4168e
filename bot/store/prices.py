"""The file of prices: the one that comes with the bot, or the charity's own."""

import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from bot.errors import SettingsError
from bot.programme.costs import CATEGORIES, EACH, TEMPLATE, Price, Prices

SHIPPED = Path(__file__).with_name("prices.toml")
FIELDS = frozenset(("what", "country", "category", "amount", "checked_on", "source"))


@cache
def load_prices(path: Path | None = None) -> Prices:
    """Read once. Raises SettingsError with a sentence for each thing that is wrong in it."""
    file = path or SHIPPED
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    except (OSError, ValueError):
        raise SettingsError(f"PRICES_FILE cannot be read as TOML: {file}") from None
    lines, problems = [], []
    for number, row in enumerate(found.get("price", ()), start=1):
        try:
            lines.append(_line(row))
        except (ValueError, TypeError, ArithmeticError) as reason:
            problems.append(f"PRICES_FILE, price {number}: {reason}.")
    known = {(line.what, line.country, line.category) for line in lines}
    wanted = [(what, "") for what in EACH] + [(TEMPLATE, category) for category in CATEGORIES]
    for what, category in wanted:
        if (what, "", category) not in known and not problems:
            problems.append(
                f"PRICES_FILE has no price '{what}' {category and f'({category}) '}without a "
                "country: it stands for all that have none of their own."
            )
    currency, pounds = found.get("currency"), found.get("pounds", 0)
    if not (isinstance(currency, str) and len(currency) == 3 and currency.isupper()):
        problems.append('PRICES_FILE needs a currency, such as currency = "USD".')
    if not isinstance(pounds, int | Decimal) or pounds < 0:
        problems.append("PRICES_FILE: pounds must be a number, such as 0.79, or 0.")
    if problems:
        raise SettingsError(*problems)
    return Prices(str(currency), Decimal(pounds), tuple(lines))


def _line(row: Mapping[str, Any]) -> Price:
    what, country, category = (str(row.get(name, "")) for name in ("what", "country", "category"))
    if unknown := sorted(set(row) - FIELDS):
        raise ValueError(f"nothing is called {unknown[0]}")
    if what not in (*EACH, TEMPLATE):
        raise ValueError(f"what must be one of {', '.join((*EACH, TEMPLATE))}")
    if (what == TEMPLATE) != (category in CATEGORIES):
        raise ValueError(f"category stands with {TEMPLATE} alone: {', '.join(CATEGORIES)}")
    if country and not (len(country) == 2 and country.isascii() and country.isupper()):
        raise ValueError("country must be two capital letters")
    amount, checked_on = row.get("amount"), row.get("checked_on")
    if isinstance(amount, bool) or not isinstance(amount, int | Decimal) or not 0 <= amount < 100:
        raise ValueError("amount must be a number, such as 0.005")
    if checked_on is not None and type(checked_on) is not date:
        raise ValueError("checked_on must be a day, such as 2026-11-23")
    return Price(
        what=what,
        country=country,
        category=category,
        amount=Decimal(amount),
        checked_on=checked_on,
        source=str(row.get("source", "")),
    )
