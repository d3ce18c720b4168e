"""The word on the slide: which words will do, and how one that she sends is compared with it."""

from collections.abc import Iterator
from datetime import datetime

from bot.actions.house import House
from bot.engine.flow import Ask
from bot.engine.understand import Heard, Kind, Question
from bot.engine.understand.fold import folded_phrase, without_marks
from bot.vocabulary import Vocabulary

SHORTEST, LONGEST = 3, 20
UNASKED = Question(kind=Kind.ANY)


def spelt(text: str) -> str:
    """One spelling: case, accents and signs around it do not count."""
    return without_marks(folded_phrase(text))


def could_be_word(text: str, vocabulary: Vocabulary) -> bool:
    """Whether it is worth looking up: one word of letters, of none of our lists."""
    if not SHORTEST <= len(text) <= 2 * LONGEST:
        return False
    word = spelt(text)
    if " " in word or _letters(word) < SHORTEST or any(sign.isdigit() for sign in word):
        return False
    return not _listed(word, vocabulary)


def problem_with_word(text: str, *, house: House, now: datetime) -> str:
    """Why it cannot be shown at a training, in a sentence; "" when it can."""
    word = spelt(text)
    if any(sign.isdigit() for sign in word):
        return "A number could be an answer. Please choose a word."
    if " " in word:
        return "Please choose one word, without spaces or signs."
    if _letters(word) < SHORTEST:
        return "Please choose a word of at least three letters."
    if len(word) > LONGEST:
        return f"Please choose a word of at most {LONGEST} letters."
    if _understood(word, house, now):
        return "That word already means something to the bot. Please choose another."
    if word in _answers(house):
        return "That word could be an answer to one of our questions. Please choose another."
    return ""


def _letters(word: str) -> int:
    return sum(1 for sign in word if sign.isalpha())


def _listed(word: str, vocabulary: Vocabulary) -> bool:
    tongues = (vocabulary.everywhere, *vocabulary.words.values())
    return word in vocabulary.languages or any(word in one.phrases for one in tongues)


def _understood(word: str, house: House, now: datetime) -> bool:
    """In any language: a standing word, a number, a day, a language's name, a word of harm."""
    vocabulary = house.vocabulary
    if _listed(word, vocabulary):
        return True
    tongues = (vocabulary.everywhere, *vocabulary.words.values())
    if any(word == without_marks(phrase) for one in tongues for phrase in one.phrases):
        return True
    return any(
        vocabulary.hear(word, language=language, question=UNASKED, now=now, zone=house.zone).heard
        is not Heard.UNCLEAR
        for language in vocabulary.words
    )


def _answers(house: House) -> frozenset[str]:
    """Every word of every label and every safe word, in every language and in one spelling."""
    return frozenset(word for text in _answer_texts(house) for word in spelt(text).split())


def _answer_texts(house: House) -> Iterator[str]:
    catalogues = house.catalogues
    for language in catalogues.all_languages:
        yield catalogues.text("standing.safe_word", language)
        for name, flow in house.library.flows.items():
            for step in flow.steps:
                for option in step.options if isinstance(step, Ask) else ():
                    yield catalogues.text(f"{name}.{step.key}.{option.key}", language)
