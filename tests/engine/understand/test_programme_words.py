"""Pause, leave, delete, my data and the menu; days and times with a choice beside them.

What is doubtful is asked again; what is read of a day and a time is read back before it counts.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.engine.understand import Choice, Heard, Kind, Question, Reading
from bot.vocabulary import Vocabulary, load_vocabulary

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # a Monday
LONDON = ZoneInfo("Europe/London")
VOCABULARY: Vocabulary = load_vocabulary()
ANY = Question(kind=Kind.ANY)
PERSON = (Choice(key="person", label="Ask a person"),)
WHEN = Question(kind=Kind.DATE, choices=PERSON, optional=True)
DOORS = ("stop", "start", "help", "pause", "leave", "delete", "data", "menu", "later", "done")


def hear(text: str, question: Question = ANY, language: str = "en") -> Reading:
    return VOCABULARY.hear(text, language=language, question=question, now=NOW)


def moment(text: str, language: str = "en", *, now: datetime = NOW) -> str:
    """The day and time heard, as "24 17:00"; "" when it is asked again."""
    heard = VOCABULARY.hear(text, language=language, question=WHEN, now=now)
    if heard.heard is not Heard.DATE or not isinstance(heard.value, datetime):
        assert heard.heard is Heard.UNCLEAR
        return ""
    return heard.value.strftime("%d %H:%M")


def options(*labels: str, several: bool = False) -> Question:
    choices = tuple(Choice(key=str(place), label=label) for place, label in enumerate(labels))
    return Question(kind=Kind.OPTIONS, choices=choices, several=several)


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize(
    ("language", "text", "heard"),
    [("en", "Take a break", Heard.PAUSE), ("ar", "استراحة", Heard.PAUSE),
     ("fa", "استراحت", Heard.PAUSE), ("ti", "ዕረፍቲ", Heard.PAUSE),
     ("en", "LEAVE", Heard.LEAVE), ("ar", "انسحاب", Heard.LEAVE),
     ("fa", "ترک برنامه", Heard.LEAVE), ("ti", "ካብ ፕሮግራም ምውጻእ", Heard.LEAVE),
     ("en", "forget me", Heard.DELETE), ("ar", "احذفوا بياناتي", Heard.DELETE),
     ("fa", "اطلاعاتم را پاک کنید", Heard.DELETE), ("ti", "ሓበሬታይ ደምስሱ", Heard.DELETE),
     ("en", "my data", Heard.DATA), ("ar", "بياناتي", Heard.DATA),
     ("fa", "اطلاعات من", Heard.DATA), ("ti", "ሓበሬታይ", Heard.DATA),
     ("en", "menu", Heard.MENU), ("ar", "القائمة", Heard.MENU),
     ("fa", "منو", Heard.MENU), ("ti", "ሜኑ", Heard.MENU),
     ("ti", "delete my data", Heard.DELETE), ("en", "ዕረፍቲ", Heard.PAUSE),
     ("fa", "بياناتي", Heard.DATA), ("ar", "menu pls", Heard.MENU)],
)  # fmt: skip
def test_each_standing_word_is_heard_from_any_question(
    kind: Kind, language: str, text: str, heard: Heard
) -> None:
    assert hear(text, Question(kind=kind), language) == Reading(heard)


@pytest.mark.parametrize(
    "text",
    ["we took a break", "he paused the video", "I need to leave at 3", "I don't want to leave",
     "do not delete my data", "my data finished", "lunch menu", "never leave me",
     "he deleted my messages", "can you delete the photo", "ما بدي استراحة", "لا تحذف بياناتي",
     "نمی‌خوام استراحت کنم", "اطلاعاتم رو پاک نکن", "ዕረፍቲ ኣይደልን", "ሓበሬታይ ኣይትደምስሱ"],
)  # fmt: skip
def test_a_standing_word_within_a_sentence_or_denied_opens_nothing(text: str) -> None:
    assert [hear(text, ANY, language).heard for language in ("en", "ar", "fa", "ti")] == [
        Heard.UNCLEAR
    ] * 4


@pytest.mark.parametrize(
    ("text", "heard"),
    [("can I pause?", Heard.PAUSE), ("I'd like to leave the programme please", Heard.LEAVE),
     ("could you delete my data", Heard.DELETE), ("I want to see my data", Heard.DATA),
     ("can I see the menu", Heard.MENU)],
)  # fmt: skip
def test_words_of_wishing_may_stand_beside_a_standing_word(text: str, heard: Heard) -> None:
    assert hear(text).heard is heard


def test_who_names_a_time_wants_a_break_and_is_not_stopped() -> None:
    for language, text in (("en", "stop for a week"), ("ar", "وقف اسبوع"),
                           ("fa", "یک هفته توقف"), ("ti", "ንሓደ ሰሙን ደው")):  # fmt: skip
        assert hear(text, ANY, language).heard is Heard.PAUSE
    assert hear("توقف موقت", ANY, "fa").heard is Heard.PAUSE
    assert hear("توقف", ANY, "fa").heard is Heard.STOP


def test_leaving_somebody_alone_is_stop_and_leaving_is_not() -> None:
    assert hear("leave me alone").heard is Heard.STOP
    assert hear("اتركوني", ANY, "ar").heard is Heard.STOP
    assert hear("leave").heard is Heard.LEAVE
    assert hear("leave it").heard is Heard.UNCLEAR
    assert hear("leave me").heard is Heard.UNCLEAR


def test_stop_comes_before_leaving_and_deleting_but_not_before_a_break() -> None:
    assert hear("stop, delete my data").heard is Heard.STOP
    assert hear("stop leave").heard is Heard.STOP
    assert hear("stop, take a break").heard is Heard.UNCLEAR
    assert hear("pause delete").heard is Heard.UNCLEAR
    assert hear("can I stop").heard is Heard.UNCLEAR


def test_a_standing_word_that_names_a_choice_is_the_choice_but_stop_and_help_are_not() -> None:
    question = options("Only these messages", "Leave mentoring", "Talk to a person")
    assert hear("leave", question) == Reading(Heard.OPTION, 2)
    assert hear("leave", options("Yes", "No")).heard is Heard.LEAVE
    assert hear("my data", options("See my data", "Nothing")) == Reading(Heard.OPTION, 1)
    assert hear("help", options("Help with English", "Housing")).heard is Heard.HELP
    assert hear("stop", options("Stop a bus", "Walk")).heard is Heard.STOP


def test_urgent_words_still_mean_help_and_menu_no_longer_does() -> None:
    assert {hear(text).heard for text in ("help", "urgent", "emergency")} == {Heard.HELP}
    assert hear("menu").heard is Heard.MENU


def test_no_phrase_opens_two_doors_in_one_language_or_stop_in_another() -> None:
    everywhere = VOCABULARY.everywhere.phrases
    for words in VOCABULARY.words.values():
        for phrase, roles in words.phrases.items():
            doors = {role for role in roles if role in DOORS}
            elsewhere = {role for role in everywhere.get(phrase, {}) if role in DOORS}
            assert len(doors) <= 1, (words.language, phrase)
            assert not (doors and "stop" in elsewhere and doors != {"stop"}), phrase


@pytest.mark.parametrize("text", ["1", "١", "፩", "1️⃣", "Ask a person", "ask a person please"])
def test_the_choice_beside_a_day_and_a_time_is_chosen_by_figure_and_by_label(text: str) -> None:
    assert hear(text, WHEN) == Reading(Heard.OPTION, 1)


def test_a_day_and_a_time_are_read_with_a_choice_beside_them_and_none_skips() -> None:
    assert hear("Tuesday 5pm", WHEN) == Reading(
        Heard.DATE, datetime(2026, 11, 24, 17, 0, tzinfo=LONDON)
    )
    assert hear("0", WHEN).heard is Heard.SKIP
    assert hear("Ask a person on Tuesday at 5pm", WHEN).heard is Heard.UNCLEAR
    labels = Question(kind=Kind.DATE, choices=(Choice(key="a", label="Tuesday 5pm"),))
    assert hear("Tuesday 5pm", labels) == Reading(Heard.OPTION, 1)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [("en", "tues at 5", "24 17:00"), ("en", "Tues 5", "24 17:00"),
     ("en", "tomorrow afternoon at 3", "24 15:00"), ("en", "24 November 5pm", "24 17:00"),
     ("en", "24/11 at 17:00", "24 17:00"), ("en", "on the 24th at 5 in the evening", "24 17:00"),
     ("ar", "غداً الساعة ٥", "24 17:00"), ("ar", "بكرا الساعة خمسة العصر", "24 17:00"),
     ("ar", "يوم ٢٤ الساعة ٥", "24 17:00"), ("fa", "سه‌شنبه ساعت ۵ عصر", "24 17:00"),
     ("fa", "روز ۳۰ ساعت ۱۰ صبح", "30 10:00"), ("fa", "فردا ۱۷:۳۰", "24 17:30"),
     ("ti", "ዕለት 30 ሰዓት 4 ንግሆ", "30 10:00"), ("ti", "ሓሙስ ሰዓት 17:00", "26 17:00")],
)  # fmt: skip
def test_days_and_times_in_words_are_read(language: str, text: str, expected: str) -> None:
    assert moment(text, language) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("tuesday at 1", "24 13:00"), ("tuesday at 7", "24 19:00"), ("tuesday at 07:00", "24 07:00"),
     ("tuesday at 8", "24 08:00"), ("tuesday at 11", "24 11:00"), ("tuesday at 12", "24 12:00"),
     ("tuesday 7am", "24 07:00"), ("tuesday 6 in the evening", "24 18:00"),
     ("tuesday 3 in the evening", ""), ("tuesday 17", ""), ("tuesday at 05:00", "")],
)  # fmt: skip
def test_a_bare_hour_is_one_at_which_people_meet(text: str, expected: str) -> None:
    assert moment(text) == expected


@pytest.mark.parametrize(
    "text",
    ["Tuesday", "5pm", "yesterday 5pm", "20 November 3pm", "Tuesday 17 November 5pm",
     "Thursday 27th at 2pm", "Tuesday or Wednesday 5pm", "Tuesday between 2 and 4", "not Tuesday",
     "next Tuesday at 5pm", "31 November 5pm", "tomorrow", "any time"],
)  # fmt: skip
def test_half_a_moment_a_past_one_or_one_of_two_is_asked_again(text: str) -> None:
    assert moment(text) == ""


def test_next_monday_said_on_a_monday_is_in_a_week() -> None:
    assert moment("next Monday at 10") == "30 10:00"
    assert moment("الاثنين الجاي ١٠ الصبح", "ar") == "30 10:00"
    friday = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)
    assert moment("next Tuesday 17.30", now=friday) == "01 17:30"


def test_a_day_of_this_year_that_has_gone_is_not_next_years_unless_the_year_is_said() -> None:
    assert moment("20 November 3pm") == ""
    assert moment("20 November 2027 3pm") == "20 15:00"
    assert moment("5 June 3pm") == "05 15:00"


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [("en", "the day after tomorrow at 3pm", "25 15:00"), ("en", "this Friday 4pm", "27 16:00"),
     ("en", "Friday at half five", "27 17:30"), ("en", "Tuesday 17h", "24 17:00"),
     ("en", "tuesday 17h30", "24 17:30"), ("en", "Tuesday 5 o’clock", "24 17:00"),
     ("en", "Tuesday noon", "24 12:00"), ("en", "tomorrow eve at 6", "24 18:00"),
     ("en", "Thursday evening 7pm", "26 19:00"), ("en", "tuesday 5pm UK time", "24 17:00"),
     ("ar", "٢٤ تشرين الثاني الساعة ٥", "24 17:00"), ("ar", "24 تشرين الساعة 5", ""),
     ("ar", "٥ كانون الثاني الساعة ٣ العصر", "05 15:00"), ("ar", "3 كانون الساعة 5", ""),
     ("ar", "3 شباط 2027 الساعة 5 العصر", "03 17:00"), ("ar", "بكرا الساعة اتنين", "24 14:00"),
     ("ar", "بكرا الساعة تلات", "24 15:00"), ("fa", "۲۴ نومبر ساعت ۵", "24 17:00"),
     ("fa", "۱۰ جنوری ساعت ۵ بعد از ظهر", "10 17:00"), ("fa", "۳ آذر ساعت ۵ عصر", ""),
     ("fa", "3 قوس ساعت 5", ""), ("fa", "۱۴۰۵/۹/۳ ساعت ۵", ""), ("fa", "3 دی ساعت 5 عصر", ""),
     ("fa", "12 تیر ساعت 10", ""), ("fa", "دوشنبه ۹ آذر ساعت ۵", ""),
     ("ti", "ሰሉስ ሰዓት 5 ብግዜ ብሪጣንያ", "24 17:00"), ("ti", "ሰሉስ ሰዓት 5 ድሕሪ ቀትሪ", "")],
)  # fmt: skip
def test_ways_of_saying_a_day_or_an_hour_are_read_and_other_calendars_are_asked_again(
    language: str, text: str, expected: str
) -> None:
    assert moment(text, language) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("ሰሉስ ሰዓት 3", ""), ("ሰሉስ ሰዓት 3 ንግሆ", "24 09:00"), ("ሰሉስ ሰዓት 9 ንግሆ", ""),
     ("ሰሉስ ሰዓት 9 ድሕሪ ቀትሪ", "24 15:00"), ("ሰሉስ ሰዓት 3 ድሕሪ ቀትሪ", ""),
     ("ሰሉስ ሰዓት 1 ምሸት", "24 19:00"), ("ሰሉስ ሰዓት 7 ምሸት", ""), ("ሰሉስ ሰዓት 12", ""),
     ("ሰሉስ 3pm", "24 15:00"), ("ሰሉስ 15:00", "24 15:00"), ("ሰሉስ ፋዱስ", "24 12:00")],
)  # fmt: skip
def test_an_hour_in_tigrinya_counts_from_sunrise_only_where_the_part_of_the_day_agrees(
    text: str, expected: str
) -> None:
    assert moment(text, "ti") == expected


@pytest.mark.parametrize(
    ("language", "text", "minutes"),
    [("en", "1h30", 90), ("en", "1:30", 90), ("en", "an hour and a half", 90), ("en", "90", 90),
     ("en", "3/4 of an hour", 45), ("en", "1/2 hour", 30), ("ar", "ساعة ونص", 90),
     ("fa", "یک ساعت و نیم", 90), ("fa", "دو ساعت کامل", 120), ("ti", "ሰዓትን ፈረቓን", 90),
     ("ti", "seatn ferekan", 90), ("ti", "፺", 90), ("ar", "٩٠ دقيقة", 90), ("fa", "۹۰", 90)],
)  # fmt: skip
def test_lengths_are_read_in_four_languages(language: str, text: str, minutes: int) -> None:
    heard = hear(text, Question(kind=Kind.DURATION), language)
    assert heard == Reading(Heard.DURATION, minutes)


def test_several_choices_are_read_and_two_figures_in_one_are_asked_again() -> None:
    question = options("Children", "Travel", "Phone", "Time", "Health", several=True)
    for text in ("1 4", "1,4", "١ و ٤", "1 and 4", "1️⃣ 4️⃣", "children and time", "1ን 4ን"):
        assert hear(text, question, "ti" if "ን" in text else "ar").value == (1, 4)
    assert hear("travel and children", question).value == (1, 2)
    assert hear("14", question).heard is Heard.UNCLEAR
    assert hear("1 or 4", question).heard is Heard.UNCLEAR
    tigrinya = options("ቆልዑ", "ጉዕዞ", "ግዜ", several=True)
    assert hear("ቆልዑን ግዜን", tigrinya, "ti").value == (1, 3)


def test_persian_no_among_nine_choices_may_be_nine_and_is_asked_again() -> None:
    nine = options("یک", "دو", "سه", "چهار", "پنج", "شش", "هفت", "هشت", "وقت", several=True)
    assert hear("نه", nine, "fa").heard is Heard.UNCLEAR
    assert hear("۹", nine, "fa") == Reading(Heard.OPTION, 9)


def test_a_no_is_not_the_choice_that_says_no_of_somebody_else() -> None:
    question = options("My mentor could not come", "I could not come myself", "We forgot")
    assert hear("I couldn't come", question).heard is Heard.UNCLEAR
    assert hear("I could not come myself", question) == Reading(Heard.OPTION, 2)
