"""The second step: codes of an authenticator app (RFC 6238), and recovery codes.

What is kept of a secret is only a seed. The secret itself is derived from it with SECRET_KEY, so
that a copy of the database without that key gives no codes.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Literal

from sqlmodel import Session

from bot.actions.invite import token_hash
from bot.store.second_steps import seed_of, take_recovery_code, take_step

SECONDS = 30
DRIFT = (0, -1, 1)  # a phone may be half a minute early or late
RECOVERY_CODES = 10
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that looks like another
GROUPS, GROUP = 4, 4  # 79 bits: a plain hash cannot be guessed back


def seed_for(token: str) -> str:
    """The seed that a sign-in offers while she sets up: the same for as long as its token."""
    return hashlib.sha256(b"second step " + token.encode()).hexdigest()[:32]


def secret_of(seed: str, *, key: str) -> str:
    """The secret that her app holds, in base32 as apps read it."""
    made = hmac.new(key.encode(), b"second step " + seed.encode(), hashlib.sha256).digest()
    return base64.b32encode(made[:20]).decode()


def plain_code(code: str) -> str:
    """As it was meant: without blanks and hyphens, in small letters."""
    return "".join(code.split()).replace("-", "").lower()


def matching_step(secret: str, *, code: str, at: datetime) -> int | None:
    """The half minute whose code that is, if it is one of now."""
    if len(code) != 6 or not (code.isascii() and code.isdigit()):
        return None
    from pyotp import TOTP  # only when a code is there to be checked

    here = int(at.timestamp()) // SECONDS
    known = TOTP(secret, interval=SECONDS)
    good = [
        here + drift
        for drift in DRIFT
        if hmac.compare_digest(known.generate_otp(here + drift), code)
    ]
    return good[0] if good else None


def take_code(
    db: Session, *, staff_id: int, code: str, key: str, at: datetime
) -> Literal["app", "recovery", ""]:
    """Use up whichever code that is; "" when it is none, or has been used. `at` is the time on her
    phone's clock.
    """
    code, seed = plain_code(code), seed_of(db, staff_id=staff_id)
    step = matching_step(secret_of(seed, key=key), code=code, at=at) if seed else None
    if step is not None:
        return "app" if take_step(db, staff_id=staff_id, step=step) else ""
    used = take_recovery_code(db, staff_id=staff_id, code_hash=token_hash(code), now=at)
    return "recovery" if seed and used else ""


def new_recovery_codes() -> tuple[str, ...]:
    return tuple(
        "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS))
        for _ in range(RECOVERY_CODES)
    )
