"""The figures that the charity publishes, held to a spreadsheet that was counted by hand."""

import csv
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.flow import Ask
from bot.library import load_library
from bot.programme.goal_change import IN_HINDSIGHT, SINCE_START
from bot.programme.impact import canonical, digest, figures, impact
from bot.programme.impact_rows import ImpactRows, SaidRow
from bot.programme.impact_statements import BASELINE, BASELINE_FLOW, LIMITS, STATEMENTS, SURE
from bot.programme.quotes import quotes
from bot.programme.shares import share, wilson
from bot.programme.thawed import thawed
from tests.programme.cohort_rows import COHORT, ENDED, cohort_of_the_sheet, mentees, paired, said

EXPECTED = Path(__file__).with_name("end_report_expected.csv")
WITHOUT_ANSWERS = {"helpful_mid", "mentoring_and_listening_mid"}  # not in the spreadsheet


def counted_by_hand() -> list[dict[str, str]]:
    """One row a statement; `who` names each person that the numerator counts."""
    with EXPECTED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("row", counted_by_hand(), ids=lambda row: row["key"])
def test_a_statement_is_what_was_counted_by_hand(row: dict[str, str]) -> None:
    told = impact(cohort_of_the_sheet()).statement(row["key"])
    assert told is not None
    assert len(row["who"].split()) == int(row["numerator"]), "the table names everybody it counts"
    assert {key: str(value) for key, value in asdict(told.share).items()} == {
        key: row[key] for key in asdict(told.share)
    }


def test_every_statement_was_counted_by_hand() -> None:
    by_hand = {row["key"] for row in counted_by_hand()}
    assert by_hand == {one.key for one in STATEMENTS} - WITHOUT_ANSWERS


def test_goals_are_counts_from_the_first_rating_to_the_last() -> None:
    """M01 +4, M02 +4, M04 +3, M06 +6, M09 +3, M13 +3, M14 +3, M18 +4: clear progress.
    M03 +1, M08 +1, M10 +1, M15 +1: some. M05, M12, M17: the same. M07 -1, M11 -2, M20 -1: less.
    M16 was never rated at the start, M19 only then: nothing to compare.
    """
    goals = impact(cohort_of_the_sheet()).goals
    assert (goals.clear, goals.some, goals.same, goals.less) == (8, 4, 3, 3)
    assert (goals.answered, goals.eligible, goals.response) == (18, 20, 90)


def test_the_rating_she_gives_in_hindsight_stands_beside_it_and_the_modest_one_is_named() -> None:
    """M01 +3, M02 +3, M06 +6, M16 +3: clear. M03 +1, M04 +2, M07 +1, M09 +2, M10 +2, M13 +2,
    M15 +1: some. M05, M17: the same. M11 -1: less. 4 of 14 claim less than 8 of 18.
    """
    told = impact(cohort_of_the_sheet())
    then = told.goals_in_hindsight
    assert (then.clear, then.some, then.same, then.less) == (4, 7, 2, 1)
    assert (then.answered, then.eligible) == (14, 20)
    assert told.more_modest == IN_HINDSIGHT


def test_the_more_modest_is_the_one_that_claims_less_whichever_it_is() -> None:
    rows = cohort_of_the_sheet()
    bold = tuple(replace(one, number=0) if one.step == "goal_then" else one for one in rows.said)
    assert impact(replace(rows, said=bold)).more_modest == SINCE_START
    silent = tuple(one for one in rows.said if one.step != "goal_then")
    assert impact(replace(rows, said=silent)).more_modest == ""


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        # 18 of 18: low = n / (n + z²) = 18 / 21.8415 = 0.8241
        (18, 18, 82, 100),
        # 15 of 18: middle (0.8333 + 0.1067) / 1.2134 = 0.7747; reach 0.2026 / 1.2134 = 0.1669
        (15, 18, 61, 94),
        # 0 of 18: high = z² / (n + z²) = 3.8415 / 21.8415 = 0.1759
        (0, 18, 0, 18),
        # 9 of 18: middle 0.5; reach 1.96 · √(0.25/18 + 0.002964) / 1.2134 = 0.2097
        (9, 18, 29, 71),
    ],
)
def test_the_interval_is_wilsons(part: int, whole: int, low: int, high: int) -> None:
    assert wilson(part, whole) == (low, high)


def test_a_skipped_question_is_never_a_no() -> None:
    """Six said yes and one skipped: that is everybody who answered."""
    members = mentees(7)
    answers = [said(number, "confidence", "much") for number in range(1, 7)]
    rows = ImpactRows(
        cohort=COHORT,
        members=members,
        pairs=paired(members),
        said=(*answers, said(7, "confidence", "skip")),
    )
    told = impact(rows).statement("self_confidence")
    assert told is not None
    assert told.share == share(6, answered=6, eligible=7)
    assert told.share.percent == 100


def test_the_newest_answer_that_still_stands_counts() -> None:
    """She changed hers; another answered twice; the third skipped when she was asked again."""
    members = mentees(5)
    first = [said(number, "helpful", "very") for number in range(1, 6)]
    first[0] = replace(first[0], replaced=True)
    again = [
        replace(said(1, "helpful", "not", id=101), at=ENDED + timedelta(days=1)),
        replace(said(2, "helpful", "not", id=102), at=ENDED + timedelta(days=1)),
        replace(said(3, "helpful", "skip", id=103), at=ENDED + timedelta(days=1)),
    ]
    rows = ImpactRows(cohort=COHORT, members=members, pairs=paired(members), said=(*again, *first))
    told = impact(rows).statement("helpful")
    assert told is not None and told.share == share(3, answered=5, eligible=5)


def test_an_answer_that_she_changed_to_a_skip_counts_no_longer() -> None:
    members = mentees(6)
    answers = [said(number, "helpful", "very") for number in range(1, 7)]
    answers[0] = replace(answers[0], replaced=True)
    rows = ImpactRows(
        cohort=COHORT,
        members=members,
        pairs=paired(members),
        said=(*answers, said(1, "helpful", "skip", id=101)),
    )
    told = impact(rows).statement("helpful")
    assert told is not None and told.share == share(5, answered=5, eligible=6)


def test_both_questions_of_a_joint_statement_must_be_answered() -> None:
    rows = cohort_of_the_sheet()
    told = impact(rows).statement("mentoring_and_listening")
    assert told is not None
    assert told.share.answered == 11, "T07 skipped one of the two: she said nothing of both"


def test_whoever_was_matched_and_left_early_is_still_counted_as_eligible() -> None:
    rows = cohort_of_the_sheet()
    left = tuple(replace(one, state="left") if one.name == "M20" else one for one in rows.members)
    told = impact(replace(rows, members=left)).statement("helpful")
    assert told is not None and told.share.eligible == 20


def test_under_five_answers_show_no_figure_at_all() -> None:
    members = mentees(9)
    rows = ImpactRows(
        cohort=COHORT,
        members=members,
        pairs=paired(members),
        said=tuple(said(number, "helpful", "very") for number in range(1, 5)),
    )
    told = impact(rows).statement("helpful")
    assert told is not None
    assert (told.share.numerator, told.share.percent, told.share.low) == (None, None, None)
    assert (told.share.answered, told.pieces) == (4, ())


def test_a_bar_joins_the_answers_of_one_side_where_a_small_one_would_show() -> None:
    """9 very and 6 helpful may stand; 2 a little and 1 not helpful only together."""
    told = impact(cohort_of_the_sheet()).statement("helpful")
    assert told is not None
    assert [(one.text, one.number, one.yes) for one in told.pieces] == [
        ("very helpful", 9, True),
        ("helpful", 6, True),
        ("a little or not helpful", 3, False),
    ]


@pytest.mark.parametrize(
    ("flow", "step", "key", "chosen"),
    [("end_survey", "gained", "gained", "skills"), ("follow_up", "started", "started", "course")],
)
def test_none_beside_something_else_takes_nothing_away_from_it(
    flow: str, step: str, key: str, chosen: str
) -> None:
    members = mentees(12)
    answers = [*[f"{chosen},none"] * 3, *[f"none,{chosen}"] * 3, *["none"] * 6]
    told = impact(
        ImpactRows(
            cohort=COHORT,
            members=members,
            pairs=paired(members),
            said=tuple(
                replace(said(number, step, value, id=number), flow=flow)
                for number, value in enumerate(answers, start=1)
            ),
        )
    ).statement(key)
    assert told is not None
    assert (told.share.numerator, told.share.answered) == (6, 12)


ANSWERS = st.lists(
    st.tuples(
        st.integers(1, 24),
        st.sampled_from(("helpful", "gained", "confidence", "network", "goal_now", "goal_then")),
        st.sampled_from(
            ("very", "not", "much", "less", "skills,friend", "none", "skip", "7", "0", "odd", "")
        ),
    ),
    max_size=60,
)


def made(answers: Sequence[tuple[int, str, str]], *, matched: int) -> ImpactRows:
    members = mentees(24)
    return ImpactRows(
        cohort=COHORT,
        members=members,
        pairs=paired(members[:matched]),
        said=tuple(
            said(number, step, value, id=place)
            for place, (number, step, value) in enumerate(answers)
        ),
    )


@given(answers=ANSWERS, matched=st.integers(0, 24))
def test_nobody_says_so_who_did_not_answer_and_nobody_answers_who_could_not(
    answers: list[tuple[int, str, str]], matched: int
) -> None:
    told = impact(made(answers, matched=matched))
    for one in told.statements:
        assert (one.share.numerator or 0) <= one.share.answered <= one.share.eligible
        if one.share.percent is not None:
            assert one.share.low is not None and one.share.high is not None
            assert 0 <= one.share.low <= one.share.percent <= one.share.high <= 100
            assert sum(piece.number for piece in one.pieces) == one.share.answered
    for change in (told.goals, told.goals_in_hindsight):
        assert change.answered <= change.eligible


@given(answers=ANSWERS, who=st.integers(1, 24), later=st.booleans())
def test_one_more_skip_changes_no_percentage(
    answers: list[tuple[int, str, str]], who: int, later: bool
) -> None:
    rows = made(answers, matched=24)
    skips = tuple(
        replace(
            said(who, step, "skip", id=1000 + place),
            at=ENDED + timedelta(days=1 if later else -1),
        )
        for place, step in enumerate(("helpful", "gained", "confidence", "network", "goal_now"))
    )
    assert figures(impact(replace(rows, said=rows.said + skips))) == figures(impact(rows))


@given(st.randoms(use_true_random=False))
def test_the_same_data_give_the_same_figures_in_any_order(random: object) -> None:
    rows = cohort_of_the_sheet()

    def shuffled(many: tuple[object, ...]) -> tuple[object, ...]:
        mixed = list(many)
        random.shuffle(mixed)  # type: ignore[attr-defined]
        return tuple(mixed)

    parts = ("members", "pairs", "said", "goals", "ratings")
    mixed = replace(rows, **{part: shuffled(getattr(rows, part)) for part in parts})
    assert canonical(figures(impact(mixed))) == canonical(figures(impact(rows)))


def test_frozen_figures_are_read_back_as_they_were() -> None:
    told = impact(cohort_of_the_sheet())
    plain = figures(told)
    assert thawed(plain) == told
    assert digest(figures(thawed(plain))) == digest(plain)
    in_another_order = {key: plain[key] for key in reversed(plain)}
    assert digest(in_another_order) == digest(plain), "a database may keep the keys as it likes"


def test_one_changed_number_no_longer_fits_the_digest() -> None:
    plain = figures(impact(cohort_of_the_sheet()))
    changed = figures(impact(cohort_of_the_sheet()))
    changed["hours"] = {**changed["hours"], "target": 1}  # type: ignore[dict-item]
    assert digest(changed) != digest(plain)


def test_frozen_figures_hold_nobodys_words_and_no_name() -> None:
    rows = cohort_of_the_sheet()
    words = (
        said(1, "different", "I speak to my neighbours", id=901),
        said(1, "print", "yes", id=902),
    )
    plain = figures(impact(replace(rows, said=rows.said + words)))
    assert plain["quotes"] == [901]
    assert "neighbours" not in canonical(plain)
    assert not [one.name for one in rows.members if f'"{one.name}"' in canonical(plain)]


def test_words_are_printed_only_with_consent_and_without_a_name() -> None:
    members = tuple(
        replace(one, name=name)
        for one, name in zip(
            mentees(5), ("Amina", "Selam", "Grace Hope", "Farah", "Luwam"), strict=True
        )
    )
    agreed: list[SaidRow] = []
    for number, consent in enumerate(("yes", "no", "skip", "yes", "yes"), start=1):
        agreed.append(said(number, "different", f"{number}: Grace and SELAM helped me", id=number))
        agreed.append(said(number, "print", consent, id=10 + number))
    taken_back = (*members[:3], replace(members[3], may_print=False), members[4])
    agreed[8] = replace(agreed[8], value="spoken")
    rows = ImpactRows(cohort=COHORT, members=taken_back, said=tuple(agreed))
    assert [quote.words for quote in quotes(rows)] == ["1: […] and […] helped me"]


def test_the_limits_are_said() -> None:
    told = " ".join(impact(cohort_of_the_sheet()).limits)
    assert told == " ".join(LIMITS)
    for limit in ("own words", "did not answer", "no comparison group", "0 to 10"):
        assert limit in told


def test_statements_ask_what_the_conversations_ask() -> None:
    flows = load_library().flows
    asked = [(one.flow, step, one.scale.keys) for one in STATEMENTS for step in one.steps]
    asked += [
        (BASELINE_FLOW, step, frozenset(key for key, _ in SURE)) for _, _, step, _ in BASELINE
    ]
    for flow, key, options in asked:
        step = next(step for step in flows[flow].steps if step.key == key)
        assert isinstance(step, Ask)
        assert {option.key for option in step.options} == options, (flow, key)
