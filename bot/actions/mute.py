"""When she is answered no more: too many replies, the same words again and again, a machine.

Her words are kept and shown to staff all the same. Harm and STOP never come here.
"""

from dataclasses import replace

from sqlmodel import Session

from bot.actions.doors import start_again
from bot.actions.incoming import WANTED, Incoming, alert_about
from bot.channels.base import Inbound
from bot.engine.understand import Heard, Reading
from bot.programme.machines import answers_by_itself
from bot.store.talk import IN_A_ROW, Person

# What is worth an answer however often it is said, and the answers to a question
ANYWAY = (Heard.HELP, Heard.LATER, Heard.LANGUAGE)
ANSWERS = frozenset(
    {
        *(Heard.YES, Heard.NO, Heard.OPTION, Heard.NUMBER, Heard.DURATION, Heard.DATE),
        *(Heard.TEXT, Heard.SKIP, Heard.DONE),
    }
)


def nobody_reads(who: Person, inbound: Inbound, reading: Reading, *, asked: bool) -> str:
    """Why she is not to be answered just now; "" when she is. "1" five times may be five answers:
    only what answers no open question (`asked`) goes round in a circle. Voice notes have no words
    to be the same."""
    if who.muted:
        return "budget"
    answers = reading.heard in ANYWAY or (asked and reading.heard in ANSWERS)
    same = who.same >= IN_A_ROW - 1 and bool(inbound.text.strip())
    if same and not inbound.button and not answers:
        return "loop"
    return "machine" if answers_by_itself(inbound.text) else ""


def keep_quiet(db: Session, incoming: Incoming, heard: Heard, *, why: str) -> None:
    """Staff read what she wrote; she is not answered. START still opens what STOP closed."""
    silent = replace(incoming, who=replace(incoming.who, muted=True))
    if heard is Heard.START or incoming.inbound.opt_out == "START":
        start_again(db, silent)
    else:
        alert_about(db, silent, WANTED.get(heard, "wrote_to_us"))
    if why != "machine":
        alert_about(db, silent, "too_many")
