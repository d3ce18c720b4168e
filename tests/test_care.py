"""Care over HTTP: harm, STOP, strangers, a wrong number, a thumb that is not consent."""

from pathlib import Path

import pytest

from tests.rows import ROW_LUWAM, agree
from tests.world import AMINA, GRACE, LUWAM, World


def test_stop_in_arabic_stops_every_channel_in_the_middle_of_consent(pair: World) -> None:
    pair.tick()
    pair.taps(AMINA, "yes")
    answers = pair.says(AMINA, "توقف")
    assert len(answers) == 1 and "START" in answers[0]
    assert pair.one("select state from participant where reference = 'A1'") == "stopped"
    pair.later(days=3)
    assert pair.bodies(AMINA)[-1] == answers[0]
    assert pair.says(AMINA, "hello?") == []


def test_start_brings_her_back_and_asks_for_consent_again(pair: World) -> None:
    pair.tick()
    pair.says(AMINA, "STOP")
    answers = pair.says(AMINA, "START")
    assert len(answers) >= 1
    assert pair.one("select state from participant where reference = 'A1'") == "active"
    assert (
        pair.one(
            "select count(*) from check_in where flow = 'welcome' and slot <> 'welcome' "
            "and state in ('planned', 'asked')"
        )
        == 1
    )


def test_words_of_harm_get_one_safe_reply_an_alert_and_then_silence(pair: World) -> None:
    pair.tick()
    agree(pair, AMINA, language="ar")
    answers = pair.says(AMINA, "أريد أن أموت")
    assert len(answers) == 1
    assert "999" in answers[0]
    assert "harm_red" in pair.alerts()
    sent = len(pair.bodies(AMINA))
    pair.later(days=3, hours=2)  # her first weekly check-in is due
    pair.later(days=5)
    assert len(pair.bodies(AMINA)) == sent
    assert (
        pair.one("select count(*) from check_in where state = 'skipped' and reason = 'concern'") > 0
    )


def test_after_words_of_harm_the_mentor_gets_nothing_automatic(pair: World) -> None:
    pair.tick()
    agree(pair, AMINA, language="ar")
    agree(pair, GRACE, language="en", mentor=True)
    pair.says(AMINA, "I want to die")
    before = len(pair.bodies(GRACE))
    pair.later(days=10)
    assert len(pair.bodies(GRACE)) == before


def test_on_a_shared_phone_the_answer_to_harm_gives_nothing_away(pair: World) -> None:
    pair.tick()
    pair.taps(AMINA, "yes")
    pair.taps(AMINA, "ar")
    pair.taps(AMINA, "yes")
    pair.taps(AMINA, "yes")  # others look at this phone
    answers = pair.says(AMINA, "زوجي يضربني")
    assert len(answers) == 1
    assert "999" not in answers[0]
    assert "Routes" not in answers[0]
    assert "harm_red" in pair.alerts()


def test_a_stranger_gets_one_polite_answer_and_staff_an_alert(world: World) -> None:
    world.simulator.add_phone(number="+447700900999", name="Somebody")
    first = world.says("+447700900999", "hello who is this")
    second = world.says("+447700900999", "hello?")
    assert len(first) == 1 and "020 7946 0000" in first[0]
    assert second == []
    assert world.alerts() == ["unknown_sender"]
    assert world.one("select count(*) from message where direction = 'in'") == 2


def test_a_stranger_without_a_phone_number_is_kept_and_answered(world: World) -> None:
    world.simulator.add_phone(number="+447700900998", name="Nobody", user_id="GB.1A2B3C")
    answers = world.says("+447700900998", "سلام، من کمک می‌خواهم")
    assert len(answers) == 1
    assert world.one("select address from address where kind = 'user_id'") == "whatsapp:GB.1A2B3C"


def test_a_voice_note_to_a_question_of_choices_is_kept_and_the_question_stays(pair: World) -> None:
    pair.tick()
    answers = pair.says(AMINA, "", media=[("audio/ogg", b"OggS")])
    assert len(answers) == 1
    assert pair.alerts() == ["voice"]
    pair.taps(AMINA, "yes", on=pair.simulator.sent_to(AMINA)[0])
    assert pair.one("select count(*) from answer") == 1


def test_writing_outside_any_question_is_shown_to_staff_and_answered_once_a_day(
    pair: World,
) -> None:
    pair.tick()
    agree(pair, AMINA, language="ar")
    assert len(pair.says(AMINA, "شكراً لكم على كل شيء")) == 1
    assert pair.says(AMINA, "نسيت أن أقول شيئاً") == []
    assert pair.alerts() == ["wrote_to_us"]


def test_the_wrong_person_is_not_written_to_again(pair: World) -> None:
    pair.tick()
    pair.taps(AMINA, "wrong")
    assert "wrong_person" in pair.alerts()
    count = len(pair.bodies(AMINA))
    pair.later(days=2)
    assert len(pair.bodies(AMINA)) == count


def test_a_thumbs_up_is_not_consent(pair: World) -> None:
    pair.tick()
    pair.taps(AMINA, "yes")
    pair.taps(AMINA, "ar")
    pair.says(AMINA, "👍🏽")
    assert pair.rows("select given from consent") == []
    pair.says(AMINA, "نعم")
    assert pair.rows("select given from consent") == [(True,)]


def test_only_what_was_not_asked_for_is_shown_as_written_to_us(pair: World) -> None:
    pair.tick()
    agree(pair, AMINA, language="ar")
    pair.says(AMINA, "شكراً لكم على كل شيء")
    outside = pair.rows(
        "select text from message where direction = 'in' and conversation_id is null"
    )
    assert outside == [("شكراً لكم على كل شيء",)]


def test_three_quick_ones_agree_to_nothing_that_she_has_not_read(pair: World) -> None:
    pair.tick()
    for _ in range(3):
        pair.simulator.receive_from(AMINA, "1")
    assert pair.rows("select given from consent") == []
    assert pair.alerts() == ["wrote_to_us"]


def test_asking_back_is_not_consent(pair: World) -> None:
    pair.tick()
    pair.taps(AMINA, "yes")
    pair.taps(AMINA, "ar")
    for words in ("نعم؟", "is it ok"):
        pair.says(AMINA, words)
    assert pair.rows("select given from consent") == []


def test_a_new_language_at_consent_says_again_what_she_agrees_to(pair: World) -> None:
    pair.tick()
    pair.taps(AMINA, "yes")
    pair.taps(AMINA, "ar")
    answers = pair.says(AMINA, "English")
    assert len(answers) == 1
    assert "Home Office" in answers[0] and "Is it OK to start?" in answers[0]


def test_harm_and_stop_are_heard_even_when_her_conversation_cannot_be_read(
    pair: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise LookupError("a conversation that cannot be read")

    pair.tick()
    monkeypatch.setattr("bot.actions.respond.open_question", broken)
    answers = pair.says(AMINA, "I want to die")
    assert "999" in answers[0]
    assert pair.alerts() == ["parked", "harm_red"]
    assert pair.one("select held_at is not null from participant where reference = 'A1'")
    pair.says(GRACE, "stop")
    assert pair.one("select state from participant where reference = 'G1'") == "stopped"


def test_continue_tapped_long_after_asks_the_question_again_or_says_we_read_her(
    world: World, tmp_path: Path
) -> None:
    world.enrol(tmp_path, [ROW_LUWAM])
    world.tick()
    opener = world.newest(LUWAM)
    assert len(world.taps(LUWAM, "open")) == 1
    assert len(world.taps(LUWAM, "open", on=opener)) == 1
