"""What a message means depends on the open question; doors and harm do not."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.engine.understand import Choice, Heard, Kind, Question, Reading
from bot.vocabulary import Vocabulary, load_vocabulary

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # a Monday
VOCABULARY: Vocabulary = load_vocabulary()
THREE = (
    Choice(key="met", label="Yes", means="yes"),
    Choice(key="not", label="No", means="no"),
    Choice(key="moved", label="We moved it to another day"),
)
QUESTIONS = [
    *(Question(kind=kind) for kind in Kind),
    *(Question(kind=kind, choices=THREE) for kind in Kind),
    Question(kind=Kind.OPTIONS, choices=THREE, several=True, optional=True, person=True),
]


def hear(text: str, question: Question, language: str = "en") -> Reading:
    return VOCABULARY.hear(text, language=language, question=question, now=NOW)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: f"{q.kind}-{len(q.choices)}")
@pytest.mark.parametrize(
    ("language", "word"),
    [("en", "STOP"), ("ar", "توقف"), ("fa", "توقف"), ("ti", "ኣቋርጽ"), ("ti", "Stop."),
     ("ar", "stop please"), ("en", "please stop"), ("en", "توقف"), ("fa", "ጠጠው ኣብሉ")],
)  # fmt: skip
def test_stop_is_heard_from_any_question_in_every_language(
    question: Question, language: str, word: str
) -> None:
    assert hear(word, question, language) == Reading(Heard.STOP)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: f"{q.kind}-{len(q.choices)}")
@pytest.mark.parametrize(
    "text",
    ["bus stop", "thank you for your help", "cancel Tuesday", "I can't stop laughing",
     "see you later", "0 stop", "we start on Monday", "موقف الباص", "شكرا على المساعدة"],
)  # fmt: skip
def test_a_door_word_inside_a_sentence_opens_nothing(question: Question, text: str) -> None:
    doors = {Heard.STOP, Heard.START, Heard.HELP, Heard.LATER, Heard.DONE, Heard.SKIP, Heard.HARM}
    assert hear(text, question).heard not in doors


def test_a_word_that_means_two_things_is_decided_by_the_open_question() -> None:
    assert hear("نه", Question(kind=Kind.YES_NO), "fa").heard is Heard.NO
    assert hear("نه", Question(kind=Kind.RATING), "fa") == Reading(Heard.NUMBER, 9)
    assert hear("نه", Question(kind=Kind.ANY), "fa").heard is Heard.UNCLEAR
    assert hear("YES", Question(kind=Kind.YES_NO)).heard is Heard.YES


def test_cancel_is_the_session_where_one_is_asked_about_and_else_stop() -> None:
    choices = tuple(
        Choice(key=key, label=label)
        for key, label in (("yes", "Yes"), ("move", "Move it"), ("cannot", "I cannot"))
    )
    still = Question(kind=Kind.OPTIONS, choices=choices, optional=True)
    assert hear("Cancel", still) == Reading(Heard.OPTION, 3)
    assert hear("cancel it please", still) == Reading(Heard.OPTION, 3)
    assert hear("Cancel", Question(kind=Kind.ANY)) == Reading(Heard.STOP)
    assert hear("Cancel", Question(kind=Kind.YES_NO)) == Reading(Heard.STOP)
    assert hear("stop", still) == Reading(Heard.STOP)


def test_the_figure_of_a_choice_its_label_and_its_cut_label_mean_the_choice() -> None:
    question = Question(kind=Kind.OPTIONS, choices=THREE)
    figures = ["3", "٣", "፫", "３", "3️⃣", "three"]
    labels = ["We moved it to another day", "we moved it", "We moved it to anoth"]
    said = [*figures, *labels, "We moved it to another d"]
    assert {hear(text, question) for text in said} == {Reading(Heard.OPTION, 3)}


def test_a_yes_or_no_question_with_choices_is_answered_yes_no_or_by_the_other_choice() -> None:
    question = Question(kind=Kind.YES_NO, choices=THREE)
    assert hear("yeah", question).heard is Heard.YES
    assert hear("2", question).heard is Heard.NO
    assert hear("3", question) == Reading(Heard.OPTION, 3)


def test_yes_means_the_choice_that_is_yes() -> None:
    question = Question(kind=Kind.OPTIONS, choices=THREE)
    assert hear("نعم", question, "ar") == Reading(Heard.OPTION, 1)
    assert hear("yes, moved", question).heard is Heard.UNCLEAR


def test_yes_is_unclear_when_two_choices_are_yes() -> None:
    labels = ("No", "Yes, this week", "Yes, today")
    choices = tuple(Choice(key=label, label=label) for label in labels)
    question = Question(kind=Kind.OPTIONS, choices=choices)
    assert hear("yes", question).heard is Heard.UNCLEAR
    assert hear("no", question) == Reading(Heard.OPTION, 1)
    assert hear("today", question) == Reading(Heard.OPTION, 3)


def test_good_is_not_heard_as_not_good() -> None:
    choices = tuple(Choice(key=label, label=label) for label in ("Great", "OK", "Not good"))
    question = Question(kind=Kind.OPTIONS, choices=choices)
    assert hear("good", question).heard is Heard.UNCLEAR
    assert hear("it was not good", question) == Reading(Heard.OPTION, 3)


@pytest.mark.parametrize("text", ["1 4", "1,4", "1.4", "1 and 4", "۱ و ۴", "1و4", "4, 1", "1+4"])
def test_several_places_are_heard_where_several_are_asked(text: str) -> None:
    choices = tuple(Choice(key=str(n), label=f"Label {n}") for n in range(10))
    several = Question(kind=Kind.OPTIONS, choices=choices, several=True)
    assert hear(text, several, "fa") == Reading(Heard.OPTION, (1, 4))
    one = Question(kind=Kind.OPTIONS, choices=choices)
    assert hear(text, one, "fa").heard is Heard.UNCLEAR


def test_zero_is_zero_on_a_rating_and_else_a_person_or_a_skip() -> None:
    rating = Question(kind=Kind.RATING, optional=True, person=True)
    assert hear("0", rating) == Reading(Heard.NUMBER, 0)
    assert hear("٠", Question(kind=Kind.OPTIONS, choices=THREE, optional=True)).heard is Heard.SKIP
    assert hear("0", Question(kind=Kind.OPTIONS, choices=THREE, person=True)).heard is Heard.HELP
    assert hear("0", Question(kind=Kind.OPTIONS, choices=THREE)).heard is Heard.UNCLEAR


def test_a_label_that_is_a_door_word_is_that_choice_but_stop_is_always_stop() -> None:
    choices = tuple(Choice(key=label, label=label) for label in ("Later", "Stop", "Feeling low"))
    question = Question(kind=Kind.OPTIONS, choices=choices)
    assert hear("Later", question) == Reading(Heard.OPTION, 1)
    assert hear("Stop", question) == Reading(Heard.STOP)


def test_a_choice_of_language_is_heard_as_its_tag() -> None:
    choices = (Choice(key="ar", label="العربية"), Choice(key="other", label="Other"))
    question = Question(kind=Kind.LANGUAGE, choices=choices)
    assert hear("1", question) == Reading(Heard.LANGUAGE, "ar")
    assert hear("Tigrinya", question) == Reading(Heard.LANGUAGE, "ti")
    assert hear("2", question) == Reading(Heard.OPTION, 2)


def test_free_text_is_kept_in_her_own_words() -> None:
    question = Question(kind=Kind.TEXT)
    assert hear(" أريد أن أدرس ", question, "ar") == Reading(Heard.TEXT, "أريد أن أدرس")
    assert hear("English", question) == Reading(Heard.TEXT, "English")
    assert hear("🙂", question).heard is Heard.UNCLEAR
    assert hear("تخطي", question, "ar").heard is Heard.SKIP


def test_digits_are_never_taken_out_of_a_word() -> None:
    for text in ("sab3a", "5amsa", "b4", "7abibi", "h3llo", "m8"):
        assert hear(text, Question(kind=Kind.RATING)).heard is Heard.UNCLEAR
    assert hear("sab3a", Question(kind=Kind.RATING), "ar") == Reading(Heard.NUMBER, 7)


def test_a_date_is_in_the_zone_that_was_asked_for() -> None:
    reading = hear("tomorrow at 5", Question(kind=Kind.DATE))
    assert reading.value == datetime(2026, 11, 24, 17, tzinfo=ZoneInfo("Europe/London"))


def test_a_figure_that_may_be_a_day_or_an_hour_is_asked_again() -> None:
    for text in ("Tuesday 17", "Tuesday 1", "Tuesday the 25th 5pm"):
        assert hear(text, Question(kind=Kind.DATE)).heard is Heard.UNCLEAR
    assert hear("tomorrow 17", Question(kind=Kind.DATE)).heard is Heard.DATE


def test_a_figure_that_is_the_label_of_another_choice_is_asked_again() -> None:
    choices = tuple(Choice(key=label, label=label) for label in ("2", "3", "30"))
    question = Question(kind=Kind.OPTIONS, choices=choices)
    assert hear("2", question).heard is Heard.UNCLEAR
    assert hear("1", question) == Reading(Heard.OPTION, 1)
    assert hear("30", question) == Reading(Heard.OPTION, 3)


def test_an_idiom_excuses_only_its_own_words_in_its_own_sentence() -> None:
    question = Question(kind=Kind.ANY)
    assert hear("My feet are killing me.", question).heard is Heard.UNCLEAR
    assert hear("We played cards. He beat me.", question) == Reading(Heard.HARM, "red")
    assert hear("he beat me at cards, then he beat me", question) == Reading(Heard.HARM, "red")


def test_a_language_without_words_is_heard_in_english_and_dari_in_persian() -> None:
    assert hear("yes", Question(kind=Kind.YES_NO), "so").heard is Heard.YES
    assert hear("بلی", Question(kind=Kind.YES_NO), "fa-AF").heard is Heard.YES


NASTY = [
    *("", " ", "\x00", "\ud83d", "\u200f\u200e", "½", "²", "٪", "Ⅷ", "ﷺ", "{{7*7}}", "1/0"),
    *("%s{0.__class__}", "\x1b[31m", "\U0001f468\u200d\U0001f467", "31/31 31:31", "00:00"),
    *("24:00 30/02", "29/02 at 5", "9" * 5000, "10" * 40, "a" * 65_000, "፲፫፻፼" * 50),
    *("1️⃣" * 900, "-" * 9000, "1." * 9000, "🆘" * 2, "kill " * 13_000, "he hits " * 8_000),
]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: f"{q.kind}-{len(q.choices)}")
def test_whatever_comes_in_is_read_as_something(question: Question) -> None:
    for text in NASTY:
        for language in ("en", "ar", "fa", "ti", "xx"):
            assert isinstance(hear(text, question, language), Reading)


SCRAPS = st.sampled_from(
    [
        *(phrase for words in VOCABULARY.words.values() for phrase in sorted(words.phrases)),
        *[
            "0",
            "1",
            "7",
            "10",
            "12",
            "24/11",
            "17:30",
            "1.5",
            "-",
            "/",
            ":",
            ",",
            ".",
            "?",
            "!",
            "+",
            "&",
            "%",
            "٧",
            "۷",
            "፯",
            "🙂",
            "👍🏽",
        ],
    ]
)
MESSY = st.one_of(st.text(st.characters(), max_size=60), st.lists(SCRAPS, max_size=7).map(" ".join))


@settings(max_examples=400, deadline=None)
@given(
    text=MESSY,
    question=st.sampled_from(QUESTIONS),
    language=st.sampled_from(["en", "ar", "fa", "ti"]),
)
def test_any_text_under_any_question_gives_a_reading_that_fits(
    text: str, question: Question, language: str
) -> None:
    reading = hear(text, question, language)
    match reading.heard:
        case Heard.NUMBER:
            assert isinstance(reading.value, int)
            if question.kind is not Kind.ANY:
                assert question.low <= reading.value <= question.high
        case Heard.OPTION:
            places = reading.value if isinstance(reading.value, tuple) else (reading.value,)
            assert all(isinstance(p, int) and 1 <= p <= len(question.choices) for p in places)
        case Heard.DURATION:
            assert isinstance(reading.value, int) and 1 <= reading.value <= 600
        case Heard.DATE:
            assert isinstance(reading.value, datetime) and reading.value > NOW
        case Heard.HARM:
            assert reading.value in ("red", "amber")
        case Heard.LANGUAGE | Heard.TEXT:
            assert isinstance(reading.value, str) and reading.value
        case _:
            assert reading.value is None
