"""Whether the database and its back-ups are sound: what the files and the database say."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.doctor.findings import Finding, ok, warning, wrong

MIB = 1 << 20
LARGE_LOG = 256 * MIB
LITTLE, TOO_LITTLE = 1024 * MIB, 200 * MIB
BACKUP_AGE = timedelta(hours=30)  # one is made each night
HOUR = timedelta(hours=1)


def shape(*, there: bool, answers: bool, at_head: bool) -> Finding:
    about = "Database"
    if not there:
        return wrong(about, "there is none yet.", "Start the bot, or run `python3 -m bot upgrade`.")
    if not answers:
        return wrong(
            about,
            "DATABASE_URL names one that does not answer or does not open.",
            "Look whether it runs, whose the file is, and whether DATABASE_KEY is its key.",
        )
    if not at_head:
        return wrong(
            about, "is not that of this version.", "Run `python3 -m bot upgrade`, or start `serve`."
        )
    return ok(about, "answers, and its tables are those of this version.")


def whole(problems: int) -> Finding:
    about = "Database file"
    if problems:
        return wrong(
            about,
            f"SQLite finds {problems} damaged {'place' if problems == 1 else 'places'} in it.",
            "Stop the bot, keep the file, and bring back the newest back-up (`restore`).",
        )
    return ok(about, "SQLite finds no damage in it.")


def encrypted(*, key: bool) -> Finding:
    about = "At rest"
    if key:
        return ok(about, "the database, the media and their back-ups are encrypted.")
    return warning(
        about,
        "the database file is not encrypted by us.",
        "Keep it on an encrypted disk, or set DATABASE_KEY (README, At rest).",
    )


def log_size(size: int) -> Finding:
    """Of SQLite's write-ahead log: it shrinks when nobody reads for long."""
    about = "Write-ahead log"
    if size > LARGE_LOG:
        return warning(
            about,
            f"has grown to {size // MIB} MiB: something reads the database for very long.",
            "Restart the bot when it is quiet, and look for other programs on the file.",
        )
    return ok(about, f"{size // MIB} MiB.")


def disk(free: int) -> Finding:
    about = "Disk"
    if free < TOO_LITTLE:
        return wrong(about, f"only {free // MIB} MiB are free.", "Make room now.")
    if free < LITTLE:
        return warning(about, f"only {free // MIB} MiB are free.", "Make room soon.")
    return ok(about, f"{free // MIB:,} MiB are free.")


def backups(
    *, folder: bool, newest: datetime | None, same_disk: bool, now: datetime
) -> Iterator[Finding]:
    """Of SQLite. `folder`: there is a BACKUP_DIR."""
    about = "Back-ups"
    if not folder:
        yield warning(
            about,
            "BACKUP_DIR is not set: nothing is backed up each night.",
            "Set it to a folder on another disk.",
        )
        return
    if newest is None:
        yield wrong(about, "there is none yet.", "Run `python3 -m bot backup` and see why.")
        return
    age = now - newest
    if age > BACKUP_AGE:
        yield wrong(
            about,
            f"the newest is {age // HOUR} hours old.",
            "See the alert about it, and run `python3 -m bot backup`.",
        )
    else:
        yield ok(about, f"the newest is {age // HOUR} hours old.")
    if same_disk:
        yield warning(
            about,
            "they lie on the disk of the database, and are lost with it.",
            "Set BACKUP_DIR to another disk, or copy them away each day.",
        )


def opened(messages: int | None) -> Finding:
    """What came of opening the newest one, as `restore` would."""
    about = "Newest back-up"
    if messages is None:
        return wrong(
            about, "does not open with this DATABASE_KEY.", "Make one now: `python3 -m bot backup`."
        )
    return ok(
        about,
        f"opens and is whole ({messages:,} messages). Try `restore` elsewhere once, with the key.",
    )


def elsewhere() -> Finding:
    return warning(
        "Back-ups",
        "PostgreSQL is backed up by tools of its own, which we cannot see.",
        "Make sure that pg_dump runs each night and that pg_restore was tried.",
    )
