"""What is kept of a staff member's second step: its seed, the newest code used, recovery codes."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, func, insert, or_, select, update
from sqlmodel import Session

from bot.store.models import RecoveryCode
from bot.store.staff import STAFF
from bot.store.tables import changed, table

CODE = table(RecoveryCode)


def seed_of(db: Session, *, staff_id: int) -> str:
    """What her secret is derived from; "" while she has no second step. Nobody else changes it
    until this transaction ends.
    """
    hers = select(STAFF.c.totp_secret, STAFF.c.totp_at).where(STAFF.c.id == staff_id)
    row = db.execute(hers.with_for_update(key_share=True)).one()
    return row.totp_secret if row.totp_at else ""


def keep_second_step(db: Session, *, staff_id: int, seed: str, step: int, now: datetime) -> None:
    values = {"totp_secret": seed, "totp_at": now, "totp_step": step}
    db.execute(update(STAFF).where(STAFF.c.id == staff_id).values(**values))


def take_step(db: Session, *, staff_id: int, step: int) -> bool:
    """Use the code of that half minute up. False when it, or a later one, has been used."""
    unused = or_(STAFF.c.totp_step.is_(None), STAFF.c.totp_step < step)
    result = db.execute(update(STAFF).where(STAFF.c.id == staff_id, unused).values(totp_step=step))
    return changed(result) == 1


def keep_recovery_codes(db: Session, *, staff_id: int, hashes: Iterable[str]) -> None:
    """These, and no longer those before them."""
    db.execute(delete(CODE).where(CODE.c.staff_id == staff_id))
    db.execute(insert(CODE), [{"staff_id": staff_id, "code_hash": one} for one in hashes])


def take_recovery_code(db: Session, *, staff_id: int, code_hash: str, now: datetime) -> bool:
    """Use a recovery code up, once for ever."""
    result = db.execute(
        update(CODE)
        .where(CODE.c.staff_id == staff_id, CODE.c.code_hash == code_hash, CODE.c.used_at.is_(None))
        .values(used_at=now)
    )
    return changed(result) == 1


def recovery_codes_left(db: Session, *, staff_id: int) -> int:
    unused = (CODE.c.staff_id == staff_id, CODE.c.used_at.is_(None))
    left: int = db.execute(select(func.count()).select_from(CODE).where(*unused)).scalar_one()
    return left


def forget_second_step(db: Session, *, staff_id: int) -> None:
    """Her password goes with it: alone it would be enough to set up a new one."""
    empty = {"totp_secret": "", "totp_at": None, "totp_step": None, "password": ""}
    db.execute(update(STAFF).where(STAFF.c.id == staff_id).values(**empty))
    db.execute(delete(CODE).where(CODE.c.staff_id == staff_id))
