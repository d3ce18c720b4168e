"""Staff hear days before that nobody will be on call, once; and it is taken back when filled."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.actions.alert import raise_alert
from bot.actions.change_rota import put_on_call
from bot.actions.on_call import may_start_anything, rota_now
from bot.errors import Refused
from bot.programme.oncall import gaps
from bot.programme.oncall_words import gap_sentence
from tests.actions.calling import Team, open_team

FRIDAY = datetime(2026, 11, 20, 10, tzinfo=UTC)


@pytest.fixture
def team(database_url: str) -> Iterator[Team]:
    with open_team(database_url) as team:
        yield team


@pytest.mark.parametrize(
    "change",
    [
        """update staff set roles = '["coordinator"]' where name = 'Ruth'""",
        "update staff set everywhere = false where name = 'Ruth'",
    ],
)
def test_a_lead_who_may_not_read_every_cry_is_none(team: Team, change: str) -> None:
    world = team.world
    team.keep("delete from duty where rank > 1")
    team.keep(change)
    with world.parts.database.reading() as db:
        assert not may_start_anything(db, world.parts.house, now=world.time)
        found = gaps(rota_now(db, world.parts.house, now=world.time), world.time)
    assert gap_sentence(found[0]).endswith("Ruth leads, but may not read every cry.")
    refused = pytest.raises(Refused, match="give her the role")
    with refused, world.parts.database.transaction() as db:
        put_on_call(
            db,
            staff_id=team.ids["Ruth"],
            rank=1,
            starts_on=FRIDAY.date(),
            ends_on=FRIDAY.date(),
            by=None,
            now=world.time,
        )
    since = world.time
    with world.parts.database.transaction() as db:
        raise_alert(db, kind="harm_red", subject="harm:message:1", now=since)
    team.minutes(1)
    assert {name for _, name, _ in team.called(since)} == {"Ruth", "Noor", "Joan"}


def test_a_gap_within_a_week_is_an_alert_with_an_email_to_each_once(team: Team) -> None:
    world = team.world
    world.tick()
    assert world.alerts() == []
    team.keep("update duty set ends_on = '2026-11-20' where rank = 1")
    for _ in range(3):
        world.later(hours=1)
    assert world.alerts() == ["rota_gap"]
    assert world.one("select times from alert") == 1
    letters = {(letter.to, letter.subject) for letter in team.mailbox.letters}
    assert letters == {
        (f"{name}@example.org", "Nobody is on call soon") for name in ("lead", "noor", "joan")
    }
    assert len(team.mailbox.letters) == 3
    assert world.simulator.sent_to("+447700900555") == []


def test_staff_who_noted_it_are_left_alone_and_it_closes_by_itself_when_filled(team: Team) -> None:
    world = team.world
    team.keep("update duty set ends_on = '2026-11-20' where rank = 1")
    world.tick()
    team.keep("update alert set state = 'noted', noted_by = 1")
    world.later(hours=1)
    assert world.alerts(state="noted") == ["rota_gap"]
    team.keep("update duty set ends_on = '2026-12-31' where rank = 1")
    world.later(hours=1)
    assert world.alerts(state="closed") == ["rota_gap"]
    assert team.steps()[-1] == ("closed", "", "")
    team.keep("update duty set ends_on = '2026-11-20' where rank = 1")
    world.later(hours=1)
    assert world.alerts() == ["rota_gap"]


def test_nothing_starts_from_when_the_gap_is_next_until_a_duty_is_added(team: Team) -> None:
    world = team.world

    def may() -> bool:
        with world.parts.database.reading() as db:
            return may_start_anything(db, world.parts.house, now=world.time)

    team.keep("update duty set ends_on = '2026-11-20' where rank = 1")
    world.time = FRIDAY - timedelta(days=1)
    assert may()
    world.time = FRIDAY
    assert not may()
    with world.parts.database.transaction() as db:
        put_on_call(
            db,
            staff_id=team.ids["Noor"],
            rank=1,
            starts_on=FRIDAY.date(),
            ends_on=(FRIDAY + timedelta(days=3)).date(),
            by=None,
            now=world.time,
        )
    assert may()
