"""Stories of sessions to come: named, agreed, moved, called off; only the time is ever told."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.actions.sessions_told import ROW_AMINA, ROW_SELAM, Pairs, open_pairs
from tests.world import AMINA, GRACE, SELAM


@pytest.fixture
def told(database_url: str, tmp_path: Path) -> Iterator[Pairs]:
    with open_pairs(database_url, tmp_path) as world:
        yield world


@pytest.fixture
def two(database_url: str, tmp_path: Path) -> Iterator[Pairs]:
    """Grace has two mentees: pairing 1 is Amina's, pairing 2 Selam's."""
    with open_pairs(database_url, tmp_path, (ROW_AMINA, ROW_SELAM)) as world:
        yield world


def test_i_cannot_the_day_before_is_called_off_in_time_and_the_other_names_a_time(
    told: Pairs,
) -> None:
    told.at(16, 19, 30)
    assert told.taps(AMINA, "cannot") == ["OK. I will tell Grace. It is nobody's fault."]
    assert (told.state(), told.session()["reason"]) == ("cancelled", "mentee")
    told.at(17, 9, 30)
    move = told.newest(GRACE)
    assert move.body.startswith("Your meeting with Amina needs to move. It is nobody's fault.")
    (read_back,) = told.says(GRACE, "Thursday 5pm")
    assert "Thursday 19 November, 5:00 in the evening, UK time" in read_back
    told.taps(GRACE, "yes")
    assert (told.state(11), told.starts(11)) == ("proposed", "2026-11-19 17:00")
    assert told.session()["moved_to"] == told.session(11)["id"]
    told.at(17, 12)
    assert told.newest(AMINA).body == (
        "Hello Amina. You could meet Grace on Thursday 19 November, 5:00 in the evening, "
        "UK time. Is that good for you?"
    )
    told.taps(AMINA, "yes")
    assert told.state(11) == "planned"
    told.at(19, 20)
    for number in (GRACE, AMINA):
        assert "Thursday 19 November as planned?" in told.newest(number).body
    asked = [body for body in told.bodies(GRACE) if "17 November as planned" in body]
    assert asked == [], "nobody is asked about one that was called off"
    told.tells_nothing(GRACE, AMINA)


def test_moved_twice_is_no_miss_and_each_is_linked_to_the_next(told: Pairs) -> None:
    told.at(17, 19, 30)
    told.answers(AMINA, "moved", "skip")
    told.taps(GRACE, "moved")
    told.says(GRACE, "Thursday 5pm")
    assert told.taps(GRACE, "yes") == ["Thank you. I have written it down."]
    assert (told.state(), told.session()["moved_to"]) == ("rescheduled", told.session(11)["id"])
    assert (told.state(11), told.starts(11)) == ("planned", "2026-11-19 17:00")
    told.at(18, 20)
    for number in (GRACE, AMINA):
        assert "is on Thursday 19 November" in told.newest(number).body, "both are reminded"
    told.taps(GRACE, "move")
    told.says(GRACE, "Friday 6pm")
    told.taps(GRACE, "yes")
    assert (told.state(11), told.session(11)["moved_to"]) == (
        "rescheduled",
        told.session(12)["id"],
    )
    told.at(19, 12)
    told.taps(AMINA, "yes")
    told.at(21, 12)
    told.answers(GRACE, "yes", "hour", "good")
    told.answers(AMINA, "yes", "hour", "good")
    assert [told.state(number) for number in (1, 11, 12)] == ["rescheduled", "rescheduled", "held"]
    assert told.alerts() == []
    told.tells_nothing(GRACE, AMINA)


def test_who_moved_it_to_tomorrow_is_believed_and_the_other_is_reminded_at_once(
    told: Pairs,
) -> None:
    told.at(17, 19, 30)
    told.taps(GRACE, "moved")
    told.says(GRACE, "Wednesday 8pm")
    told.taps(GRACE, "yes")
    assert (told.state(11), told.starts(11)) == ("planned", "2026-11-18 20:00")
    told.at(18, 9, 30)
    assert "is on Wednesday 18 November" in told.newest(AMINA).body
    assert [body for body in told.bodies(AMINA) if "You could meet" in body] == []
    told.tells_nothing(GRACE, AMINA)


def test_both_name_the_same_new_time_and_one_session_is_planned(told: Pairs) -> None:
    told.at(17, 19, 30)
    for number in (AMINA, GRACE):
        told.taps(number, "moved")
        told.says(number, "Friday 5pm")
        told.taps(number, "yes")
    assert (told.state(), told.session()["moved_to"]) == ("rescheduled", told.session(11)["id"])
    assert told.state(11) == "planned"
    assert told.rows("select id from session where number > 11") == []
    told.tells_nothing(GRACE, AMINA)


def test_where_the_two_name_different_times_the_first_is_asked_about_the_second(
    told: Pairs,
) -> None:
    told.at(17, 19, 30)
    for number, when in ((AMINA, "Friday 5pm"), (GRACE, "Saturday 2pm")):
        told.taps(number, "moved")
        told.says(number, when)
        told.taps(number, "yes")
    assert (told.state(11), told.state(12)) == ("rescheduled", "proposed")
    assert told.session(11)["moved_to"] == told.session(12)["id"]
    told.at(18, 12)
    assert "You could meet Grace on Saturday 21 November" in told.newest(AMINA).body
    told.taps(AMINA, "yes")
    assert told.state(12) == "planned"
    told.tells_nothing(GRACE, AMINA)


def test_three_times_back_and_forth_and_a_person_helps(told: Pairs) -> None:
    told.at(16, 19, 30)
    told.taps(GRACE, "move")
    told.says(GRACE, "Thursday 5pm")
    told.taps(GRACE, "yes")
    told.at(17, 9, 30)
    for number, when in ((AMINA, "Friday 5pm"), (GRACE, "Friday 7pm"), (AMINA, "Saturday 2pm")):
        told.taps(number, "other_time")
        told.says(number, when)
        told.taps(number, "yes")
        told.tick()
    assert [told.state(number) for number in (1, 11, 12, 13)] == [
        "rescheduled",
        "cancelled",
        "cancelled",
        "cancelled",
    ]
    assert told.rows("select id from session where number > 13") == [], "no fourth proposal"
    assert told.alerts() == ["no_time_found"]
    told.tells_nothing(GRACE, AMINA)


@pytest.mark.parametrize("answers", [("not_this_week",), ("other_time", "skip")])
def test_whoever_proposed_a_time_hears_that_it_is_off_and_no_reason(
    answers: tuple[str, ...], told: Pairs
) -> None:
    told.change("update session set state = 'cancelled', settled_at = starts_at where number > 1")
    told.at(16, 19, 30)
    told.taps(GRACE, "move")
    told.says(GRACE, "Thursday 5pm")
    told.taps(GRACE, "yes")
    told.at(17, 9, 30)
    told.answers(AMINA, *answers)
    assert told.state(11) == "cancelled"
    told.tick()
    assert told.newest(GRACE).body.startswith("Your meeting with Amina needs to move")
    told.says(GRACE, "Friday 5pm")
    told.taps(GRACE, "yes")
    assert (told.state(12), told.starts(12)) == ("proposed", "2026-11-20 17:00")
    told.tells_nothing(GRACE, AMINA)


def test_next_week_asks_the_mentor_in_a_week_once_whoever_of_the_two_said_so(
    told: Pairs,
) -> None:
    told.change("update session set state = 'cancelled', settled_at = starts_at where number > 1")
    told.at(17, 19, 30)
    told.answers(GRACE, "no", "her", "next_week")
    told.answers(AMINA, "no", "me", "next_week")
    told.at(23, 20)
    when = "When will you and Amina meet next? Send a day and time, like: Tuesday 5pm."
    assert when not in told.bodies(GRACE)
    told.at(27, 12)
    assert told.bodies(GRACE).count(when) == 1
    told.tells_nothing(GRACE, AMINA)


def test_the_same_time_twice_is_one_session_and_means_that_they_agree(told: Pairs) -> None:
    told.at(16, 19, 30)
    told.taps(GRACE, "move")
    told.says(GRACE, "Thursday 5pm")
    told.taps(GRACE, "yes")
    told.at(17, 9, 30)
    told.taps(AMINA, "other_time")
    told.says(AMINA, "Thursday 5pm")
    told.taps(AMINA, "yes")
    assert told.state(11) == "planned"
    assert told.one("select count(*) from session") == 11


@pytest.mark.parametrize("when", ["Thursday 6:30am", "Thursday 11pm", "20 March 2027 5pm"])
def test_a_time_that_can_hardly_be_meant_goes_to_a_person_first(when: str, told: Pairs) -> None:
    told.at(16, 19, 30)
    told.taps(GRACE, "move")
    told.says(GRACE, when)
    told.taps(GRACE, "yes")
    told.at(17, 12)
    assert told.state(11) == "proposed"
    assert told.alerts() == ["no_time_found"]
    assert not [body for body in told.bodies(AMINA) if "You could meet" in body]


def test_a_time_nobody_agreed_to_is_off_and_the_mentor_is_asked_again(told: Pairs) -> None:
    told.change("update session set state = 'cancelled', settled_at = starts_at where number > 1")
    told.at(16, 19, 30)
    told.taps(GRACE, "move")
    told.says(GRACE, "Thursday 5pm")
    told.taps(GRACE, "yes")
    told.at(21, 20)
    assert (told.state(11), told.session(11)["reason"]) == ("cancelled", "no_answer")
    assert not [body for body in told.bodies(GRACE) if body.startswith("When will you")]
    told.at(22, 12)
    assert told.newest(GRACE).body.startswith("When will you and Amina meet next?")
    told.tells_nothing(GRACE, AMINA)


def test_nothing_goes_to_her_who_has_stopped_and_a_person_tells_her(told: Pairs) -> None:
    told.at(16, 19, 30)
    told.change("update participant set state = 'stopped' where name = 'Amina'")
    before = told.bodies(AMINA)
    told.taps(GRACE, "cannot")
    assert told.alerts() == ["not_told"], "at once, not when the clock has found out"
    told.at(17, 12)
    assert told.bodies(AMINA) == before
    ((who,),) = told.rows(
        "select participant.name from alert join participant on participant.id = participant_id"
    )
    assert who == "Amina"


def test_she_who_stops_after_it_was_planned_is_told_by_a_person(told: Pairs) -> None:
    told.at(16, 19, 40)
    told.taps(GRACE, "cannot")
    told.change("update participant set state = 'stopped' where name = 'Amina'")
    told.at(17, 12)
    told.at(18, 12)
    assert told.one("select count(*) from alert where subject = 'untold:session:1'") == 1
    assert told.one("select times from alert where subject = 'untold:session:1'") == 1


def test_whoever_asks_for_a_person_gets_one_and_nothing_is_proposed(told: Pairs) -> None:
    told.at(16, 19, 30)
    told.taps(GRACE, "move")
    told.taps(GRACE, "person")
    assert (told.state(), told.alerts()) == ("planned", ["wants_person"])
    assert told.one("select count(*) from session") == 10


def test_a_mentor_with_two_mentees_moves_the_one_she_was_asked_about(two: Pairs) -> None:
    two.at(17, 12)  # one reminder after the other
    reminders = [one for one in two.said_to(GRACE) if "Still OK?" in one.body]
    names = ["Amina" if "with Amina is on" in one.body else "Selam" for one in reminders]
    assert sorted(names) == ["Amina", "Selam"]
    two.taps(GRACE, "move", on=reminders[-1])
    two.says(GRACE, "Thursday 5pm")
    two.taps(GRACE, "yes")
    two.at(17, 14)
    hers, her_pair = (SELAM, 2) if names[-1] == "Selam" else (AMINA, 1)
    assert (two.state(pairing=her_pair), two.state(pairing=3 - her_pair)) == (
        "rescheduled",
        "planned",
    )
    proposed = [
        number
        for number in (AMINA, SELAM)
        if [body for body in two.bodies(number) if "You could meet" in body]
    ]
    assert proposed == [hers]
    two.tells_nothing(GRACE, AMINA, SELAM)


def test_of_two_mentees_each_pair_counts_its_own_sessions(two: Pairs) -> None:
    two.at(17, 20)
    two.answers(SELAM, "yes", "half", "good")
    two.answers(AMINA, "no", "me", "skip")
    assert (two.state(pairing=1), two.state(pairing=2)) == ("missed", "held")
    assert two.session(pairing=2)["minutes"] == 30
    two.tells_nothing(GRACE, AMINA, SELAM)


def test_of_two_sessions_on_one_day_the_time_tells_which_is_meant(told: Pairs) -> None:
    told.change(
        "insert into session (pairing_id, number, starts_at, planned_minutes, state, proof, reason,"
        " place, proposed_by) select pairing_id, 11, '2026-11-17 14:00:00.000000+00:00', 60, "
        "'planned', '', '', '', '' from session where number = 1"
    )
    told.at(17, 19, 30)
    assert "on Tuesday 17 November, 5:30 in the evening, UK time as planned" in (
        told.newest(GRACE).body
    )
    told.at(24, 19, 30)
    assert "on Tuesday 24 November as planned" in told.newest(GRACE).body
