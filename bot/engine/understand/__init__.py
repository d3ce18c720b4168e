"""What a participant typed, and what it means. Pure: word lists, the time and the zone come in.

A wrong reading is a failure; asking again is only a miss. So whatever is doubtful is unclear.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, tzinfo

from bot.engine.understand.alike import said_otherwise
from bot.engine.understand.answers import answer_number, answer_yes_no, read_yes_no
from bot.engine.understand.dates import answer_date
from bot.engine.understand.doors import CHOOSABLE, door, language, skips
from bot.engine.understand.durations import answer_duration
from bot.engine.understand.fold import fold, variants, without_marks
from bot.engine.understand.items import Listener
from bot.engine.understand.options import answer_options, begun_label, tapped
from bot.engine.understand.phrases import Finding, worst
from bot.engine.understand.question import UNCLEAR, Choice, Heard, Kind, Question, Reading
from bot.engine.understand.words import Words, compile_harm, compile_words

__all__ = [
    "Choice",
    "Heard",
    "Kind",
    "Question",
    "Reading",
    "Words",
    "compile_harm",
    "compile_words",
    "understand",
]

# Longer messages are never a number, a date or a choice; only harm is looked for beyond this.
LONGEST_ANSWER = 300


def understand(
    text: str,
    *,
    question: Question,
    words: Words,
    english: Words,
    everywhere: Words,
    languages: Mapping[str, str],
    now: datetime,
    zone: tzinfo,
) -> Reading:
    """Harm first, then STOP and the other doors, then the open question, then a language's name.

    A quiet sign of harm changes nothing but `quiet`. `languages`: folded own and English names →
    tag. `now` is aware.
    """
    folded = fold(text)
    listener = Listener((words, everywhere, english))
    found = _harm(folded, words, everywhere, english)
    short = len(folded) <= LONGEST_ANSWER
    if found and short and _excused(folded, found.level, question=question, words=words):
        found = None
    if found and found.level != "quiet":
        return Reading(Heard.HARM, found.level, topics=found.topics)
    reading = _meant(
        text, folded, listener, question=question, languages=languages, now=now, zone=zone
    )
    return replace(reading, quiet=True, topics=found.topics) if found else reading


def _meant(
    text: str,
    folded: str,
    listener: Listener,
    *,
    question: Question,
    languages: Mapping[str, str],
    now: datetime,
    zone: tzinfo,
) -> Reading:
    guesses = variants(folded) if len(folded) <= LONGEST_ANSWER else []
    for guess in guesses:
        reading = _door_or_answer(
            guess, listener, question=question, languages=languages, now=now, zone=zone
        )
        if reading.heard is not Heard.UNCLEAR:
            return reading
    if question.kind is Kind.TEXT and any(sign.isalpha() or sign.isdigit() for sign in text):
        return Reading(Heard.TEXT, text.strip())
    return UNCLEAR


def _harm(folded: str, *tongues: Words) -> Finding | None:
    """The worst in any word list, through the whole of the text."""
    bare = without_marks(folded)
    spellings = (folded,) if bare == folded else (folded, bare)
    return worst(words.harm.find(spelling) for words in tongues for spelling in spellings)


def _excused(folded: str, level: str, *, question: Question, words: Words) -> bool:
    """A tapped label that is not red, or one of her language's words for skipping."""
    return (level != "red" and bool(tapped(folded, question))) or skips(folded, Listener((words,)))


def _door_or_answer(
    folded: str,
    listener: Listener,
    *,
    question: Question,
    languages: Mapping[str, str],
    now: datetime,
    zone: tzinfo,
) -> Reading:
    standing = door(folded, listener)
    if standing is Heard.STOP:
        place = said_otherwise(folded, listener, question.choices)  # "cancel" a session
        return Reading(Heard.OPTION, place) if place else Reading(Heard.STOP)
    place = tapped(folded, question)
    if standing in (Heard.LATER, Heard.DONE) and begun_label(folded, question) is not None:
        standing = None  # "another time", where that is how a choice begins
    if (
        standing is Heard.START
        and question.kind is Kind.YES_NO
        and read_yes_no(folded, listener) is not Heard.UNCLEAR
    ):
        return UNCLEAR  # Arabic: "begin" and "never" are written alike
    if standing and not place:
        chosen = standing in CHOOSABLE and _chosen(folded, listener, question)
        return chosen or Reading(standing)
    if skips(folded, listener) and not place and begun_label(folded, question) is None:
        return Reading(Heard.SKIP)
    reading = _at_zero(folded, listener, question)
    if reading.heard is Heard.UNCLEAR:
        reading = _answer(folded, listener, question, now=now, zone=zone)
    if reading.heard is Heard.OPTION:
        return _as_asked(reading, question, languages)
    if reading.heard is Heard.UNCLEAR and (tag := language(folded, listener, languages)):
        own = listener.tongues[0].language
        return (
            UNCLEAR
            if question.kind is Kind.TEXT and tag in ("en", own)
            else Reading(Heard.LANGUAGE, tag)
        )
    return reading


def _chosen(folded: str, listener: Listener, question: Question) -> Reading | None:
    """The choice that a standing word is about: "leave" where one may choose to leave mentoring."""
    if not question.choices:
        return None
    reading = answer_options(folded, listener, question)
    return reading if reading.heard is Heard.OPTION else None


def _at_zero(folded: str, listener: Listener, question: Question) -> Reading:
    """0 where it means "a person" or "skip". On a rating or a number it is the number zero."""
    if question.kind in (Kind.RATING, Kind.NUMBER, Kind.ANY) or folded.strip(" .)(*") != "0":
        return UNCLEAR
    if question.person:
        return Reading(Heard.HELP)
    return Reading(Heard.SKIP) if question.optional else UNCLEAR


def _answer(
    folded: str, listener: Listener, question: Question, *, now: datetime, zone: tzinfo
) -> Reading:
    kind = question.kind
    if kind is Kind.DATE and not (question.choices and tapped(folded, question)):
        sunrise = listener.tongues[0].sunrise
        reading = answer_date(folded, listener, now=now, zone=zone, sunrise=sunrise)
        if reading.heard is Heard.DATE:
            return reading
    if question.choices and kind not in (Kind.RATING, Kind.NUMBER):
        reading = answer_options(folded, listener, question)
        if reading.heard is not Heard.UNCLEAR:
            return reading
    match kind:
        case Kind.YES_NO:
            if question.choices:
                return Reading(read_yes_no(folded, listener))
            return answer_yes_no(folded, listener)
        case Kind.RATING | Kind.NUMBER:
            return answer_number(folded, listener, question)
        case Kind.DURATION:
            return answer_duration(folded, listener)
        case Kind.ANY:
            return _unasked(folded, listener)
        case _:
            return UNCLEAR


def _unasked(folded: str, listener: Listener) -> Reading:
    """No question is open: yes, no or a number, unless the words could be either."""
    yes_no = answer_yes_no(folded, listener)
    number = answer_number(folded, listener, Question(kind=Kind.ANY, high=999_999))
    if folded.strip().isdecimal():
        return number
    if yes_no.heard is Heard.UNCLEAR:
        return number
    return yes_no if number.heard is Heard.UNCLEAR else UNCLEAR


def _as_asked(reading: Reading, question: Question, languages: Mapping[str, str]) -> Reading:
    """An option that is simply yes, no or a language is heard as that where that was asked."""
    if not isinstance(reading.value, int):
        return reading
    choice = question.choices[reading.value - 1]
    if question.kind is Kind.YES_NO and choice.means in ("yes", "no"):
        return Reading(Heard(choice.means))
    if question.kind is Kind.LANGUAGE and choice.key in languages.values():
        return Reading(Heard.LANGUAGE, choice.key)
    return reading
