"""What answers change in the programme: consents, language, goals, sessions, a wrong number."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.quick import open_quick
from tests.test_journeys import ROW_AMINA, ROW_GRACE, agree
from tests.world import AMINA, GRACE, World

TUESDAY = datetime(2026, 11, 17, 10, 1, tzinfo=UTC)
THURSDAY = datetime(2026, 11, 19, 10, 1, tzinfo=UTC)
OPEN = (
    "select c.step from conversation c join participant p on p.id = c.participant_id "
    "where p.reference = 'A1' and c.state = 'open'"
)


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    """Amina and Grace, asked whether these are the right numbers."""
    with open_quick(database_url) as world:
        world.enrol(tmp_path, [ROW_GRACE, ROW_AMINA])
        world.tick()
        yield world


@pytest.fixture
def telling(world: World) -> World:
    """Amina has agreed, in English, and is asked what she would like to do."""
    agree(world, AMINA, language="en")
    world.go_to(TUESDAY)
    return world


@pytest.fixture
def meeting(world: World) -> World:
    """Grace has agreed and is asked about the first session."""
    agree(world, GRACE, language="en", mentor=True)
    first = world.one("select min(due_at) from check_in where flow = 'session_confirm'")
    due = datetime.fromisoformat(str(first))
    world.go_to((due if due.tzinfo else due.replace(tzinfo=UTC)) + timedelta(minutes=1))
    return world


def goals(world: World) -> list[tuple[object, ...]]:
    found = world.rows("select number, focus, words from goal order by number")
    return [tuple(row) for row in found]


def ratings(world: World) -> list[int]:
    sql = "select rating from goal_entry where kind = 'rating' order by id"
    return [row[0] for row in world.rows(sql)]


def session(world: World) -> tuple[object, ...]:
    return tuple(world.rows("select state, minutes from session where number = 1")[0])


def test_each_consent_is_a_row_that_says_what_was_asked_and_in_which_language(
    world: World,
) -> None:
    world.taps(AMINA, "yes")
    world.taps(AMINA, "fa")
    world.says(AMINA, "بله")
    version = world.parts.house.library.flow("welcome").version
    assert world.rows("select kind, given, wording, language, channel from consent") == [
        ("messages", True, f"welcome.consent v{version}", "fa", "whatsapp")
    ]
    assert world.one("select count(*) from consent where message_id is null") == 0


def test_no_is_no_and_nothing_is_planned_or_sent(world: World) -> None:
    world.taps(AMINA, "yes")
    world.taps(AMINA, "en")
    assert len(world.says(AMINA, "no thank you")) == 1
    assert world.rows("select given from consent") == [(False,)]
    assert world.alerts() == ["declined"]
    sent = len(world.bodies(AMINA))
    for _ in range(4):
        world.later(days=7)
    assert len(world.bodies(AMINA)) == sent


def test_a_person_first_is_no_consent(world: World) -> None:
    world.taps(AMINA, "yes")
    world.taps(AMINA, "en")
    world.taps(AMINA, "person")
    assert world.rows("select given from consent") == []
    assert world.alerts() == ["wants_person"]
    sent = len(world.bodies(AMINA))
    world.later(days=8)
    assert len(world.bodies(AMINA)) == sent


def test_three_answers_that_mean_nothing_are_no_consent(world: World) -> None:
    world.taps(AMINA, "yes")
    world.taps(AMINA, "en")
    said = [world.says(AMINA, "perhaps") for _ in range(3)]
    assert len({text for (text,) in said}) == 3
    assert world.rows("select given from consent") == []
    assert "not_understood" in world.alerts()
    sent = len(world.bodies(AMINA))
    world.later(days=8)
    assert len(world.bodies(AMINA)) == sent


def test_later_asks_again_tomorrow_and_only_once(world: World) -> None:
    assert len(world.taps(AMINA, "later")) == 1
    assert world.later(hours=12).get("started") is None
    world.go_to(TUESDAY)
    assert world.rows(OPEN) == [("right_number",)]
    sent = len(world.bodies(AMINA))
    world.later(days=3)
    assert len(world.bodies(AMINA)) == sent


def test_the_wrong_person_is_promised_silence_and_gets_it_on_every_channel(world: World) -> None:
    assert len(world.taps(AMINA, "wrong")) == 1
    sent = len(world.bodies(AMINA))
    assert world.says(AMINA, "STOP") == []
    assert world.says(AMINA, "hello", channel="sms") == []
    world.simulator.phone(AMINA).shows_number = False
    assert world.says(AMINA, "hello") == []
    for _ in range(3):
        world.later(days=3)
    assert len(world.bodies(AMINA)) == sent
    assert world.alerts()[0] == "wrong_person"
    hers = "select count(*) from message where direction = 'in' and participant_id is not null"
    assert world.one(hers) == 1  # none but the tap that said so


def test_on_a_phone_that_others_read_nothing_gives_the_programme_away(world: World) -> None:
    for key in ("yes", "en", "yes", "yes"):
        world.taps(AMINA, key)
    world.go_to(TUESDAY)
    world.taps(AMINA, "work")
    world.says(AMINA, "to leave him")
    assert "to leave him" not in world.newest(AMINA).body
    for _ in range(2):
        world.taps(AMINA, "yes") if world.newest(AMINA).shown else world.says(AMINA, "4")
    world.go_to(THURSDAY)
    world.taps(AMINA, "hard") if world.newest(AMINA).shown else world.says(AMINA, "3")
    later = "\n".join(world.bodies(AMINA)[5:])
    assert "to leave him" not in later
    assert "Routes" not in later
    assert world.one("select count(*) from message where context like '%barriers%'") == 0


def test_a_goal_that_is_changed_keeps_its_number_and_its_history(telling: World) -> None:
    telling.taps(AMINA, "study")
    telling.says(AMINA, "to study")
    telling.taps(AMINA, "change")
    telling.says(AMINA, "to study nursing")
    telling.taps(AMINA, "yes")
    telling.says(AMINA, "0")
    assert goals(telling) == [(1, "study", "to study nursing")]
    history = telling.rows("select words from goal_entry where kind = 'words' order by id")
    assert [row[0] for row in history] == ["to study", "to study nursing"]
    assert ratings(telling) == [0]  # a zero is a rating, not a way out


def test_three_goals_are_the_most(telling: World) -> None:
    telling.taps(AMINA, "work")
    for number in (1, 2, 3):
        telling.says(AMINA, f"goal {number}")
        telling.taps(AMINA, "yes")
        telling.says(AMINA, str(number))
        telling.says(AMINA, f"step {number}")
        if number < 3:
            telling.taps(AMINA, "yes")
    assert [words for _, _, words in goals(telling)] == ["goal 1", "goal 2", "goal 3"]
    assert ratings(telling) == [1, 2, 3]
    assert telling.rows(OPEN) == [("sure",)]  # no fourth goal, but how sure she feels


def test_a_goal_that_was_spoken_is_a_goal_without_words(telling: World) -> None:
    telling.taps(AMINA, "work")
    telling.says(AMINA, "", media=[("audio/ogg", b"OggS")])
    assert goals(telling) == [(1, "work", "")]
    assert "voice" in telling.alerts()
    telling.says(AMINA, "٧")
    assert ratings(telling) == [7]


def test_every_question_about_goals_may_be_skipped(telling: World) -> None:
    for _ in range(2):
        telling.says(AMINA, "skip")
    assert goals(telling) == []
    assert telling.rows(OPEN) == []
    assert telling.rows("select distinct skipped from answer where flow = 'goal_setting'") == [
        (True,)
    ]


def test_a_rating_out_of_range_is_asked_for_again_and_never_stored(telling: World) -> None:
    telling.taps(AMINA, "work")
    telling.says(AMINA, "to sew")
    telling.taps(AMINA, "yes")
    for words in ("11", "-1", "a lot"):
        telling.says(AMINA, words)
    assert ratings(telling) == []
    assert "not_understood" in telling.alerts()


def test_an_hour_and_a_half_in_her_own_words_is_ninety_minutes(meeting: World) -> None:
    meeting.taps(GRACE, "yes")
    meeting.taps(GRACE, "more")
    meeting.says(GRACE, "1h30")
    meeting.taps(GRACE, "good")
    assert session(meeting) == ("held", 90)
    assert meeting.rows("select met, minutes, feeling from session_report") == [("yes", 90, "good")]


def test_a_session_that_did_not_take_place_has_a_reason_and_no_minutes(meeting: World) -> None:
    meeting.taps(GRACE, "no")
    meeting.taps(GRACE, "her")
    assert session(meeting) == ("missed", None)
    assert meeting.rows("select met, minutes, reason from session_report") == [
        ("no", None, "mentee")
    ]


def test_a_session_that_was_moved_is_no_missed_one(meeting: World) -> None:
    meeting.taps(GRACE, "moved")
    assert session(meeting) == ("rescheduled", None)


def test_a_session_that_was_not_good_is_shown_to_staff(meeting: World) -> None:
    for key in ("yes", "half", "not_good"):
        meeting.taps(GRACE, key)
    assert meeting.alerts() == ["session_trouble"]
