"""Take up what was set down in files while the database was away: in order, and once."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from bot.channels.base import Inbound
from bot.errors import Unreadable
from bot.store.inbox import read_set_down, waiting

log = logging.getLogger(__name__)
Read = Callable[[Mapping[str, str]], Inbound]


def take_up(
    folder: Path, read: Read, receive: Callable[[Inbound], object], *, key: str, limit: int = 500
) -> int:
    """How many were taken in. Where the database is still away it raises what that raises, and the
    rest waits: the files go one by one, each when its message is stored. What cannot be read holds
    nothing back."""
    taken, unread = 0, 0
    for path in waiting(folder):
        if taken >= limit:
            break
        try:
            found = read_set_down(path, key=key)
            inbound = replace(read(found.form), sent_at=found.at)
        except FileNotFoundError:
            continue  # another clock was quicker
        except (Unreadable, ValueError):
            unread += 1
            continue  # it stays: perhaps the key is another one just now
        receive(inbound)
        path.unlink(missing_ok=True)
        taken += 1
    if unread:
        log.error("%d messages that were set down cannot be read", unread)
    if taken:
        log.info("took up %d messages that were set down", taken)
    return taken
