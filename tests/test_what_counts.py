"""What can be an answer: a tap that says what stood on it, her own words, to the right question.

Everything else a person reads, the question stays open, and harm is heard all the same.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.actions.receive import receive
from bot.channels.twilio_inbound import read_message
from bot.simulator.phones import PLACE
from tests.quick import Quick, open_quick
from tests.rows import ROW_AMINA, ROW_GRACE, agree
from tests.test_doors import change
from tests.webhook import form
from tests.world import AMINA, GRACE

FORWARDED = {"Forwarded": "true"}
STATE = (
    "select c.flow, c.step, c.state from conversation c join participant p "
    "on p.id = c.participant_id where p.reference = 'A1' order by c.id desc limit 1"
)


@pytest.fixture
def asked(database_url: str, tmp_path: Path) -> Iterator[Quick]:
    """Amina is asked whether this is her number: yes, wrong or later."""
    with open_quick(database_url) as world:
        world.enrol(tmp_path, [ROW_GRACE, ROW_AMINA | {"language": "en"}])
        world.tick()
        world.read()
        yield world


def step(world: Quick) -> tuple[str, ...]:
    return tuple(world.rows(STATE)[0])


def button(world: Quick, key: str, shown: str, **extra: str) -> list[str]:
    payload = f"{world.newest(AMINA).id}:{key}"
    return world.says(AMINA, "", button=(payload, shown), extra=extra)


def test_a_tap_that_does_not_say_what_stood_on_it_answers_nothing(asked: Quick) -> None:
    before = step(asked)
    for key, shown, extra in (
        ("yes", "Wrong person", {}),
        ("wrong", "Yes", {}),
        ("yes", "Yes", {"Body": "Wrong person"}),
        ("yes", "Yes", {"ListId": "9:wrong", "ListTitle": "Yes"}),
        ("yes", "Yes", FORWARDED),
    ):
        change(asked, "update conversation set tries = 0")
        said = button(asked, key, shown, **extra)
        assert step(asked) == before and said, (key, shown, extra)
    assert asked.one("select count(*) from answer") == 0
    assert asked.one("select count(*) from consent") == 0
    assert not asked.rows("select 1 from address where state = 'wrong'")


@pytest.mark.parametrize(
    ("extra", "alert"),
    [
        ({"ButtonText": "my husband hits me"}, "harm_red"),
        ({"ButtonText": "umbrella"}, "safe_word"),
        ({"ListTitle": "STOP"}, "stopped"),
        ({"Body": "help"}, "wants_person"),
    ],
)
def test_harm_stop_and_a_call_for_a_person_are_heard_in_any_text_of_a_tap(
    asked: Quick, extra: dict[str, str], alert: str
) -> None:
    button(asked, "yes", "Yes", **extra)
    assert alert in asked.alerts()
    assert asked.one("select count(*) from answer") == 0


def test_a_tap_counts_in_her_language_and_as_she_saw_it_after_she_changed_it(asked: Quick) -> None:
    first = asked.newest(AMINA)
    asked.says(AMINA, "Arabic")
    assert asked.one("select language from participant where reference = 'A1'") == "ar"
    asked.taps(AMINA, "yes", on=first)  # the English button, still on her screen
    assert step(asked)[1] != "right_number"


def test_a_button_of_somebody_elses_message_is_never_accepted(asked: Quick) -> None:
    hers = asked.newest(AMINA)
    before = step(asked)
    said = asked.says(GRACE, "", button=(f"{hers.id}:yes", "Yes"))
    assert any("closed" in body for body in said)
    assert step(asked) == before and asked.one("select count(*) from consent") == 0


def test_a_forwarded_yes_is_read_by_a_person_and_the_question_stays_open(asked: Quick) -> None:
    before = step(asked)
    (said,) = asked.says(AMINA, "yes", extra=FORWARDED)
    assert "your own words" in said
    assert step(asked) == before and "wrote_to_us" in asked.alerts()
    assert asked.one("select details from message where direction = 'in'") is not None
    asked.says(AMINA, "yes")
    assert step(asked) != before


def test_harm_and_stop_in_a_forwarded_message_are_heard_and_start_is_not(asked: Quick) -> None:
    asked.says(AMINA, "my husband hits me", extra=FORWARDED)
    assert "harm_red" in asked.alerts()
    asked.says(GRACE, "STOP", extra=FORWARDED)
    grace = "select state from participant where name = 'Grace'"
    assert asked.one(grace) == "stopped"
    asked.says(GRACE, "START", extra=FORWARDED)
    assert asked.one(grace) == "stopped"


def test_a_forwarded_yes_says_nothing_about_whether_it_is_safe_to_write(asked: Quick) -> None:
    asked.says(AMINA, "my husband hits me")
    asked.says(AMINA, "yes", extra=FORWARDED)
    kept = "select count(*) from alert_step where kind = 'safe_to_write'"
    assert asked.one(kept) == 0
    asked.says(AMINA, "yes")
    assert asked.one(kept) == 1


def test_what_is_no_word_never_agrees_and_a_person_hears_of_it(asked: Quick) -> None:
    before = step(asked)
    call = {"Body": "VOICE_CALL_REQUEST", "ButtonPayload": "ACCEPTED"}
    sticker = {"MessageType": "sticker"}
    for more, alert in (
        ({"media": [("audio/ogg", b"OggS")]}, "voice"),
        ({"media": [("image/webp", b"RIFF0000WEBP")], "extra": sticker}, "voice"),
        ({"extra": PLACE}, "sent_place"),
        ({"extra": call}, "voice"),
        ({"extra": {"InteractiveData": "{}", "MessageType": "interactive"}}, "voice"),
    ):
        change(asked, "update conversation set tries = 0")
        change(asked, "update alert set state = 'closed'")
        said = asked.says(AMINA, "", **more)
        assert said and step(asked) == before, more
        assert alert in asked.alerts(), more
    assert asked.one("select count(*) from answer") == 0


def replied(world: Quick, words: str, *, to: int) -> list[str]:
    """She swipes on a message of ours and writes; it has reached her by an id of Twilio's."""
    sid = f"SM{to:032x}"
    with world.parts.database.transaction() as db:
        found = text("update delivery set sid = :sid where message_id = :to")
        db.execute(found, {"sid": sid, "to": to})
    return world.says(AMINA, words, replied_to=sid)


def test_words_in_reply_to_an_older_question_answer_that_one(asked: Quick) -> None:
    older = asked.newest(AMINA).id
    agree(asked, AMINA, language="en")
    asked.says(AMINA, "menu")
    before = step(asked)
    said = replied(asked, "Later", to=older)
    assert step(asked) == before, "that was not about what is open now"
    assert any("closed" in body for body in said), said
    replied(asked, "I told my sister about it", to=older)
    assert step(asked) == before and "wrote_to_us" in asked.alerts()


def test_words_in_reply_to_the_open_question_are_its_answer(asked: Quick) -> None:
    before = step(asked)
    replied(asked, "yes", to=asked.newest(AMINA).id)
    assert step(asked) != before


def test_what_she_had_sent_before_the_question_was_put_is_no_answer_to_it(asked: Quick) -> None:
    house, settings = asked.parts.house, asked.settings
    fields = form("yes", number=AMINA) | {"AccountSid": settings.twilio_account_sid}
    senders = frozenset({fields["To"]})

    def arrives(*, minutes: int) -> None:
        inbound = read_message(
            fields | {"MessageSid": f"SM{minutes + 99:032x}"},
            account_sid=settings.twilio_account_sid,
            senders=senders,
        )
        late = {"sent_at": asked.time + timedelta(minutes=minutes)}
        receive(house, type(inbound)(**{**vars(inbound), **late}), now=asked.time)

    before = step(asked)
    arrives(minutes=-30)
    assert step(asked) == before and "wrote_to_us" in asked.alerts()
    heard = asked.one("select last_inbound_at from address where address = :a", a=fields["From"])
    arrives(minutes=0)
    assert step(asked) != before
    assert heard != asked.one(
        "select last_inbound_at from address where address = :a", a=fields["From"]
    )
    arrives(minutes=-20)  # a newer message has opened the window since
    assert asked.one("select count(*) from message where direction = 'in'") == 3
