"""The Content API's rules: what may be stored, how it looks when filled in, what WhatsApp shows.

Pure. Limits are the stricter ones where Twilio's pages disagree (button title 20, id 200).
"""

import json
import re
from collections.abc import Iterator, Mapping

from bot.simulator.records import Choice, Content, Refusal, Shown

PLACEHOLDER = re.compile(r"\{\{\s*([^{}\s]{1,16})\s*\}\}")
KNOWN_TYPES = (
    "twilio/text", "twilio/media", "twilio/location", "twilio/quick-reply", "twilio/list-picker",
    "twilio/call-to-action", "twilio/card", "twilio/carousel", "twilio/catalog", "twilio/flows",
    "whatsapp/card", "whatsapp/flows", "whatsapp/authentication",
)  # fmt: skip
RICHEST_FIRST = ("twilio/list-picker", "twilio/quick-reply", "twilio/text")  # what phones can show
SESSION_BUTTONS, APPROVED_BUTTONS, ROWS = 3, 10, 10
INTERACTIVE_BODY, TEXT_BODY = 1024, 1600
TITLE, ROW_TITLE, DESCRIPTION, ID = 20, 24, 72, 200


def read_content(payload: object) -> tuple[str, str, dict[str, str], dict[str, dict[str, object]]]:
    """name, language, samples and types of a create request. Raises Refusal."""
    if not isinstance(payload, dict):
        raise Refusal(20001, "A JSON object is required")
    language, types = payload.get("language"), payload.get("types")
    if not isinstance(language, str) or not language:
        raise Refusal(20001, "language is required")
    if not isinstance(types, dict) or not types:
        raise Refusal(20001, "types must hold at least one content type")
    for kind, fields in types.items():
        if kind not in KNOWN_TYPES:
            raise Refusal(20001, f"Unknown content type {kind}")
        if not isinstance(fields, dict):
            raise Refusal(20001, f"{kind} must be an object")
        _check_type(kind, fields)
    unknown = set(payload) - {"friendly_name", "language", "variables", "types"}
    if unknown:
        raise Refusal(20001, f"Unknown fields: {', '.join(sorted(unknown))}")
    samples = _strings(payload.get("variables") or {}, Refusal(20001, "variables must be strings"))
    if len(samples) > 100 or any(len(key) > 16 for key in samples):
        raise Refusal(20001, "At most 100 variables, with keys of at most 16 characters")
    return str(payload.get("friendly_name") or ""), language, samples, types


def read_variables(text: str | None) -> dict[str, str]:
    """ContentVariables: a JSON object of strings. Raises Refusal 21656."""
    if not text:
        return {}
    try:
        values = json.loads(text)
    except ValueError:
        raise Refusal(21656, "ContentVariables is not valid JSON") from None
    return _strings(values, Refusal(21656, "ContentVariables must be a JSON object of strings"))


def show(content: Content, variables: Mapping[str, str], *, channel: str) -> Shown | None:
    """The richest type that the channel can show, filled in; None when there is none for it."""
    kind = richest(content.types) if channel == "whatsapp" else "twilio/text"
    if kind not in RICHEST_FIRST or kind not in content.types:
        return None
    values = {**content.variables, **variables}
    fields = content.types[kind]

    def fill(text: object) -> str:
        return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), str(text or ""))

    return Shown(
        kind=kind,
        body=fill(fields.get("body")),
        buttons=tuple(
            Choice(id=fill(each.get("id")) or fill(each["title"]), title=fill(each["title"]))
            for each in _objects(fields.get("actions"))
        ),
        rows=tuple(
            Choice(
                id=fill(each.get("id")) or fill(each["item"]),
                title=fill(each["item"]),
                description=fill(each.get("description")),
            )
            for each in _objects(fields.get("items"))
        ),
        list_label=fill(fields.get("button")),
    )


def left_out(content: Content, variables: Mapping[str, str]) -> tuple[str, ...]:
    """The variables of any of its types that were not sent: Twilio shows her their samples."""
    wanted = PLACEHOLDER.findall(json.dumps(content.types))
    return tuple(name for name in dict.fromkeys(wanted) if name not in variables)


def richest(types: Mapping[str, Mapping[str, object]]) -> str:
    return next((each for each in RICHEST_FIRST if each in types), next(iter(types)))


def trouble(shown: Shown, *, approved: bool) -> int | None:
    """The code by which WhatsApp refuses a filled-in content, if it does."""
    if not shown.body.strip() or ((shown.buttons or shown.rows) and len(shown.body) > 1024):
        return 63005
    if len(shown.buttons) > (APPROVED_BUTTONS if approved else SESSION_BUTTONS):
        return 63005
    choices = shown.buttons or shown.rows
    longest = TITLE if shown.buttons else ROW_TITLE
    if any(not each.title.strip() or len(each.title) > longest for each in choices):
        return 63005
    if any(len(each.id) > ID or len(each.description) > DESCRIPTION for each in choices):
        return 63005
    if shown.rows and not 0 < len(shown.list_label) <= TITLE:
        return 63005
    titles, ids = {each.title for each in shown.buttons}, {each.id for each in choices}
    if len(ids) < len(choices) or len(titles) < len(shown.buttons):
        return 63005
    return None


def texts(types: Mapping[str, Mapping[str, object]]) -> Iterator[tuple[str, str]]:
    """(where, text) of everything in a content that people read."""
    for kind, fields in types.items():
        for name in ("body", "button", "title", "subtitle", "footer"):
            if isinstance(fields.get(name), str):
                yield f"{kind} {name}", str(fields[name])
        for each in (*_objects(fields.get("actions")), *_objects(fields.get("items"))):
            yield f"{kind} choice", str(each.get("title") or each.get("item") or "")


def _check_type(kind: str, fields: Mapping[str, object]) -> None:
    body = fields.get("body")
    if kind in ("twilio/text", "twilio/quick-reply", "twilio/list-picker"):
        longest = TEXT_BODY if kind == "twilio/text" else INTERACTIVE_BODY
        if not isinstance(body, str) or not 0 < len(body) <= longest:
            raise Refusal(20001, f"{kind}: body must have 1 to {longest} characters")
    if kind == "twilio/quick-reply":
        _check_choices(kind, fields.get("actions"), name="title", most=10, longest=TITLE)
    if kind == "twilio/list-picker":
        button = fields.get("button")
        if not isinstance(button, str) or not 0 < len(_bare(button) or "x") <= TITLE:
            raise Refusal(20001, f"{kind}: button must have 1 to {TITLE} characters")
        _check_choices(kind, fields.get("items"), name="item", most=ROWS, longest=ROW_TITLE)


def _check_choices(kind: str, value: object, *, name: str, most: int, longest: int) -> None:
    choices = _objects(value)
    if not 1 <= len(choices) <= most or not isinstance(value, list) or len(value) != len(choices):
        raise Refusal(20001, f"{kind}: 1 to {most} choices")
    for each in choices:
        title = each.get(name)
        if not isinstance(title, str) or not title or len(_bare(title)) > longest:
            raise Refusal(20001, f"{kind}: {name} must have 1 to {longest} characters")
        if len(str(each.get("id") or "")) > ID:
            raise Refusal(20001, f"{kind}: id must have at most {ID} characters")
        if len(_bare(str(each.get("description") or ""))) > DESCRIPTION:
            raise Refusal(20001, f"{kind}: description has at most {DESCRIPTION} characters")
    if name == "item" and any(not each.get("id") for each in choices):
        raise Refusal(20001, f"{kind}: every item needs an id")


def _bare(text: str) -> str:
    """Without placeholders: their values are measured when they are known."""
    return PLACEHOLDER.sub("", text)


def _objects(value: object) -> list[dict[str, object]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _strings(values: object, refusal: Refusal) -> dict[str, str]:
    if not isinstance(values, dict) or not all(isinstance(each, str) for each in values.values()):
        raise refusal
    return {str(key): value for key, value in values.items()}
