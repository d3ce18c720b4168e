"""How a question with its choices looks on her phone: buttons, a list, or numbers to send. Pure.

The payloads that buttons and rows carry are made here and read here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.channels.base import ZERO_KEYS, Capabilities, ContentDraft
from bot.channels.segments import pieces, straighten

Choices = Sequence[Sequence[str]]  # [key, label] in order
Row = tuple[str, str]

RLM, ISOLATE, END_ISOLATE = "\u200f", "\u2068", "\u2069"
LONGEST_BODY = 1600  # characters, on every channel (Twilio 21617)
LIST_BUTTON = 20
SESSION_SHAPE = "1"  # rises when session_content builds them differently
SESSION_KEYS = (
    *(f"session.buttons.{number}" for number in range(1, 4)),
    *(f"session.list.{number}" for number in range(1, 11)),
)
SESSION_KEY = re.compile(r"session\.(buttons|list)\.([0-9]{1,2})")
TAP = re.compile(r"([0-9]{1,18}):([0-9a-z_-]{1,60})")
STATIC_TAP = re.compile(r"t:([a-z0-9_]{1,60}\.[a-z0-9_]{1,60}):([0-9a-z_-]{1,60})")


@dataclass(frozen=True, kw_only=True)
class Tap:
    """What a button or row of ours says: the choice, and the message or the step it belongs to."""

    message_id: int | None
    context: str | None
    key: str


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A message as it will look. Kind: text (`body` says all), buttons or list (with `rows`)."""

    kind: str
    body: str
    rows: tuple[Row, ...] = ()

    @property
    def content_key(self) -> str | None:
        """Which generic content shows it, None for plain text."""
        return None if self.kind == "text" else f"session.{self.kind}.{len(self.rows)}"


def payload(*, message_id: int, key: str) -> str:
    """What a button of a message within the window carries."""
    return f"{message_id}:{key}"


def static_payload(*, context: str, key: str) -> str:
    """What a button of an approved template carries: the same for everyone it is sent to."""
    return f"t:{context.removesuffix('.discreet')}:{key}"


def parse_payload(text: str) -> Tap | None:
    """What was tapped, None when the payload is not one of ours."""
    if found := TAP.fullmatch(text):
        return Tap(message_id=int(found[1]), context=None, key=found[2])
    if found := STATIC_TAP.fullmatch(text):
        return Tap(message_id=None, context=found[1], key=found[2])
    return None


def split(choices: Choices, *, layout: str) -> tuple[list[Row], list[Row]]:
    """The choices numbered from 1, and the way out numbered 0: at most one, always the last.

    A person is a way out only in the numbered layout, which is when one is added; else it is a
    choice like any other.
    """
    rows = [(key, label) for key, label in choices]
    if rows and rows[-1][0] in ZERO_KEYS and (rows[-1][0] != "person" or layout == "numbered"):
        return rows[:-1], rows[-1:]
    return rows, []


def numbered(text: str, choices: Choices, *, direction: str, layout: str = "") -> str:
    """The text with its choices beneath, a number before each: for SMS, and where buttons fail."""
    lines = choice_lines(choices, direction=direction, layout=layout)
    room = LONGEST_BODY - sum(len(line) + 1 for line in lines)
    return "\n".join([fit(text, room), *lines])


def choice_lines(choices: Choices, *, direction: str, layout: str = "") -> list[str]:
    """The choices with a number before each, the way out last and numbered 0."""
    main, way_out = split(choices, layout=layout)
    lines = [
        _line(number, label, direction=direction) for number, (_, label) in enumerate(main, start=1)
    ]
    return lines + [_line(0, label, direction=direction) for _, label in way_out]


def shape(
    text: str, choices: Choices, *, layout: str, direction: str, capabilities: Capabilities
) -> Shape:
    """The best look that the channel can give this question."""
    if choices and layout != "numbered" and len(text) <= capabilities.body:
        chosen = _buttons(text, choices, direction=direction, capabilities=capabilities)
        chosen = chosen or _list(text, choices, capabilities=capabilities)
        if chosen is not None:
            return chosen
    body = numbered(text, choices, direction=direction, layout=layout)
    return Shape(kind="text", body=body)


def by_sms(text: str, choices: Choices, *, direction: str, layout: str = "") -> tuple[str, ...]:
    """The same question as one SMS, or as several where it is long."""
    lines = choice_lines(choices, direction=direction, layout=layout)
    return pieces(straighten(text), [straighten(line) for line in lines])


def session_content(key: str) -> ContentDraft:
    """A generic content in which every field is a variable: made once, used for all questions."""
    found = SESSION_KEY.fullmatch(key)
    if found is None:
        raise ValueError(f"no generic content is called {key}")
    kind, count = found[1], int(found[2])
    first = 2 if kind == "buttons" else 3
    pairs = [(f"{{{{{first + 2 * n}}}}}", f"{{{{{first + 2 * n + 1}}}}}") for n in range(count)]
    types: dict[str, dict[str, object]] = {"twilio/text": {"body": "{{1}}"}}
    if kind == "buttons":
        actions = [{"type": "QUICK_REPLY", "title": title, "id": id} for id, title in pairs]
        types["twilio/quick-reply"] = {"body": "{{1}}", "actions": actions}
    else:
        items = [{"id": id, "item": item} for id, item in pairs]
        types["twilio/list-picker"] = {"body": "{{1}}", "button": "{{2}}", "items": items}
    last = first + 2 * count
    samples = {str(number): f"sample {number}" for number in range(1, last)}
    return ContentDraft(name=key.replace(".", "_"), language="en", types=types, samples=samples)


def session_variables(shape: Shape, *, message_id: int, list_label: str) -> dict[str, str]:
    """Every variable of the generic content: one left out would show its sample to her."""
    values = [shape.body]
    if shape.kind == "list":
        values.append(list_label[:LIST_BUTTON])
    for key, label in shape.rows:
        values += [payload(message_id=message_id, key=key), label]
    return {str(place): value for place, value in enumerate(values, start=1)}


def fit(text: str, room: int) -> str:
    """Not more than `room` characters: her own long words may stand in a text of ours."""
    return text if len(text) <= room else text[: max(room - 1, 0)].rstrip() + "…"


def _line(number: int, label: str, *, direction: str) -> str:
    """From right to left, the mark keeps the number at the right, the isolate apart from digits."""
    if direction == "rtl":
        return f"{RLM}{number} {ISOLATE}{label}{END_ISOLATE}"
    return f"{number} {label}"


def _buttons(
    text: str, choices: Choices, *, direction: str, capabilities: Capabilities
) -> Shape | None:
    """Buttons for up to three; a way out that no longer fits becomes a line of the text."""
    main, way_out = split(choices, layout="")
    rows, body = main + way_out, text
    if len(rows) > capabilities.buttons:
        rows, body = main, numbered(text, way_out, direction=direction)
    if not 0 < len(rows) <= capabilities.buttons or len(body) > capabilities.body:
        return None
    if not _titles_fit(rows, capabilities.button_title):
        return None
    return Shape(kind="buttons", body=body, rows=tuple(rows))


def _list(text: str, choices: Choices, *, capabilities: Capabilities) -> Shape | None:
    main, way_out = split(choices, layout="")
    rows = main + way_out
    if len(rows) > capabilities.rows or not _titles_fit(rows, capabilities.row_title):
        return None
    return Shape(kind="list", body=text, rows=tuple(rows))


def _titles_fit(rows: Sequence[Row], limit: int) -> bool:
    """Short enough, none empty, no two alike: WhatsApp refuses the whole message otherwise."""
    titles = [label for _, label in rows]
    return all(0 < len(t) <= limit for t in titles) and len(set(titles)) == len(titles)
