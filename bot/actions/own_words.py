"""Which steps of the conversations are answered in somebody's own words."""

from collections.abc import Callable

from bot.engine.flow import Answer, Ask
from bot.library import Library

OwnWords = Callable[[str, str], bool]


def own_words(library: Library) -> OwnWords:
    """Of a flow and a step: whether the value of an answer is her words. True where in doubt."""

    def asked(flow: str, step: str) -> bool:
        found = library.flows[flow].step(step) if flow in library.flows else None
        if not isinstance(found, Ask):
            return True
        return found.lenient or found.answer is Answer.WORDS

    return asked


def choices(library: Library) -> tuple[str, ...]:
    """ "flow.step" of every question whose answer is never her own words."""
    asked = own_words(library)
    return tuple(
        f"{flow.name}.{step.key}"
        for flow in library.flows.values()
        for step in flow.steps
        if not asked(flow.name, step.key)
    )
