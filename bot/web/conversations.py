"""The conversations as they look on a phone, in every language, before anybody gets them."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from bot.actions.open_door import DOORS
from bot.engine.flow import END, Answer, Ask, Flow, Option, Step
from bot.spoken_texts import may_speak, still_says
from bot.store.recordings import RecordingRow, recordings
from bot.web import words
from bot.web.access import may
from bot.web.here import parts

page = Blueprint("conversations", __name__, url_prefix="/conversations")

ANSWERS = {
    Answer.RATING: "She sends a number from 0 to 10",
    Answer.WORDS: "She answers in her own words, typed or spoken",
    Answer.DURATION: "She can also type a length of time",
    Answer.MOMENT: "She sends a day and a time; they are read back before they count",
    Answer.LANGUAGE: "She chooses from the languages on offer",
}
SEVERAL = "She may choose several"
# Invented people and facts, so that a text reads as it will on a phone.
SAMPLES = {
    "name": "Amina",
    "other": "Grace",
    "who": "Ruth",
    "goal": "“…”",
    "goal_2": "“…”",
    "goal_3": "“…”",
    "first": "3",
    "now": "6",
    "number": "4",
    "target": "10",
    "answer": "“…”",
    "languages": "(…)",
    "sentence": "(…)",
}


@dataclass(frozen=True, kw_only=True)
class ShownOption:
    """A choice: its label, and where it leads when that is not simply on.

    `leads_to` is another step of this page, `opens` another conversation, which begins at once.
    """

    label: str
    leads_to: str
    ends: bool
    opens: str


@dataclass(frozen=True, kw_only=True)
class ShownStep:
    """A step as a bubble. `when` says under which condition it is said, `then` where it leads.

    `spoken`: its recording, kept or stale; none; "" for a text that is never spoken.
    """

    key: str
    text: str
    translated: bool
    english: str
    when: str
    answer: str
    options: tuple[ShownOption, ...]
    discreet: str
    then: ShownOption
    spoken: str


@page.get("")
@may("read")
def overview() -> ResponseReturnValue:
    return render_template(
        "conversations.html",
        flows=tuple(parts().library.flows.values()),
        begins={name: _begins(flow) for name, flow in parts().library.flows.items()},
    )


@page.get("/<name>")
@may("read")
def conversation(name: str) -> ResponseReturnValue:
    flow: Flow = parts().library.flows.get(name) or abort(404)
    languages = parts().catalogues.all_languages
    tag = request.args.get("language", "en")
    language = languages.get(tag) or abort(404)
    spoken = recorded(tag)
    return render_template(
        "conversation.html",
        flow=flow,
        begins=_begins(flow),
        language=language,
        languages=languages.values(),
        steps=[_shown(flow, step, tag, spoken=spoken) for step in flow.steps],
    )


def recorded(language: str) -> Mapping[str, str]:
    """Of each text that has a recording in that language: kept, or stale."""
    with parts().database.reading() as db:
        rows = [row for row in recordings(db) if row.language == language]
    return {row.context: state_of(row) for row in rows}


def state_of(row: RecordingRow) -> str:
    """Stale: the text has changed since, so it is not sent."""
    says = still_says(
        parts().library,
        parts().catalogues,
        context=row.context,
        language=row.language,
        spoken=row.digest,
    )
    return "kept" if says else "stale"


def _begins(flow: Flow) -> str:
    """When one that is not planned begins; empty for the planned ones and the standing texts."""
    if not flow.on_demand:
        return ""
    words = [heard.value.upper() for heard, opened in DOORS.items() if opened == flow.name]
    if words:
        return f"Begins when she sends {words[0]}"
    return "Begins out of another conversation"


def _shown(flow: Flow, step: Step, language: str, *, spoken: Mapping[str, str]) -> ShownStep:
    base = f"{flow.name}.{step.key}"
    asks = isinstance(step, Ask)
    return ShownStep(
        key=step.key,
        text=as_said(base, language),
        translated=parts().catalogues.speaks(base, language),
        english=as_said(base, "en") if language != "en" else "",
        when=words.CONDITIONS.get(step.when or "", ""),
        answer=_answer(step) if isinstance(step, Ask) else "",
        options=tuple(_option(flow, step, option, language) for option in step.options)
        if isinstance(step, Ask) and asks
        else (),
        discreet=as_said(f"{base}.discreet", language)
        if step.discreet and step.discreet != step.text
        else "",
        then=_leading(flow, step, goto=step.goto, label=""),
        spoken=spoken.get(base, "none") if may_speak(parts().library, base) else "",
    )


def _answer(step: Ask) -> str:
    return SEVERAL if step.several else ANSWERS.get(step.answer, "")


def _option(flow: Flow, step: Ask, option: Option, language: str) -> ShownOption:
    label = parts().catalogues.text(f"{flow.name}.{step.key}.{option.key}", language)
    return _leading(flow, step, goto=option.goto, label=label, opens=option.opens or "")


def _leading(
    flow: Flow, step: Step, *, goto: str | None, label: str, opens: str = ""
) -> ShownOption:
    """Where that leads, unless it is the next step of the page anyway."""
    aside = goto if goto and goto != flow.after(step.key) and not opens else ""
    return ShownOption(
        label=label,
        leads_to=aside if aside != END else "",
        ends=aside == END,
        opens=opens,
    )


def as_said(context: str, language: str) -> str:
    """The text as a phone shows it, to an invented person."""
    house, catalogues = parts().house, parts().catalogues
    samples = {
        **SAMPLES,
        "org": house.charity,
        "phone": house.phone,
        "day": catalogues.weekday(3, language),
        "hours": catalogues.hours(210, language),
        "when": f"{catalogues.weekday(1, language)} 17:30",
        "time": "5:30",
        "helplines": "Samaritans 116 123",
        "moment": f"{catalogues.weekday(1, language)} 17:30",
        "next": f"{catalogues.weekday(1, language)} 17:30",
        "safe_word": catalogues.text("standing.safe_word", language),
    }
    return catalogues.fill(context, language=language, words=samples)
