"""Whether a due check-in starts now, waits, or is not to be asked at all. Pure.

Most are skipped when they cannot start. What is asked once in an enrolment waits instead. What
comes at a wrong hour, or on top of enough for one week, waits, and is skipped when it is too late.
"""

from collections.abc import Container
from datetime import datetime, timedelta

from bot.programme.calendar import (
    ASKED_ONCE,
    SILENT_BEFORE_INTERRUPTING,
    UNTOUCHED_BEFORE_INTERRUPTING,
    useful_until,
)
from bot.programme.hours import Hours, allowed, next_allowed
from bot.programme.ladder import may_write, weekly_step
from bot.store.due import Due
from bot.store.ladder import UNCOUNTED, WEEKLY

HELLO = "hello"
GOAL_SHARED = "goal_shared"
SILENT_FOR = timedelta(days=30)
STATES_OF = {"follow_up": ("active", "completed")}  # who has completed is asked once more
AHEAD = frozenset({"session_remind", "session_propose"})  # they speak of a session to come


def reason_to_skip(due: Due, *, flows: Container[str], hours: Hours, now: datetime) -> str | None:
    """Why this one is not to be asked at all, in one word for staff; None: ask it, or wait."""
    if due.flow not in flows:
        return "outdated"
    if due.state == "left" or due.enrolment_state not in STATES_OF.get(due.flow, ("active",)):
        return "left"
    if due.state == "stopped":
        return "stopped"
    if due.flow == "welcome" and due.consented:
        return "answered"
    if due.flow == HELLO and due.quiet_at is None:
        return "answered"  # she has written since
    if due.flow in WEEKLY and due.finished:
        return "finished"
    if due.flow == GOAL_SHARED and (due.discreet or not due.may_tell_goal):
        return (
            "not_shared"  # taken back, parted or dropped since; or others read her mentor's phone
        )
    if must_pause(due, now=now):
        return None
    silence = _silence(due, now=now)
    if silence is not None:
        return silence
    if now > until(due):
        return _too_late(due, hours=hours)
    return "no_consent" if due.flow != "welcome" and not due.consented else None


def until(due: Due) -> datetime:
    """The last moment at which it may start: nobody is reminded of a session that has begun."""
    last = useful_until(due.flow, due.due_at)
    return min(last, due.session_at) if due.flow in AHEAD and due.session_at else last


def must_pause(due: Due, *, now: datetime) -> bool:
    """A hold or a pause puts this one off; it may never be asked again, so it is not skipped."""
    return due.flow in ASKED_ONCE and _silence(due, now=now) is not None


def must_wait(due: Due, *, hours: Hours, now: datetime) -> bool:
    """It is no hour of hers, she was sent enough this week, she is answering something else, or is
    in an interruption already."""
    if not allowed(now, hours) or capped(due):
        return True
    if due.talking_since is None:
        return False
    if due.has_held and not replaces(due):
        return True
    silent = SILENT_BEFORE_INTERRUPTING if due.talking_begun else UNTOUCHED_BEFORE_INTERRUPTING
    return now - due.talking_since < silent


def may_be_another(due: Due, *, now: datetime) -> bool:
    """Whether others read her phone and she has not written for so long that nothing personal is
    said before she has shown that it is she."""
    silent = due.heard_at is not None and now - due.heard_at >= SILENT_FOR
    return due.discreet and due.role == "mentee" and silent and due.doubted_at is None


def capped(due: Due) -> bool:
    """Whether she was sent as much as she may be in seven days. A welcome is never too much."""
    return due.flow != UNCOUNTED and not may_write(due.sent, due.most, droppable=False)


def replaces(due: Due) -> bool:
    """This week's question makes last week's useless. Two sessions are two questions."""
    both_weekly = due.flow in WEEKLY and due.talking_flow in WEEKLY
    return (due.talking_flow == due.flow or both_weekly) and due.session_id is None


def step_of(due: Due) -> str:
    """ask; or for a weekly question that has had no answer for long: light, or quiet."""
    if due.flow not in WEEKLY:
        return "ask"
    return weekly_step(due.unanswered, due.ladder, due.hard)


def _too_late(due: Due, *, hours: Hours) -> str:
    if next_allowed(due.due_at, hours) > until(due):
        return "holiday"
    return "cap" if capped(due) else "late"


def _silence(due: Due, *, now: datetime) -> str | None:
    """Why nothing is written to her now."""
    if due.held_at is not None or due.other_held:
        return "concern"
    if due.doubted_at is not None:
        return "doubted"
    if due.state == "paused" and (due.paused_until is None or due.paused_until > now):
        return "paused"
    if due.other_away:
        return "paused"
    grown_quiet = due.quiet_at is not None and due.role == "mentee" and due.flow != HELLO
    return "quiet" if grown_quiet or step_of(due) == "quiet" else None
