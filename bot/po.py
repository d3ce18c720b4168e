"""Reads and writes .po files by context. English is only the source text, never the identity.

Written here rather than by Babel so that a file changes only where its texts do: no dates, no
places, no wrapping, and the former English beside a translation that has to be looked at again.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import PoFileError, denormalize, escape, read_po

from bot.errors import FlowError

FORMER = "| msgid "  # how Babel hands on a "#| msgid" line: as a comment
NOBODY = "FULL NAME <EMAIL@ADDRESS>"  # what gettext writes before there is a translator


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One text of a .po file. `former` is the English that a fuzzy translation was made from."""

    context: str
    english: str
    text: str = ""
    fuzzy: bool = False
    former: str | None = None
    notes: tuple[str, ...] = ()  # from us, to translators
    remarks: tuple[str, ...] = ()  # from translators, kept
    obsolete: bool = False


@dataclass(frozen=True, kw_only=True)
class PoFile:
    """The texts of one language by context, and who translated last, where that is known."""

    entries: Mapping[str, Entry]
    translator: str | None = None


def read(path: Path) -> PoFile:
    """The texts of a file; none when it does not exist. `FlowError` when it cannot be read."""
    if not path.exists():
        return PoFile(entries={})
    name = "/".join(path.parts[-3:])
    try:
        with path.open("rb") as file:
            catalog = read_po(file, charset="utf-8", abort_invalid=True)
    except (PoFileError, UnicodeDecodeError, ValueError, LookupError) as error:
        raise FlowError(f"{name}: cannot be read: {error}") from error
    entries: dict[str, Entry] = {}
    for message in catalog:
        if message.id:
            entry = _entry(message, obsolete=False)
            if not entry.context or entry.context in entries:
                raise FlowError(
                    f"{name}: line {message.lineno}: its msgctxt is missing or used twice"
                )
            entries[entry.context] = entry
    for message in catalog.obsolete.values():
        gone = _entry(message, obsolete=True)
        entries.setdefault(gone.context, gone)
    translator = catalog.last_translator
    return PoFile(entries=entries, translator=None if translator == NOBODY else translator)


def render(entries: Iterable[Entry], *, language: str = "", translator: str | None = None) -> str:
    """The file's text: a header, the entries in order, obsolete ones last."""
    header = {
        **({"Last-Translator": translator} if translator else {}),
        **({"Language": language} if language else {}),
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
    }
    lines = [
        'msgid ""',
        'msgstr ""',
        *(escape(f"{key}: {value}\n") for key, value in header.items()),
    ]
    ordered = sorted(entries, key=lambda entry: entry.obsolete)
    return "\n\n".join(["\n".join(lines), *(_lines(entry) for entry in ordered)]) + "\n"


def _entry(message: Message, *, obsolete: bool) -> Entry:
    english, text = message.id, message.string
    remarks = [line for line in message.user_comments if not line.startswith("|")]
    return Entry(
        context=message.context or "",
        english=english if isinstance(english, str) else english[0],
        text=text if isinstance(text, str) else "",
        fuzzy=message.fuzzy,
        former=_former(message.user_comments),
        notes=tuple(message.auto_comments),
        remarks=tuple(remarks),
        obsolete=obsolete,
    )


def _former(comments: Iterable[str]) -> str | None:
    quoted = [line for line in comments if re.match(r'\| (msgid )?"', line)]
    if not quoted:
        return None
    return denormalize("\n".join(line.removeprefix(FORMER).removeprefix("| ") for line in quoted))


def _lines(entry: Entry) -> str:
    mark = "#~ " if entry.obsolete else ""
    return "\n".join(
        [
            *(f"# {line}".rstrip() for line in entry.remarks),
            *(f"#. {line}" for line in entry.notes if not entry.obsolete),
            *(["#, fuzzy"] if entry.fuzzy else []),
            *([f"#| msgid {escape(entry.former)}"] if entry.former and entry.fuzzy else []),
            f"{mark}msgctxt {escape(entry.context)}",
            f"{mark}msgid {escape(entry.english)}",
            f"{mark}msgstr {escape(entry.text)}",
        ]
    )
