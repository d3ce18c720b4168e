"""How texts reach translators and come back: extraction, the template, updates by context.

A translation belongs to its context. Stock `pybabel update` matches by likeness of the English,
and so hands one question's translation to another: never run it here.
"""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from bot import po
from bot.engine import wording
from bot.engine.flow import Flow
from bot.errors import FlowError
from bot.languages import LIST, LOCALES, SOURCE, TAG, load_languages, locale_of, po_path
from bot.library import Library, read_flow
from bot.po import Entry

TEMPLATE = "messages.pot"
NEW_LANGUAGE = """
[{tag}]
status = "draft"
reviewed_by = []
fallback = ["en"]{babel}
"""
NEW_WORDS = """# What the bot hears in {name}. locales/en/words.toml says what each section is for.
status = "draft"
reviewed_by = []

yes = []
no = []
stop = []
start = []
help = []
later = []
done = []
skip = []
"""
Extracted = tuple[int, str, list[str], list[str]]


@dataclass(frozen=True, kw_only=True)
class Updated:
    """What an update did, or would do, to one file: the contexts concerned."""

    file: str
    new: tuple[str, ...] = ()
    reworded: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    changed: bool = False


@dataclass(frozen=True)
class Report:
    """What an update did to every file, the template first."""

    files: tuple[Updated, ...]

    @property
    def stale(self) -> tuple[str, ...]:
        """The files that were not as the conversations have it."""
        return tuple(file.file for file in self.files if file.changed)


def extract_flows(
    fileobj: BinaryIO,
    keywords: Mapping[str, object],
    comment_tags: Collection[str],
    options: Mapping[str, object],
) -> Iterator[Extracted]:
    """Babel's extraction method for conversations/, named in pyproject.toml."""
    path = Path(fileobj.name)
    if path.name.startswith("_"):
        return
    for entry in _source(read_flow(path)):
        yield 0, "pgettext", [entry.context, entry.english], list(entry.notes)


def source(library: Library) -> list[Entry]:
    """Every text of every conversation, in order, with what its translator should know."""
    return [entry for flow in library.flows.values() for entry in _source(flow)]


def update(library: Library, folder: Path | None = None, *, check: bool = False) -> Report:
    """Bring the template and every language's file up to date; with `check`, only say how.

    A reworded text keeps its translation and is marked fuzzy, a new one starts empty, one that
    has gone is kept as obsolete. Files that are right are not touched.
    """
    locales = folder or LOCALES
    entries = source(library)
    done = [_template(entries, locales / TEMPLATE, check=check)]
    for tag in load_languages(locales):
        if tag != SOURCE:
            done.append(_update(entries, tag=tag, folder=locales, check=check))
    return Report(tuple(done))


def add(
    tag: str, library: Library, folder: Path | None = None, *, babel: str | None = None
) -> Path:
    """Start a language: a draft in languages.toml, an empty .po and words.toml. Returns the .po.

    `babel` names the locale where Babel does not know the tag itself.
    """
    locales = folder or LOCALES
    if not TAG.match(tag):
        raise FlowError(f"'{tag}' is not a language tag such as fa or fa-AF")
    listing = locales / LIST
    if tag in tomllib.loads(listing.read_text(encoding="utf-8")):
        raise FlowError(f"the language '{tag}' is there already")
    name = locale_of(babel or tag).get_language_name("en") or tag
    row = NEW_LANGUAGE.format(tag=tag, babel=f'\nbabel = "{babel}"' if babel else "")
    with listing.open("a", encoding="utf-8") as file:
        file.write(row)
    _update(source(library), tag=tag, folder=locales, check=False)
    words = locales / tag / "words.toml"
    if not words.exists():
        words.write_text(NEW_WORDS.format(name=name), encoding="utf-8")
    return po_path(tag, locales)


def carried_over(entries: list[Entry], before: Mapping[str, Entry]) -> list[Entry]:
    """The texts as they are now, with the translations that their contexts had before."""
    now = [_carry(entry, before.get(entry.context)) for entry in entries]
    contexts = {entry.context for entry in entries}
    gone = [
        replace(entry, obsolete=True, notes=())
        for entry in before.values()
        if entry.context not in contexts and entry.text
    ]
    return now + gone


def _carry(entry: Entry, before: Entry | None) -> Entry:
    if before is None or not before.text:
        return replace(entry, remarks=before.remarks if before else ())
    reworded = before.english != entry.english
    former = before.former or (before.english if reworded else None)
    fuzzy = before.fuzzy or reworded
    return replace(
        entry,
        text=before.text,
        fuzzy=fuzzy,
        former=former if fuzzy else None,
        remarks=before.remarks,
    )


def _source(flow: Flow) -> Iterator[Entry]:
    limits = wording.limits(flow)
    for text in flow.texts():
        limit = limits.get(text.context)
        fixed = [f"{{{name}}}" for name in sorted(wording.placeholders(text.english))]
        keep = ", ".join(dict.fromkeys([*fixed, *wording.kept(text.english)]))
        notes = [
            text.note,
            *([f"At most {limit} characters."] if limit else []),
            *([f"Keep as it is: {keep}"] if keep else []),
        ]
        yield Entry(context=text.context, english=text.english, notes=tuple(notes))


def _template(entries: list[Entry], path: Path, *, check: bool) -> Updated:
    text = po.render(entries)
    before = po.read(path).entries
    changed = not path.exists() or path.read_text(encoding="utf-8") != text
    if changed and not check:
        path.write_text(text, encoding="utf-8")
    return _compared(entries, before, file=TEMPLATE, changed=changed)


def _update(entries: list[Entry], *, tag: str, folder: Path, check: bool) -> Updated:
    path = po_path(tag, folder)
    before = po.read(path)
    after = carried_over(entries, before.entries)
    changed = not path.exists() or after != list(before.entries.values())
    if changed and not check:
        path.parent.mkdir(parents=True, exist_ok=True)
        text = po.render(after, language=tag.replace("-", "_"), translator=before.translator)
        path.write_text(text, encoding="utf-8")
    return _compared(entries, before.entries, file=f"{tag}/{path.name}", changed=changed)


def _compared(
    entries: list[Entry], before: Mapping[str, Entry], *, file: str, changed: bool
) -> Updated:
    old = {context: entry.english for context, entry in before.items() if not entry.obsolete}
    now = {entry.context: entry.english for entry in entries}
    return Updated(
        file=file,
        new=tuple(context for context in now if context not in old),
        reworded=tuple(key for key in now if key in old and old[key] != now[key]),
        gone=tuple(context for context in old if context not in now),
        changed=changed,
    )
