"""Attachments: announced with a message, fetched into a file of ours, shown to staff."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, false, insert, or_, select, update
from sqlmodel import Session

from bot.store.models import Media, Message
from bot.store.sight import Sight
from bot.store.tables import table

_MEDIA, _MESSAGE = table(Media), table(Message)


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One that is to be fetched; `url` is "" where its message has been blanked since."""

    id: int
    url: str
    file: str
    attempts: int


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """One as staff see it, and whose it is."""

    id: int
    message_id: int
    participant_id: int | None
    address_id: int | None
    content_type: str
    state: str
    reason: str
    file: str


def expect_media(db: Session, *, message_id: int, count: int, now: datetime) -> None:
    """Note that so many attachments came with the message: they are fetched later."""
    rows = [
        {
            "message_id": message_id,
            "number": number,
            "not_before": now,
            "updated_at": now,
        }
        for number in range(count)
    ]
    db.execute(insert(_MEDIA), rows)


def take_waiting(db: Session, *, file: str, again: datetime, now: datetime) -> Waiting | None:
    """The next one to fetch, ours until `again`; `file` is its name unless it has one."""
    row = db.execute(
        select(_MEDIA.c.id, _MEDIA.c.number, _MEDIA.c.file, _MEDIA.c.attempts, _MESSAGE.c.media)
        .join(_MESSAGE, _MESSAGE.c.id == _MEDIA.c.message_id)
        .where(_MEDIA.c.state == "waiting", _MEDIA.c.not_before <= now)
        .order_by(_MEDIA.c.not_before, _MEDIA.c.id)
        .limit(1)
        .with_for_update(of=_MEDIA)
    ).first()
    if row is None:
        return None
    name = row.file or file
    db.execute(
        update(_MEDIA)
        .where(_MEDIA.c.id == row.id)
        .values(not_before=again, attempts=row.attempts + 1, file=name, updated_at=now)
    )
    urls = row.media or []
    url = str(urls[row.number][0]) if row.number < len(urls) else ""
    return Waiting(id=row.id, url=url, file=name, attempts=row.attempts + 1)


def set_media(db: Session, media_id: int, *, now: datetime, **values: object) -> None:
    """What became of one that was being fetched; nothing where it has been erased meanwhile."""
    row = update(_MEDIA).where(_MEDIA.c.id == media_id, _MEDIA.c.state == "waiting")
    db.execute(row.values(**values, updated_at=now))


_ATTACHMENTS = select(
    *(_MEDIA.c[name] for name in ("id", "message_id", "content_type", "state", "reason", "file")),
    _MESSAGE.c.participant_id,
    _MESSAGE.c.address_id,
).join(_MESSAGE, _MESSAGE.c.id == _MEDIA.c.message_id)


def attachment(db: Session, media_id: int, *, sight: Sight) -> Attachment | None:
    """One of them, if the message it came with is one whose words she may read."""
    hers = sight.of_person(_MESSAGE.c.participant_id)
    strangers = _MESSAGE.c.participant_id.is_(None) if sight.strangers else false()
    seen = and_(or_(strangers, hers), sight.of_message(), ~sight.keeps())
    row = db.execute(_ATTACHMENTS.where(_MEDIA.c.id == media_id, seen)).one_or_none()
    return None if row is None else Attachment(**row._mapping)


def attachments(db: Session, message_ids: Collection[int]) -> Mapping[int, Sequence[Attachment]]:
    """Those of some messages, by message, in order."""
    found: dict[int, list[Attachment]] = {}
    if message_ids:
        rows = _ATTACHMENTS.where(_MEDIA.c.message_id.in_(message_ids)).order_by(_MEDIA.c.number)
        for row in db.execute(rows):
            found.setdefault(row.message_id, []).append(Attachment(**row._mapping))
    return found
