"""Whether what is done once a day is still to be done today, by the charity's own clock."""

from datetime import datetime

from bot.actions.house import House
from bot.programme.calendar import local_moment
from bot.store.unsettled import marked_at

AT_NIGHT = 3  # o'clock: nobody writes then, and clocks change before it


def due_today(house: House, *, name: str, now: datetime, from_hour: int = 0) -> bool:
    """Not before that hour; later, where it was missed. Whoever does it then leaves the `mark` of
    that name, so that one that fails, or is cut off, is tried again at the next look.
    """
    begins = local_moment(now.astimezone(house.zone).date(), from_hour * 60, house.zone)
    if now < begins:
        return False
    with house.database.reading() as db:
        last = marked_at(db, name=name)
    return last is None or last < begins
