"""What a message costs, line by line: the table is the specification."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bot.countries import country_of
from bot.errors import SettingsError
from bot.programme.costs import Count, Price, Prices, added, cost, forecast, total, without_price
from bot.store.prices import SHIPPED, load_prices


def line(what: str, amount: str, country: str = "", category: str = "") -> Price:
    return Price(what=what, amount=Decimal(amount), country=country, category=category)


PRICES = Prices(
    "USD",
    Decimal("0.8"),
    (
        line("whatsapp_out", "0.005"), line("whatsapp_in", "0.005"),
        line("whatsapp_failed", "0.001"), line("sms_out", "0.1"), line("sms_out", "0.05", "GB"),
        line("sms_in", "0.01"), line("sms_failed", "0.001"),
        *(line("template", "0.03", category=one) for one in ("utility", "authentication")),
        line("template", "0.09", category="marketing"),
        line("template", "0.022", "GB", "utility"),
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("count", "costs"),
    [
        # Free-form: Twilio alone, whatever the country
        (Count(channel="whatsapp", country="GB", messages=10), "0.050"),
        (Count(channel="whatsapp", direction="in", country="GB", messages=10), "0.050"),
        # An approved wording outside the window: Meta's fee too, by country and category
        (Count(channel="whatsapp", country="GB", category="utility", messages=2), "0.054"),
        (Count(channel="whatsapp", country="DE", category="utility", messages=2), "0.070"),
        (Count(channel="whatsapp", country="GB", category="marketing", messages=1), "0.095"),
        # A category that nobody knows counts as the dearest
        (Count(channel="whatsapp", country="GB", category="service", messages=1), "0.095"),
        # One that did not arrive: Twilio's fee for that, and nothing for Meta
        (Count(channel="whatsapp", category="utility", failed=True, messages=1), "0.006"),
        # SMS: each part, out and in; one that was sent before parts were counted has one
        (Count(channel="sms", country="GB", messages=2, parts=6), "0.30"),
        (Count(channel="sms", country="", messages=1, parts=1), "0.1"),
        (Count(channel="sms", country="GB", messages=3, parts=0), "0.15"),
        (Count(channel="sms", direction="in", country="GB", messages=1, parts=2), "0.02"),
        (Count(channel="sms", country="GB", failed=True, messages=1, parts=2), "0.101"),
        (Count(channel="whatsapp", messages=0), "0"),
    ],
)
def test_what_it_costs(count: Count, costs: str) -> None:
    assert cost(count, PRICES).total == Decimal(costs)


def test_counts_of_one_kind_are_added_and_a_sum_is_exact() -> None:
    ten = [Count(channel="sms", country="GB", messages=1, parts=1)] * 10
    assert added(ten) == (Count(channel="sms", country="GB", messages=10, parts=10),)
    assert total(ten, PRICES) == total(added(ten), PRICES) == Decimal("0.5")


def test_a_country_without_a_price_of_its_own_is_named() -> None:
    counts = [
        Count(channel="sms", country="GB", messages=1),
        Count(channel="sms", country="DE", messages=1),
        Count(channel="whatsapp", country="FR", messages=1),  # the same price everywhere
        Count(channel="whatsapp", country="", category="utility", messages=1),
    ]
    assert without_price(counts, PRICES) == ["", "DE"]


def test_the_month_goes_on_as_it_began_and_its_first_hour_is_a_day() -> None:
    assert forecast(Decimal(7), days_passed=Decimal(7), days=30) == 30
    assert forecast(Decimal(1), days_passed=Decimal("0.1"), days=30) == 30


def test_the_dearest_message_is_a_long_sms_or_a_marketing_template() -> None:
    assert PRICES.dearest(parts=3) == Decimal("0.3")


def test_the_prices_that_come_with_the_bot_are_read_and_none_is_said_to_be_checked() -> None:
    found = load_prices()
    assert found.currency == "USD"
    assert found.price("whatsapp_out", country="GB").amount == Decimal("0.005")
    assert len(found.unchecked(date(2026, 11, 23))) == len(found.lines)
    assert all(one.source for one in found.lines)


def test_a_price_is_checked_for_a_year() -> None:
    price = Price(what="sms_in", amount=Decimal(1), checked_on=date(2026, 1, 1))
    assert not price.is_due(date(2026, 12, 31))
    assert price.is_due(date(2027, 2, 1))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("currency", "#"), "currency"),
        (('"sms_in"\namount', '"sms_in"\ncountry = "DE"\namount'), "without a country"),
        (("amount = 0.005", 'amount = "a lot"'), "amount must be"),
        (('category = "utility"', 'category = "useful"'), "category stands with"),
        (('country = "GB"', 'country = "England"'), "two capital letters"),
        (("source =", "sauce ="), "nothing is called sauce"),
        (("pounds = 0", "pounds = -1"), "pounds must be"),
        (("[[price]]", "[[price"), "cannot be read"),
    ],
)  # fmt: skip
def test_a_file_with_a_mistake_in_it_is_refused_with_a_sentence(
    change: tuple[str, str], said: str, tmp_path: Path
) -> None:
    path = tmp_path / "prices.toml"
    path.write_text(SHIPPED.read_text().replace(*change))
    with pytest.raises(SettingsError) as caught:
        load_prices(path)
    assert said in " ".join(caught.value.problems)


@pytest.mark.parametrize(
    ("address", "country"),
    [
        ("+447700900101", "GB"),
        ("whatsapp:+447700900101", "GB"),
        ("whatsapp:GB.1A2B3C", "GB"),
        ("whatsapp:ET.ENT.1A2B3C", "ET"),
        ("+12025550123", "US"),
        ("+16135550123", "CA"),
        ("+251911123456", "ET"),
        ("+999000000000", ""),
        ("60777", ""),
        ("ROUTES", ""),
        ("", ""),
    ],
)
def test_an_address_says_its_country_or_nothing(address: str, country: str) -> None:
    assert country_of(address) == country
