"""SQLite with a key (DATABASE_KEY): SQLCipher as the driver, and the same key for files beside it.

What is typed as the key is stretched once in a process; every connection then opens with the raw
key, which takes no time. SQLCipher comes with an extra, so nothing here is loaded without a key.
"""

import hashlib
from functools import cache
from types import ModuleType
from typing import Any

from sqlalchemy import URL

from bot.errors import SettingsError

MISSING = (
    "DATABASE_KEY needs the packages of requirements-extras.lock: start the bot with "
    "`python3 -m bot`, which installs them, or install them yourself."
)
SALT = b"routes check-ins: the database"  # the same in every deployment: the key itself is long
USER = "key"  # what stands before the key in a URL; SQLite knows no users


def with_key(url: URL, key: str) -> URL:
    """The address of an SQLite database that opens with that key, which its repr hides."""
    return url.set(username=USER, password=key)


@cache
def raw_key(key: str, purpose: str = "database") -> bytes:
    """32 bytes for one purpose: those of one file do not open another kind."""
    salt = SALT + purpose.encode()
    return hashlib.scrypt(key.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32)


def driver() -> ModuleType:
    """SQLCipher's driver, which speaks as sqlite3 does. Raises SettingsError when it is missing."""
    try:
        from sqlcipher3 import dbapi2
    except ImportError:
        raise SettingsError(MISSING) from None
    found: ModuleType = dbapi2
    return found


def unlock(connection: Any, key: str) -> None:
    """Before anything else on a new connection. A wrong key shows with the first statement."""
    connection.execute("PRAGMA cipher_log_level = NONE")  # else it speaks to the terminal itself
    connection.execute(f"PRAGMA key = \"x'{raw_key(key).hex()}'\"")
