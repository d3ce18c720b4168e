"""Recordings of our own texts: which there are, and where their files lie. Nobody's words."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, insert, select, update
from sqlmodel import Session

from bot.store.models import Message, Recording, Staff
from bot.store.tables import table

_RECORDING, _STAFF, _MESSAGE = table(Recording), table(Staff), table(Message)
FOLDER = "recordings"  # in the folder of media


@dataclass(frozen=True, kw_only=True)
class RecordingRow:
    """One text in one language, as somebody has spoken it. `by` is who kept it, "" if gone."""

    id: int
    context: str
    language: str
    digest: str
    file: str
    content_type: str
    size: int
    seconds: int
    by: str
    at: datetime


_ROWS = select(
    *(_RECORDING.c[name] for name in ("id", "context", "language", "digest", "file")),
    *(_RECORDING.c[name] for name in ("content_type", "size", "seconds", "at")),
    _STAFF.c.name.label("by"),
).outerjoin(_STAFF, _STAFF.c.id == _RECORDING.c.staff_id)


def recordings(db: Session) -> tuple[RecordingRow, ...]:
    """All there are: a few hundred at most."""
    rows = db.execute(_ROWS.order_by(_RECORDING.c.language, _RECORDING.c.context))
    return tuple(RecordingRow(**{**row._mapping, "by": row.by or ""}) for row in rows)


def recording(db: Session, *, context: str, language: str) -> RecordingRow | None:
    """Of that text in that language, whether or not it still says it."""
    return _one(db, _RECORDING.c.context == context, _RECORDING.c.language == language)


def recording_by_id(db: Session, recording_id: int) -> RecordingRow | None:
    return _one(db, _RECORDING.c.id == recording_id)


def _one(db: Session, *where: object) -> RecordingRow | None:
    row = db.execute(_ROWS.where(*where)).one_or_none()  # type: ignore[arg-type]
    return None if row is None else RecordingRow(**{**row._mapping, "by": row.by or ""})


def replace_recording(
    db: Session,
    *,
    context: str,
    language: str,
    digest: str,
    file: str,
    content_type: str,
    size: int,
    seconds: int,
    staff_id: int,
    now: datetime,
) -> str:
    """Keep this one, in the place of whatever there was; the name of the file that it replaces."""
    values = {
        "digest": digest,
        "file": file,
        "content_type": content_type,
        "size": size,
        "seconds": seconds,
        "staff_id": staff_id,
        "at": now,
    }
    here = (_RECORDING.c.context == context, _RECORDING.c.language == language)
    before = db.execute(select(_RECORDING.c.file).where(*here).with_for_update()).scalar()
    if before is None:
        db.execute(insert(_RECORDING).values(context=context, language=language, **values))
        return ""
    db.execute(update(_RECORDING).where(*here).values(**values))
    return str(before)


def remove_recording(db: Session, recording_id: int) -> None:
    """The row; messages that were it remain, and say no longer which it was."""
    was = _MESSAGE.c.recording_id == recording_id
    db.execute(update(_MESSAGE).where(was).values(recording_id=None))
    db.execute(delete(_RECORDING).where(_RECORDING.c.id == recording_id))


def path_of(media: Path, file: str) -> Path:
    """Where the file of a recording lies, of the folder of media."""
    return media / FOLDER / Path(file).name
