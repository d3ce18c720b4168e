"""Standing words: stop, start, help, later, done, skip, a language's name. Whole messages only.

"Bus stop" or "thank you for your help" never opens a door: every word must belong to it.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.engine.understand.fold import folded_phrase
from bot.engine.understand.items import Listener
from bot.engine.understand.question import Heard

_DOORS = ("stop", "start", "help", "later", "done")
_COURTESY = ("polite",)
_BESIDE = frozenset(("polite", "comma", "question"))


def door(folded: str, listener: Listener) -> Heard | None:
    """The door that the whole message is, courtesies aside; None when it is anything more."""
    roles = _roles(folded, listener, (*_DOORS, *_COURTESY))
    return Heard(roles.pop()) if len(roles) == 1 and roles <= set(_DOORS) else None


def skips(folded: str, listener: Listener) -> bool:
    """Whether the whole message is a word for skipping the question."""
    return _roles(folded, listener, ("skip", *_COURTESY)) == {"skip"}


def _roles(folded: str, listener: Listener, allowed: tuple[str, ...]) -> set[str]:
    return {item.role for item in listener.items(folded, allowed)} - _BESIDE


def language(folded: str, listener: Listener, languages: Mapping[str, str]) -> str | None:
    """The tag of the language whose name is the whole message."""
    if tag := languages.get(folded_phrase(folded)):
        return tag
    items = listener.items(folded, ("polite", "neutral"))
    name = " ".join(item.text for item in items if item.role not in ("polite", "neutral"))
    return languages.get(name) if len(items) > 1 else None
