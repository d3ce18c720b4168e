"""Two sides of one session: every row of who said what, and that neither learns of the other."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.programme.sessions import (
    FINAL_STATES,
    OPEN_STATES,
    Outcome,
    Said,
    Seen,
    View,
    counts,
    hours_towards,
    missed_in_a_row,
    one_sided_share,
    outcome,
    own_view,
    unreported_in_a_row,
)

PLANNED = 60
MET = Said("yes", 60, "good")
DID_NOT = Said("no")
MOVED = Said("moved")
NOT_GOOD = Said("yes", 60, "not_good")


def met(minutes: int | None) -> Said:
    return Said("yes", minutes)


def did_not(reason: str) -> Said:
    return Said("no", reason=reason)


def settled(mentor: Said | None, mentee: Said | None, *, asked_again: bool = False) -> Outcome:
    """What stands when the reporting time of both is over."""
    return outcome(mentor, mentee, over=True, planned_minutes=PLANNED, asked_again=asked_again)


def so_far(mentor: Said | None, mentee: Said | None) -> Outcome:
    """What stands while whoever is silent may still answer."""
    return outcome(mentor, mentee, over=False, planned_minutes=PLANNED)


HELD = partial(Outcome, state="held", minutes=60, final=True)
MISSED = Outcome(state="missed", final=True)
RESCHEDULED = Outcome(state="rescheduled", final=True)
DISPUTED = Outcome(state="disputed", tasks=("disputed",), final=True)
URGENT = replace(DISPUTED, tasks=("disputed", "disputed_not_good", "session_trouble"))
HER_LENGTH = HELD(minutes=40, proof="mentee", ask_mentor_again=True)
CONCERN = HELD(proof="both", tasks=("session_trouble",))
ROWS = {
    "both met → held, by both": (MET, MET, HELD(proof="both")),
    "mentor met, mentee silent → held on one word": (MET, None, HELD(proof="mentor")),
    "mentor silent, mentee met → held with her length, one more ask": (None, met(40), HER_LENGTH),
    "mentor met, mentee did not → disputed": (MET, DID_NOT, DISPUTED),
    "mentor did not, mentee met → disputed": (DID_NOT, MET, DISPUTED),
    "mentor did not, mentee met, not good → disputed, urgent": (DID_NOT, NOT_GOOD, URGENT),
    "both did not → missed": (DID_NOT, DID_NOT, MISSED),
    "mentor moved, mentee met → rescheduled": (MOVED, MET, RESCHEDULED),
    "mentor moved, mentee did not → rescheduled": (MOVED, DID_NOT, RESCHEDULED),
    "both moved → rescheduled": (MOVED, MOVED, RESCHEDULED),
    "mentor moved, mentee silent → rescheduled": (MOVED, None, RESCHEDULED),
    "mentor silent, mentee moved → rescheduled": (None, MOVED, RESCHEDULED),
    "mentor did not, mentee moved → rescheduled": (DID_NOT, MOVED, RESCHEDULED),
    "mentor met, mentee moved → disputed": (MET, MOVED, DISPUTED),
    "mentor did not, mentee silent → missed": (DID_NOT, None, MISSED),
    "mentor silent, mentee did not → missed, one more ask": (
        None,
        DID_NOT,
        replace(MISSED, ask_mentor_again=True),
    ),
    "both silent → unreported": (None, None, Outcome(state="unreported", final=True)),
    "both met, mentor says not good → held, a concern": (NOT_GOOD, MET, CONCERN),
    "both met, mentee says not good → held, a concern": (MET, NOT_GOOD, CONCERN),
}


@pytest.mark.parametrize(("mentor", "mentee", "expected"), ROWS.values(), ids=ROWS)
def test_when_the_reporting_time_is_over(
    mentor: Said | None, mentee: Said | None, expected: Outcome
) -> None:
    assert settled(mentor, mentee) == expected


def test_every_pair_of_reports_has_a_row() -> None:
    words = ("", "yes", "no", "moved")
    written = {
        (mentor.met if mentor else "", mentee.met if mentee else "")
        for mentor, mentee, _ in ROWS.values()
    }
    assert written == set(product(words, repeat=2))


@pytest.mark.parametrize(
    ("mentor", "mentee", "state", "final"),
    [
        pytest.param(None, None, "planned", False, id="nobody has said anything: still open"),
        pytest.param(MET, None, "held", False, id="mentor met: shown as held, not final"),
        pytest.param(None, MET, "held", False, id="mentee met: shown as held, not final"),
        pytest.param(DID_NOT, None, "missed", False, id="mentor did not: missed, not final"),
        pytest.param(None, MOVED, "rescheduled", False, id="mentee moved: not final"),
        pytest.param(MOVED, None, "rescheduled", True, id="mentor moved: final at once"),
        pytest.param(MET, MET, "held", True, id="both have said it: final at once"),
        pytest.param(MET, DID_NOT, "disputed", True, id="both differ: final at once"),
    ],
)
def test_before_the_reporting_time_is_over(
    mentor: Said | None, mentee: Said | None, state: str, final: bool
) -> None:
    result = so_far(mentor, mentee)
    assert (result.state, result.final) == (state, final)
    assert not result.ask_mentor_again  # her first question is still open


def test_a_late_answer_still_counts() -> None:
    assert settled(MET, None).proof == "mentor"
    assert settled(MET, MET).proof == "both"
    assert settled(MET, DID_NOT).state == "disputed"


@pytest.mark.parametrize(
    ("mentor", "mentee", "minutes", "tasks"),
    [
        pytest.param(60, 45, 60, (), id="15 minutes apart: the mentor's"),
        pytest.param(45, 60, 45, (), id="15 minutes apart, the mentor's is the smaller: hers"),
        pytest.param(60, 44, 44, ("length_differs",), id="16 apart: the smaller, staff are asked"),
        pytest.param(30, 90, 30, ("length_differs",), id="an hour apart: the smaller"),
        pytest.param(None, 30, 30, (), id="only the mentee gave a length: it counts"),
        pytest.param(50, None, 50, (), id="only the mentor gave a length: it counts"),
        pytest.param(None, None, PLANNED, (), id="neither gave a length: the planned minutes"),
    ],
)
def test_the_length_when_both_say_they_met(
    mentor: int | None, mentee: int | None, minutes: int, tasks: tuple[str, ...]
) -> None:
    result = settled(met(mentor), met(mentee))
    assert (result.minutes, result.tasks) == (minutes, tasks)


def test_one_word_without_a_length_counts_the_session_but_no_hours() -> None:
    assert settled(met(None), None).minutes is None
    assert settled(None, met(None)).minutes is None


def test_a_mentor_who_stays_silent_after_the_second_ask_goes_to_staff() -> None:
    result = settled(None, MET, asked_again=True)
    assert not result.ask_mentor_again
    assert result.tasks == ("one_sided",)
    assert settled(MET, MET, asked_again=True).tasks == ()


def test_a_second_ask_does_not_tell_the_mentor_what_the_mentee_said() -> None:
    assert settled(None, MET).ask_mentor_again == settled(None, DID_NOT).ask_mentor_again


@pytest.mark.parametrize(
    ("mentor", "mentee", "missed_by"),
    [
        ("mentor", "mentor", "mentor"),
        ("mentee", "mentee", "mentee"),
        ("mentee", "mentor", "unclear"),
        ("mentor", "mentee", "unclear"),
        ("me", "me", "unclear"),
        ("me", "her", "mentor"),
        ("her", "me", "mentee"),
        ("mentor", "", "mentor"),
        ("", "mentor", "mentor"),
        ("forgot", "mentee", "mentee"),
        ("forgot", "other", "forgot"),
        ("other", "", "other"),
        ("the bus", "", "other"),
        ("", "", ""),
    ],
)
def test_who_missed_a_session(mentor: str, mentee: str, missed_by: str) -> None:
    assert settled(did_not(mentor), did_not(mentee)).missed_by == missed_by


def test_the_reason_of_one_side_is_kept_when_the_other_is_silent() -> None:
    assert settled(did_not("forgot"), None).missed_by == "forgot"


def test_a_word_that_is_no_report_is_refused() -> None:
    with pytest.raises(ValueError, match="yes, no or moved"):
        Said("maybe")


SAID = st.builds(
    Said,
    met=st.sampled_from(["yes", "no", "moved"]),
    minutes=st.none() | st.integers(min_value=1, max_value=600),
    feeling=st.sampled_from(["", "good", "ok", "not_good"]),
    reason=st.sampled_from(["", "me", "her", "mentor", "mentee", "forgot", "other"]),
)
SIDE = st.none() | SAID


@given(mentor=SIDE, mentee=SIDE, over=st.booleans())
def test_only_a_held_session_has_minutes_and_proof(
    mentor: Said | None, mentee: Said | None, over: bool
) -> None:
    result = outcome(mentor, mentee, over=over, planned_minutes=PLANNED)
    if not counts(result.state):
        assert (result.minutes, result.proof) == (None, "")
    else:
        assert result.proof in {"both", "mentor", "mentee"}


@given(mentor=SIDE, mentee=SIDE, asked_again=st.booleans())
def test_when_the_time_is_over_every_session_is_in_one_final_state(
    mentor: Said | None, mentee: Said | None, asked_again: bool
) -> None:
    result = settled(mentor, mentee, asked_again=asked_again)
    assert result.final
    assert result.state in FINAL_STATES


@given(mentor=SIDE, mentee=SIDE)
def test_what_is_final_early_is_in_a_final_state_and_stays(
    mentor: Said | None, mentee: Said | None
) -> None:
    early = so_far(mentor, mentee)
    if early.final:
        assert early.state in FINAL_STATES
        assert early.state == settled(mentor, mentee).state


@given(mentor=SAID, mentee=SAID)
def test_minutes_are_never_more_than_a_side_said(mentor: Said, mentee: Said) -> None:
    said = [side.minutes for side in (mentor, mentee) if side.minutes is not None]
    minutes = settled(mentor, mentee).minutes
    assert minutes is None or minutes in (said or [PLANNED])


@given(mentor=SAID, mentee=SAID)
def test_a_session_the_mentor_moved_is_never_a_miss(mentor: Said, mentee: Said) -> None:
    if mentor.met == "moved":
        assert settled(mentor, mentee).state == "rescheduled"
    if mentee.met == "moved":
        assert settled(mentor, mentee).state != "missed"


@given(one=SAID, other=SAID)
def test_tasks_are_the_same_whichever_side_said_it(one: Said, other: Said) -> None:
    if "moved" not in (one.met, other.met):
        assert settled(one, other).tasks == settled(other, one).tasks


def test_states_are_open_or_final() -> None:
    assert not OPEN_STATES & FINAL_STATES
    assert [state for state in OPEN_STATES | FINAL_STATES if counts(state)] == ["held"]


# What one side is told


def seen(mine: Said | None, result: Outcome) -> Seen:
    return Seen(said=mine, state=result.state, minutes=result.minutes, settled=result.final)


def views(mentor: Said | None, mentee: Said | None, *, over: bool) -> tuple[View, View]:
    """What the mentor and the mentee are told of one session."""
    result = outcome(mentor, mentee, over=over, planned_minutes=PLANNED)
    return own_view([seen(mentor, result)]), own_view([seen(mentee, result)])


@given(mine=SAID, one=SIDE, other=SIDE, one_over=st.booleans(), other_over=st.booleans())
def test_what_a_side_is_told_never_changes_with_what_the_other_says(
    mine: Said, one: Said | None, other: Said | None, one_over: bool, other_over: bool
) -> None:
    as_mentor = {views(mine, one, over=one_over)[0], views(mine, other, over=other_over)[0]}
    as_mentee = {views(one, mine, over=one_over)[1], views(other, mine, over=other_over)[1]}
    assert as_mentor == as_mentee
    assert len(as_mentor) == 1


@given(theirs=SAID)
def test_who_has_not_answered_yet_is_told_nothing_of_what_the_other_said(theirs: Said) -> None:
    nothing = View(count=0, minutes=0)
    assert views(None, theirs, over=False)[0] == nothing
    if theirs.met != "moved":
        assert views(theirs, None, over=False)[1] == nothing


def test_a_disputed_session_counts_for_the_one_who_says_they_met() -> None:
    assert views(MET, DID_NOT, over=True) == (View(count=1, minutes=60), View(count=0, minutes=0))


def test_lengths_that_differ_are_each_told_as_they_said_them() -> None:
    mentor, mentee = views(met(90), met(30), over=True)
    assert (mentor.minutes, mentee.minutes) == (90, 30)


def test_a_length_she_did_not_give_is_not_taken_from_the_other() -> None:
    assert views(met(90), met(None), over=True)[1] == View(count=1, minutes=0)


def test_who_stayed_silent_is_told_the_record() -> None:
    assert views(MET, None, over=True)[1] == View(count=1, minutes=60)
    assert views(None, None, over=True)[1] == View(count=0, minutes=0)


def test_her_count_adds_up_over_sessions() -> None:
    hers = [
        seen(met(45), settled(met(45), met(45))),
        seen(None, settled(met(60), None)),
        seen(DID_NOT, settled(MET, DID_NOT)),
        seen(None, so_far(MET, None)),
    ]
    assert own_view(hers) == View(count=2, minutes=105)


# What a pair's sessions say together


def held(proof: str) -> Outcome:
    return Outcome(state="held", proof=proof)


@pytest.mark.parametrize(
    ("proofs", "expected"),
    [
        pytest.param(["mentor", "both", "both", "both"], True, id="one in four"),
        pytest.param(["mentor", "both", "both", "both", "both"], False, id="one in five"),
        pytest.param(["mentee", "both", "both"], True, id="one in three, the mentee's word"),
        pytest.param(["mentor", "mentor"], False, id="only two held: too early to say"),
        pytest.param(["staff", "both", "both"], False, id="staff settled one: not one-sided"),
        pytest.param([], False, id="none held"),
    ],
)
def test_a_quarter_of_one_sided_sessions_is_looked_at(proofs: list[str], expected: bool) -> None:
    assert one_sided_share([held(proof) for proof in proofs]) is expected


def test_sessions_that_were_not_held_do_not_thin_the_share() -> None:
    others = [Outcome(state=state) for state in sorted(FINAL_STATES - {"held"})]
    assert one_sided_share([held("mentor"), held("both"), held("both"), *others])


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (["held", "missed", "missed"], True),
        (["missed", "missed", "held"], False),
        (["missed", "held", "missed"], False),
        (["missed", "unreported", "missed"], False),
        (["missed", "rescheduled", "missed"], True),
        (["missed", "cancelled", "missed", "planned", "proposed"], True),
        (["missed", "rescheduled"], False),
        (["rescheduled", "rescheduled"], False),
        ([], False),
    ],
)
def test_two_missed_in_a_row(states: Sequence[str], expected: bool) -> None:
    swapped = {"missed": "unreported", "unreported": "missed"}
    assert missed_in_a_row(states) is expected
    assert unreported_in_a_row([swapped.get(state, state) for state in states]) is expected


def test_three_in_a_row_can_be_asked_for() -> None:
    for state, ask in (("missed", missed_in_a_row), ("unreported", unreported_in_a_row)):
        assert not ask([state] * 2, n=3)
        assert ask([state] * 3, n=3)


def test_hours_towards_the_target() -> None:
    so_far = hours_towards([60, 45, None, 75], 10, 60)
    assert (so_far.minutes, so_far.target, so_far.left, so_far.percent) == (180, 600, 420, 30)


def test_more_hours_than_the_target_leave_nothing_and_are_not_cut() -> None:
    done = hours_towards([90] * 10, 10, 60)
    assert (done.minutes, done.left, done.percent) == (900, 0, 150)


def test_a_cohort_without_a_target_has_reached_it() -> None:
    assert hours_towards([], 0, 60).percent == 100
