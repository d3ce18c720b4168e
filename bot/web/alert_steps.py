"""What an alert's life line says: who was called and when, who was not and why, who has it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.channels.codes import meaning_of
from bot.store.concerns import SAFE_TO_WRITE
from bot.store.pages.alert_life import StepRow
from bot.web.words import WRITING

WAYS = {"sms": "by SMS", "email": "by e-mail"}
NOT_CALLED = {"conflict": "it is about her", "no_way": "there is no way to call her"}
WHY_ROUND = {"named": ", who is named in the words", "before": ", as what came before it does"}
JUST_BEFORE = "just before"
LOUD = ("nobody", SAFE_TO_WRITE)
PLAIN = {
    "raised": "Came in",
    "nobody": "Nobody could be called. Please act now, and put somebody on call.",
    "noted": "{name} has it",
    "closed": "Closed by {name}",
    "said": "Wrote what may be a sign",
    "released": "{name} let the bot write to her again",
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a life: a sentence and its moment. `loud`: it must not be overlooked."""

    text: str
    at: datetime
    loud: bool = False
    message: str = ""  # the id of a message that it is about


def lines(steps: Sequence[StepRow]) -> list[Line]:
    """Each step in a few words. Calls of one moment by both ways are one line."""
    found: list[Line] = []
    for at, step in enumerate(steps):
        before = steps[at - 1] if at else None
        if before and _same_call(before, step):
            found[-1] = Line(text=f"{found[-1].text} and {WAYS[step.detail]}", at=step.at)
        else:
            said = step.detail if step.kind == "said" else ""
            found.append(Line(text=_text(step), at=step.at, loud=step.kind in LOUD, message=said))
    return found


def _same_call(before: StepRow, step: StepRow) -> bool:
    both = before.kind == step.kind == "called" and before.name == step.name
    return (
        both
        and {before.detail, step.detail} <= WAYS.keys()
        and before.detail != step.detail
        and (step.at - before.at).total_seconds() < 60
    )


def _text(step: StepRow) -> str:
    name = step.name or "itself"
    if step.kind == "called" and step.detail == JUST_BEFORE:
        return f"{name} called a moment before, about another"
    if step.kind == "called":
        return f"{name} called {WAYS.get(step.detail, '')}".rstrip()
    if step.kind == "not_called":
        return f"{name} not called: {_why(step.detail)}"
    if step.kind == SAFE_TO_WRITE:
        return WRITING.get(step.detail, step.detail)
    if step.kind == "conflict":
        return _conflict(name, step.detail)
    return PLAIN.get(step.kind, step.kind.replace("_", " ")).format(name=name)


def _why(detail: str) -> str:
    way, _, code = detail.partition(":")
    if not code:
        return NOT_CALLED.get(detail, detail)
    reason = meaning_of(code) if code.isdecimal() else code
    return f"{WAYS.get(way, way)} it failed ({reason})"


def _conflict(name: str, detail: str) -> str:
    if detail == "the only one":
        return f"{name} is named in the words, but nobody else could act"
    if detail.startswith("taken back"):
        return f"Not about {name} after all"
    return f"Goes round {name}{WHY_ROUND.get(detail, '')}"
