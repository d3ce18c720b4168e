"""What silence leads to, as stories: one reminder, a quiet end, a light question, then a person."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.living import THURSDAY, WEEK, Her, Living, open_living
from tests.world import AMINA, GRACE

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def world(database_url: str) -> Iterator[Living]:
    with open_living(database_url) as world:
        yield world


@pytest.fixture
def amina(world: Living) -> Her:
    """In week one; she has agreed, and the door of WhatsApp is shut."""
    return world.join(world.cohort(), AMINA)


def asked_on_thursday(world: Living, her: Her, flow: str = "goal_check_in") -> None:
    world.plan(her, flow, THURSDAY, slot="week-1")
    world.live(THURSDAY)


def hours_told(world: Living, her: Her) -> list[int]:
    return [told.at.hour for told in world.told(her)]


def quiet(world: Living) -> bool:
    return world.one("select quiet_at from participant where name = 'Amina'") is not None


# One reminder


def test_she_is_reminded_once_a_day_later_at_another_hour(world: Living, amina: Her) -> None:
    asked_on_thursday(world, amina)
    assert world.live(THURSDAY + 6 * DAY)["reminded"] == 1
    asked, reminded = world.told(amina)
    assert (asked.priority, reminded.priority) == (1, 2)
    assert reminded.at - asked.at >= DAY
    assert reminded.at.hour == 14, "she did not answer in the morning"
    assert "no hurry" in reminded.body


def test_a_reminder_that_is_late_still_avoids_the_hour_of_the_question(
    world: Living, amina: Her
) -> None:
    asked_on_thursday(world, amina)
    world.time = THURSDAY + 2 * DAY  # nobody ticked in between
    assert "reminded" not in world.tick()
    world.time += HOUR
    assert world.tick()["reminded"] == 1


def test_outside_the_window_the_reminder_is_a_template_whose_button_asks_again(
    world: Living, amina: Her
) -> None:
    asked_on_thursday(world, amina)
    world.live(THURSDAY + 2 * DAY)
    assert world.contexts(amina)[1] == "standing.reminder"
    assert world.newest(AMINA).shown == ("open",)
    assert "How was your week?" not in world.newest(AMINA).body
    again = world.says(AMINA, "", button=("t:standing.reminder:open", "Continue"))
    assert "How was your week?" in again[0]
    world.taps(AMINA, "good")
    assert world.check_ins(amina)[0][1] == "answered"


def test_inside_the_window_the_same_question_is_asked_again(world: Living, amina: Her) -> None:
    world.time = THURSDAY - HOUR
    world.says(AMINA, "hello")
    asked_on_thursday(world, amina)
    world.says(AMINA, "later")
    first = world.newest(AMINA)
    world.change("update address set last_inbound_at = :at", at=_as_kept(world, THURSDAY))
    world.change("update cohort set reminder_hours = 4")
    world.live(THURSDAY + 23 * HOUR)
    reminded = world.told(amina)[1]
    assert reminded.body.startswith("There is no hurry.")
    assert "How was your week?" in reminded.body and "good" in world.newest(AMINA).shown
    assert reminded.at.hour not in (9, 10)
    assert first.shown == ()


def _as_kept(world: Living, moment: datetime) -> object:
    sqlite = world.parts.database.dialect == "sqlite"
    return moment.strftime("%Y-%m-%d %H:%M:%S.000000") if sqlite else moment


def test_the_first_question_can_still_be_tapped_after_the_reminder(
    world: Living, amina: Her
) -> None:
    asked_on_thursday(world, amina)
    question = world.newest(AMINA)
    world.change(
        "update address set last_inbound_at = :at", at=_as_kept(world, THURSDAY + 20 * HOUR)
    )
    world.live(THURSDAY + 3 * DAY - HOUR)
    assert len(world.told(amina)) == 2
    world.taps(AMINA, "hard", on=question)
    assert world.one("select value from answer") == "hard"


@pytest.mark.parametrize("flow", ["light_check_in", "session_remind"])
def test_of_some_questions_nobody_is_reminded(world: Living, amina: Her, flow: str) -> None:
    asked_on_thursday(world, amina, flow)
    assert "reminded" not in world.live(THURSDAY + 4 * DAY)


def test_who_answered_half_is_reminded_of_the_other_half(world: Living, amina: Her) -> None:
    asked_on_thursday(world, amina)
    world.taps(AMINA, "hard")
    assert "hard" in world.newest(AMINA).body
    world.live(THURSDAY + 35 * HOUR)
    assert [told.priority for told in world.told(amina)] == [1, 2]


def test_what_never_reached_her_she_is_not_reminded_of(world: Living, amina: Her) -> None:
    asked_on_thursday(world, amina)
    world.change("update delivery set state = 'failed'")
    assert "reminded" not in world.live(THURSDAY + 4 * DAY)


def test_a_reminder_never_takes_the_room_of_what_the_week_has_planned(world: Living) -> None:
    amina = world.join(world.cohort(most_mentee=2), AMINA)
    asked_on_thursday(world, amina)
    world.plan(amina, "training_invite", THURSDAY + 4 * DAY)
    world.live(THURSDAY + 5 * DAY)
    assert [told.priority for told in world.told(amina)] == [1, 1]


# The question closes, and her steps after a hard week


def test_an_unanswered_question_closes_after_three_days_without_a_word(
    world: Living, amina: Her
) -> None:
    asked_on_thursday(world, amina)
    world.live(THURSDAY + 3 * DAY - HOUR)
    assert world.talks(amina) == [("goal_check_in", "open")]
    said = len(world.bodies(AMINA))
    world.live(THURSDAY + 3 * DAY)
    assert world.talks(amina) == [("goal_check_in", "abandoned")]
    assert world.check_ins(amina) == [("goal_check_in", "missed", "")]
    assert len(world.bodies(AMINA)) == said


def test_each_cohort_has_its_own_patience(world: Living) -> None:
    amina = world.join(world.cohort(close_hours=48, reminder_hours=200), AMINA)
    asked_on_thursday(world, amina)
    world.live(THURSDAY + 2 * DAY)
    assert world.talks(amina) == [("goal_check_in", "abandoned")]
    assert len(world.told(amina)) == 1


def test_after_a_hard_week_every_step_is_half_as_long(world: Living, amina: Her) -> None:
    asked_on_thursday(world, amina)
    world.taps(AMINA, "hard")
    world.change("update conversation set state = 'completed'")
    at_two = THURSDAY + WEEK + 4 * HOUR
    world.weekly(amina, 3, first=at_two)
    world.live(at_two + DAY)
    reminded = world.told(amina)[-1]
    assert (reminded.priority, reminded.at) == (2, at_two + 20 * HOUR)
    world.live(at_two + 36 * HOUR)
    assert world.talks(amina)[-1] == ("goal_check_in", "abandoned")
    world.live(at_two + 2 * WEEK)
    assert [flow for flow, _, _ in world.check_ins(amina)][2] == "light_check_in"
    assert world.check_ins(amina)[3] == ("goal_check_in", "skipped", "quiet")


# Weeks of silence


def test_silence_leads_to_one_light_question_and_then_to_a_person(
    world: Living, amina: Her
) -> None:
    world.weekly(amina, 5)
    world.live(THURSDAY + 4 * WEEK)
    assert [flow for flow, _, _ in world.check_ins(amina)][:3] == [
        "goal_check_in",
        "goal_check_in",
        "light_check_in",
    ]
    assert world.check_ins(amina)[2][1] == "missed"
    assert [row[1:] for row in world.check_ins(amina)][3:5] == [("skipped", "quiet")] * 2
    assert world.alerts() == ["gone_quiet"]
    assert world.one("select times from alert") == 1
    assert quiet(world)


def test_to_one_who_is_quiet_only_a_hello_a_month_is_said(world: Living, amina: Her) -> None:
    world.weekly(amina, 15)
    world.plan(amina, "training_invite", THURSDAY + 5 * WEEK)
    fell_quiet = THURSDAY + 3 * WEEK
    world.live(fell_quiet)
    before = len(world.told(amina))
    world.live(fell_quiet + 9 * WEEK, step=4 * HOUR)
    assert world.contexts(amina)[before:] == ["hello.fine"] * 2
    first, second = (told.at for told in world.told(amina)[before:])
    assert (first - fell_quiet).days == 28
    assert 27 <= (second - first).days <= 29
    assert ("training_invite", "skipped", "quiet") in world.check_ins(amina)


def test_anything_she_writes_ends_the_quiet_and_the_ladder_starts_anew(
    world: Living, amina: Her
) -> None:
    world.weekly(amina, 8)
    world.live(THURSDAY + 3 * WEEK)
    assert quiet(world)
    world.says(AMINA, "hello")
    assert not quiet(world)
    world.live(THURSDAY + 5 * WEEK)
    flows = [(flow, state) for flow, state, _ in world.check_ins(amina)]
    assert flows[4:6] == [("goal_check_in", "missed"), ("goal_check_in", "asked")]


def test_a_hello_that_was_planned_is_not_said_to_one_who_is_back(world: Living, amina: Her) -> None:
    world.weekly(amina, 4)
    world.live(THURSDAY + 3 * WEEK)
    world.says(AMINA, "I am here")
    world.live(THURSDAY + 8 * WEEK, step=6 * HOUR)
    assert ("hello", "skipped", "answered") in world.check_ins(amina)
    assert "hello.fine" not in world.contexts(amina)


def test_after_the_last_day_of_her_cohort_there_is_no_hello(world: Living) -> None:
    amina = world.join(world.cohort(weeks=5), AMINA)
    world.weekly(amina, 5)
    world.live(THURSDAY + 4 * WEEK)
    assert quiet(world)
    assert "hello" not in [flow for flow, _, _ in world.check_ins(amina)]


def test_after_the_questions_of_the_end_no_week_is_asked_about(world: Living, amina: Her) -> None:
    """They come sooner where all sessions were held sooner."""
    world.weekly(amina, 2)
    world.plan(amina, "end_survey", THURSDAY + 2 * DAY, slot="end")
    world.live(THURSDAY + WEEK + DAY)
    states = [(flow, state) for flow, state, _ in world.check_ins(amina)]
    assert states[0][0] == "goal_check_in" and ("goal_check_in", "skipped") in states
    assert "finished" in [reason for _, _, reason in world.check_ins(amina)]


def test_one_answer_is_enough_to_be_asked_as_before(world: Living, amina: Her) -> None:
    world.weekly(amina, 4)
    world.live(THURSDAY + 2 * WEEK)
    assert world.talks(amina)[-1] == ("light_check_in", "open")
    world.taps(AMINA, "fine")
    world.live(THURSDAY + 3 * WEEK)
    assert world.talks(amina)[-1] == ("goal_check_in", "open")


def test_weeks_in_which_nothing_was_asked_are_not_silence(world: Living, amina: Her) -> None:
    world.weekly(amina, 4)
    world.change(
        "update check_in set state = 'skipped', reason = 'paused' "
        "where slot in ('week-1', 'week-2')"
    )
    world.live(THURSDAY + 2 * WEEK)
    assert world.talks(amina) == [("goal_check_in", "open")]


# A late answer counts


def closed(world: Living, her: Her) -> None:
    asked_on_thursday(world, her)
    world.live(THURSDAY + 3 * DAY)
    assert world.talks(her) == [("goal_check_in", "abandoned")]


def test_a_late_tap_opens_the_question_again_and_counts(world: Living, amina: Her) -> None:
    asked_on_thursday(world, amina)
    question = world.newest(AMINA)
    closed(world, amina) if not world.talks(amina) else world.live(THURSDAY + 3 * DAY)
    world.live(THURSDAY + 5 * DAY)
    world.taps(AMINA, "good", on=question)
    assert world.check_ins(amina)[0][1] == "answered"
    assert world.one("select value from answer") == "good"
    assert world.alerts() == []


def test_a_late_answer_typed_counts_when_it_fits_the_question(world: Living, amina: Her) -> None:
    closed(world, amina)
    world.live(THURSDAY + 5 * DAY)
    world.says(AMINA, "good")
    assert world.check_ins(amina)[0][1] == "answered"
    assert world.alerts() == []


def test_other_words_do_not_open_a_closed_question(world: Living, amina: Her) -> None:
    closed(world, amina)
    world.says(AMINA, "can somebody tell me about the bus")
    assert world.check_ins(amina)[0][1] == "missed"
    assert world.alerts() == ["wrote_to_us"]


def test_after_a_week_a_closed_question_stays_closed(world: Living, amina: Her) -> None:
    closed(world, amina)
    world.live(THURSDAY + 11 * DAY, step=6 * HOUR)
    world.says(AMINA, "good")
    assert world.check_ins(amina)[0][1] == "missed"
    assert world.alerts() == ["wrote_to_us"]


def test_a_late_answer_belongs_to_the_newest_question(world: Living, amina: Her) -> None:
    closed(world, amina)
    world.plan(amina, "starting_out", THURSDAY + 4 * DAY)
    world.live(THURSDAY + 4 * DAY)
    world.says(AMINA, "2")
    assert [row[1] for row in world.check_ins(amina)] == ["missed", "answered"]


def test_a_tap_on_a_closed_question_counts_while_a_newer_one_is_open(
    world: Living, amina: Her
) -> None:
    asked_on_thursday(world, amina)
    question = world.newest(AMINA)
    world.live(THURSDAY + 3 * DAY)
    world.plan(amina, "mid_point", THURSDAY + 4 * DAY)
    world.live(THURSDAY + 4 * DAY)
    said = world.taps(AMINA, "good", on=question)
    assert "Good" in said[0]
    assert [row[1] for row in world.check_ins(amina)] == ["answered", "asked"]
    assert world.talks(amina)[1] == ("mid_point", "open")


def test_stop_is_not_undone_by_a_late_answer(world: Living, amina: Her) -> None:
    asked_on_thursday(world, amina)
    world.says(AMINA, "STOP")
    world.says(AMINA, "START")
    world.says(AMINA, "good")
    assert world.check_ins(amina)[0][1] == "skipped"
    assert world.talks(amina)[0] == ("goal_check_in", "abandoned")


def test_a_mentor_has_no_light_question_and_never_falls_quiet(world: Living) -> None:
    grace = world.join(world.cohort(), GRACE, role="mentor", name="Grace")
    for week in range(5):
        world.plan(grace, "mid_point_mentor", THURSDAY + week * WEEK)
    world.live(THURSDAY + 4 * WEEK, step=4 * HOUR, nights=True)
    assert {row[1] for row in world.check_ins(grace)} == {"missed", "asked"}
    assert world.alerts() == []
    assert datetime(2026, 11, 16, tzinfo=UTC) < world.told(grace)[0].at
