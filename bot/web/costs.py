"""Costs: what the messages of this month cost, what it will come to, and the months before.

No name is on it. What it says follows from our own counts and a file of prices: it is no bill.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from bot.actions.cap import DAY
from bot.actions.tally import counted_months, starts
from bot.programme.costs import Prices, cost, forecast, total, without_price
from bot.programme.spending import Month, bills, by_month, each_week, money, months_back
from bot.programme.week import MONTHS
from bot.store.counts import tried_since
from bot.store.people import how_many_active
from bot.web.access import may
from bot.web.here import now, parts
from bot.web.impact_page import Bar
from bot.web.sheets import sheet, wanted_format

page = Blueprint("costs", __name__)
MONTHS_SHOWN = 6
SEVEN_DAYS = 7
COLUMNS = (
    *("month", "channel", "direction", "kind", "country", "category"),
    *("not_delivered", "messages", "parts", "amount", "currency"),
)


@page.get("/costs")
@may("read", "administer")
def overview() -> ResponseReturnValue:
    prices, today = parts().prices, now().astimezone(parts().house.zone).date()
    this_month = today.replace(day=1)
    with parts().database.reading() as db:
        months = counted_months(
            db, parts().house, since=months_back(this_month, MONTHS_SHOWN - 1), now=now()
        )
        _, lately = tried_since(db, since=now() - DAY)
        people = how_many_active(db)
    if wanted_format():
        return _sheet(months, prices)
    month = months[-1]
    so_far, passed = total(month.counts, prices), _days_passed(this_month, now())
    most = parts().settings.most_spent_a_day
    week = each_week(so_far, days_passed=passed, people=people)
    return render_template(
        "costs.html",
        month=_name(this_month),
        currency=prices.currency,
        so_far=_money(so_far, prices),
        forecast=_money(forecast(so_far, days_passed=passed, days=month.days), prices),
        early=passed < SEVEN_DAYS,
        days=month.days,
        passed=f"{passed:.1f}",
        people=people,
        each_week=None if week is None else _money(week, prices),
        bills=bills(month.counts, prices),
        lately=_money(total(lately, prices), prices),
        most=None if most is None else money(most, prices.currency),
        bars=_bars(months, prices),
        unchecked=len(prices.unchecked(today)),
        prices=prices,
        elsewhere=_countries(without_price(month.counts, prices)),
        plain=money,
    )


def _days_passed(first: date, moment: datetime) -> Decimal:
    passed = moment - starts(parts().house, first)
    return max(Decimal(passed // timedelta(minutes=1)) / (24 * 60), Decimal(1))


def _money(amount: Decimal, prices: Prices) -> str:
    """In the currency of the prices, and about how much that is in pounds."""
    text = money(amount, prices.currency)
    return f"{text} (about £{money(amount * prices.pounds)})" if prices.pounds else text


def _name(first: date) -> str:
    return f"{MONTHS[first.month - 1]} {first.year}"


def _bars(months: list[Month], prices: Prices) -> list[Bar]:
    """From the first month in which anything cost anything; the newest last."""
    found = by_month(months, prices)
    longest = max((amount for _, amount in found), default=Decimal(0)) or Decimal(1)
    began = next((place for place, (_, amount) in enumerate(found) if amount), len(found) - 1)
    return [
        Bar(
            text=_name(first),
            shown=money(amount, prices.currency),
            width=round(float(100 * amount / longest), 1),
        )
        for first, amount in found[began:]
    ]


def _countries(codes: Sequence[str]) -> str:
    named = [code or "numbers that name none" for code in codes]
    return ", ".join(named)


def _sheet(months: list[Month], prices: Prices) -> Response:
    rows = [
        (
            f"{month.first:%Y-%m}", one.channel, one.direction, one.kind, one.country,
            one.category, "yes" if one.failed else "no", str(one.messages), str(one.parts),
            f"{cost(one, prices).total:f}", prices.currency,
        )
        for month in months
        for one in month.counts
    ]  # fmt: skip
    return sheet(f"costs-{months[-1].first:%Y-%m}", COLUMNS, rows)
