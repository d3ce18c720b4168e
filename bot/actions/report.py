"""Write down what one side says of a session. The other side never learns of it."""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session as Db

from bot.actions.conclude import conclude, raise_about
from bot.programme.sessions import Said, counts, outcome
from bot.store.sessions import TwoSided, keep_report, two_sided

OTHER = {"mentor": "mentee", "mentee": "mentor"}


def report_session(
    db: Db,
    *,
    session_id: int | None,
    role: str,
    part: str,
    value: str,
    number: int | None,
    now: datetime,
) -> None:
    """Set one part of a report: met, minutes, feeling or reason. `number` is minutes.

    A late word still counts, but not against staff, nor of a session called off before its time.
    """
    before = two_sided(db, session_id=session_id) if session_id is not None else None
    if before is None:
        return
    said = _with(before.said(role), role=role, part=part, value=value, number=number)
    if said is None:
        return
    new = before.said(role) is None
    keep_report(db, session_id=before.id, role=role, said=said, new=new, at=now)
    after = replace(before, mentor=said) if role == "mentor" else replace(before, mentee=said)
    if before.by_staff:
        if part == "met" and (said.met == "yes") != counts(before.state):
            raise_about(db, before, kind="disputed", now=now)
    elif not before.called_off:
        _bring_together(db, before, after, now=now)


def _with(
    said: Said | None, *, role: str, part: str, value: str, number: int | None
) -> Said | None:
    """Her report with that part set; None where there is nothing to set."""
    if part == "met":
        return replace(said, met=value) if said else Said(value)
    if part == "minutes":
        return replace(said or Said("yes"), minutes=number) if number is not None else None
    if part == "feeling":
        return replace(said or Said("yes"), feeling=value)
    if part == "reason":
        return replace(said or Said("no"), reason=_named(role, value))
    raise ValueError("a part is met, minutes, feeling or reason")


def _named(role: str, reason: str) -> str:
    """What a flow calls "me" and "her" is kept as mentor or mentee."""
    return {"me": role, "her": OTHER[role]}.get(reason, reason)


def _bring_together(db: Db, before: TwoSided, after: TwoSided, *, now: datetime) -> None:
    """Both reports as they now stand. What was asked of staff before is not asked again."""
    over = before.settled_at is not None
    was, result = (
        outcome(one.mentor, one.mentee, over=over, planned_minutes=one.planned_minutes)
        for one in (before, after)
    )
    new = [kind for kind in result.tasks if kind not in was.tasks]
    conclude(db, before, result, tasks=new, now=now)
