"""Standing words, from stop and help to my data; skip; a language's name. Whole messages only.

"Bus stop" or "we took a break" never opens a door: every word must belong to it, or be courteous.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.engine.understand.fold import folded_phrase
from bot.engine.understand.items import Listener
from bot.engine.understand.question import Heard

_DOORS = (
    *("stop", "start", "help", "pause", "leave", "delete", "data", "unshare", "menu"),
    *("later", "done"),
)
# These open a question of their own; where a choice is about the same thing, the choice is meant.
CHOOSABLE = frozenset(
    (Heard.PAUSE, Heard.LEAVE, Heard.DELETE, Heard.DATA, Heard.UNSHARE, Heard.MENU)
)
_ASKED_FOR = frozenset(heard.value for heard in CHOOSABLE)
_GOING = frozenset(("stop", "leave", "delete"))
_COURTESY = ("polite",)
_BESIDE = frozenset(("polite", "comma", "question"))


def door(folded: str, listener: Listener) -> Heard | None:
    """The door that the whole message is, courtesies aside; None when it is anything more.

    Before or after pause and those that follow it may stand words of wishing: "can I".
    """
    roles = _roles(folded, listener, (*_DOORS, *_COURTESY, "wish"))
    if "wish" in roles:
        roles = roles - {"wish"}
        return Heard(roles.pop()) if len(roles) == 1 and roles <= _ASKED_FOR else None
    if "stop" in roles and roles <= _GOING:
        return Heard.STOP  # "stop, delete my data": first of all nothing more is sent
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
