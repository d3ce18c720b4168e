"""What one enrolment should be asked and when, and how little a change of plan touches."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.programme.hours import Hours
from bot.programme.planning import CheckInRow, EnrolmentFacts, Planned, difference, wanted
from bot.programme.terms import Terms

LONDON = ZoneInfo("Europe/London")
HOURS = Hours(zone=LONDON)
TERMS = Terms(name="Autumn", starts_on=date(2026, 9, 7))  # a Monday; 16 weeks are to 28 December
CONSENT = datetime(2026, 9, 7, 12, 0, tzinfo=UTC)
MENTEE = EnrolmentFacts(
    role="mentee", terms=TERMS, hours=HOURS, joined_at=CONSENT, agreed_at=CONSENT
)
MENTOR = replace(MENTEE, role="mentor")


def by_slot(facts: EnrolmentFacts) -> dict[str, Planned]:
    return {each.slot: each for each in wanted(facts)}


def local(moment: datetime) -> str:
    return f"{moment.astimezone(LONDON):%a %d %b %H:%M}"


def rows(plan: tuple[Planned, ...], *, state: str = "planned") -> list[CheckInRow]:
    return [
        CheckInRow(id=key, flow=each.flow, slot=each.slot, due_at=each.due_at, state=state)
        for key, each in enumerate(plan, start=1)
    ]


# --- one enrolment -------------------------------------------------------------------------------


def test_before_she_agrees_only_the_welcome_is_wanted() -> None:
    (welcome,) = wanted(replace(MENTEE, agreed_at=None))
    assert (welcome.flow, local(welcome.due_at)) == ("welcome", "Mon 07 Sep 00:00")
    assert wanted(replace(MENTEE, agreed_at=None, declined=True)) == ()
    assert wanted(replace(MENTEE, active=False)) == ()


def test_a_mentees_programme_runs_from_goals_to_the_end_survey() -> None:
    plan = by_slot(MENTEE)
    assert local(plan["goals"].due_at) == "Tue 08 Sep 10:00"
    assert "start" not in plan, "it follows straight after her first goal"
    weeks = [slot for slot in plan if slot.startswith("week-")]
    assert weeks == [f"week-{week}" for week in range(1, 16) if week != 8]
    assert (plan["mid"].flow, local(plan["mid"].due_at)) == ("mid_point", "Thu 29 Oct 10:00")
    assert (plan["end"].flow, local(plan["end"].due_at)) == ("end_survey", "Thu 24 Dec 10:00")
    assert "follow-up" not in plan


def test_a_mentors_programme_has_no_goals_and_no_weekly_question() -> None:
    plan = by_slot(MENTOR)
    assert {slot: each.flow for slot, each in plan.items()} == {
        "mid": "mid_point_mentor",
        "end": "end_survey_mentor",
    }


def test_a_mentor_who_agreed_in_an_earlier_cohort_is_asked_how_she_starts_out() -> None:
    before = replace(MENTOR, agreed_at=MENTOR.joined_at - timedelta(days=90))
    start = by_slot(before)["start"]
    assert (start.flow, local(start.due_at)) == ("starting_out", "Tue 08 Sep 10:00")


def test_her_day_and_part_of_day_go_before_the_cohorts() -> None:
    plan = by_slot(replace(MENTEE, weekday=0, part_of_day="evening"))
    assert local(plan["week-2"].due_at) == "Mon 14 Sep 18:00"
    assert local(plan["goals"].due_at) == "Tue 08 Sep 18:00"
    assert local(plan["end"].due_at) == "Mon 21 Dec 18:00"


def test_her_time_of_day_stays_through_the_change_of_clocks() -> None:
    assert {local(each.due_at)[-5:] for each in wanted(MENTEE)} == {"10:00"}


def test_a_rhythm_of_two_weeks_asks_in_every_second_week() -> None:
    terms = replace(TERMS, every_weeks=2, mid_week=0)
    weeks = [slot for slot in by_slot(replace(MENTEE, terms=terms)) if slot.startswith("week-")]
    assert weeks == [f"week-{week}" for week in range(1, 17, 2)]


def test_a_breaks_week_is_left_out_and_nothing_ever_falls_into_it() -> None:
    autumn = (date(2026, 10, 12), date(2026, 10, 18))
    facts = replace(MENTEE, hours=replace(HOURS, holidays=(autumn,)))
    assert "week-6" in by_slot(MENTEE)
    assert "week-6" not in by_slot(facts)
    assert not [
        each
        for each in wanted(facts)
        if autumn[0] <= each.due_at.astimezone(LONDON).date() <= autumn[1]
    ]


def test_also_a_break_of_one_day_leaves_its_week_out_and_puts_nothing_off() -> None:
    thursday = (date(2026, 10, 15), date(2026, 10, 15))
    plan = by_slot(replace(MENTEE, hours=replace(HOURS, holidays=(thursday,))))
    assert "week-6" not in plan
    assert set(by_slot(MENTEE)) - set(plan) == {"week-6"}


def test_the_end_survey_is_never_left_out_for_a_break_but_comes_after_it() -> None:
    christmas = (date(2026, 12, 21), date(2027, 1, 3))
    plan = by_slot(replace(MENTEE, hours=replace(HOURS, holidays=(christmas,))))
    assert local(plan["end"].due_at) == "Mon 04 Jan 09:00"


def test_on_a_bank_holiday_the_week_is_asked_the_day_after() -> None:
    terms = replace(TERMS, starts_on=date(2026, 8, 31), check_in_weekday=0, mid_week=0)
    facts = replace(MENTEE, terms=terms, agreed_at=CONSENT - timedelta(days=20))
    early = replace(facts, joined_at=CONSENT - timedelta(days=20))
    assert local(by_slot(early)["week-1"].due_at) == "Tue 01 Sep 09:00"


def test_the_mid_point_comes_the_day_after_enough_sessions_and_stays_where_it_was_put() -> None:
    halfway = datetime(2026, 10, 6, 19, 0, tzinfo=UTC)
    plan = wanted(replace(MENTEE, halfway_at=halfway))
    mid = next(each for each in plan if each.slot == "mid")
    assert local(mid.due_at) == "Wed 07 Oct 10:00"
    weeks = {each.slot for each in plan}
    assert "week-8" in weeks and "week-5" not in weeks, "it takes the place of its own week"
    put = [row if row.slot != "mid" else replace(row, due_at=halfway) for row in rows(plan)]
    assert difference(put, plan, now=halfway) == difference([], (), now=halfway)


def test_the_end_survey_comes_the_day_after_the_last_session() -> None:
    done = datetime(2026, 12, 1, 19, 0, tzinfo=UTC)
    assert local(by_slot(replace(MENTEE, done_at=done))["end"].due_at) == "Wed 02 Dec 10:00"


@pytest.mark.parametrize(
    ("joined", "mid"),
    [
        (date(2026, 9, 7), "Thu 29 Oct"),  # week 1: the cohort's own, week 8
        (date(2026, 10, 12), "Thu 29 Oct"),  # week 6
        (date(2026, 10, 19), "Thu 19 Nov"),  # week 7 of 16: week 11, half way to the end
        (date(2026, 11, 23), "Thu 10 Dec"),  # week 12: 4 weeks are left
        (date(2026, 11, 30), None),  # week 13: 3 are
    ],
)
def test_a_late_starters_mid_point_is_half_way_or_left_out(joined: date, mid: str | None) -> None:
    at = datetime(joined.year, joined.month, joined.day, 12, tzinfo=UTC)
    plan = by_slot(replace(MENTEE, joined_at=at, agreed_at=at))
    assert (local(plan["mid"].due_at)[:-6] if "mid" in plan else None) == mid
    assert local(plan["end"].due_at) == "Thu 24 Dec 10:00", "the end stays for everyone"


def test_a_late_starter_joins_the_calendar_where_it_is() -> None:
    at = datetime(2026, 10, 20, 12, tzinfo=UTC)
    plan = by_slot(replace(MENTEE, joined_at=at, agreed_at=at))
    weeks = [slot for slot in plan if slot.startswith("week-")]
    assert weeks[0] == "week-7"
    assert local(plan["goals"].due_at) == "Wed 21 Oct 10:00"


def test_a_cohort_that_is_over_asks_nothing_but_the_follow_up() -> None:
    late = datetime(2027, 1, 4, 12, tzinfo=UTC)
    facts = replace(MENTEE, joined_at=late, agreed_at=late)
    assert wanted(facts) == ()
    assert [each.slot for each in wanted(replace(facts, follow_up=True))] == ["follow-up"]


def test_the_follow_up_comes_half_a_year_after_the_end_to_mentees_who_agreed() -> None:
    plan = by_slot(replace(MENTEE, follow_up=True))
    assert plan["follow-up"].due_at.astimezone(LONDON).date() == date(2027, 6, 28)
    assert "follow-up" not in by_slot(replace(MENTOR, follow_up=True))
    never = replace(MENTEE, follow_up=True, terms=replace(TERMS, follow_up_weeks=0))
    assert "follow-up" not in by_slot(never)


def test_where_pairs_find_their_times_the_mentor_is_asked_once_for_each_pair() -> None:
    later = CONSENT + timedelta(weeks=3)
    plan = by_slot(replace(MENTOR, arrange_from=((4, CONSENT), (7, later))))
    assert plan["arrange-4"].flow == "session_arrange"
    assert local(plan["arrange-4"].due_at) == "Wed 09 Sep 10:00"
    assert local(plan["arrange-7"].due_at) == "Wed 30 Sep 10:00"


# --- changes of plan -----------------------------------------------------------------------------

NOW = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)  # the Monday of week 5
TOMORROW = NOW + timedelta(days=1)


def test_the_same_plan_later_is_no_change() -> None:
    plan = wanted(MENTEE)
    for weeks in (0, 3, 9, 30):
        later = CONSENT + timedelta(weeks=weeks)
        assert difference(rows(plan), wanted(MENTEE), now=later) == difference([], (), now=later)


def test_only_what_is_planned_and_ahead_ever_moves() -> None:
    plan = wanted(MENTEE)
    moved = wanted(replace(MENTEE, weekday=1))
    changes = difference(rows(plan), moved, now=NOW)
    assert min(move.due_at for move in changes.moved) > NOW
    assert [move.row.slot for move in changes.moved][:2] == ["week-5", "week-6"]
    assert changes.added == changes.removed == ()
    for state in ("asked", "answered", "missed", "skipped"):
        assert difference(rows(plan, state=state), moved, now=NOW) == difference([], (), now=NOW)


def test_a_question_that_waits_past_its_time_keeps_the_time_it_was_put_off_to() -> None:
    goals = next(each for each in rows(wanted(MENTEE)) if each.slot == "goals")
    waiting = replace(goals, due_at=NOW + timedelta(days=1))
    others = [row for row in rows(wanted(MENTEE)) if row.slot != "goals"]
    assert difference([waiting, *others], wanted(MENTEE), now=NOW).moved == ()


def test_a_week_that_was_answered_lightly_is_not_asked_again() -> None:
    plan = rows(wanted(MENTEE))
    light = [replace(row, flow="light_check_in") if row.slot == "week-6" else row for row in plan]
    assert difference(light, wanted(MENTEE), now=NOW) == difference([], (), now=NOW)


def test_what_planning_did_not_make_is_never_removed() -> None:
    others = [
        CheckInRow(id=1, flow="welcome", slot="welcome-2", due_at=TOMORROW, state="planned"),
        CheckInRow(
            id=2, flow="session_arrange", slot="arrange-3", due_at=TOMORROW, state="planned"
        ),
        CheckInRow(
            id=3, flow="session_confirm", slot="session-9", due_at=TOMORROW, state="planned"
        ),
        CheckInRow(id=4, flow="hello", slot="hello-1", due_at=TOMORROW, state="planned"),
    ]
    assert difference(others, (), now=NOW).removed == ()


def test_what_is_due_and_waits_to_be_sent_stays() -> None:
    waiting = CheckInRow(id=1, flow="goal_check_in", slot="week-20", due_at=NOW, state="planned")
    ahead = replace(waiting, due_at=TOMORROW)
    assert difference([waiting], (), now=NOW).removed == ()
    assert difference([ahead], (), now=NOW).removed == (ahead,)


def test_a_shorter_programme_removes_its_last_weeks_and_brings_the_end_forward() -> None:
    plan = rows(wanted(MENTEE))
    changes = difference(plan, wanted(replace(MENTEE, terms=replace(TERMS, weeks=12))), now=NOW)
    assert [row.slot for row in changes.removed] == [f"week-{n}" for n in (12, 13, 14, 15)]
    assert [(move.row.slot, local(move.due_at)) for move in changes.moved] == [
        ("end", "Thu 26 Nov 10:00")
    ]
