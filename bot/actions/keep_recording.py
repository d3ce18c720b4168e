"""Keep a recording of one of our texts, in the place of the one before; or take it away.

The file is written before its row, and the old one goes after it: a crash loses neither.
"""

import secrets
from datetime import datetime
from pathlib import Path

from bot.actions.audit import audit
from bot.actions.house import House
from bot.channels.sound import Sound, read_sound
from bot.errors import Refused
from bot.spoken_texts import digest, may_speak
from bot.store.database import private_folder
from bot.store.recordings import path_of, recording, remove_recording, replace_recording
from bot.store.sealed import write_sealed

CHANGED = "The text has changed since this page was opened. Please read it again, then record it."
NO_SUCH = "This text is never spoken."


def keep_recording(
    house: House,
    *,
    context: str,
    language: str,
    read: str,
    data: bytes,
    media: Path,
    staff_id: int,
    now: datetime,
) -> Sound:
    """`read` is the digest of the wording that the page showed. `Refused` or `Unreadable` say in
    one sentence what is wrong with it."""
    if not may_speak(house.library, context):
        raise Refused(NO_SUCH)
    if read != digest(house.library, house.catalogues, context=context, language=language):
        raise Refused(CHANGED)
    sound, file = read_sound(data), secrets.token_hex(16)
    path = path_of(media, file)
    private_folder(media)
    write_sealed(path, sound.data, key=house.database.key)
    try:
        before = _keep(
            house, context=context, language=language, read=read, sound=sound, file=file,
            staff_id=staff_id, now=now,
        )  # fmt: skip
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    if before:
        path_of(media, before).unlink(missing_ok=True)
    return sound


def _keep(
    house: House,
    *,
    context: str,
    language: str,
    read: str,
    sound: Sound,
    file: str,
    staff_id: int,
    now: datetime,
) -> str:
    with house.database.transaction() as db:
        before = replace_recording(
            db,
            context=context,
            language=language,
            digest=read,
            file=file,
            content_type=sound.content_type,
            size=len(sound.data),
            seconds=sound.seconds,
            staff_id=staff_id,
            now=now,
        )
        audit(
            db,
            staff_id=staff_id,
            action="kept a recording",
            subjects=(f"text:{context}",),
            detail=language,
            now=now,
        )
    return before


def take_recording_away(
    house: House, *, context: str, language: str, media: Path, staff_id: int, now: datetime
) -> None:
    """The text goes alone from now on. Nothing happens where there is none."""
    with house.database.transaction() as db:
        found = recording(db, context=context, language=language)
        if found is None:
            return
        remove_recording(db, found.id)
        audit(
            db,
            staff_id=staff_id,
            action="took a recording away",
            subjects=(f"text:{context}",),
            detail=language,
            now=now,
        )
    path_of(media, found.file).unlink(missing_ok=True)
