"""Recordings: our texts as somebody has spoken them, for participants who like to listen."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from bot import spoken_texts
from bot.actions.keep_recording import keep_recording, take_recording_away
from bot.channels.sound import LONGEST, MOST_BYTES
from bot.errors import Refused, Unreadable
from bot.languages import SOURCE, Language
from bot.spoken_texts import IMPORTANT, digest, left_out, may_speak, speakable
from bot.store.recordings import recording
from bot.web import words
from bot.web.access import may
from bot.web.conversations import as_said, recorded, state_of
from bot.web.here import now, parts, staff
from bot.web.spoken import sound

page = Blueprint("recordings", __name__, url_prefix="/recordings")
TEXT = "/<language>/<context>"
LEFT_OUT = {
    "name": "the name",
    "other": "the other one’s name",
    "who": "whom to ring",
    "org": "the charity’s name",
    "phone": "the phone number",
    "goal": "the goal",
    "day": "the day",
    "when": "the day and the time",
    "moment": "the day and the time",
    "time": "the time",
    "hours": "the length of time",
    "number": "the number",
    "next": "the next meeting",
}


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One text in a list. State: none, stale or kept."""

    context: str
    title: str
    text: str
    state: str


@page.get("")
@may("read")
def overview() -> ResponseReturnValue:
    """`?language=ar`; else the first that is not the source."""
    language = _language(request.args.get("language") or _first())
    known = recorded(language.tag)
    shown = [_shown(context, language.tag, known) for context in speakable(parts().library)]
    first = [one for one in shown if one.context in IMPORTANT]
    rest = [one for one in shown if one not in first]
    return render_template(
        "recordings.html",
        language=language,
        languages=parts().catalogues.all_languages.values(),
        first=first,
        kept=sum(one.state == "kept" for one in first),
        stale=[one for one in shown if one.state == "stale"],
        flows={
            words.flow(name): [one for one in rest if _flow(one.context) == name]
            for name in dict.fromkeys(_flow(one.context) for one in rest)
        },
    )


@page.get(TEXT)
@may("read")
def one(language: str, context: str) -> ResponseReturnValue:
    """What it says, how it sounds, and how to record it."""
    return _one(_language(language), _context(context))


@page.post(TEXT)
@may("write")
def keep(language: str, context: str) -> ResponseReturnValue:
    """A file, chosen or just recorded."""
    spoken_in, text = _language(language), _context(context)
    try:
        kept = keep_recording(
            parts().house,
            context=text,
            language=spoken_in.tag,
            read=request.form.get("read", ""),
            data=_given(),
            media=parts().settings.media_folder,
            staff_id=staff().id,
            now=now(),
        )
    except (Refused, Unreadable) as reason:
        return _one(spoken_in, text, problem=str(reason)), 422
    long = f", {kept.seconds} seconds" if kept.seconds else ""
    session["toast"] = f"Kept{long}. Those who like to listen hear it before they read the text."
    return redirect(url_for("recordings.one", language=language, context=context), 303)


def _given() -> bytes:
    """What was chosen or recorded; a byte more than is allowed says that it is too large."""
    file = request.files.get("file")
    if file is None:
        return b""
    with file.stream:
        return file.stream.read(MOST_BYTES + 1)


@page.post(f"{TEXT}/delete")
@may("write")
def delete(language: str, context: str) -> ResponseReturnValue:
    take_recording_away(
        parts().house,
        context=_context(context),
        language=_language(language).tag,
        media=parts().settings.media_folder,
        staff_id=staff().id,
        now=now(),
    )
    session["toast"] = "Taken away. The text goes alone from now on."
    return redirect(url_for("recordings.one", language=language, context=context), 303)


@page.get(f"{TEXT}/file")
@may("read")
def file(language: str, context: str) -> Response:
    """For staff to hear."""
    with parts().database.reading() as db:
        found = recording(db, context=_context(context), language=_language(language).tag)
    return sound(found.file, found.content_type) if found is not None else abort(404)


def _one(language: Language, context: str, *, problem: str = "") -> str:
    with parts().database.reading() as db:
        row = recording(db, context=context, language=language.tag)
    library, catalogues, tag = parts().library, parts().catalogues, language.tag
    choices = spoken_texts.labels(library, context)
    return render_template(
        "recording.html",
        language=language,
        context=context,
        flow=_flow(context),
        title=words.text_at(context),
        text=as_said(context, tag),
        english=as_said(context, SOURCE) if tag != SOURCE else "",
        translated=catalogues.speaks(context, tag),
        choices=[catalogues.text(each, tag) for each in choices],
        left_out=[
            LEFT_OUT.get(name, name.replace("_", " "))
            for name in left_out(catalogues, context=context, language=tag)
        ],
        row=row,
        stale=row is not None and state_of(row) == "stale",
        read=digest(library, catalogues, context=context, language=tag),
        problem=problem,
        most=MOST_BYTES,
        longest=LONGEST,
    )


def _shown(context: str, language: str, known: Mapping[str, str]) -> Shown:
    return Shown(
        context=context,
        title=words.text_at(context),
        text=as_said(context, language),
        state=known.get(context, "none"),
    )


def _flow(context: str) -> str:
    return context.partition(".")[0]


def _first() -> str:
    return next((tag for tag in parts().catalogues.all_languages if tag != SOURCE), SOURCE)


def _language(tag: str) -> Language:
    return parts().catalogues.all_languages.get(tag) or abort(404)


def _context(context: str) -> str:
    return context if may_speak(parts().library, context) else abort(404)
