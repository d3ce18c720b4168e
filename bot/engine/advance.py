"""One turn of a conversation: what she was understood to say in, events and a new position out.

Nothing is sent or stored here. Conditions come from `facts`, readings from `understand`; a text is
only ever named by its context, so the same turn serves every language.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.engine.events import Answered, Asked, Event, Finished, Flagged, Position, Said, Turn
from bot.engine.facts import CONDITIONS, SPOKEN, TYPED, Snapshot
from bot.engine.flow import END, Answer, Ask, Flow, Option
from bot.engine.understand import Choice, Heard, Kind, Question, Reading

MISSES = 3  # the third answer that is not understood goes to a person
KINDS = {
    Answer.OPTIONS: Kind.OPTIONS,
    Answer.RATING: Kind.RATING,
    Answer.WORDS: Kind.TEXT,
    Answer.DURATION: Kind.DURATION,
    Answer.MOMENT: Kind.DATE,
    Answer.LANGUAGE: Kind.LANGUAGE,
}
SKIP, PERSON = "skip", "person"  # the keys of the choices numbered 0
OWN_WORDS = "own_words"  # her answer where any words are one


def begin(flow: Flow, known: Snapshot) -> Turn:
    """Start a conversation: walk to its first question."""
    start = Position(flow=flow.name, version=flow.version, step=flow.steps[0].key)
    return _walk(flow=flow, key=start.step, position=start, known=known, events=[])


def question(flow: Flow, position: Position, known: Snapshot) -> Question | None:
    """The question that waits at this position, for `understand`; None when its step has gone.

    The labels of choices are contexts, to be put into her language, but for language names.
    """
    ask = flow.step(position.step)
    if not isinstance(ask, Ask):
        return None
    return Question(
        kind=KINDS[ask.answer],
        choices=choices(flow, ask, known),
        several=ask.several,
        optional=ask.optional,
        person=ask.answer is Answer.LANGUAGE
        or (position.tries >= MISSES - 1 and not offers_person(ask)),
    )


def choices(flow: Flow, ask: Ask, known: Snapshot) -> tuple[Choice, ...]:
    """The choices numbered from 1, in order."""
    if ask.answer is Answer.LANGUAGE:
        return tuple(Choice(key=tag, label=name) for tag, name in known.languages)
    return tuple(
        Choice(
            key=option.key,
            label=f"{flow.name}.{ask.key}.{option.key}",
            means=option.key if option.key in ("yes", "no") else "",
        )
        for option in ask.options
    )


@dataclass(frozen=True, kw_only=True)
class _Meant:
    """What a reading comes to for this question: an answer, a skip, a person, or nothing."""

    value: str = ""
    number: int | None = None
    options: tuple[Option, ...] = ()
    skipped: bool = False
    person: bool = False


def reply(
    flow: Flow,
    position: Position,
    reading: Reading,
    known: Snapshot,
    *,
    spoken: bool = False,
) -> Turn:
    """Her answer to the open question. `spoken`: a voice note or picture answers it.

    A step that has gone since ends the conversation as `outdated`.
    """
    ask = flow.step(position.step)
    if not isinstance(ask, Ask):
        return Turn(events=(Finished(state="outdated"),), position=None)
    meant = _Meant(value=SPOKEN) if spoken else _meaning(ask, reading, known)
    if meant is None and ask.lenient:
        return _in_her_words(flow=flow, ask=ask, position=position, known=known)
    if meant is None:
        return _missed(flow=flow, ask=ask, position=position, known=known)
    if meant.person:
        return _handed_over(flow=flow, ask=ask, position=position, known=known, kind="wants_person")
    return _answered(flow=flow, ask=ask, position=position, known=known, meant=meant)


def lead(flow: Flow, position: Position, known: Snapshot) -> tuple[Said, ...]:
    """What was said together with the open question, to be said again with it."""
    answers = dict(position.answers)
    said: list[Said] = []
    for step in flow.steps:
        if step.key == position.step:
            break
        if isinstance(step, Ask):
            said = []
        elif step.when is None or CONDITIONS[step.when](known, answers):
            said.append(Said(context=f"{flow.name}.{step.key}"))
    return tuple(said)


def _answered(*, flow: Flow, ask: Ask, position: Position, known: Snapshot, meant: _Meant) -> Turn:
    events: list[Event] = [
        Answered(
            step=ask.key,
            value=meant.value,
            number=meant.number,
            skipped=meant.skipped,
            means=ask.means,
            sensitive=ask.sensitive,
        )
    ]
    events += [Flagged(kind=o.flag, step=ask.key) for o in meant.options if o.flag]
    opens = next((option.opens for option in meant.options if option.opens), None)
    if opens is not None:
        return Turn(events=(*events, Finished(opens=opens)), position=None)
    jump = next((option.goto for option in meant.options if option.goto), None)
    at = _remember(flow, position, ask, meant)
    target = jump or ask.goto or flow.after(ask.key)
    return _walk(flow=flow, key=target, position=at, known=known, events=events)


def _missed(*, flow: Flow, ask: Ask, position: Position, known: Snapshot) -> Turn:
    """Climb the ladder: shorter with an example, then numbered choices, then a person."""
    tries = position.tries + 1
    if tries >= MISSES:
        return _handed_over(
            flow=flow, ask=ask, position=position, known=known, kind="not_understood"
        )
    wording = "again" if tries == 1 else "numbered"
    asked = Asked(step=ask.key, context=f"{flow.name}.{ask.key}", wording=wording)
    return Turn(events=(asked,), position=replace(position, tries=tries))


def _in_her_words(*, flow: Flow, ask: Ask, position: Position, known: Snapshot) -> Turn:
    """She need not have chosen: what she wrote is her answer, and a person reads it."""
    events: list[Event] = [
        Answered(step=ask.key, value=OWN_WORDS, sensitive=ask.sensitive),
        Flagged(kind="wrote_to_us", step=ask.key),
    ]
    at = _remember(flow, position, ask, _Meant(value=OWN_WORDS))
    target = ask.otherwise or ask.goto or flow.after(ask.key)
    return _walk(flow=flow, key=target, position=at, known=known, events=events)


def _handed_over(*, flow: Flow, ask: Ask, position: Position, known: Snapshot, kind: str) -> Turn:
    """Hand it to a person, tell her so, move on — never to what only a clear yes may open."""
    events: list[Event] = []
    other = next((option for option in ask.options if option.key == "other"), None)
    if ask.answer is Answer.LANGUAGE and other is not None and kind == "wants_person":
        events.append(Flagged(kind=other.flag or kind, step=ask.key))
    else:
        events += [Said(context="standing.person_reads"), Flagged(kind=kind, step=ask.key)]
    target = ask.otherwise or ask.goto or flow.after(ask.key)
    at = _remember(flow, position, ask, _Meant())
    return _walk(flow=flow, key=target, position=at, known=known, events=events)


def _walk(
    *, flow: Flow, key: str, position: Position, known: Snapshot, events: list[Event]
) -> Turn:
    """Go on from `key`, saying what is to be said, until a question or the end."""
    answers = dict(position.answers)
    for _ in range(len(flow.steps) + 1):  # each step once: a loop of texts cannot run for ever
        step = None if key == END else flow.step(key)
        if step is None:
            break
        if step.when is not None and not CONDITIONS[step.when](known, answers):
            key = flow.after(key)
        elif isinstance(step, Ask):
            events.append(Asked(step=step.key, context=f"{flow.name}.{step.key}"))
            at = replace(position, step=step.key, tries=0)
            return Turn(events=tuple(events), position=at)
        else:
            events.append(Said(context=f"{flow.name}.{step.key}"))
            key = step.goto or flow.after(key)
    return Turn(events=(*events, Finished()), position=None)


def _remember(flow: Flow, position: Position, ask: Ask, meant: _Meant) -> Position:
    """Keep what conditions look at; of her own words only whether she typed or spoke."""
    value = meant.value
    if ask.answer is Answer.RATING and meant.number is not None:
        value = str(meant.number)
    elif ask.answer is Answer.WORDS and value and value != SPOKEN:
        value = TYPED
    # Asked again, what came after it in an earlier round no longer holds
    keys = [step.key for step in flow.steps]
    later = set(keys[keys.index(ask.key) + 1 :])
    answers = {key: kept for key, kept in position.answers if key not in later} | {ask.key: value}
    return replace(position, answers=tuple(answers.items()))


def _meaning(ask: Ask, reading: Reading, known: Snapshot) -> _Meant | None:
    heard, value = reading.heard, reading.value
    if heard is Heard.SKIP:
        return _Meant(skipped=True) if ask.optional else None
    if heard is Heard.HELP:
        return _Meant(person=True)
    if heard is Heard.OPTION:
        return _chosen(ask, value, known)
    named = next((option for option in ask.options if option.key == heard.value), None)
    if named is not None:  # yes, no, later: a choice of this question
        return _Meant(value=named.key, number=named.minutes, options=(named,))
    if heard is Heard.NUMBER and ask.answer is Answer.RATING and isinstance(value, int):
        return _Meant(value=str(value), number=value)
    if heard is Heard.DURATION and ask.answer is Answer.DURATION and isinstance(value, int):
        return _Meant(value=str(value), number=value)
    if heard is Heard.DATE and ask.answer is Answer.MOMENT and isinstance(value, datetime):
        return _Meant(value=value.astimezone(UTC).isoformat())
    if heard is Heard.TEXT and ask.answer is Answer.WORDS and isinstance(value, str) and value:
        return _Meant(value=value)
    if heard is Heard.LANGUAGE and ask.answer is Answer.LANGUAGE and isinstance(value, str):
        return _Meant(value=value)
    return None


def _chosen(ask: Ask, value: object, known: Snapshot) -> _Meant | None:
    """The options of that 1-based place, or places where several may be chosen."""
    places = value if isinstance(value, tuple) else (value,)
    if ask.answer is Answer.LANGUAGE:
        place = places[0]
        offered = len(known.languages)
        if len(places) == 1 and isinstance(place, int) and 1 <= place <= offered:
            return _Meant(value=known.languages[place - 1][0])
        return None
    if any(not isinstance(p, int) or not 1 <= p <= len(ask.options) for p in places):
        return None
    if len(places) > 1 and not ask.several:
        return None
    picked = tuple(ask.options[p - 1] for p in places if isinstance(p, int))
    joined = ",".join(option.key for option in picked)
    return _Meant(value=joined, number=picked[0].minutes, options=picked)


def tap(flow: Flow, position: Position, key: str, known: Snapshot) -> Reading:
    """The reading of a tap on the open question's own button or row: no guessing needed."""
    ask = flow.step(position.step)
    if isinstance(ask, Ask) and ask.answer is not Answer.LANGUAGE:
        keys = [option.key for option in ask.options]
        if key in keys:  # "a person" too, where the question itself offers that
            return Reading(Heard.OPTION, keys.index(key) + 1)
    if key == SKIP:
        return Reading(Heard.SKIP)
    if key == PERSON or not isinstance(ask, Ask):
        return Reading(Heard.HELP)
    if ask.answer is not Answer.LANGUAGE:
        return Reading(Heard.UNCLEAR)
    return Reading(Heard.HELP) if key == "other" else Reading(Heard.LANGUAGE, key)


def offers_person(ask: Ask) -> bool:
    """Whether one of its own choices is a person: then 0 need not be one."""
    return any(option.key == PERSON for option in ask.options)
