"""What a cohort was given: hours by whose word, the way the pairs went, training, organisations."""

from dataclasses import replace

import pytest

from bot.programme.breakdowns import Breakdown
from bot.programme.delivered import Count
from bot.programme.impact import canonical, figures, impact
from bot.programme.impact_rows import (
    AttendedRow,
    GoalRow,
    ImpactRows,
    MeetingRow,
    MemberRow,
    PairRow,
    SaidRow,
)
from bot.programme.impact_words import cell_words, counted, hours_words, table, training_words
from bot.programme.sentences import BARRIERS
from tests.programme.cohort_rows import COHORT, cohort_of_the_sheet, mentees, said


def held(pairing: int, minutes: int | None, proof: str, *, state: str = "held") -> MeetingRow:
    return MeetingRow(pairing_id=pairing, state=state, proof=proof, minutes=minutes)


def mentor(number: int, *, organisation: str = "") -> MemberRow:
    return MemberRow(
        enrolment_id=number,
        name="",
        role="mentor",
        state="active",
        language="en",
        organisation=organisation,
    )


def pair(number: int, *, mentor: int, mentee: int) -> PairRow:
    return PairRow(pairing_id=number, mentor_id=mentor, mentee_id=mentee)


def shown(breakdown: Breakdown) -> dict[str, str]:
    return {cell.key: cell_words(cell) for cell in breakdown.cells}


def test_hours_are_counted_by_whose_word_they_rest_on() -> None:
    """Two mentees with a mentor each: the target is twice ten times an hour."""
    rows = ImpactRows(
        cohort=COHORT,
        members=(*mentees(3), mentor(11), mentor(12)),
        pairs=(pair(1, mentor=11, mentee=1), pair(2, mentor=12, mentee=2)),
        meetings=(
            held(1, 60, "both"),
            held(1, 45, "mentor"),
            held(2, 30, "mentee"),
            held(2, 90, "staff"),
            held(2, None, "both"),
            held(2, 60, "", state="missed"),
            held(2, None, "", state="rescheduled"),
            held(1, None, "", state="disputed"),
            held(1, None, "", state="planned"),
        ),
    )
    told = impact(rows)
    assert (told.hours.both, told.hours.one, told.hours.staff) == (60, 75, 90)
    assert (told.hours.total, told.hours.target, told.hours.percent) == (225, 1200, 19)
    assert told.hours.unmeasured == 1
    assert hours_words(told.hours) == "3 h 45 of 20 h planned (19%)"
    assert {one.key: one.number for one in told.sessions} == {
        "held": 5,
        "rescheduled": 1,
        "missed": 1,
        "disputed": 1,
        "unreported": 0,
        "cancelled": 0,
    }


def test_the_way_of_a_mentee_goes_on_with_her_next_mentor() -> None:
    """Three sessions with one, then two with another, are five; the target stays hers."""
    rows = ImpactRows(
        cohort=COHORT,
        members=(*mentees(2), mentor(11), mentor(12)),
        pairs=(pair(1, mentor=11, mentee=1), pair(2, mentor=12, mentee=1)),
        meetings=(*[held(1, 60, "both")] * 3, *[held(2, 60, "both")] * 2),
    )
    told = impact(rows)
    assert [(one.key, one.number) for one in told.funnel] == [
        ("enrolled", 2),
        ("matched", 1),
        ("met_1", 1),
        ("met_5", 1),
        ("met_10", 0),
    ]
    assert told.hours.target == 600


def test_a_cohort_of_eight_sessions_counts_to_eight() -> None:
    rows = ImpactRows(cohort=replace(COHORT, sessions=8))
    assert [one.key for one in impact(rows).funnel][2:] == ["met_1", "met_4", "met_8"]


def test_training_is_held_against_the_target_of_each_and_of_all() -> None:
    """Fourteen hours each: one mentor reached it over two days, one came once, one never."""
    rows = ImpactRows(
        cohort=COHORT,
        members=(mentor(11), mentor(12), mentor(13), *mentees(1)),
        attended=(
            AttendedRow(enrolment_id=11, minutes=420),
            AttendedRow(enrolment_id=11, minutes=420),
            AttendedRow(enrolment_id=12, minutes=210),
            AttendedRow(enrolment_id=1, minutes=60),
        ),
    )
    mentors, mentee = impact(rows).training
    assert (mentors.people, mentors.came, mentors.minutes, mentors.reached) == (3, 2, 1050, 1)
    assert (mentors.each, mentors.target, mentors.percent) == (840, 2520, 42)
    assert (mentee.minutes, mentee.target) == (60, None)
    assert training_words(mentors) == (
        "17 h 30 of training, 2 of 3 mentors came; 42% of the target of 42 h, and 1 reached 14 h"
    )


def test_an_organisation_is_told_its_hours_in_total_from_five_mentors_on() -> None:
    """Acorn has two: it is hidden, and Birch with it, for the totals would tell Acorn's hours."""
    firms = ["Acorn"] * 2 + ["Birch"] * 5 + ["Cedar"] * 6
    rows = ImpactRows(
        cohort=COHORT,
        members=tuple(mentor(1 + at, organisation=firm) for at, firm in enumerate(firms)),
        pairs=tuple(pair(1 + at, mentor=1 + at, mentee=100 + at) for at in range(len(firms))),
        meetings=tuple(held(1 + at, 60, "both") for at in range(len(firms))),
        attended=(AttendedRow(enrolment_id=13, minutes=90),),
    )
    acorn, birch, cedar = sorted(impact(rows).employers, key=lambda one: one.name)
    assert (acorn.hidden, birch.hidden, cedar.hidden) == ("few", "kept", "")
    assert (acorn.session_minutes, birch.mentors, birch.training_minutes) == (None, None, None)
    assert (cedar.mentors, cedar.session_minutes, cedar.training_minutes) == (6, 360, 90)


def test_barriers_count_women_not_how_often_they_named_them() -> None:
    """Six named travel, one of them twice; two named children."""
    weeks = [
        said(number, "barriers", "travel", flow="goal_check_in", id=number)
        for number in range(1, 7)
    ]
    weeks += [
        said(1, "barriers", "travel,children", flow="goal_check_in", id=21),
        said(7, "barriers", "children", flow="goal_check_in", id=22),
        said(8, "barriers", "skip", flow="goal_check_in", id=23),
    ]
    told = impact(ImpactRows(cohort=COHORT, members=mentees(9), said=tuple(weeks))).barriers
    assert (told.number, told.eligible) == (7, 9)
    assert shown(told)["travel"] == "6"
    assert shown(told)["children"] == "fewer than 5"


def test_a_small_barrier_hides_no_other_for_one_woman_names_several() -> None:
    most = ",".join(key for key in BARRIERS if key != "low")
    named = [said(n, "barriers", most, flow="goal_check_in", id=n) for n in range(1, 8)]
    named.append(said(8, "barriers", "low", flow="goal_check_in", id=8))
    told = impact(ImpactRows(cohort=COHORT, members=mentees(9), said=tuple(named))).barriers
    assert [key for key, words in shown(told).items() if words != "7"] == ["low"]


def test_languages_under_five_are_not_shown_and_cannot_be_reckoned() -> None:
    members = (*mentees(9), *mentees(6, language="ti"), *mentees(1, language="ku"))
    told = impact(ImpactRows(cohort=COHORT, members=members)).languages
    assert shown(told) == {"ar": "9", "ti": "not shown", "ku": "fewer than 5"}


def test_why_people_left_is_named_from_the_list_only() -> None:
    """What staff typed in their own words may name somebody."""
    members = (
        *mentees(6, state="left", end_reason="moved"),
        *mentees(5, state="left", end_reason="she quarrelled with Grace"),
        *mentees(2, end_reason="moved"),
    )
    told = impact(ImpactRows(cohort=COHORT, members=members))
    assert {cell.text: cell.number for cell in told.leaving.cells} == {
        "moved house": 6,
        "another reason": 5,
    }
    assert "Grace" not in canonical(figures(told))


def test_goals_that_were_dropped_are_not_counted() -> None:
    goals = tuple(
        GoalRow(goal_id=at, enrolment_id=at, number=1, focus="study", state=state)
        for at, state in enumerate(["active"] * 4 + ["finished"] + ["dropped"] * 2, start=1)
    )
    told = impact(ImpactRows(cohort=COHORT, members=mentees(7), goals=goals))
    assert told.goals.eligible == 5
    assert shown(told.focus) == {"study": "5"}


def test_how_sure_they_started_out_is_shown_where_they_were_asked() -> None:
    answers: list[SaidRow] = [
        said(number, "sure", value, flow="starting_out")
        for number, value in enumerate(["fairly"] * 6 + ["not"] * 5 + ["skip"], start=1)
    ]
    rows = ImpactRows(cohort=COHORT, members=mentees(12), said=tuple(answers))
    sure = next(one for one in impact(rows).baseline if one.key == "mentees_sure")
    assert (sure.number, sure.eligible) == (11, 12)
    assert shown(sure)["somewhat"] == "fewer than 5"


def test_every_row_of_the_table_has_every_column() -> None:
    told = impact(cohort_of_the_sheet())
    assert {len(row) for row in table(told, told)} == {11}
    unasked = next(row for row in table(told, told) if row[1].endswith("at the mid-point"))
    assert unasked[2:] == ("", "0", "20", "", "", "", "0", "", "too few answers to show")


@pytest.mark.parametrize(
    ("key", "number", "said"),
    [
        ("met_1", 4, "fewer than 5"),
        ("matched", 1, "fewer than 5"),
        ("disputed", 3, "fewer than 5"),
        ("disputed", 5, "5"),
        ("met_8", 0, "0"),
        ("held", 3, "3"),
    ],
)
def test_a_handful_of_people_or_of_disagreements_is_not_told(
    key: str, number: int, said: str
) -> None:
    assert counted(Count(key=key, text="", number=number)) == said
