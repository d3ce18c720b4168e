"""Fetch what came with messages into files of ours: outside the request, and outside transactions.

A crash leaves a row that is tried again under the same file name, so nothing is left behind.
"""

import logging
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from bot.actions.note_card import note_card
from bot.channels.media import Fetched, NotYet, Refused
from bot.store.database import Database
from bot.store.media import Waiting, set_media, take_waiting
from bot.store.sealed import write_sealed

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=3)  # longer than the longest fetch
# Twilio may need a while after the webhook: seconds until each further try
DELAYS = (5, 15, 30, 60, 300, 900, 3600, 6 * 3600, 24 * 3600)
Fetch = Callable[[str], Fetched]


def fetch_media(
    database: Database,
    fetch: Fetch,
    *,
    folder: Path,
    now: datetime,
    limit: int = 20,
    stopping: Callable[[], bool] = lambda: False,
) -> int:
    """Try up to `limit` that may be tried now; returns how many are kept. When the process is
    `stopping`, the one in hand is the last: each may take a minute."""
    kept = 0
    for _ in range(limit):
        if stopping():
            break
        with database.transaction() as db:
            found = take_waiting(db, file=secrets.token_hex(16), again=now + LEASE, now=now)
        if found is None:
            break
        became = _fetched(fetch, found, folder=folder, key=database.key, now=now)
        kept += became.get("state") == "kept"
        with database.transaction() as db:
            set_media(db, found.id, now=now, **became)
            if became.get("content_type") == "text/vcard":
                note_card(db, found.id, folder / found.file, key=database.key, now=now)
        log.info("attachment %d: %s", found.id, became.get("state", "not yet"))
    return kept


def _fetched(
    fetch: Fetch, waiting: Waiting, *, folder: Path, key: str, now: datetime
) -> dict[str, object]:
    """What the row becomes."""
    if not waiting.url:
        return {"state": "gone", "file": ""}
    try:
        got = fetch(waiting.url)
    except Refused as error:
        return {"state": "refused", "reason": error.reason, "file": ""}
    except NotYet:
        if waiting.attempts > len(DELAYS):
            return {"state": "refused", "reason": "missing", "file": ""}
        return {"not_before": now + timedelta(seconds=DELAYS[waiting.attempts - 1])}
    write_sealed(folder / waiting.file, got.data, key=key)
    return {"state": "kept", "content_type": got.content_type, "size": len(got.data)}
