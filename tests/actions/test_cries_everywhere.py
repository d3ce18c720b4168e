"""A cry for help is heard wherever a conversation waits, and however it comes. It never ends in "I
did not understand" or in the next question.
"""

from collections.abc import Iterator

import pytest

from bot.channels.base import Media
from bot.engine.flow import Ask, Audience
from bot.store.models import Cohort, Conversation, Enrolment, Pairing
from tests.actions.crying import CRY, MONDAY, Line, open_line, texts

AMINA, GRACE = "+447700900101", "+447700900201"
STEPS = [
    (flow, step.key)
    for flow in texts()[0].flows.values()
    for step in flow.steps
    if isinstance(step, Ask)
]


@pytest.fixture
def line(database_url: str) -> Iterator[Line]:
    """Amina and Grace, a pair."""
    with open_line(database_url) as line:
        amina, grace = line.join(AMINA), line.join(GRACE, name="Grace")
        line.keep(Cohort(id=1, name="Autumn", starts_on=MONDAY.date()))
        for id, who, role in ((1, amina, "mentee"), (2, grace, "mentor")):
            line.keep(
                Enrolment(id=id, participant_id=who, cohort_id=1, role=role, created_at=line.now)
            )
        line.keep(Pairing(mentee_id=1, mentor_id=2, created_at=line.now))
        yield line


def wait_at(line: Line, flow: str, step: str, *, version: int = 1, mentor: bool = False) -> str:
    """A conversation waits there; the number of whoever is asked."""
    line.change("update conversation set state = 'abandoned'")
    line.change("update participant set held_at = null, state = 'active'")
    line.change("update delivery set state = 'sent'")
    line.keep(
        Conversation(
            participant_id=2 if mentor else 1,
            enrolment_id=2 if mentor else 1,
            flow=flow,
            version=version,
            step=step,
            started_at=line.now,
            updated_at=line.now,
        )
    )
    return GRACE if mentor else AMINA


@pytest.mark.parametrize("language", tuple(CRY))
def test_at_every_question_of_every_conversation_a_cry_is_answered_safely(
    line: Line, language: str
) -> None:
    line.change("update participant set language = :language", language=language)
    heard = line.said("harm_red", language)
    assert len(STEPS) > 90
    for number, (flow, step) in enumerate(STEPS, start=1):
        mentor = flow.audience is Audience.MENTOR
        phone = wait_at(line, flow.name, step, version=flow.version, mentor=mentor)
        replies = line.says(CRY[language], number=phone)
        assert [one.text.startswith(heard) for one in replies] == [True], (flow.name, step)
        assert replies[0].keys == ("yes", "call", "later"), (flow.name, step)
        assert line.one("select count(*) from alert where kind = 'harm_red'") == number
    assert line.rows("select id from conversation where state in ('open', 'held')") == []
    assert line.rows("select id from answer") == []
    assert line.one("select count(*) from alert") == len(STEPS)


@pytest.mark.parametrize("state", ["paused", "stopped", "left", "active"])
def test_in_whatever_state_she_is_a_cry_is_an_alert_and_is_answered(line: Line, state: str) -> None:
    line.change("update participant set state = :state", state=state)
    (reply,) = line.says(CRY["en"])
    assert "999" in reply.text
    assert line.alerts() == [("harm_red", "red")]
    assert line.one("select held_at is not null from participant where id = 1")


@pytest.mark.parametrize(
    "more",
    [
        {"kind": "media", "media": (Media(url="http://127.0.0.1/1", content_type="image/jpeg"),)},
        {"button": "1:good"},
        {"button": "t:welcome.right_number:yes"},
        {"button": "999:no_such_choice"},
        {"replied_to": "SM" + "0" * 32},
    ],
)
def test_a_caption_a_title_that_was_tapped_and_an_old_question_are_read_too(
    line: Line, more: dict[str, object]
) -> None:
    wait_at(line, "goal_check_in", "week")
    (reply,) = line.says(CRY["en"], **more)
    assert "999" in reply.text
    assert line.alerts() == [("harm_red", "red")]


def test_in_a_long_letter_it_is_found_at_the_end_and_kept_whole(line: Line) -> None:
    letter = f"{'I go to class and I cook and I walk. ' * 40}{CRY['en']}. Please."
    (reply,) = line.says(letter)
    assert "999" in reply.text
    assert line.one("select text from message where direction = 'in'") == letter


def test_twice_at_once_is_two_alerts_and_one_answer_on_its_way(line: Line) -> None:
    line.says(CRY["en"])
    line.says("he will kill me")
    assert line.alerts() == [("harm_red", "red")] * 2
    assert len(line.queued()) == 1


def test_what_could_not_be_understood_of_consent_waits_for_a_person_by_tomorrow(
    line: Line,
) -> None:
    flow = texts()[0].flow("welcome")
    wait_at(line, "welcome", "consent", version=flow.version)
    for words in ("green table", "seven windows and a door", "the moon over there"):
        line.says(words)
        line.change("update delivery set state = 'sent'")
    assert ("not_understood", "amber") in line.alerts()


def test_other_questions_that_nobody_understood_wait_for_the_week(line: Line) -> None:
    flow = texts()[0].flow("goal_check_in")
    wait_at(line, "goal_check_in", "rating", version=flow.version)
    for words in ("green table", "the window and a door", "the moon over there"):
        line.says(words)
        line.change("update delivery set state = 'sent'")
    assert ("not_understood", "green") in line.alerts()
