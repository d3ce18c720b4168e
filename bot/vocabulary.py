"""Loads what the bot hears, language by language, and reads messages with it.

The webhook and `python3 -m bot understand` both come through here. Sends and stores nothing.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError

from bot.engine.understand import (
    Choice,
    Heard,
    Kind,
    Question,
    Reading,
    Words,
    compile_words,
    understand,
)
from bot.engine.understand.fold import folded_phrase

LOCALES = Path(__file__).resolve().parent.parent / "locales"
LONDON = ZoneInfo("Europe/London")
NAME_KEYS = ("name", "own", "own_name", "autonym", "english", "english_name")

Table = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """The compiled words of every language. `languages`: folded name → tag. `reviewed`: who has
    reviewed the list of words of danger, for each language that has one."""

    words: Mapping[str, Words]
    everywhere: Words
    languages: Mapping[str, str]
    reviewed: Mapping[str, tuple[str, ...]]

    def hear(
        self, text: str, *, language: str, question: Question, now: datetime,
        zone: tzinfo = LONDON,
    ) -> Reading:  # fmt: skip
        """What the text means. A language without words of its own is heard in English."""
        return understand(
            text,
            question=question,
            words=self.words_of(language),
            english=self.words["en"],
            everywhere=self.everywhere,
            languages=self.languages,
            now=now,
            zone=zone,
        )

    def reviewers(self, language: str) -> tuple[str, ...] | None:
        """Of her language's words of danger; None where it has no list, so a person must read
        whatever is written in it."""
        tag = language.replace("_", "-")
        return self.reviewed.get(tag, self.reviewed.get(tag.split("-")[0]))

    def words_of(self, language: str) -> Words:
        """Her language, else the one it is a kind of (fa for fa-AF), else English."""
        tag = language.replace("_", "-")
        found = self.words.get(tag) or self.words.get(tag.split("-")[0])
        return found or self.words["en"]


def load_vocabulary(folder: Path | None = None) -> Vocabulary:
    """From locales/words.toml and locales/<language>/words.toml. English must be among them.

    The project's own are read once in a process.
    """
    return _load(folder) if folder else _shipped()


@cache
def _shipped() -> Vocabulary:
    return _load(LOCALES)


def _load(root: Path) -> Vocabulary:
    common = _read(root / "words.toml")
    tables = {path.parent.name: _read(path) for path in sorted(root.glob("*/words.toml"))}
    return Vocabulary(
        words={tag: compile_words(table, language=tag) for tag, table in tables.items()},
        everywhere=compile_words(
            {**common, "stop": _stops(common, *tables.values())},
            language="",
            harm=[common, *tables.values()],
        ),
        languages=_language_names(root, tables),
        reviewed={
            tag: tuple(map(str, _list(table.get("reviewed_by"))))
            for tag, table in tables.items()
            if table.get("harm")
        },
    )


def _stops(common: Table, *tables: Table) -> list[str]:
    """STOP in her first language counts, whichever language she chose (Latin letters excepted)."""
    listed = [str(texts) for table in tables for texts in _list(table.get("stop"))]
    native = [text for texts in listed for text in texts.split(",") if not text.isascii()]
    return [*map(str, _list(common.get("stop"))), *native]


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _read(path: Path) -> Table:
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _language_names(root: Path, heard: Mapping[str, Table]) -> dict[str, str]:
    """Own and English names, from languages.toml and from Babel; and as words.toml names them."""
    listed = _read(root / "languages.toml")
    inner = listed.get("languages")
    tables = inner if isinstance(inner, dict) else listed or {tag: {} for tag in heard}
    names: dict[str, str] = {}
    for tag, table in tables.items():
        written = [table.get(key) for key in NAME_KEYS] if isinstance(table, dict) else []
        said = [name for name in written if isinstance(name, str)]
        for name in (*said, *_babel_names(str(tag))):
            names.setdefault(folded_phrase(name), str(tag))
    for words in heard.values():
        named = words.get("languages")
        for tag, texts in named.items() if isinstance(named, dict) else ():
            for text in ",".join(map(str, _list(texts))).split(","):
                names.setdefault(folded_phrase(text), str(tag))
    names.pop("", None)
    return names


def _babel_names(tag: str) -> list[str]:
    try:
        locale = Locale.parse(tag.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return []
    english = Locale("en")
    names = [locale.get_display_name(locale), locale.get_display_name(english)]
    if locale.territory is None:
        names += [locale.get_language_name(locale), locale.get_language_name(english)]
    return [name for name in names if name]


def understand_json(vocabulary: Vocabulary, line: str, *, now: datetime | None = None) -> str:
    """One JSON line in, one out. A line that is not a JSON object comes back as an error."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return json.dumps({"id": None, "error": "this line is not JSON"})
    if not isinstance(record, dict):
        return json.dumps({"id": None, "error": "this line is not a JSON object"})
    return json.dumps(understand_line(vocabulary, record, now=now))


def understand_line(
    vocabulary: Vocabulary, record: Mapping[str, object], *, now: datetime | None = None
) -> dict[str, object]:
    """{"id", "language", "ask", "text"} → {"id", "reading", "value"}, or {"id", "error"}.

    Also read: "now" (ISO; London time when it names no zone), "options" (labels), "low" and
    "high" (or "min" and "max"), "several", "optional", "person".
    """
    try:
        return _understood(vocabulary, record, now=now)
    except (ValueError, TypeError, OverflowError) as problem:
        return {"id": record.get("id"), "error": str(problem)}


def _understood(
    vocabulary: Vocabulary, record: Mapping[str, object], *, now: datetime | None
) -> dict[str, object]:
    text, language = record.get("text"), record.get("language", "en")
    if not isinstance(text, str):
        raise ValueError("'text' must be a string")
    if not isinstance(language, str):
        raise ValueError("'language' must be a string")
    reading = vocabulary.hear(
        text, language=language, question=question_of(record), now=_moment(record.get("now"), now)
    )
    return {"id": record.get("id"), "reading": reading.heard.value, "value": _value(reading)}


def question_of(record: Mapping[str, object]) -> Question:
    """The question that a JSON record describes."""
    ask = record.get("ask", "any")
    if ask not in {kind.value for kind in Kind}:
        raise ValueError(f"'ask' must be one of: {' '.join(kind.value for kind in Kind)}")
    kind = Kind(str(ask))
    labels = record.get("options") or []
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        raise ValueError("'options' must be a list of labels")
    return Question(
        kind=kind,
        choices=tuple(Choice(key=str(n), label=label) for n, label in enumerate(labels, 1)),
        low=_bound(record, ("low", "min"), default=0),
        high=_bound(record, ("high", "max"), default=10 if kind is Kind.RATING else 999_999),
        several=bool(record.get("several", kind is Kind.OPTIONS)),
        optional=bool(record.get("optional", kind is Kind.OPTIONS)),
        person=bool(record.get("person", False)),
    )


def _bound(record: Mapping[str, object], names: Sequence[str], *, default: int) -> int:
    for name in names:
        value = record.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if value is not None:
            raise ValueError(f"'{name}' must be a whole number")
    return default


def _moment(written: object, now: datetime | None) -> datetime:
    """The asked moment, else the given one, else the clock's (only the command line asks so)."""
    if written is None:
        return now or datetime.now(UTC)
    if not isinstance(written, str):
        raise ValueError("'now' must be an ISO date and time")
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise ValueError("'now' must be an ISO date and time") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=LONDON)


def _value(reading: Reading) -> object:
    if reading.heard is Heard.DATE and isinstance(reading.value, datetime):
        return reading.value.strftime("%Y-%m-%dT%H:%M")
    return list(reading.value) if isinstance(reading.value, tuple) else reading.value
