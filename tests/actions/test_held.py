"""While a concern holds her: what she writes is kept for a person, and no machine answers it."""

from collections.abc import Iterator

import pytest

from bot.channels.base import Media
from tests.actions.crying import CRY, Line, Reply, open_line


@pytest.fixture
def line(database_url: str) -> Iterator[Line]:
    with open_line(database_url) as line:
        yield line


def cry(line: Line, language: str = "en", **about: object) -> Reply:
    line.join(language=language, **about)
    return line.says(CRY[language])[0]


def steps(line: Line) -> list[str]:
    found = line.rows("select detail from alert_step where kind = 'safe_to_write' order by id")
    return [row[0] for row in found]


@pytest.mark.parametrize(
    ("language", "words", "kept"),
    [
        *(("en", words, "yes") for words in ("1", "Yes", "yes please")),
        *(("en", words, "call") for words in ("2", "no", "No, call me", "2.")),
        *(("en", words, "later") for words in ("3", "Not now", "later")),
        *(("ar", words, "yes") for words in ("١", "نعم", "ايوه")),
        *(("ar", words, "call") for words in ("٢", "لا", "لا، اتصلوا بي")),
        *(("ar", words, "later") for words in ("٣", "ليس الآن")),
        *(("fa", words, "yes") for words in ("۱", "بله")),
        *(("fa", words, "call") for words in ("۲", "نه", "نه، زنگ بزنید")),
        *(("fa", words, "later") for words in ("۳", "الان نه")),
        *(("ti", words, "yes") for words in ("፩", "1", "እወ")),
        *(("ti", words, "call") for words in ("፪", "ኣይፋል፡ ደውሉለይ")),
        *(("ti", words, "later") for words in ("፫", "ሕጂ ኣይኮነን")),
    ],
)
def test_what_she_says_of_writing_to_her_is_heard_and_kept_for_staff(
    line: Line, language: str, words: str, kept: str
) -> None:
    cry(line, language)
    thanks = [one.text for one in line.says(words)]
    assert steps(line) == [kept]
    assert thanks == ([line.said("write_here", language)] if kept == "yes" else [])
    assert [kind for kind, _ in line.alerts()] == ["harm_red"]
    assert line.one("select count(*) from message where safeguarding") == 2


def test_a_tap_on_it_counts_and_one_on_another_question_does_not(line: Line) -> None:
    line.join()
    menu = line.says("menu")[0]
    asked = line.says(CRY["en"])[0]
    line.taps(Reply(menu.id, "", ()), "yes")
    assert steps(line) == []
    assert line.taps(asked, "later") == []
    assert steps(line) == ["later"]


def test_after_call_me_nothing_more_is_written_whatever_she_sends(line: Line) -> None:
    asked = cry(line)
    line.taps(asked, "call")
    for words in ("yes", "hello?", CRY["en"], "help", "umbrella", "menu", "STOP", "START", "1"):
        assert line.says(words) == [], words
    assert steps(line)[0] == "call"
    kinds = [kind for kind, _ in line.alerts()]
    assert {"harm_red", "safe_word", "wants_person", "stopped"} <= set(kinds)
    assert kinds.count("harm_red") == 2


def test_after_not_now_a_further_cry_gets_only_harmless_words(line: Line) -> None:
    line.taps(cry(line), "later")
    (reply,) = line.says("he is going to kill me")
    assert (reply.text, reply.keys) == (line.said("harm_red.discreet"), ())


def test_she_is_thanked_once_and_then_heard_by_people_only(line: Line) -> None:
    asked = cry(line)
    assert len(line.taps(asked, "yes")) == 1
    assert line.taps(asked, "yes") == [] and line.says("yes") == []
    (reply,) = line.says("he hit me again")
    assert reply.keys == () and "safe to write" not in reply.text


@pytest.mark.parametrize(
    ("cry_for", "kind", "level"),
    [("my husband hits me", "harm_red", "red"), ("I feel so alone", "harm_amber", "amber")],
)
def test_what_she_writes_afterwards_is_as_urgent_as_what_holds_her(
    line: Line, cry_for: str, kind: str, level: str
) -> None:
    line.join()
    line.says(cry_for)
    voice = (Media(url="http://127.0.0.1/1", content_type="audio/ogg"),)
    assert line.says("are you there") == []
    assert line.says("", kind="media", media=voice) == []
    assert line.says("menu") == [] and line.says("English") == []
    assert line.alerts() == [(kind, level), ("wrote_while_held", level)]
    assert line.one("select times from alert where kind = 'wrote_while_held'") == 4
    assert line.one("select count(*) from message where safeguarding") == 5
    assert line.rows("select id from conversation where state = 'open'") == []


def test_an_alert_only_ever_grows_more_urgent(line: Line) -> None:
    line.join()
    line.says("I feel so alone")
    line.says("are you there")
    line.says(CRY["en"])
    line.says("please")
    assert line.one("select level from alert where kind = 'wrote_while_held'") == "red"


def test_help_while_held_calls_a_person_as_urgently_and_says_whom_to_ring(line: Line) -> None:
    cry(line)
    (reply,) = line.says("help")
    assert reply.text.startswith(line.said("help")) and reply.keys == ()
    assert line.alerts()[-1] == ("wants_person", "red")


def test_each_cry_is_an_alert_and_a_loop_of_them_spends_no_money(line: Line) -> None:
    line.join(language="ar")
    told = [len(line.says(CRY["ar"], channel="sms")) for _ in range(8)]
    # What has not left yet is taken back for the newer one: only what goes out is counted
    assert told == [2] * 8
    line.change("update delivery set state = 'sent' where state = 'queued'")
    for _ in range(6):
        line.says(CRY["ar"], channel="sms")
        line.change("update delivery set state = 'sent' where state = 'queued'")
    went = line.one("select count(*) from delivery where state = 'sent'")
    assert went == 3 * 2
    assert line.alerts() == [("harm_red", "red")] * 14
    line.later(days=1, minutes=1)
    assert len(line.says(CRY["ar"], channel="sms")) == 2


def test_after_stop_a_cry_is_an_alert_and_gets_one_answer_that_asks_nothing(line: Line) -> None:
    line.join()
    line.says("STOP")
    line.change("update delivery set state = 'sent' where state = 'queued'")
    (reply,) = line.says(CRY["en"])
    assert "999" in reply.text and reply.keys == ()
    line.change("update delivery set state = 'sent' where state = 'queued'")
    assert line.says(CRY["en"]) == []
    assert line.alerts().count(("harm_red", "red")) == 2
    assert line.one("select state from participant") == "stopped"


def test_what_cannot_be_handled_while_she_is_held_is_kept_for_the_lead_too(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise LookupError("something that cannot be read")

    cry(line)
    monkeypatch.setattr("bot.actions.respond.keep_while_held", broken)
    assert line.says("are you there") == []
    assert line.alerts()[-1] == ("parked", "amber")
    assert line.one("select count(*) from message where safeguarding") == 2


def test_start_opens_her_channel_again_in_silence(line: Line) -> None:
    cry(line)
    line.says("STOP")
    assert line.says("START") == []
    assert line.one("select state from participant") == "active"
    assert line.one("select state from address where channel = 'whatsapp'") == "usable"
    assert line.one("select held_at is not null from participant")


def test_her_answer_counts_only_for_the_hold_in_which_she_gave_it(line: Line) -> None:
    line.taps(cry(line), "call")
    line.change("update participant set held_at = null")
    line.later(days=3)
    (reply,) = line.says(CRY["en"])
    assert reply.keys == ("yes", "call", "later")
