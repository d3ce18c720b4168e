"""Whether a due check-in starts now, waits, or is not to be asked at all. Pure.

Most are skipped when they cannot start. What is asked once in an enrolment waits instead.
"""

from collections.abc import Container
from datetime import datetime, tzinfo

from bot.programme.calendar import ASKED_ONCE, SILENT_BEFORE_INTERRUPTING, allowed, useful_until
from bot.store.due import Due


def reason_to_skip(due: Due, *, flows: Container[str], now: datetime) -> str | None:
    """Why this one is not to be asked at all, in one word for staff; None: ask it, or wait."""
    if due.flow not in flows:
        return "outdated"
    if due.enrolment_state != "active" or due.state == "left":
        return "left"
    if due.state == "stopped":
        return "stopped"
    if due.flow == "welcome" and due.consented:
        return "answered"
    if must_pause(due, now=now):
        return None
    silence = _silence(due, now=now)
    if silence is not None:
        return silence
    if now > useful_until(due.flow, due.due_at):
        return "late"
    return "no_consent" if due.flow != "welcome" and not due.consented else None


def must_pause(due: Due, *, now: datetime) -> bool:
    """A hold or a pause puts this one off; it may never be asked again, so it is not skipped."""
    return due.flow in ASKED_ONCE and _silence(due, now=now) is not None


def must_wait(due: Due, *, now: datetime, zone: tzinfo) -> bool:
    """It is night, or she is answering something else, or is in an interruption already."""
    if not allowed(now, zone):
        return True
    if due.talking_since is None:
        return False
    if due.has_held and not replaces(due):
        return True
    return now - due.talking_since < SILENT_BEFORE_INTERRUPTING


def replaces(due: Due) -> bool:
    """This week's question makes last week's useless. Two sessions are two questions."""
    return due.talking_flow == due.flow and due.session_id is None


def _silence(due: Due, *, now: datetime) -> str | None:
    """Why nothing is written to her now."""
    if due.held_at is not None or due.other_held:
        return "concern"
    if due.state == "paused" and (due.paused_until is None or due.paused_until > now):
        return "paused"
    return "paused" if due.other_away else None
