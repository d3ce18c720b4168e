"""Put what the engine said into her language: which wording, which choices, in which layout."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.actions.house import House
from bot.engine.advance import PERSON, SKIP, choices, offers_person
from bot.engine.events import Asked
from bot.engine.facts import Snapshot
from bot.engine.flow import Answer, Ask, Flow

AGAIN = {
    Answer.OPTIONS: "standing.again_options",
    Answer.LANGUAGE: "standing.again_options",
    Answer.RATING: "standing.again_rating",
    Answer.WORDS: "standing.again_words",
    Answer.DURATION: "standing.again_duration",
    Answer.MOMENT: "standing.again_moment",
}


@dataclass(frozen=True, kw_only=True)
class Phrase:
    """A question ready to send. `choices` are (key, label) as she will see them."""

    text: str
    context: str
    choices: tuple[tuple[str, str], ...] = ()
    layout: str = ""


def wording(house: House, context: str, *, discreet: bool) -> str:
    """The context to speak: the harmless one where her phone is shared and there is one."""
    other = f"{context}.discreet"
    return other if discreet and house.catalogues.has(other) else context


def question_phrase(
    *,
    house: House,
    flow: Flow,
    asked: Asked,
    known: Snapshot,
    language: str,
    words: Mapping[str, str],
    discreet: bool,
) -> Phrase:
    """The text and choices of an `Asked`, in one of its three wordings."""
    ask = flow.step(asked.step)
    if not isinstance(ask, Ask):
        raise TypeError(f"{asked.context} is not a question")
    context = _context(house=house, ask=ask, asked=asked, discreet=discreet)
    text = house.catalogues.fill(context, language=language, words=words)
    shown = _choices(house=house, flow=flow, ask=ask, known=known, language=language)
    numbered = asked.wording == "numbered"
    zero = way_out(house=house, flow=flow, ask=ask, language=language, numbered=numbered)
    listed = bool(shown) and (numbered or ask.several)
    return Phrase(
        text=text,
        context=context,
        choices=shown + zero if shown else (),
        layout="numbered" if listed else "",
    )


def _context(*, house: House, ask: Ask, asked: Asked, discreet: bool) -> str:
    if asked.wording == "first":
        return wording(house, asked.context, discreet=discreet)
    own, general = f"{asked.context}.again", AGAIN[ask.answer]
    if ask.several:
        general = "standing.again_several"
    if asked.wording == "again":
        return own if ask.again is not None else general
    if ask.answer is Answer.RATING:
        return "standing.numbered_rating"
    if ask.answer is Answer.MOMENT:
        return "standing.numbered_moment"
    if ask.options or ask.answer is Answer.LANGUAGE:
        return "standing.numbered"
    # Words, or a length of time without choices: the wording that was not used last
    return general if ask.again is not None else wording(house, asked.context, discreet=discreet)


def _choices(
    *, house: House, flow: Flow, ask: Ask, known: Snapshot, language: str
) -> tuple[tuple[str, str], ...]:
    offered = choices(flow, ask, known)
    if ask.answer is Answer.LANGUAGE:
        return tuple((choice.key, choice.label) for choice in offered)
    return tuple((c.key, house.catalogues.text(c.label, language)) for c in offered)


def way_out(
    *, house: House, flow: Flow, ask: Ask, language: str, numbered: bool
) -> tuple[tuple[str, str], ...]:
    """The choice numbered 0, if any: another language, a person, or skip."""
    text = house.catalogues.text
    if ask.answer is Answer.LANGUAGE:
        base = f"{flow.name}.{ask.key}"
        return tuple((o.key, text(f"{base}.{o.key}", language)) for o in ask.options)
    if numbered and not offers_person(ask):
        return ((PERSON, text("standing.or_person", language)),)
    return ((SKIP, text("standing.or_skip", language)),) if ask.optional else ()
