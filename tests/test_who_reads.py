"""A phone that others read: what the bot starts comes only in her part of the day, and after a
long silence, or in another language, nothing personal before she has shown that it is she.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.actions.be_sure import be_sure
from bot.actions.lose_number import NOT_REACHED_FOR, lose_numbers
from bot.actions.may_start import SILENT_FOR
from bot.programme.hours import Hours, allowed, only_in, within
from tests.people import ruth
from tests.quick import Quick, open_quick
from tests.rows import ROW_AMINA, ROW_GRACE, agree
from tests.test_doors import change, open_steps, state
from tests.world import AMINA

DOUBTED = "select doubted_at is not null from participant where reference = 'A1'"
THANKS = "Thank you. That is all."
WATCHED = (
    "update participant set discreet = true, part_of_day = 'evening', weekday = 3 "
    "where reference = 'A1'"
)
EVENING = timedelta(hours=8)  # from ten to six


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[Quick]:
    """Others read Amina's phone; she chose Thursdays, in the evening."""
    with open_quick(database_url) as world:
        world.enrol(tmp_path, [ROW_GRACE, ROW_AMINA | {"language": "en"}])
        world.tick()
        agree(world, AMINA, language="en")
        change(world, "update check_in set state = 'skipped', reason = 'x' where state = 'planned'")
        change(world, WATCHED)
        yield world


def plan(world: Quick, flow: str = "goal_check_in") -> None:
    """Something is due with her now."""
    change(
        world,
        "insert into check_in (enrolment_id, flow, slot, due_at, state, reason) select id, "
        "cast(:flow as varchar), :slot, :now, 'planned', '' from enrolment where role = 'mentee'",
        flow=flow,
        slot=f"{flow}-{world.time:%m%d%H%M}",
        now=world.time.isoformat(sep=" "),
    )


def silence(world: Quick, **span: float) -> None:
    world.time += timedelta(**span)


def doubted(world: Quick) -> bool:
    return bool(world.one(DOUBTED))


def alert(world: Quick) -> tuple[str, int]:
    sql = "select state, times from alert where kind = 'doubted' order by id desc limit 1"
    return tuple(world.rows(sql)[0])


# --- who reads it -------------------------------------------------------------------------------


def test_after_a_month_of_silence_her_message_gets_a_harmless_question_first(world: Quick) -> None:
    silence(world, days=31)
    answers = world.says(AMINA, "hello, what was my goal?")
    assert len(answers) == 1 and "Which time of day did you choose" in answers[0]
    assert (doubted(world), alert(world)) == (True, ("open", 1))
    assert open_steps(world) == ["is_it_you.part"]


def test_before_a_month_is_over_nobody_is_doubted(world: Quick) -> None:
    silence(world, seconds=SILENT_FOR.total_seconds() - 60)
    world.says(AMINA, "hello")
    assert not doubted(world)


def test_on_a_phone_of_her_own_nobody_is_doubted(world: Quick) -> None:
    change(world, "update participant set discreet = false")
    silence(world, days=40)
    world.says(AMINA, "hello")
    assert not doubted(world)


def test_the_right_answers_close_the_task_and_she_is_written_to_again(world: Quick) -> None:
    silence(world, days=31)
    world.says(AMINA, "hello")
    world.taps(AMINA, "evening")
    assert doubted(world)
    assert world.taps(AMINA, "thursday") == [THANKS]
    assert not doubted(world)
    assert alert(world)[0] == "closed"
    silence(world, days=1, hours=8)
    plan(world)
    world.tick()
    assert open_steps(world) == ["goal_check_in.week"]


@pytest.mark.parametrize(
    ("part", "day"), [("evening", "friday"), ("morning", "thursday"), ("none", "none")]
)
def test_whoever_guesses_wrong_reads_the_same_words_and_nothing_else_comes(
    world: Quick, part: str, day: str
) -> None:
    silence(world, days=31)
    world.says(AMINA, "hello")
    world.taps(AMINA, part)
    assert world.taps(AMINA, day) == [THANKS]
    assert (doubted(world), alert(world)) == (True, ("open", 2))
    for words in ("what is my goal", "MENU", "my data", "1"):
        assert world.says(AMINA, words) == [], words
    silence(world, days=1, hours=8)
    plan(world)
    before = len(world.bodies(AMINA))
    world.tick()
    assert len(world.bodies(AMINA)) == before
    assert world.rows("select state, reason from check_in order by id desc limit 1") == [
        ("skipped", "doubted")
    ]


@pytest.mark.parametrize("words", ["who is this", "0"])
def test_no_answer_is_no_proof(world: Quick, words: str) -> None:
    silence(world, days=31)
    world.says(AMINA, "hello")
    for _ in range(3):
        world.says(AMINA, words)
    assert open_steps(world) == []
    assert (doubted(world), alert(world)[0]) == (True, "open")
    silence(world, days=4)
    world.tick()
    assert doubted(world)


def test_stop_help_and_a_cry_are_heard_from_whoever_it_is(world: Quick) -> None:
    silence(world, days=31)
    world.says(AMINA, "hello")
    assert len(world.says(AMINA, "help")) == 1
    assert len(world.says(AMINA, "I want to die")) >= 1
    assert "harm_red" in world.alerts()
    world.says(AMINA, "STOP")
    assert state(world) == "stopped"


def test_before_the_bot_starts_something_after_a_month_it_asks_that_first(world: Quick) -> None:
    silence(world, days=31, hours=8)
    plan(world)
    world.tick()
    assert open_steps(world) == ["is_it_you.part"]
    assert "Which time of day" in world.bodies(AMINA)[-1]
    assert world.rows("select state, reason from check_in order by id desc limit 1") == [
        ("skipped", "doubted")
    ]
    said = len(world.bodies(AMINA))
    silence(world, days=5)  # nobody answers
    plan(world)
    world.tick()
    assert len(world.bodies(AMINA)) == said
    assert alert(world)[0] == "open"


def test_whoever_chose_nothing_cannot_be_asked_so_a_person_calls(world: Quick) -> None:
    change(world, "update participant set part_of_day = '', weekday = null")
    silence(world, days=31, hours=8)
    plan(world)
    before = len(world.bodies(AMINA))
    world.tick()
    assert (len(world.bodies(AMINA)), doubted(world)) == (before, True)
    assert "doubted" in world.alerts()


def test_three_messages_in_another_language_raise_the_same_doubt(world: Quick) -> None:
    silence(world, days=1)
    for words in ("مرحبا", "كيف الحال"):
        world.says(AMINA, words)
        assert not doubted(world)
    assert "Which time of day" in world.says(AMINA, "من هذا الرقم")[-1]
    world.taps(AMINA, "evening")
    world.taps(AMINA, "thursday")
    for words in ("مرحبا", "كيف الحال", "شكرا لكم جميعا"):
        world.says(AMINA, words)
    assert not doubted(world), "she has just shown that she writes so"


def test_start_after_a_month_opens_the_channel_and_asks_first(world: Quick) -> None:
    world.says(AMINA, "STOP")
    silence(world, days=31)
    answers = world.says(AMINA, "START")
    assert (state(world), doubted(world)) == ("active", True)
    queued = (
        "select context from message m join delivery d on d.message_id = m.id "
        "where d.state = 'queued' and m.participant_id = (select id from participant "
        "where reference = 'A1')"
    )
    assert [row[0] for row in world.rows(queued)] == ["is_it_you.part"]
    assert answers


def test_staff_who_have_spoken_with_her_say_so_and_it_is_recorded(world: Quick) -> None:
    silence(world, days=31)
    world.says(AMINA, "hello")
    who = int(world.one("select id from participant where reference = 'A1'"))
    with world.parts.database.transaction() as db:
        staff = ruth(db).id
        assert be_sure(db, participant_id=who, staff_id=staff, now=world.time)
        assert not be_sure(db, participant_id=who, staff_id=staff, now=world.time)
    assert (doubted(world), alert(world)[0]) == (False, "closed")
    assert world.rows("select action, staff_id from audit_entry order by id desc limit 1") == [
        ("is sure of her", staff)
    ]


# --- only in her hours --------------------------------------------------------------------------


def test_what_the_bot_starts_comes_only_in_her_part_of_the_day(world: Quick) -> None:
    for moment, came in (("2026-11-18T10:00", 0), ("2026-11-18T14:30", 0), ("2026-11-18T17:30", 1)):
        world.time = datetime.fromisoformat(moment).replace(tzinfo=UTC)
        if not world.one("select count(*) from check_in where state = 'planned'"):
            plan(world)
        before = len(world.bodies(AMINA))
        world.tick()
        assert len(world.bodies(AMINA)) - before == came, moment


def test_a_reminder_too_comes_only_in_her_part_of_the_day(world: Quick) -> None:
    world.time = datetime(2026, 11, 18, 17, 30, tzinfo=UTC)
    plan(world)
    world.tick()
    world.read()
    change(world, "update delivery set state = 'read' where state not in ('cancelled', 'failed')")
    seen = len(world.bodies(AMINA))
    for hours in range(16, 60):
        world.time = datetime(2026, 11, 18, 17, 30, tzinfo=UTC) + timedelta(hours=hours)
        world.tick()
        if len(world.bodies(AMINA)) > seen:
            assert 17 <= world.time.hour < 20, world.time
            return
    raise AssertionError("nobody reminded her")


def test_a_reply_to_her_comes_at_any_hour(world: Quick) -> None:
    world.time = datetime(2026, 11, 18, 3, 0, tzinfo=UTC)
    assert len(world.says(AMINA, "MENU")) == 1


def test_her_part_of_the_day_narrows_the_hours_and_never_closes_them() -> None:
    assert within("morning") == (540, 720)
    assert within("evening", opens=540, closes=1200) == (1020, 1200)
    assert within("evening", opens=540, closes=960) == (540, 960)
    assert within("") == (540, 1200)
    assert (only_in("evening", discreet=True), only_in("evening", discreet=False)) == (
        "evening",
        "",
    )
    opens, closes = within("afternoon")
    hours = Hours(UTC, opens, closes)
    day = datetime(2026, 11, 18, tzinfo=UTC)
    assert [allowed(day + timedelta(hours=at), hours) for at in (10, 12, 16, 17)] == [
        *(False, True, True, False)
    ]


# --- discreet from now on -----------------------------------------------------------------------


def test_she_says_that_others_read_it_and_what_was_queued_is_taken_back(world: Quick) -> None:
    change(world, "update participant set discreet = false")
    silence(world, days=2)
    plan(world)
    world.time = datetime(2026, 11, 18, 18, 0, tzinfo=UTC)
    world.tick()
    world.says(AMINA, "MENU")
    world.taps(AMINA, "phone")
    change(world, "update delivery set state = 'queued' where state <> 'cancelled'")
    world.simulator.receive_from(AMINA, "", button=(f"{world.newest(AMINA).id}:yes", "Yes"))
    assert world.one("select discreet from participant where reference = 'A1'")
    left = (
        "select m.context from message m join delivery d on d.message_id = m.id "
        "where d.state = 'queued' and m.participant_id = (select id from participant "
        "where reference = 'A1')"
    )
    assert any("delete this chat" in body for body in world.bodies(AMINA)[-2:])
    assert {row[0].removesuffix("+") for row in world.rows(left)} <= {
        "my_phone.shared",
        "standing.carry_on",
        "goal_check_in.week.discreet",
    }


# --- a number that nothing reaches ---------------------------------------------------------------


def undelivered(world: Quick, *, days: tuple[int, ...], state: str = "failed") -> None:
    for ago in days:
        at = (world.time - timedelta(days=ago)).isoformat(sep=" ")
        change(
            world,
            "insert into message (participant_id, direction, channel, kind, text, language, "
            "context, layout, state, attempts, error, safeguarding, channel_copy, at) select "
            "participant_id, 'out', 'whatsapp', 'text', 'x', 'en', '', '', 'handled', 0, '', "
            "false, '', :at from address where address = :address",
            at=at,
            address=f"whatsapp:{AMINA}",
        )
        change(
            world,
            "insert into delivery (message_id, participant_id, address_id, token, state, mode, "
            "reason, priority, attempts, looked, not_before, sent_text, attempted_at, updated_at, "
            "channel_copy) select (select max(id) from message), participant_id, id, :token, "
            ":state, 'text', '', 1, 1, 0, :at, '', :at, :at, '' from address "
            "where address = :address",
            at=at,
            token=f"t{ago}{state}",
            state=state,
            address=f"whatsapp:{AMINA}",
        )


def lost(world: Quick) -> int:
    return lose_numbers(world.parts.database, now=world.time)


def test_a_number_that_nothing_reached_for_two_months_is_nobodys(world: Quick) -> None:
    silence(world, days=100)
    undelivered(world, days=(70, 40))
    assert lost(world) == 0, "two bad days are no sign"
    undelivered(world, days=(10,))
    assert lost(world) == 1
    rows = "select state, state_reason from address where address = :address"
    address = f"whatsapp:{AMINA}"
    assert world.rows(rows, address=address) == [("wrong", "not_reached")]
    assert ("number_lost" in world.alerts(), lost(world)) == (True, 0)
    assert world.says(AMINA, "hello, who are you?") == []  # answered only in danger
    assert len(world.says(AMINA, "I want to die")) == 1
    assert world.one("select participant_id from message order by id desc limit 1") is None


@pytest.mark.parametrize("sign", ["delivered", "wrote", "young"])
def test_a_number_with_a_sign_of_her_is_kept(world: Quick, sign: str) -> None:
    silence(world, days=100)
    undelivered(world, days=(50, 40, 10) if sign == "young" else (70, 40, 10))
    if sign == "delivered":
        undelivered(world, days=(20,), state="delivered")
    if sign == "wrote":
        change(
            world,
            "update address set last_inbound_at = :at",
            at=(world.time - NOT_REACHED_FOR + timedelta(days=1)).isoformat(sep=" "),
        )
    assert lost(world) == 0


def test_a_stop_does_not_run_out(world: Quick) -> None:
    world.says(AMINA, "STOP")
    silence(world, days=400)
    undelivered(world, days=(300, 200, 100))
    assert lost(world) == 0
    assert state(world) == "stopped"
