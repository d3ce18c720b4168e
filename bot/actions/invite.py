"""Make a one-time sign-in link for a staff member, known or new."""

import hashlib
import re
import secrets
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from bot.actions.audit import audit
from bot.actions.change_staff import checked_roles, keep_cohorts
from bot.errors import Refused
from bot.store.database import Database
from bot.store.sign_ins import end_links, keep_link
from bot.store.staff import EVERY_ROLE, all_staff, keep_staff, staff_by_email

LINK_LASTS = timedelta(hours=24)
# Signs that mean nothing else where an e-mail is addressed (RFC 5322, RFC 2047)
PLAIN = r"[^@\s\x00-\x20\x7f-\x9f\ud800-\udfff\"(),:;<>\[\\\]]"
EMAIL = re.compile(rf"(?!.*=\?){PLAIN}{{1,64}}@(?:{PLAIN}+\.{PLAIN}+|localhost)")
LONGEST_EMAIL = 254  # RFC 5321


def invite(
    database: Database,
    *,
    email: str,
    name: str,
    public_url: str,
    now: datetime,
    roles: Iterable[str] = (),
    cohorts: Collection[int] | None = None,
    known: bool = True,
    by: int | None = None,
) -> str:
    """The link, which works once and for a day; those before it work no longer. `roles` and
    `cohorts` (None: all) count for one who may not sign in yet; without roles she is a coordinator,
    and the very first one holds every role that lets others in. `by` is whoever did it, None on the
    server.

    Raises `Refused` for what is no email address or no role, and, unless `known`, for one who may
    sign in already.
    """
    email = plain_email(email)
    if len(email) > LONGEST_EMAIL or not EMAIL.fullmatch(email):
        raise Refused("That is not an email address.")
    asked = checked_roles(roles) if (roles := tuple(roles)) else ()
    token = secrets.token_urlsafe(32)
    name = name.strip() or email.partition("@")[0].replace(".", " ").title()
    with database.transaction() as db:
        first, there = not all_staff(db), staff_by_email(db, email=email)
        if there is not None and not known:
            raise Refused("She has an account already. Open it to change it, or for a new link.")
        hers = asked or (EVERY_ROLE if first else ("coordinator",))
        staff_id = keep_staff(db, email=email, name=name, roles=hers, now=now)
        if there is None:
            keep_cohorts(db, staff_id=staff_id, cohorts=cohorts)
        end_links(db, staff_id=staff_id, now=now)  # one that she says is lost may lie somewhere
        keep_link(db, staff_id=staff_id, token_hash=token_hash(token), expires_at=now + LINK_LASTS)
        detail = "" if there else ", ".join(hers)
        subjects = (f"staff:{staff_id}",)
        audit(db, staff_id=by, action="invited", subjects=subjects, detail=detail, now=now)
    return f"{public_url}/sign-in/link/{token}"


def plain_email(email: str) -> str:
    """An address as it is kept: two ways of writing it are one staff member."""
    return email.strip().lower()


def token_hash(token: str) -> str:
    """What is kept of a token. It is random and long, so a plain hash cannot be guessed back."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
