"""What was sent costs what Twilio's own list says, and stays so when the rows have gone."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from bot.actions.retain import retain
from bot.actions.tally import tally
from bot.kept_for import cutoffs
from bot.programme.costs import Count, added, total
from bot.store.counts import live_counts, tallied
from bot.store.prices import load_prices
from tests.rows import ROW_AMINA, ROW_GRACE, ROW_SELAM
from tests.world import AMINA, GRACE, MONDAY, SELAM, World, open_world

CENT = Decimal("0.01")


def live_a_day(world: World, folder: Path) -> None:
    """A template, buttons, SMS in two alphabets, and one that is not delivered."""
    world.enrol(folder, [ROW_GRACE, ROW_AMINA, ROW_SELAM])
    world.tick()
    world.taps(AMINA, "yes")
    world.says(SELAM, "ኣይፋል " * 20, channel="sms")
    world.simulator.phone(GRACE).blocks = True
    world.says(GRACE, "hello, is that you?")
    world.simulator.settle()


def counted(world: World) -> tuple[Count, ...]:
    with world.parts.database.reading() as db:
        return live_counts(db, since=MONDAY, until=MONDAY + timedelta(days=1))


def bill(world: World) -> Decimal:
    """By the simulator's own list, and a rule of this test's own."""
    sum_ = Decimal(0)
    for message in world.simulator.messages:
        failed = message.status in ("failed", "undelivered")
        if message.channel == "whatsapp":
            approval = world.simulator.approvals.get(message.content_sid or "")
            approved = approval is not None and approval.status == "approved"
            sum_ += CENT / 2 + (Decimal("2.2") * CENT if approved and not failed else 0)
        else:
            long = not message.body.isascii()
            alone, joined = (70, 67) if long else (160, 153)
            parts = 1 if len(message.body) <= alone else -(-len(message.body) // joined)
            sum_ += parts * CENT * Decimal("0.75" if message.inbound else "5.24")
        sum_ += CENT / 10 if failed else 0
    return sum_


def test_what_it_cost_is_what_twilios_own_list_says_and_outlives_its_rows(
    database_url: str, tmp_path: Path
) -> None:
    with open_world(database_url) as world:
        live_a_day(world, tmp_path)
        _the_sum_is_right(world)
        _days_are_written_down_once(world)
        _nothing_that_goes_changes_them(world, tmp_path / "none")


def _the_sum_is_right(world: World) -> None:
    counts = counted(world)
    assert total(counts, load_prices()) == bill(world)
    ways = {(channel, way) for channel in ("whatsapp", "sms") for way in ("out", "in")}
    assert {(one.channel, one.direction) for one in counts} == ways
    assert any(one.category == "utility" for one in counts)
    assert any(one.failed for one in counts)
    long = {one.direction for one in counts if one.channel == "sms" and one.parts > one.messages}
    assert long == {"out", "in"}


def _days_are_written_down_once(world: World) -> None:
    house, before = world.parts.house, counted(world)
    assert tally(house, now=MONDAY + timedelta(hours=30)) == 0, "receipts may still come"
    assert tally(house, now=MONDAY + timedelta(days=2)) == 1
    assert tally(house, now=MONDAY + timedelta(days=2)) == 0
    assert written(world) == (MONDAY.date(), before)
    nearly_midnight = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    assert tally(house, now=nearly_midnight) == 2, "days on which nothing happened, too"


def _nothing_that_goes_changes_them(world: World, folder: Path) -> None:
    before, live, later = written(world), counted(world), MONDAY + timedelta(days=800)
    ends = replace(cutoffs(world.settings, now=later), copies=False)
    retain(world.parts.house, ends, key="k" * 32, media=folder, now=later)
    assert total(counted(world), load_prices()) < total(live, load_prices())
    assert written(world) == before


def written(world: World) -> tuple[date, tuple[Count, ...]]:
    """The one day of which something is written down, and what."""
    with world.parts.database.reading() as db:
        found = tallied(db, since=date(2026, 11, 1))
    (day,) = {day for day, _ in found}
    return day, added(count for _, count in found)
