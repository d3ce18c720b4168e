"""What a page needs of its surroundings: the parts of the house, the time, who is signed in."""

from datetime import datetime
from typing import cast

from flask import current_app, g

from bot.parts import Parts
from bot.store.sight import Sight, sight_of
from bot.store.sign_ins import SignInRow
from bot.store.staff import StaffRow, cohorts_of


def parts() -> Parts:
    return cast(Parts, current_app.extensions["bot"])


def now() -> datetime:
    """The same moment for the whole page."""
    if "now" not in g:
        g.now = parts().now()
    return cast(datetime, g.now)


def phones_now() -> datetime:
    """What her phone's clock shows: codes of the second step count by it."""
    return parts().phones_now()


def begun() -> tuple[StaffRow, SignInRow]:
    """Whoever has begun to sign in, and by which sign-in: it need not have passed."""
    return cast(tuple[StaffRow, SignInRow], g.begun)


def staff() -> StaffRow:
    """Whoever is signed in. Only on pages that ask for it."""
    return cast(StaffRow, g.staff)


def sight() -> Sight:
    """What she may see. Every read of people for a page takes it."""
    if "sight" not in g:
        her = staff()
        cohorts = None
        if not her.everywhere:
            with parts().database.reading() as db:
                cohorts = cohorts_of(db, staff_id=her.id)
        g.sight = sight_of(staff_id=her.id, permissions=her.permissions, cohorts=cohorts)
    return cast(Sight, g.sight)
