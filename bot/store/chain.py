"""What chains one entry of the audit log to the one before it. Pure.

It can never be computed in another way: no log that is kept would fit any more.
"""

import json
from datetime import UTC, datetime
from hashlib import sha256

FIRST = ""  # what comes before the first entry


def chained(
    previous: str, *, staff_id: int | None, action: str, subject: str, detail: str, at: datetime
) -> str:
    """The digest of an entry: SHA-256 over the digest before it and all that the entry says."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    said = [previous, staff_id, action, subject, detail, moment]
    return sha256(json.dumps(said, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()
