"""A conversation that begins now: its row, what is known for it, and its first turn."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.actions.house import House
from bot.actions.know import know
from bot.actions.talk import Talk
from bot.engine import advance
from bot.engine.events import Finished, Flagged, Said, Turn
from bot.engine.facts import Snapshot
from bot.store.due import goal_in_turn
from bot.store.known import is_of_several_pairs, next_session
from bot.store.talk import Person, open_conversation

RATES = frozenset({"goal_check_in", "end_survey"})  # they speak of one goal from their start
ABOUT_A_SESSION = frozenset({"session_time"})  # of the next one, where none is named
# She has two pairs: a guess would move the meeting of the wrong one
_A_PERSON_ASKS = Turn(
    events=(
        Said(context="session_time.person"),
        Flagged(kind="wants_person", step="when"),
        Finished(),
    ),
    position=None,
)


@dataclass(frozen=True, kw_only=True)
class About:
    """What the conversation is about, by ids; any may be None."""

    enrolment_id: int | None
    check_in_id: int | None = None
    goal_id: int | None = None
    session_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Opening:
    """What `apply` needs to make it real."""

    talk: Talk
    known: Snapshot
    turn: Turn


def opening(
    db: Session, *, house: House, who: Person, flow: str, about: About, now: datetime
) -> Opening:
    """Open that flow with her. Nothing else may be open: one that was is closed or held before."""
    begun, enrolment_id = house.library.flow(flow), about.enrolment_id
    goal_id, session_id, unclear = about.goal_id, about.session_id, False
    if goal_id is None and flow in RATES and enrolment_id is not None:
        goal_id = goal_in_turn(db, enrolment_id=enrolment_id)
    if session_id is None and flow in ABOUT_A_SESSION and enrolment_id is not None:
        unclear = is_of_several_pairs(db, enrolment_id=enrolment_id)
        session_id = next_session(db, enrolment_id=enrolment_id, now=now)
    values = {
        "participant_id": who.id,
        "enrolment_id": enrolment_id,
        "check_in_id": about.check_in_id,
        "flow": flow,
        "version": begun.version,
        "step": begun.steps[0].key,
        "goal_id": goal_id,
        "session_id": session_id,
    }
    talk = Talk(
        id=open_conversation(db, values, now=now),
        flow=flow,
        version=begun.version,
        enrolment_id=enrolment_id,
        check_in_id=about.check_in_id,
        goal_id=goal_id,
        session_id=session_id,
    )
    known = know(db, house=house, who=who, talk=talk, now=now)
    turn = _A_PERSON_ASKS if unclear else advance.begin(begun, known)
    return Opening(talk=talk, known=known, turn=turn)
