"""Messages set down as files while nobody could take them in: beside the media, in order, once.

For the web process where the database is away; the clock takes them up (`bot.actions.take_up`).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.errors import Unreadable
from bot.store.sealed import read_sealed, write_sealed

ENDING = ".form"
MOST = 20_000  # files: then Twilio has to keep them
MOMENT = "%Y%m%dT%H%M%S%f"


class Full(Exception):
    """So many wait already that something must be wrong: nothing more is set down."""


@dataclass(frozen=True, kw_only=True)
class SetDown:
    """One message as it was posted, and when."""

    at: datetime
    form: Mapping[str, str]


def set_down(folder: Path, form: Mapping[str, str], *, sid: str, key: str, now: datetime) -> None:
    """On the disk when this returns, and for nobody's eyes but ours. `sid` names a file: it must
    have been looked at. Said twice, it is kept once."""
    here = waiting(folder)
    if any(path.name.endswith(f"-{sid}{ENDING}") for path in here):
        return
    if len(here) >= MOST:
        raise Full
    data = json.dumps({"at": now.isoformat(), "form": dict(form)}).encode()
    write_sealed(folder / f"{now.strftime(MOMENT)}-{sid}{ENDING}", data, key=key)


def waiting(folder: Path) -> list[Path]:
    """What is set down, the oldest first."""
    return sorted(folder.glob(f"*{ENDING}"))


def set_down_at(path: Path) -> datetime:
    """When that one was set down, by its name."""
    return datetime.strptime(path.name.partition("-")[0], MOMENT).replace(tzinfo=UTC)


def read_set_down(path: Path, *, key: str) -> SetDown:
    """Raises `Unreadable` for what is none of ours, or sealed with another key."""
    found = json.loads(read_sealed(path, key=key))
    try:
        return SetDown(at=datetime.fromisoformat(found["at"]), form=dict(found["form"]))
    except (ValueError, KeyError, TypeError):
        raise Unreadable("not one of our files") from None
