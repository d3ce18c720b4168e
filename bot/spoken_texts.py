"""Which texts may be spoken to those who like to listen, and whether a recording still says them.

A recording belongs to the wording, its choices included: when a word of it changes, it is stale and
goes out no more until somebody speaks it anew.
"""

import hashlib
from collections.abc import Iterator

from bot.catalogues import Catalogues
from bot.engine.flow import Ask, Flow, Step
from bot.engine.wording import placeholders
from bot.library import Library

SHELF = "standing"
# Of the shelf: what she hears often. Never an answer to harm: it waits for nothing, and whoever
# stands beside her must not hear it
FROM_SHELF = frozenset(
    {
        *("help", "later", "started", "reminder", "reminder_again", "carry_on"),
        *("again_options", "again_several", "again_rating", "again_words", "again_duration"),
        *("again_moment", "person_reads", "person_listens", "person_looks", "noted", "closed"),
    }
)
# Asked while we doubt that it is she, or said to somebody else, or after a no
SILENT = frozenset({"is_it_you", "welcome.wrong", "welcome.declined", "welcome.person"})
# What most mentees get most weeks, and what they hear when they ask for help: to begin with
IMPORTANT = (
    "standing.help",
    *(f"goal_check_in.{step}" for step in ("week", "rating", "step", "barriers", "thanks")),
    *(f"session_confirm.{step}" for step in ("met", "minutes", "feeling", "again")),
    "session_remind.still",
    "standing.later",
)


def speakable(library: Library) -> Iterator[str]:
    """The contexts of all texts that may have a recording, the most important first."""
    yield from IMPORTANT
    for name, flow in library.flows.items():
        for step in flow.steps:
            context = f"{name}.{step.key}"
            if context not in IMPORTANT and may_speak(library, context):
                yield context


def may_speak(library: Library, context: str) -> bool:
    """Whether that text may have a recording."""
    name, _, key = context.partition(".")
    flow = library.flows.get(name)
    if flow is None or flow.step(key) is None:
        return False
    if name == SHELF:
        return key in FROM_SHELF
    return flow.spoken and name not in SILENT and context not in SILENT


def step_of(library: Library, context: str) -> tuple[Flow, Step] | None:
    """The step whose text it is, if it may have a recording."""
    name, _, key = context.partition(".")
    if not may_speak(library, context):
        return None
    flow = library.flow(name)
    step = flow.step(key)
    return None if step is None else (flow, step)


def labels(library: Library, context: str) -> tuple[str, ...]:
    """The contexts of its choices: they are spoken with it."""
    found = step_of(library, context)
    if found is None or not isinstance(found[1], Ask):
        return ()
    return tuple(f"{context}.{option.key}" for option in found[1].options)


def digest(library: Library, catalogues: Catalogues, *, context: str, language: str) -> str:
    """What a recording is bound to: the text and its choices, as they are said now."""
    contexts = (context, *labels(library, context))
    said = (catalogues.text(each, language) for each in contexts)
    return hashlib.sha256("\x1f".join(said).encode()).hexdigest()


def still_says(
    library: Library, catalogues: Catalogues, *, context: str, language: str, spoken: str
) -> bool:
    """Whether a recording of that digest says what the text says now."""
    if not may_speak(library, context):
        return False
    return digest(library, catalogues, context=context, language=language) == spoken


def left_out(catalogues: Catalogues, *, context: str, language: str) -> tuple[str, ...]:
    """What is another for everybody, and so cannot be spoken: the names of its placeholders."""
    return tuple(sorted(placeholders(catalogues.text(context, language))))


def spoken_of(context: str) -> str:
    """The text of a message that its recording says. Of several in one bubble that is the last:
    the question, to which she answers."""
    return context.removesuffix("+")
