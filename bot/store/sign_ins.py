"""Sign-ins, one-time links, and tries to sign in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, delete, insert, or_, select, update
from sqlmodel import Session

from bot.store.models import SignIn, SignInAttempt, SignInLink
from bot.store.staff import STAFF, STAFF_ROWS, StaffRow, staff_row
from bot.store.tables import changed, insert_into, table

ATTEMPT = table(SignInAttempt)
LINK = table(SignInLink)
SIGN_IN = table(SignIn)
IDLE, LONGEST = timedelta(hours=2), timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)  # a row is not rewritten for every click


@dataclass(frozen=True, kw_only=True)
class SignInRow:
    """One signed-in browser. It opens pages once it has `passed`."""

    id: int
    browser: str
    created_at: datetime
    seen_at: datetime
    passed_at: datetime | None


_ROWS = (
    SIGN_IN.c.id.label("sign_in_id"),
    SIGN_IN.c.browser,
    SIGN_IN.c.created_at,
    SIGN_IN.c.seen_at,
    SIGN_IN.c.passed_at,
)


def open_sign_in(
    db: Session,
    *,
    staff_id: int,
    token_hash: str,
    browser: str,
    passed_at: datetime | None,
    now: datetime,
) -> None:
    values = {"staff_id": staff_id, "token_hash": token_hash, "browser": browser}
    moments = {"created_at": now, "passed_at": passed_at, "seen_at": now}
    db.execute(insert(SIGN_IN).values(**values, **moments))


def signed_in(db: Session, *, token_hash: str, now: datetime) -> tuple[StaffRow, SignInRow] | None:
    """Who is signed in by that token, and since when; None when it is over."""
    row = db.execute(
        STAFF_ROWS.add_columns(*_ROWS)
        .join(SIGN_IN, SIGN_IN.c.staff_id == STAFF.c.id)
        .where(SIGN_IN.c.token_hash == token_hash, *_going_on(now))
    ).one_or_none()
    if row is None:
        return None
    values = row._asdict()
    here = SignInRow(
        id=values.pop("sign_in_id"),
        **{name: values.pop(name) for name in ("browser", "created_at", "seen_at", "passed_at")},
    )
    return staff_row(values), here


def sign_ins_of(db: Session, *, staff_id: int, now: datetime) -> tuple[SignInRow, ...]:
    """Hers that are not over, the one seen last first."""
    rows = db.execute(
        select(SIGN_IN.c.id, *_ROWS[1:])
        .where(SIGN_IN.c.staff_id == staff_id, *_going_on(now))
        .order_by(SIGN_IN.c.seen_at.desc(), SIGN_IN.c.id.desc())
    )
    return tuple(SignInRow(**row._asdict()) for row in rows)


def _going_on(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Neither ended, nor idle for too long, nor too old."""
    return (
        SIGN_IN.c.ended_at.is_(None),
        SIGN_IN.c.seen_at > now - IDLE,
        SIGN_IN.c.created_at > now - LONGEST,
    )


def seen(db: Session, *, token_hash: str, now: datetime) -> bool:
    """Note that she was here. False when the sign-in was ended meanwhile: that stays so."""
    result = db.execute(
        update(SIGN_IN)
        .where(SIGN_IN.c.token_hash == token_hash, SIGN_IN.c.ended_at.is_(None))
        .values(seen_at=now)
    )
    return changed(result) == 1


def renew_sign_in(db: Session, *, token_hash: str, new_hash: str, now: datetime) -> bool:
    """From here on it opens pages, by a new token only. False when it was ended meanwhile."""
    result = db.execute(
        update(SIGN_IN)
        .where(SIGN_IN.c.token_hash == token_hash, SIGN_IN.c.ended_at.is_(None))
        .values(token_hash=new_hash, passed_at=now, seen_at=now)
    )
    return changed(result) == 1


def end_sign_ins(
    db: Session,
    *,
    staff_id: int,
    now: datetime,
    only: int | None = None,
    but_token: str = "",
) -> int:
    """End hers: only one of them, or all but that of a token (hash), or all. How many."""
    chosen = [SIGN_IN.c.staff_id == staff_id, SIGN_IN.c.ended_at.is_(None)]
    if only is not None:
        chosen.append(SIGN_IN.c.id == only)
    result = db.execute(
        update(SIGN_IN).where(*chosen, SIGN_IN.c.token_hash != but_token).values(ended_at=now)
    )
    return changed(result)


def keep_link(db: Session, *, staff_id: int, token_hash: str, expires_at: datetime) -> None:
    db.execute(insert(LINK).values(staff_id=staff_id, token_hash=token_hash, expires_at=expires_at))


def end_links(db: Session, *, staff_id: int, now: datetime) -> None:
    """None of the links that she was sent works any more."""
    unused = (LINK.c.staff_id == staff_id, LINK.c.used_at.is_(None))
    db.execute(update(LINK).where(*unused).values(used_at=now))


def link_is_good(db: Session, *, token_hash: str, now: datetime) -> bool:
    """Whether a link could be used now. Looking at it does not use it."""
    statement = select(LINK.c.id).where(
        LINK.c.token_hash == token_hash, LINK.c.used_at.is_(None), LINK.c.expires_at > now
    )
    return db.execute(statement).first() is not None


def take_link(db: Session, *, token_hash: str, now: datetime) -> StaffRow | None:
    """Use a link up, once for ever; whose it was."""
    taken = db.execute(
        update(LINK)
        .where(LINK.c.token_hash == token_hash, LINK.c.used_at.is_(None), LINK.c.expires_at > now)
        .values(used_at=now)
        .returning(LINK.c.staff_id)
    ).scalar_one_or_none()
    row = db.execute(STAFF_ROWS.where(STAFF.c.id == taken)).one_or_none() if taken else None
    return staff_row(row._asdict()) if row else None


def count_try(db: Session, *, key: str, within: timedelta, now: datetime) -> int:
    """Count one try in a bucket, in one statement; how many there are, old ones forgotten."""
    old = ATTEMPT.c.since <= now - within
    statement = (
        insert_into(db, ATTEMPT)
        .values(key=key, count=1, since=now)
        .on_conflict_do_update(
            index_elements=[ATTEMPT.c.key],
            set_={
                "count": case((old, 1), else_=ATTEMPT.c.count + 1),
                "since": case((old, now), else_=ATTEMPT.c.since),
            },
        )
    )
    tries: int = db.execute(statement.returning(ATTEMPT.c.count)).scalar_one()
    return tries


def forget_tries(db: Session, *, keys: Iterable[str], before: datetime) -> None:
    """Those, and whatever is so old that it counts for nothing."""
    old = ATTEMPT.c.since <= before
    db.execute(delete(ATTEMPT).where(or_(old, ATTEMPT.c.key.in_(tuple(keys)))))
