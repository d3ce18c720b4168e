"""Files beside the database, encrypted with its key where it has one (AES-256-GCM).

What begins with MARK is sealed; anything else is read as it is, such as files from before the key.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import SettingsError, Unreadable
from bot.store.cipher import MISSING, raw_key

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MARK = b"sealed-1\n"
NONCE = 12  # bytes, as NIST SP 800-38D advises
ONLY_US = 0o600


def seal(data: bytes, *, key: str) -> bytes:
    """What is written: as it is without a key."""
    if not key:
        return data
    nonce = os.urandom(NONCE)
    return MARK + nonce + _cipher(key).encrypt(nonce, data, MARK)


def unseal(data: bytes, *, key: str) -> bytes:
    """What was sealed. `Unreadable`: with another key, or changed since."""
    if not data.startswith(MARK):
        return data
    if not key:
        raise Unreadable("This file is encrypted, and there is no DATABASE_KEY.")
    from cryptography.exceptions import InvalidTag

    rest = data[len(MARK) :]
    try:
        return _cipher(key).decrypt(rest[:NONCE], rest[NONCE:], MARK)
    except InvalidTag:
        raise Unreadable("This file was encrypted with another key, or changed.") from None


def read_sealed(path: Path, *, key: str) -> bytes:
    """The content of a file of ours."""
    return unseal(path.read_bytes(), key=key)


def write_sealed(path: Path, data: bytes, *, key: str) -> None:
    """For nobody's eyes but this process's, and whole or not at all. The folder is made."""
    folder = path.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    part = folder / f"{path.name}.part"
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, ONLY_US)
    with os.fdopen(descriptor, "wb") as file:
        file.write(seal(data, key=key))
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _cipher(key: str) -> "AESGCM":
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ImportError:
        raise SettingsError(MISSING) from None
    return AESGCM(raw_key(key, "files"))
