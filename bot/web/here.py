"""What a page needs of its surroundings: the parts of the house, the time, who is signed in."""

from datetime import datetime
from typing import cast

from flask import current_app, g

from bot.parts import Parts
from bot.store.staff import StaffRow


def parts() -> Parts:
    return cast(Parts, current_app.extensions["bot"])


def now() -> datetime:
    """The same moment for the whole page."""
    if "now" not in g:
        g.now = parts().now()
    return cast(datetime, g.now)


def staff() -> StaffRow:
    """Whoever is signed in. Only on pages that ask for it."""
    return cast(StaffRow, g.staff)
