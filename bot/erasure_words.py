"""What a staff member is told of an erasure: before, as a dry run, and after, as a receipt."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.actions.forget import Forgotten

STAYS = (
    "What stays: one row without name, number, reference, language or words, so that the hours of "
    "the other one of her pair, and counts, stay true.",
    "Frozen reports stay as they are: they hold counts. Live figures lose what she answered.",
    "A keyed fingerprint of her number stays, so that nobody writes to it again.",
)
ELSEWHERE = (
    "Not in our hands: the chat on her own phone and on others', what staff copied elsewhere, and "
    "what Twilio itself keeps of deleted messages (by its own account up to 30 days for texts, 120 "
    "for numbers)."
)


def told(seen: Forgotten, *, now: datetime, backups_days: int) -> Iterator[str]:
    """Line by line."""
    done = bool(seen.receipt)
    yield "Erased:" if done else "This would go (nothing is erased yet):"
    for name, rows in seen.counts.items():
        yield f"  {name}: {rows}"
    yield f"  files of pictures and voice notes: {seen.files}"
    yield f"  messages at Twilio: {seen.copies}"
    if seen.concerns:
        yield (
            f"Among it are {seen.concerns} closed records of concerns. If they must be kept, "
            "set a hold on her page first."
            if not done
            else f"Among it were {seen.concerns} closed records of concerns."
        )
    yield from STAYS
    yield ELSEWHERE
    until = now + timedelta(days=backups_days)
    yield (
        f"Back-ups that are made by the clock may still hold her until {until:%Y-%m-%d}; delete "
        "others yourself."
    )
    if not done:
        yield "Add --yes to erase her."
        return
    if seen.copies_left:
        yield f"Twilio still holds {seen.copies_left} of them; the clock goes on until it does not."
    if not seen.scrubbed:
        yield "The file is in use just now; the clock overwrites its free space tonight."
    yield f"Receipt {seen.receipt}, {now:%Y-%m-%d %H:%M} UTC"
