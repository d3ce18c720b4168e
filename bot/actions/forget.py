"""Forget one person: every row, file and copy that we know of. Hours and counts stay, nameless.

First what Twilio holds is listed, while we still know her numbers; then one transaction takes her
rows and writes down what Twilio must erase; then Twilio erases, and the files are scrubbed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select

from bot.actions.erase_copies import GONE, erase_leftovers, keep_leftovers
from bot.actions.erase_person import Erased, counts_of, erase_person, plan_erasure
from bot.actions.house import House
from bot.actions.may_forget import closed_concerns, may_forget
from bot.actions.own_words import own_words
from bot.channels.base import Channel, Unsure
from bot.errors import Refused, Unsent
from bot.store.database import Database, once_more
from bot.store.hers import ADDRESS
from bot.store.models import Leftover
from bot.store.people import lock_with_addresses
from bot.store.tables import table

ROUNDS = 200  # of copies at Twilio in one run; what is left then is the clock's
_LEFTOVER = table(Leftover)


@dataclass(frozen=True, kw_only=True)
class Forgotten:
    """What went, table by table. Without a `receipt` nothing did: it was only looked at."""

    counts: Mapping[str, int]
    copies: int  # messages that Twilio held
    files: int
    concerns: int  # closed records of harm among it
    receipt: str = ""
    copies_left: int = 0  # still to be erased at Twilio: the clock goes on
    scrubbed: bool = True


def would_forget(
    house: House, channel: Channel, *, participant_id: int, now: datetime
) -> Forgotten:
    """What forgetting her would take. `Refused` where it may not be done now."""
    copies = _held_there(channel, _addresses(house.database, participant_id))
    with house.database.reading() as db:
        may_forget(db, participant_id=participant_id)
        asked = own_words(house.library)
        plan = plan_erasure(db, participant_id=participant_id, asked=asked, now=now)
        return Forgotten(
            counts=counts_of(db, plan),
            copies=len({*plan.sids, *copies}),
            files=len(plan.files),
            concerns=closed_concerns(db, participant_id=participant_id),
        )


def forget(
    house: House,
    channel: Channel,
    *,
    participant_id: int,
    key: str,
    media: Path,
    now: datetime,
    staff_id: int | None = None,
) -> Forgotten:
    """Erase her. `key` makes the fingerprints; `media` is the folder of fetched files.

    `Refused`: an open concern, a hold, a message that is just leaving, or no word from Twilio.
    """
    addresses = _addresses(house.database, participant_id)
    copies = _held_there(channel, addresses)

    def erase() -> tuple[Erased, int]:
        with house.database.transaction() as db:
            if lock_with_addresses(db, participant_id) != addresses:
                raise Refused("Her numbers changed just now; nothing was erased. Please try again.")
            may_forget(db, participant_id=participant_id)
            concerns = closed_concerns(db, participant_id=participant_id)
            erased = erase_person(
                db,
                participant_id=participant_id,
                asked=own_words(house.library),
                copies=copies,
                key=key,
                staff_id=staff_id,
                now=now,
            )
        return erased, concerns

    erased, concerns = once_more(erase)
    for name in erased.files:
        (media / Path(name).name).unlink(missing_ok=True)
    later = _came_meanwhile(house.database, channel, erased, addresses=addresses, now=now)
    for _ in range(ROUNDS):
        if not erase_leftovers(house.database, channel, now=now):
            break
    return Forgotten(
        counts=erased.counts,
        copies=len({*erased.sids, *later}),
        files=len(erased.files),
        concerns=concerns,
        receipt=erased.receipt,
        copies_left=_left(house.database, erased.id),
        scrubbed=house.database.scrub(),
    )


def _addresses(database: Database, participant_id: int) -> tuple[str, ...]:
    with database.reading() as db:
        hers = select(ADDRESS.c.address).where(ADDRESS.c.participant_id == participant_id)
        return tuple(db.execute(hers.order_by(ADDRESS.c.id)).scalars())


def _held_there(channel: Channel, addresses: Sequence[str]) -> tuple[str, ...]:
    """What Twilio holds of these numbers, on either channel, whatever our own rows know."""
    forms = dict.fromkeys(
        form
        for address in addresses
        for number in (address.removeprefix("whatsapp:"),)
        for form in ((number, f"whatsapp:{number}") if number.startswith("+") else (address,))
    )
    try:
        return tuple(sid for form in forms for sid in channel.copies(address=form))
    except (Unsent, Unsure):
        raise Refused(
            "Twilio does not say what it holds of her, so nothing was erased; try again later."
        ) from None


def _came_meanwhile(
    database: Database,
    channel: Channel,
    erased: Erased,
    *,
    addresses: Sequence[str],
    now: datetime,
) -> tuple[str, ...]:
    """What Twilio got while her rows went."""
    try:
        found = _held_there(channel, addresses)
    except Refused:
        return ()
    with database.transaction() as db:
        keep_leftovers(db, found, erasure_id=erased.id, now=now)
    return found


def _left(database: Database, erasure_id: int) -> int:
    query = select(func.count()).select_from(_LEFTOVER)
    waiting = _LEFTOVER.c.erasure_id == erasure_id, _LEFTOVER.c.state != GONE
    with database.reading() as db:
        return int(db.execute(query.where(*waiting)).scalar_one())
