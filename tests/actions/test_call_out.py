"""A cry for help calls staff, one after the other, until somebody says that she has it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.actions.alert import raise_alert
from bot.actions.call_out import plan_calls
from bot.actions.change_alert import change_alert
from bot.clock import Clock
from bot.simulator.mailbox import NOT_NOW, REFUSED
from bot.simulator.mischief import Trick
from tests.actions.calling import PHONES, URGENT, Team, open_team
from tests.rows import ROW_AMINA, ROW_GRACE
from tests.test_journeys import statements
from tests.world import AMINA, MONDAY

BOTH = ("email", "sms")
LEAD_ONLY, TWO, ALL = ("Ruth",), ("Ruth", "Noor"), ("Ruth", "Noor", "Joan")
HARM = "أريد أن أنتحر"


@pytest.fixture
def team(database_url: str) -> Iterator[Team]:
    with open_team(database_url) as team:
        yield team


def raised(team: Team, *, subject: str = "harm:message:1", kind: str = "harm_red") -> int:
    with team.world.parts.database.transaction() as db:
        return raise_alert(db, kind=kind, subject=subject, now=team.world.time)


def change(team: Team, to: str, *, by: str = "Ruth", alert_id: int = 1) -> None:
    change_alert(
        team.world.parts.database,
        alert_id=alert_id,
        to="noted" if to == "noted" else "closed",
        staff_id=team.ids[by],
        note="called her",
        now=team.world.time,
    )


def expected(*rounds: tuple[int, tuple[str, ...]]) -> list[tuple[int, str, str]]:
    return [(minute, name, way) for minute, names in rounds for name in names for way in BOTH]


def test_words_of_harm_in_arabic_call_staff_until_somebody_has_it(
    team: Team, tmp_path: Path
) -> None:
    world = team.world
    world.enrol(tmp_path, [ROW_GRACE, ROW_AMINA])
    since = world.time
    world.says(AMINA, HARM)
    assert world.alerts() == ["harm_red"]
    world.time = since
    team.minutes(91)
    assert team.called(since) == expected(
        (0, LEAD_ONLY), (15, TWO), (30, ALL), (60, ALL), (90, ALL)
    )
    texts = {
        message.body for number in PHONES.values() for message in world.simulator.sent_to(number)
    }
    assert texts == {URGENT + world.settings.public_url}
    letters = {(letter.subject, letter.text) for letter in team.mailbox.letters}
    assert letters == {("New urgent item", URGENT + world.settings.public_url)}
    calls = [step for step in team.steps() if step[0] == "called"]
    assert team.steps()[0] == ("raised", "", "")
    assert calls[:2] == [("called", "Ruth", "sms"), ("called", "Ruth", "email")]
    assert len(calls) == len(team.called(since))


def test_i_have_it_ends_the_calls_and_closing_does_too(team: Team) -> None:
    since = team.world.time
    raised(team)
    raised(team, subject="harm:message:2")
    team.minutes(2)
    assert team.called(since) == expected((1, LEAD_ONLY))  # one call for both
    change(team, "noted")
    change(team, "closed", alert_id=2)
    team.minutes(90)
    assert team.called(since) == expected((1, LEAD_ONLY))
    assert team.steps()[-1] == ("noted", "Ruth", "")
    assert team.steps(2)[-1] == ("closed", "Ruth", "")


def test_what_comes_again_after_somebody_had_it_calls_again_from_the_first(team: Team) -> None:
    since = team.world.time
    raised(team, kind="mentor_alarm", subject="mentor_alarm:1")
    team.minutes(20)
    change(team, "noted")
    team.minutes(40)
    raised(team, kind="mentor_alarm", subject="mentor_alarm:1")
    team.minutes(2)
    assert team.called(since) == expected((1, LEAD_ONLY), (16, TWO), (61, LEAD_ONLY))


@pytest.mark.parametrize(
    ("came", "first"),
    [
        (datetime(2026, 11, 16, 23, 30, tzinfo=UTC), datetime(2026, 11, 17, 9, tzinfo=UTC)),
        (datetime(2026, 11, 20, 18, tzinfo=UTC), datetime(2026, 11, 23, 9, tzinfo=UTC)),
        (datetime(2026, 12, 25, 11, tzinfo=UTC), datetime(2026, 12, 29, 9, tzinfo=UTC)),
    ],
)
def test_what_comes_out_of_hours_is_called_about_first_thing(
    team: Team, came: datetime, first: datetime
) -> None:
    team.world.time = came
    raised(team)
    while team.world.time < first - timedelta(minutes=1):
        team.world.time = min(team.world.time + timedelta(hours=1), first - timedelta(minutes=1))
        team.world.clock.call()
    assert team.called(first) == []
    team.minutes(1)
    assert team.called(first) == expected((0, LEAD_ONLY))


def test_what_nobody_has_when_cover_ends_goes_to_all_when_it_begins(team: Team) -> None:
    team.world.time = datetime(2026, 11, 16, 17, 49, tzinfo=UTC)
    raised(team)
    team.minutes(60)
    assert len(team.called(MONDAY)) == 2
    morning = team.world.time = datetime(2026, 11, 17, 9, tzinfo=UTC)
    team.world.clock.call()
    assert team.called(morning)[2:] == expected((0, ALL))


def test_a_restart_between_two_calls_loses_none_and_a_long_one_catches_up(team: Team) -> None:
    since = team.world.time
    raised(team)
    team.world.clock.call()
    team.world.clock = Clock(team.world.parts)
    team.minutes(10)
    team.world.time += timedelta(minutes=25)  # nothing ran
    team.world.clock = Clock(team.world.parts)
    team.world.clock.call()
    assert team.called(since) == expected((0, LEAD_ONLY), (35, ALL))


def test_two_clocks_call_once(team: Team) -> None:
    import threading

    raised(team)
    both = [Clock(team.world.parts), Clock(team.world.parts)]
    threads = [threading.Thread(target=clock.call) for clock in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    team.minutes(1)
    assert team.called(MONDAY) == expected((0, LEAD_ONLY))


def test_a_call_that_was_cut_off_is_made_again(team: Team) -> None:
    raised(team)
    team.world.clock.call()
    team.keep("update call_out set state = 'queued', sent_at = null where way = 'sms'")
    team.minutes(2)
    assert [way for _, _, way in team.called(MONDAY)] == ["email", "sms", "sms"]


def test_a_call_that_fails_is_tried_again_while_the_other_way_goes(team: Team) -> None:
    team.world.simulator.mischief.add(Trick(kind="500", times=2))
    team.mailbox.answer = NOT_NOW
    raised(team)
    team.world.clock.call()
    assert team.called(MONDAY) == []
    assert [step for step in team.steps() if step[0] == "not_called"] == [
        ("not_called", "Ruth", "sms:HTTP 500"),
        ("not_called", "Ruth", "email:451"),
    ]
    team.mailbox.answer = ""
    team.minutes(1)
    assert team.called(MONDAY) == [(1, "Ruth", "email")]
    team.minutes(1)
    assert team.called(MONDAY) == [(1, "Ruth", "email"), (2, "Ruth", "sms")]


@pytest.mark.parametrize("address", ["lead@[example.org", "(@example.org", "=?utf-8?q?=0a?=@x.org"])
def test_an_address_that_no_mail_can_have_keeps_nobody_else_from_being_called(
    team: Team, address: str
) -> None:
    team.keep("update staff set email = :address where name = 'Ruth'", address=address)
    raised(team)
    team.minutes(46)
    assert {(name, way) for _, name, way in team.called(MONDAY)} == {
        ("Ruth", "sms"),
        *(((name, way)) for name in ("Noor", "Joan") for way in BOTH),
    }


def test_an_address_that_is_refused_for_good_is_not_tried_again_in_this_round(team: Team) -> None:
    team.mailbox.answer = REFUSED
    raised(team)
    team.minutes(14)
    assert team.called(MONDAY) == [(1, "Ruth", "sms")]
    assert team.steps()[1:] == [("called", "Ruth", "sms"), ("not_called", "Ruth", "email:550")]


def test_without_an_sms_sender_and_without_mail_each_is_called_by_the_other(
    database_url: str,
) -> None:
    with open_team(database_url, twilio_sms_from=None) as team:
        raised(team)
        team.minutes(1)
        assert team.called(MONDAY) == [(1, "Ruth", "email")]
    team.world.parts.database.dispose()


def test_whom_an_alert_is_about_is_not_called_and_the_next_is_at_once(team: Team) -> None:
    alert_id = raised(team)
    team.keep("insert into alert_conflict (alert_id, staff_id) values (:a, 1)", a=alert_id)
    team.minutes(20)
    assert team.called(MONDAY) == expected((1, ("Noor",)), (16, ("Noor", "Joan")))
    assert ("not_called", "Ruth", "conflict") in team.steps()


def test_when_everybody_on_call_is_excluded_others_with_the_role_are_asked_then_nobody(
    team: Team,
) -> None:
    alert_id = raised(team)
    team.keep("delete from duty where rank > 1")
    team.keep("insert into alert_conflict (alert_id, staff_id) values (:a, 1)", a=alert_id)
    team.keep("update staff set roles = '[\"administrator\"]' where name = 'Joan'")
    team.minutes(1)
    assert team.called(MONDAY) == expected((1, ("Noor",)))
    team.keep("insert into alert_conflict (alert_id, staff_id) values (:a, 2)", a=alert_id)
    team.minutes(15)
    assert team.called(MONDAY)[2:] == expected((16, ("Joan",)))
    team.keep("insert into alert_conflict (alert_id, staff_id) values (:a, 3)", a=alert_id)
    team.minutes(45)
    assert len(team.called(MONDAY)) == 4
    assert [step for step in team.steps() if step[0] == "nobody"] == [("nobody", "", "")] * 2


def test_a_call_goes_out_without_a_rota(team: Team) -> None:
    team.keep("delete from duty")
    raised(team)
    team.minutes(1)
    assert team.called(MONDAY) == expected((1, ALL))


def test_an_sms_that_never_arrives_is_sent_again(team: Team) -> None:
    team.world.simulator.misbehave("undelivered", code=30003)
    raised(team)
    team.minutes(3)
    sms = [minute for minute, _, way in team.called(MONDAY) if way == "sms"]
    assert sms in ([1, 2], [1, 3])
    assert ("not_called", "Ruth", "sms:30003") in team.steps()


def test_where_nothing_is_urgent_nobody_waits_for_the_look(team: Team) -> None:
    with statements(team.world) as seen:
        assert team.world.clock.call() == 0
    # On SQLite reads have a connection of their own; on PostgreSQL nothing may be locked
    sqlite = team.world.parts.database.dialect == "sqlite"
    reads = () if sqlite else ("SELECT", "BEGIN", "COMMIT", "ROLLBACK")
    asked = [one for one in seen if "FOR UPDATE" in one or not one.lstrip().startswith(reads)]
    assert asked == [], "nothing is asked of the connection that writes"


def test_a_flood_of_cries_is_not_a_flood_of_calls(team: Team) -> None:
    since = team.world.time
    for number in range(8):
        raised(team, subject=f"harm:message:{number}")
        team.minutes(1)
    assert team.called(since) == expected((1, LEAD_ONLY), (6, LEAD_ONLY))
    assert ("called", "Ruth", "just before") in team.steps(2)
    change(team, "noted", alert_id=1)
    change(team, "noted", alert_id=6)
    raised(team, subject="harm:message:9")
    team.minutes(1)
    assert team.called(since)[4:] == expected((9, LEAD_ONLY)), "what she has spares nobody a call"


def test_what_somebody_took_just_before_the_call_is_not_called_about(team: Team) -> None:
    raised(team)
    plan_calls(team.world.parts.house, now=team.world.time)
    team.keep("update alert set state = 'noted'")
    assert team.world.clock.call() == 0
