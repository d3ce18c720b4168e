"""What a text may look like, whatever its language: placeholders, lengths, WhatsApp's rules.

Pure. Used on the English by `check` and on every translation by `bot.completeness`.
"""

import re

from bot.engine.flow import Ask, Flow, label_limit

PLACEHOLDER = re.compile(r"\{([a-z_]+[0-9]?)\}")
TITLE = 20  # characters of a button, also of every button of an approved template (Twilio)
ROW = 24  # characters of a row in a list (Twilio)
BODY = 1024  # characters of a WhatsApp text with buttons (Twilio)
PHONE_NUMBER = re.compile(r"\d{3}")
FIXED_WORD = re.compile(r"\b[A-Z]{4,}\b")  # STOP, START: words that she sends as they stand

# Texts of `standing` that are put on a button or row, though no `Ask` holds them.
TAPPED = {
    "standing.or_list": TITLE,
    "standing.open": TITLE,
    "standing.or_person": TITLE,
    "standing.or_skip": TITLE,
    "standing.safe_yes": TITLE,
    "standing.safe_call": TITLE,
    "standing.safe_later": TITLE,
}
# Texts for safety may be longer than others: they are read whole, and say all that is needed.
SAFETY = ("standing.help", "standing.harm_red", "standing.harm_amber")
# Approved templates besides every flow's first question
TEMPLATES = ("standing.opener", "standing.opener.discreet", "standing.reminder")


def placeholders(text: str) -> frozenset[str]:
    """The names in braces."""
    return frozenset(PLACEHOLDER.findall(text))


def has_stray_braces(text: str) -> bool:
    """Whether a brace is left that belongs to no well-formed placeholder."""
    return bool(re.search(r"[{}]", PLACEHOLDER.sub("", text)))


def template_problems(text: str) -> list[str]:
    """What WhatsApp would reject in an approved template (Twilio, variables in templates)."""
    found: list[str] = []
    if re.match(r"\W*\{", text):
        found.append("starts with a placeholder, which WhatsApp rejects in a template")
    if re.search(r"\}\W*$", text):
        found.append("ends with a placeholder, which WhatsApp rejects in a template")
    if re.search(r"\}\W*\{", text):
        found.append("has two placeholders side by side, which WhatsApp rejects in a template")
    count, words = (
        len(PLACEHOLDER.findall(text)),
        len(re.findall(r"\w\S*", PLACEHOLDER.sub("", text))),
    )
    if count and words < 2 * count + 1:
        found.append(
            f"has {words} words around {count} placeholders: a template needs {2 * count + 1}"
        )
    if "\n" in text:
        found.append("has a line break, which a template may not have")
    return found


def template_contexts(flow: Flow) -> tuple[str, ...]:
    """The texts of a flow that are also an approved template's body."""
    if not flow.spoken:
        return TEMPLATES if flow.name == "standing" else ()
    if flow.on_demand:
        return ()
    base = f"{flow.name}.{flow.steps[0].key}"
    return (base, f"{base}.discreet") if flow.steps[0].discreet is not None else (base,)


def limits(flow: Flow) -> dict[str, int]:
    """The most characters of each text that a channel cuts or refuses, by context."""
    found = dict(TAPPED) if flow.name == "standing" else {}
    for step in flow.steps:
        options = step.options if isinstance(step, Ask) else ()
        opening = flow.spoken and not flow.on_demand and step is flow.steps[0]
        for option in options:
            limit = TITLE if opening else label_limit(len(options))
            found[f"{flow.name}.{step.key}.{option.key}"] = limit
    return found


def labels(flow: Flow) -> list[tuple[str, tuple[str, ...]]]:
    """Each question with choices: its context, and the contexts of its labels."""
    return [
        (base, tuple(f"{base}.{option.key}" for option in step.options))
        for step in flow.steps
        if isinstance(step, Ask) and step.options
        for base in (f"{flow.name}.{step.key}",)
    ]


def same(label: str) -> str:
    """A label as she would type it: two labels that come to the same cannot be told apart."""
    return " ".join(re.sub(r"[^\w\s]", " ", label).casefold().split())


def kept(english: str) -> tuple[str, ...]:
    """What must stand in every translation as it is: STOP, START, and numbers to ring."""
    numbers = re.findall(r"\d[\d ]*\d|\d", english) if PHONE_NUMBER.search(english) else []
    return (*FIXED_WORD.findall(english), *numbers)
