"""Everything we hold of one person as a folder: a page to read, the same as JSON, her media.

Nothing of anybody else's: names and goals of mentees are hidden, and numbers that are not hers.
"""

import json
import os
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session as Db

from bot.actions.audit import audit
from bot.actions.house import House
from bot.errors import Refused
from bot.export_words import SECTIONS, heading
from bot.programme.concerns import SAFEGUARDING, SENTENCES
from bot.setting_values import DEFAULT_DATABASE
from bot.store.about_her import Rows, about_her, left_out, partners
from bot.store.sealed import read_sealed
from bot.web import words

EXPORTS = DEFAULT_DATABASE.parent / "exports"
TEMPLATES = Path(__file__).resolve().parent / "web" / "templates"
# Beside records of harm: whoever else reads her copy must not learn that we worry about him
APART = SAFEGUARDING | {"harm_quiet", "doubted"}
HIDDEN = "…"
NUMBER = re.compile(r"(?<!\w)\+?\d[\d ()./-]{7,}\d(?!\w)")
PLACEHOLDER = re.compile(r"\{\w+\}")
ENDINGS = {"audio/ogg": "ogg", "image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}


@dataclass(frozen=True, kw_only=True)
class Exported:
    """Where it lies, what is in it, and how many records of harm were left out."""

    folder: Path
    counts: Mapping[str, int]
    left_out: int


def export_person(
    house: House,
    *,
    participant_id: int,
    to: Path,
    media: Path,
    with_concerns: bool = False,
    staff_id: int | None = None,
    now: datetime,
) -> Exported:
    """Write it to a new folder inside `to`. `Refused` when that is there already."""
    with house.database.reading() as db:
        found = about_her(
            db,
            participant_id=participant_id,
            concerns=APART,
            with_concerns=with_concerns,
        )
        hide = _hiding(db, participant_id, found)
        apart = 0 if with_concerns else left_out(db, participant_id=participant_id, concerns=APART)
    folder = to / f"person-{participant_id}-{now:%Y-%m-%d}"
    _make(folder)
    her = found["person"][0]
    sections = {name: rows for name, rows in found.items() if name != "media"}
    told = {
        name: [_told(house, name, row, her, hide) for row in sections[name]] for name in sections
    }
    files = _copy_media(found["media"], media, folder, key=house.database.key)
    for row in told["messages"]:
        row["files"] = files.get(row["id"], [])
    whole = {"made_at": now, "records_left_out": apart, **told}
    data = json.dumps(whole, ensure_ascii=False, indent=1, default=_plain)
    _write(folder / "data.json", data.encode())
    _write(folder / "index.html", _page(house, told, her=her, apart=apart, now=now).encode())
    with house.database.transaction() as db:
        detail = "with safeguarding records" if with_concerns else ""
        subjects = (f"participant:{participant_id}",)
        audit(db, staff_id=staff_id, action="exported", subjects=subjects, detail=detail, now=now)
    counts = {name: len(rows) for name, rows in sections.items() if rows}
    return Exported(folder=folder, counts=counts, left_out=apart)


def remove_exports(participant_id: int, *, folder: Path = EXPORTS) -> int:
    """Delete what was exported of her to the usual place; how many folders."""
    found = sorted(folder.glob(f"person-{participant_id}-*")) if folder.is_dir() else []
    for each in found:
        shutil.rmtree(each)
    return len(found)


def _hiding(db: Db, participant_id: int, found: Mapping[str, Rows]) -> Callable[[str], str]:
    """What takes out of a text whatever is not hers to have."""
    others = partners(db, participant_id=participant_id)
    secret = [name for name, role in others["names"] if role == "mentee"] + others["goals"]
    longest_first = sorted(filter(None, secret), key=len, reverse=True)
    any_of = "|".join(re.escape(each) for each in longest_first) or r"(?!)"
    named = re.compile(rf"(?<!\w)(?:{any_of})(?!\w)", re.IGNORECASE)
    own = {_digits(row["address"]) for row in found["addresses"]}

    def hide(text: str, *, numbers: bool = True) -> str:
        text = named.sub(HIDDEN, text)
        return NUMBER.sub(lambda m: m[0] if not numbers or _digits(m[0]) in own else HIDDEN, text)

    return hide


def _told(
    house: House, section: str, row: Mapping[str, Any], her: Mapping[str, Any], hide: Any
) -> dict[str, Any]:
    """The row as she may read it: with the question in her language, and nothing of others."""
    ours = row.get("direction") == "out"
    shown = {
        key: hide(value, numbers=not ours) if key in FREE and isinstance(value, str) else value
        for key, value in row.items()
    }
    if section == "messages":
        shown["choices"] = [hide(label) for _, label in row["choices"] or ()]
        shown["english"] = hide(
            words.english(house, context=row["context"], language=row["language"], said=row["text"])
            if ours
            else "",
            numbers=False,
        )
    elif section == "answers":
        base = f"{row['flow']}.{row['step']}"
        shown["question"] = _said(house, base, her["language"])
        shown["meaning"] = _said(house, f"{base}.{row['value']}", her["language"])
    elif section == "consents":
        shown["asked"] = _said(house, row["wording"].partition(" ")[0], her["language"])
    elif section == "alerts":
        shown["about"] = SENTENCES.get(row["kind"], row["kind"])
    elif section == "check_ins":
        shown["about"] = words.flow(row["flow"])
    return shown


FREE = frozenset({"text", "words", "value", "reply", "next_step", "your_reason"})


def _said(house: House, context: str, language: str) -> str:
    """One of our texts in her language, without what was filled in; "" when it is gone."""
    catalogues = house.catalogues
    if not catalogues.has(context):
        return ""
    tag = language if language in catalogues.all_languages else "en"
    return PLACEHOLDER.sub(HIDDEN, catalogues.text(context, tag))


def _page(
    house: House,
    told: Mapping[str, Sequence[Mapping[str, Any]]],
    *,
    her: Mapping[str, Any],
    apart: int,
    now: datetime,
) -> str:
    from jinja2 import Environment, FileSystemLoader

    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    environment.filters["moment"] = lambda at: _moment(at, house)
    language = house.catalogues.all_languages.get(her["language"])
    return environment.get_template("export.html").render(
        her=her,
        direction=language.direction if language else "ltr",
        title=heading("title", her["language"]),
        sections=[
            (name, heading(name, her["language"]), heading(name, "en"), told[name])
            for name in SECTIONS
        ],
        entries=told["goal_entries"],
        apart=apart,
        charity=house.charity,
        now=now,
    )


def _moment(value: Any, house: House) -> Any:
    if isinstance(value, datetime):
        return f"{value.astimezone(house.zone):%Y-%m-%d %H:%M}"
    return value


def _copy_media(rows: Rows, media: Path, folder: Path, *, key: str) -> dict[int, list[str]]:
    files: dict[int, list[str]] = {}
    for row in rows:
        source = media / Path(row["file"]).name
        if row["state"] != "kept" or not row["file"] or not source.is_file():
            continue
        name = f"{row['message_id']}-{row['number']}.{ENDINGS.get(row['content_type'], 'bin')}"
        _write(folder / "media" / name, read_sealed(source, key=key))
        files.setdefault(row["message_id"], []).append(f"media/{name}")
    return files


def _make(folder: Path) -> None:
    """Readable by its owner only, and never over an earlier one."""
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        raise Refused(f"{folder} is there already; move it away first.") from None
    (folder / "media").mkdir(mode=0o700)


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)


def _digits(text: str) -> str:
    """The end of a number, which is the same however it is written."""
    return re.sub(r"\D", "", text)[-9:]


def _plain(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in an export")
