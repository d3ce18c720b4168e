"""Staff have heard that others read her phone: what has not left us yet is said in other words."""

from datetime import datetime

from sqlmodel import Session

from bot.actions.apply import Sending, apply
from bot.actions.converse import position_of, talk_of
from bot.actions.house import House
from bot.actions.know import know
from bot.actions.silence import withdraw_queued
from bot.engine import advance
from bot.engine.events import Asked, Turn
from bot.engine.flow import Ask
from bot.store.talk import person

NOT_GONE = frozenset({"queued", "waiting"})


def say_discreetly(db: Session, *, house: House, participant_id: int, now: datetime) -> None:
    """Take back what is queued or waits behind an opener, with its names and goals, and ask the
    question that was among it in the harmless wording, within her hours."""
    before = person(db, participant_id=participant_id, address_id=None, channel="")
    withdraw_queued(db, participant_id=participant_id, reason="discreet", now=now)
    talking = before.talking if before is not None else None
    if before is None or talking is None or talking.prompt_state not in NOT_GONE:
        return
    flow = house.library.flows.get(talking.flow)
    step = flow.step(talking.step) if flow is not None else None
    if flow is None or not isinstance(step, Ask):
        return
    talk, position = talk_of(talking), position_of(talking)
    known = know(db, house=house, who=before, talk=talk, now=now)
    agrees_to = advance.lead(flow, position, known) if "consent" in (step.means or "") else ()
    asked = Asked(step=step.key, context=f"{flow.name}.{step.key}")
    apply(
        db,
        house=house,
        who=before,
        talk=talk,
        turn=Turn(events=(*agrees_to, asked), position=position),
        known=known,
        sending=Sending(priority=1),
        now=now,
    )
