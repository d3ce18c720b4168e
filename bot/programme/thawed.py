"""A frozen report, read back from its JSON: the same page shows it as a live one. Pure."""

from dataclasses import MISSING, fields, is_dataclass
from types import UnionType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

from bot.programme.impact import Impact

T = TypeVar("T")


def thawed(plain: object) -> Impact:
    """The figures that `figures()` made. Whatever was added since must have a default."""
    return _built(Impact, plain)


def thawed_pair(plain: dict[str, object]) -> tuple[Impact, Impact | None]:
    """A report's cohort, and the cohort before it, if there was one."""
    before = plain["before"]
    return thawed(plain["now"]), None if before is None else thawed(before)


def _built(kind: type[T], plain: object) -> T:
    known, hints = cast(dict[str, object], plain), get_type_hints(kind)
    return kind(
        **{
            one.name: _value(hints[one.name], known[one.name])
            for one in fields(cast(Any, kind))
            if one.name in known or one.default is MISSING
        }
    )


def _value(hint: object, plain: object) -> object:
    if get_origin(hint) is tuple:
        of = get_args(hint)[0]
        return tuple(_value(of, one) for one in cast(list[object], plain))
    if isinstance(hint, UnionType) or not is_dataclass(hint):
        return plain
    return _built(cast(type[object], hint), plain)
