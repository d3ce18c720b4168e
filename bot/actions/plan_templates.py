"""Which wordings WhatsApp is to approve: made of the conversations and their translations."""

from collections.abc import Iterator
from datetime import UTC, datetime

from bot.actions.compose import opener_choices
from bot.catalogues import Catalogues
from bot.channels.wording import Wording, make_wording
from bot.engine.flow import Ask, Flow
from bot.engine.wording import template_contexts
from bot.languages import Language
from bot.library import Library

A_DAY = datetime(2026, 11, 24, 10, tzinfo=UTC)
SAMPLES = {"name": "Amina", "other": "Grace", "org": "Routes", "goal": "English", "day": "Monday"}


def plan_templates(library: Library, catalogues: Catalogues) -> tuple[Wording, ...]:
    """What is sent in. Where two say the same there is one: WhatsApp refuses doubles."""
    wordings = all_wordings(library, catalogues)
    first = {(wording.language, wording.digest): wording for wording in reversed(wordings)}
    return tuple(first[key] for key in reversed(first))


def all_wordings(library: Library, catalogues: Catalogues) -> tuple[Wording, ...]:
    """Each spoken flow's first question, and the opener, in each offered language that WhatsApp has
    templates in."""
    return tuple(
        wording
        for language in catalogues.languages.values()
        if language.template is not None
        for flow in library.flows.values()
        for wording in _of_flow(flow, language, catalogues)
    )


def _of_flow(flow: Flow, language: Language, catalogues: Catalogues) -> Iterator[Wording]:
    for context in template_contexts(flow):
        if not catalogues.has(context) or not catalogues.speaks(context, language.tag):
            continue
        yield make_wording(
            context=context,
            language=str(language.template),
            text=catalogues.text(context, language.tag),
            choices=_choices(flow, context, language, catalogues),
            direction=language.direction,
            samples=samples(language, catalogues),
            layout=_layout(flow),
        )


def _layout(flow: Flow) -> str:
    first = flow.steps[0]
    several = flow.spoken and isinstance(first, Ask) and first.several
    return "numbered" if several else ""


def _choices(
    flow: Flow, context: str, language: Language, catalogues: Catalogues
) -> list[tuple[str, str]]:
    """The same choices that the question has when it is asked within the window."""
    if not flow.spoken:
        return opener_choices(catalogues, language.tag)
    ask = flow.steps[0]
    if not isinstance(ask, Ask) or not ask.options:
        return []
    said = [
        (option.key, catalogues.text(f"{flow.name}.{ask.key}.{option.key}", language.tag))
        for option in ask.options
    ]
    skip = [("skip", catalogues.text("standing.or_skip", language.tag))] if ask.optional else []
    return said + skip


def samples(language: Language, catalogues: Catalogues) -> dict[str, str]:
    """Invented values that show a reviewer what will stand there."""
    return SAMPLES | {
        "when": catalogues.spoken_day(A_DAY, language=language.tag, zone=UTC),
        "moment": catalogues.spoken_moment(A_DAY, language=language.tag, zone=UTC),
        "sentence": catalogues.text("standing.opener_sentence", language.tag),
    }
