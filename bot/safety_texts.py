"""The texts for safety, and whether two people have approved a language's present wording.

An approval belongs to the wording and to the English that it says: a reworded text loses it.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable

from bot.catalogues import Catalogues

RED, CLOSED, SOON = "harm_red", "harm_red_closed", "harm_red_soon"
AMBER, HELP = "harm_amber", "help"
TALK_TO, SAFE_TO_WRITE, WRITE_HERE = "talk_to", "safe_to_write", "write_here"
CHOICES = ("yes", "call", "later")  # whether it is safe to write to her
BLAND = f"standing.{RED}.discreet"
KEYS = (RED, CLOSED, SOON, AMBER, HELP, TALK_TO, SAFE_TO_WRITE, WRITE_HERE)
CONTEXTS = (
    *(f"standing.{key}" for key in KEYS),
    *(f"standing.{key}.discreet" for key in (RED, AMBER, HELP)),
)
NEEDED = 2  # different people, for each text in each language


def labels(key: str) -> tuple[str, ...]:
    """The contexts of the choices that are read with that text."""
    return tuple(f"standing.safe_{choice}" for choice in CHOICES) if key == SAFE_TO_WRITE else ()


def wordings(catalogues: Catalogues, *, context: str, language: str) -> tuple[str, ...]:
    """The text and, with it, its choices."""
    contexts = (context, *labels(context.removeprefix("standing.")))
    return tuple(catalogues.text(each, language) for each in contexts)


def digest(catalogues: Catalogues, *, context: str, language: str) -> str:
    """What an approval is bound to."""
    said = wordings(catalogues, context=context, language=language)
    english = wordings(catalogues, context=context, language="en")
    return hashlib.sha256("\x1f".join((*said, *english)).encode()).hexdigest()


def approved(
    catalogues: Catalogues, language: str, found: Iterable[tuple[str, str, str]]
) -> frozenset[str]:
    """The contexts of which enough different people approved what is said now. `found` are
    (context, digest, name) of the language; a name counts once however it is written."""
    names: dict[str, set[str]] = defaultdict(set)
    for context, of_wording, name in found:
        if context in CONTEXTS and of_wording == digest(
            catalogues, context=context, language=language
        ):
            names[context].add(same_name(name))
    return frozenset(context for context, who in names.items() if len(who) >= NEEDED)


def same_name(name: str) -> str:
    """One person's name, however she wrote it."""
    return " ".join(name.casefold().split())
