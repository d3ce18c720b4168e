"""Which languages there are, and what each is called: `locales/languages.toml` and Babel's data.

What is said in them is in `catalogues`; how texts reach translators and come back, in `texts`.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from babel import Locale, UnknownLocaleError

from bot.errors import FlowError
from bot.library import ROOT

LOCALES = ROOT / "locales"
LIST = "languages.toml"
SOURCE = "en"  # every text is written in English first
TAG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?\Z")  # BCP 47: fa, fa-AF, zh-Hans
FIELDS = {"status", "reviewed_by", "fallback", "template", "babel"}
NAMES = {"own_name", "english_name", "direction"}


@dataclass(frozen=True, kw_only=True)
class Language:
    """One language. `template` is WhatsApp's code; None: WhatsApp has no templates in it.

    `fallback`: whose approved template may open the window instead, in order, English last.
    """

    tag: str
    own_name: str
    english_name: str
    direction: str  # ltr or rtl
    status: str  # draft or reviewed
    reviewed_by: tuple[str, ...]
    babel: str
    template: str | None
    fallback: tuple[str, ...]


def load_languages(folder: Path | None = None) -> Mapping[str, Language]:
    """Every language of languages.toml by tag, in its order; `FlowError` lists what is wrong."""
    path = (folder or LOCALES) / LIST
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FlowError(f"{path.name}: cannot be read: {error}") from error
    if wrong := [line for tag, row in table.items() for line in _problems(tag, row, table)]:
        raise FlowError(*wrong)
    if SOURCE not in table:
        raise FlowError(f"{LIST}: English ({SOURCE}) is missing, the language of the source")
    return MappingProxyType({tag: _language(tag, row) for tag, row in table.items()})


def po_path(tag: str, folder: Path | None = None) -> Path:
    """Where the translations into a language are kept."""
    return (folder or LOCALES) / tag / "LC_MESSAGES" / "messages.po"


def locale_of(name: str) -> Locale:
    """Babel's locale; `FlowError` for one that Babel does not know (`prs` is `fa_AF` there)."""
    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError) as error:
        raise FlowError(f"{LIST}: Babel does not know the locale '{name}'") from error


def _language(tag: str, row: Mapping[str, object]) -> Language:
    name = str(row.get("babel", tag.replace("-", "_")))
    locale = locale_of(name)
    template = row.get("template")
    return Language(
        tag=tag,
        own_name=str(row.get("own_name") or locale.get_language_name() or tag),
        english_name=str(row.get("english_name") or locale.get_language_name("en") or tag),
        direction=str(row.get("direction") or locale.text_direction),
        status=str(row["status"]),
        reviewed_by=_words(row.get("reviewed_by")),
        babel=str(locale),
        template=None if template is None else str(template),
        fallback=_words(row["fallback"]),
    )


def _problems(tag: str, row: object, table: Mapping[str, object]) -> list[str]:
    if not isinstance(row, dict):
        return [f"{LIST}: '{tag}' is not a language"]
    found = [f"'{name}' is not a known setting" for name in sorted(set(row) - FIELDS - NAMES)]
    if not TAG.match(tag):
        found.append("is not a language tag such as fa or fa-AF")
    if row.get("status") not in ("draft", "reviewed"):
        found.append("status must be draft or reviewed")
    if row.get("direction", "ltr") not in ("ltr", "rtl"):
        found.append("direction must be ltr or rtl")
    if row.get("status") == "reviewed" and not row.get("reviewed_by") and tag != SOURCE:
        found.append("is reviewed, so reviewed_by must name who did it")
    fallback = _words(row.get("fallback"))
    if tag != SOURCE and fallback[-1:] != (SOURCE,):
        found.append(f"fallback must be a list that ends in {SOURCE}")
    found += [
        f"falls back to '{other}', which is not here" for other in fallback if other not in table
    ]
    return [f"{LIST}: {tag}: {sentence}" for sentence in found]


def _words(value: object) -> tuple[str, ...]:
    return tuple(str(word) for word in value) if isinstance(value, list) else ()
