"""The two ways she was given of calling a person whatever is asked: her safe word, and the words
that the menu has for it. Each counts only as the whole message.
"""

from bot.actions.house import House
from bot.actions.incoming import Incoming
from bot.channels.rendering import parse_payload
from bot.engine.understand.fold import folded_label, folded_phrase

NOT_SAFE = "not_safe"  # a choice with this key is a cry for help, whatever its words
NEEDS_HELP_NOW = f"menu.need.{NOT_SAFE}"
SAFE_WORD = "standing.safe_word"


def is_safe_word(incoming: Incoming) -> bool:
    """Whether she sent the word that she was told to send when she needs us.

    To a mentee the usual one too: she reads it before she is asked whether it is OK.
    """
    words = {incoming.who.safe_word}
    if incoming.who.role == "mentee":
        words |= _in_every_language(incoming.house, SAFE_WORD)
    return any(_is_one_of(words, text) for text in _texts(incoming))


def says_safe_word(house: House, text: str, *, own: str = "") -> bool:
    """The same of words from a number that is nobody's: the usual word, or one of hers that was."""
    return _is_one_of({own} | _in_every_language(house, SAFE_WORD), text)


def needs_help_now(incoming: Incoming) -> bool:
    """Whether she tapped that she needs help now, or wrote what the menu calls it, on any question
    or on none: it must never be kept as her goal, or answered with "I did not understand"."""
    tap = parse_payload(incoming.inbound.button) if incoming.inbound.button else None
    return (tap is not None and tap.key == NOT_SAFE) or any(
        says_help_now(incoming.house, text) for text in _texts(incoming)
    )


def says_help_now(house: House, text: str) -> bool:
    """The same of words alone, whoever sent them."""
    return _is_one_of(_in_every_language(house, NEEDS_HELP_NOW), text)


def _texts(incoming: Incoming) -> tuple[str, ...]:
    """Her words; where several stood on what she tapped, each of them, too."""
    several = len(incoming.inbound.labels) > 1
    return (incoming.inbound.text, *(incoming.inbound.labels if several else ()))


def _in_every_language(house: House, context: str) -> set[str]:
    return {house.catalogues.text(context, tag) for tag in house.catalogues.languages}


def _is_one_of(words: set[str], text: str) -> bool:
    """In any case, with any signs around it, and also when she sends it several times over."""
    said = [part for part in folded_phrase(text).split() if any(map(str.isalnum, part))]
    return bool(said) and any(_repeats(folded_label(word).split(), said) for word in words)


def _repeats(word: list[str], said: list[str]) -> bool:
    times, rest = divmod(len(said), len(word)) if word else (0, 1)
    return rest == 0 and said == word * times
