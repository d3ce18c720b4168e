"""Say what a staff member may do and whose people she sees, or let her in no more.

Nobody does it for herself, and somebody always stays who can look after accounts, and somebody who
reads what is written of harm.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlmodel import Session

from bot.actions.audit import audit
from bot.errors import Refused
from bot.store.models import Cohort
from bot.store.second_steps import forget_second_step
from bot.store.sign_ins import end_links, end_sign_ins
from bot.store.staff import PERMISSIONS, STAFF, STAFF_COHORT
from bot.store.tables import table

COHORT = table(Cohort)
INDISPENSABLE = {
    "administrator": "She is the last administrator. Make somebody else one first.",
    "safeguarding": "She is the last safeguarding lead. Give somebody else that role first.",
}


def change_staff(
    db: Session,
    *,
    staff_id: int,
    roles: Iterable[str],
    cohorts: Collection[int] | None,
    by: int | None,
    now: datetime,
) -> None:
    """`cohorts` None: she sees all of them. `by` is whoever did it, None on the server."""
    hers = checked_roles(roles)
    _allowed(db, staff_id=staff_id, roles=hers, by=by)
    db.execute(update(STAFF).where(STAFF.c.id == staff_id).values(roles=list(hers)))
    keep_cohorts(db, staff_id=staff_id, cohorts=cohorts)
    sees = "everything" if cohorts is None else "cohorts " + ",".join(map(str, sorted(cohorts)))
    detail = f"{', '.join(hers)}; sees {sees}"
    subjects = (f"staff:{staff_id}",)
    audit(db, staff_id=by, action="changed account", subjects=subjects, detail=detail, now=now)


def remove_staff(db: Session, *, staff_id: int, by: int | None, now: datetime) -> None:
    """She is signed out everywhere at once and comes in no more. What she did stays hers."""
    _allowed(db, staff_id=staff_id, roles=(), by=by)
    db.execute(update(STAFF).where(STAFF.c.id == staff_id).values(active=False))
    forget_second_step(db, staff_id=staff_id)
    end_sign_ins(db, staff_id=staff_id, now=now)
    end_links(db, staff_id=staff_id, now=now)
    audit(db, staff_id=by, action="removed account", subjects=(f"staff:{staff_id}",), now=now)


def checked_roles(roles: Iterable[str]) -> tuple[str, ...]:
    """In the order in which roles are listed. `Refused`: none, or one that is none."""
    asked = frozenset(roles)
    if not asked or not asked <= PERMISSIONS.keys():
        raise Refused(f"Please choose what she may do: {', '.join(PERMISSIONS)}.")
    return tuple(role for role in PERMISSIONS if role in asked)


def keep_cohorts(db: Session, *, staff_id: int, cohorts: Collection[int] | None) -> None:
    """`Refused`: an empty choice, or a cohort that is none."""
    wanted = sorted(set(cohorts or ()))
    if cohorts is not None:
        known = db.execute(select(COHORT.c.id).where(COHORT.c.id.in_(wanted))).scalars().all()
        if not wanted or len(known) != len(wanted):
            raise Refused("Please choose which cohorts she sees.")
    db.execute(update(STAFF).where(STAFF.c.id == staff_id).values(everywhere=cohorts is None))
    db.execute(delete(STAFF_COHORT).where(STAFF_COHORT.c.staff_id == staff_id))
    if wanted:
        rows = [{"staff_id": staff_id, "cohort_id": one} for one in wanted]
        db.execute(insert(STAFF_COHORT), rows)


def _allowed(db: Session, *, staff_id: int, roles: Collection[str], by: int | None) -> None:
    """All who may sign in are locked meanwhile, so that two do not take each other's role away."""
    if by == staff_id:
        raise Refused("Nobody changes her own account. Ask another administrator.")
    everybody = select(STAFF.c.id, STAFF.c.roles).where(STAFF.c.active.is_(True))
    held = {
        row.id: row.roles for row in db.execute(everybody.order_by(STAFF.c.id).with_for_update())
    }
    if staff_id not in held:
        raise Refused("There is no such staff member who may sign in.")
    for role, problem in INDISPENSABLE.items():
        others = any(role in one for who, one in held.items() if who != staff_id)
        if role in held[staff_id] and role not in roles and not others:
            raise Refused(problem)
