"""The addresses at which Twilio fetches a recording: short-lived, and nobody can make one up.

They hold no name, number or text; what they lead to is the same for everybody.
"""

import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

PATH = "/spoken/"
LASTS = timedelta(hours=6)  # Twilio may keep a message waiting for four (WhatsApp senders, queues)
TOKEN = re.compile(r"([0-9]{1,18})-([0-9]{1,12})-([0-9a-f]{64})", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Links:
    """What makes and checks them: where we are on the internet, and our secret."""

    public_url: str
    secret_key: str


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a token says. It is true only once `proves` says so."""

    recording_id: int
    until: int  # seconds since 1970
    proof: str


def spoken_url(links: Links, *, recording_id: int, file: str, now: datetime) -> str:
    """Where Twilio finds that very file for the next hours."""
    until = int((now + LASTS).timestamp())
    proof = _proof(links.secret_key, recording_id=recording_id, file=file, until=until)
    return f"{links.public_url}{PATH}{recording_id}-{until}-{proof}"


def read_token(token: str) -> Asked | None:
    """What it asks for, if it has the right shape."""
    found = TOKEN.fullmatch(token)
    if found is None:
        return None
    return Asked(recording_id=int(found[1]), until=int(found[2]), proof=found[3])


def proves(asked: Asked, *, file: str, secret_key: str, now: datetime) -> bool:
    """Whether we made it, for the file that the recording is now, and not too long ago."""
    ours = _proof(secret_key, recording_id=asked.recording_id, file=file, until=asked.until)
    return hmac.compare_digest(ours, asked.proof) and now.timestamp() < asked.until


def _proof(secret_key: str, *, recording_id: int, file: str, until: int) -> str:
    said = f"spoken prompt|{recording_id}|{file}|{until}"
    return hmac.new(secret_key.encode(), said.encode(), "sha256").hexdigest()
