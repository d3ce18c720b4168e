"""Staff look after a helpline: they rang it and it is right, another number, on or off."""

from datetime import date, datetime

from sqlmodel import Session

from bot.actions.audit import audit
from bot.errors import Refused
from bot.store import helplines as rows
from bot.store.helplines import HelplineRow

LONGEST_NUMBER = 20
SIGNS = frozenset("+ ()-")


def check_helpline(
    db: Session, *, helpline_id: int, name: str, today: date, staff_id: int, now: datetime
) -> HelplineRow:
    """She rang it today, and it is what it says. `Refused`: there is no such helpline."""
    line = _line(db, helpline_id)
    _write(
        db,
        line,
        {"checked_on": today, "checked_by": name},
        action="checked a helpline",
        staff_id=staff_id,
        now=now,
    )
    return line


def change_helpline(
    db: Session, *, helpline_id: int, number: str, active: bool, staff_id: int, now: datetime
) -> HelplineRow:
    """Another number wants checking anew. `Refused`: what is written there is no number."""
    line, number = _line(db, helpline_id), " ".join(number.split())
    digits = sum(sign.isdecimal() for sign in number)
    others = [sign for sign in number if not sign.isdecimal()]
    if digits < 3 or len(number) > LONGEST_NUMBER or not SIGNS.issuperset(others):
        raise Refused("Please write the number as one dials it, with digits and spaces only.")
    if not number.isascii():
        raise Refused("Please write the number with the digits 0 to 9.")
    if number != line.number:
        values: dict[str, object] = {"number": number, "checked_on": None, "checked_by": ""}
        _write(db, line, values, action="changed a helpline", staff_id=staff_id, now=now)
    if active != line.active:
        action = "switched a helpline on" if active else "switched a helpline off"
        _write(db, line, {"active": active}, action=action, staff_id=staff_id, now=now)
    return line


def _line(db: Session, helpline_id: int) -> HelplineRow:
    line = rows.helpline(db, helpline_id=helpline_id)
    if line is None:
        raise Refused("There is no such helpline.")
    return line


def _write(
    db: Session,
    line: HelplineRow,
    values: dict[str, object],
    *,
    action: str,
    staff_id: int,
    now: datetime,
) -> None:
    rows.change_helpline(db, helpline_id=line.id, values={**values, "updated_at": now})
    audit(db, staff_id=staff_id, action=action, subjects=(f"helpline:{line.key}",), now=now)
