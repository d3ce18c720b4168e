"""What was sent costs what Twilio's own list says, and stays so when the rows have gone."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from sqlmodel import col, update

from bot.actions.retain import retain
from bot.actions.say import queue
from bot.actions.tally import tally
from bot.clock import Clock
from bot.kept_for import cutoffs
from bot.programme.costs import Count, added, total
from bot.store.counts import live_counts, tallied
from bot.store.models import Delivery, Message
from bot.store.prices import load_prices
from tests.people import keep
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
        _what_was_refused_at_once_costs_nothing(world)
        _the_clock_holds_to_the_limit_of_money(world)
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


def _what_was_refused_at_once_costs_nothing(world: World) -> None:
    before = counted(world)
    with world.parts.database.transaction() as db:
        said = keep(db, Message(direction="out", text="Hello.", at=world.time))
        row = {"message_id": said.id, "not_before": world.time, "updated_at": world.time}
        for state in ("queued", "failed"):
            db.add(Delivery(token=state, state=state, mode="sms", attempted_at=world.time, **row))
    assert counted(world) == before
    with world.parts.database.transaction() as db:
        db.execute(update(Delivery).where(col(Delivery.token) == "queued").values(state="failed"))


def _the_clock_holds_to_the_limit_of_money(world: World) -> None:
    settings = replace(world.settings, most_spent_a_day=CENT)
    clock = Clock(replace(world.parts, settings=settings), world.clock.channel)
    with world.parts.database.transaction() as db:
        amina = world.one("select id from participant where name = 'Amina'")
        queue(db, participant_id=amina, text="Hello.", address_id=None, language="en",
              now=world.time)  # fmt: skip
    assert (clock.send(), world.alerts()[-1]) == (0, "capped")
    assert world.clock.send() == 1
    world.simulator.settle()


def _days_are_written_down_once(world: World) -> None:
    house, before = world.parts.house, counted(world)
    assert tally(house, now=MONDAY + timedelta(hours=30)) == 0, "receipts may still come"
    world.time = MONDAY + timedelta(days=2)
    world.clock.nightly()
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
