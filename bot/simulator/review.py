"""WhatsApp's review of a template: the reason why it is rejected, or none. Pure.

The rules are those of Twilio's page on template approval and of Meta's on supported languages.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise

from bot.simulator.codes import TEMPLATE_LANGUAGES
from bot.simulator.contents import PLACEHOLDER, texts
from bot.simulator.records import Content, Refusal

NAME = re.compile(r"[a-z0-9_]{1,512}")
CATEGORIES = ("UTILITY", "MARKETING", "AUTHENTICATION")
NEVER_SUBMITTED = ("twilio/list-picker", "twilio/location")
MOST_EMOJI = 10
MOST_LETTERS = 1024
ARABIC_SCRIPT = ("ar", "fa", "ur", "ps", "prs")
# The scripts that a template of the language may be written in; Latin for those not named.
SCRIPTS: Mapping[str, str] = {
    **dict.fromkeys(ARABIC_SCRIPT, "ARABIC"),
    "bn": "BENGALI", "uk": "CYRILLIC", "ru": "CYRILLIC", "bg": "CYRILLIC", "ta": "TAMIL",
    "pa": "GURMUKHI", "hi": "DEVANAGARI", "he": "HEBREW", "el": "GREEK", "ka": "GEORGIAN",
    "kn": "KANNADA", "ml": "MALAYALAM", "te": "TELUGU", "th": "THAI", "lo": "LAO", "gu": "GUJARATI",
    "si": "SINHALA", "mr": "DEVANAGARI", "ko": "HANGUL", "ja": "CJK", "zh": "CJK", "mk": "CYRILLIC",
    "sr": "CYRILLIC", "kk": "CYRILLIC", "ky": "CYRILLIC", "be": "CYRILLIC",
}  # fmt: skip


def read_submission(payload: object, content: Content) -> tuple[str, str]:
    """name and category of an approval request. Raises Refusal for what is not even reviewed."""
    if not isinstance(payload, dict):
        raise Refusal(20001, "A JSON object is required")
    name, category = payload.get("name"), payload.get("category")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise Refusal(20001, "name: lower case letters, digits and underscores only")
    if category not in CATEGORIES:
        raise Refusal(20001, f"category must be one of {', '.join(CATEGORIES)}")
    if any(kind in content.types for kind in NEVER_SUBMITTED):
        raise Refusal(20001, "This content type cannot be submitted for approval")
    return name, str(category)


def rejection(content: Content) -> str:
    """Why WhatsApp rejects the template; "" when it does not."""
    if content.language not in TEMPLATE_LANGUAGES:
        return f"INVALID_LANGUAGE: {content.language} is not a language that WhatsApp supports"
    for where, text in texts(content.types):
        reason = _wording(text) if where.endswith("body") else _label(text)
        if reason:
            return f"{reason} ({where})"
    placeholders = _all_placeholders(content)
    missing = sorted(placeholders - {key for key, value in content.variables.items() if value})
    if missing:
        return f"INVALID_FORMAT: no sample for variable {missing[0]}"
    if not _right_script(content):
        return "TAG_CONTENT_MISMATCH: the language does not match the content"
    return ""


def _wording(text: str) -> str:
    placeholders = list(PLACEHOLDER.finditer(text))
    words = PLACEHOLDER.sub(" ", text)
    numbers = {int(found[1]) for found in placeholders if found[1].isascii() and found[1].isdigit()}
    trimmed = _without_edges(text)
    if trimmed.startswith("{{") or trimmed.endswith("}}"):
        return "INVALID_FORMAT: variables may not stand first or last"
    if any(not text[a.end() : b.start()].strip() for a, b in _neighbours(placeholders)):
        return "INVALID_FORMAT: variables may not stand side by side"
    if numbers != set(range(1, len(numbers) + 1)):
        return "INVALID_FORMAT: variables must be numbered without gaps"
    if placeholders and len(words.split()) < 2 * len(placeholders) + 1:
        return "INVALID_FORMAT: too many variables for the length of the message"
    if "     " in text or "\n\n\n" in text or "\t" in text:
        return "INVALID_FORMAT: too much white space"
    if len(text) > MOST_LETTERS:
        return f"INVALID_FORMAT: more than {MOST_LETTERS} characters"
    if sum(unicodedata.category(letter) == "So" for letter in text) > MOST_EMOJI:
        return f"INVALID_FORMAT: more than {MOST_EMOJI} emoji"
    if "wa.me/" in text:
        return "INVALID_FORMAT: links to wa.me are not allowed"
    return ""


def _label(text: str) -> str:
    if PLACEHOLDER.search(text) or "\n" in text:
        return "INVALID_FORMAT: buttons take no variables and no new lines"
    return ""


def _neighbours(found: list[re.Match[str]]) -> list[tuple[re.Match[str], re.Match[str]]]:
    return list(pairwise(found))


def _without_edges(text: str) -> str:
    """Punctuation beside a variable does not help it: look through it."""
    braces = "{}"
    kept = [
        place
        for place, letter in enumerate(text)
        if letter in braces or unicodedata.category(letter)[0] not in "PZCS"
    ]
    return text[kept[0] : kept[-1] + 1] if kept else ""


def _all_placeholders(content: Content) -> set[str]:
    return {found[1] for _, text in texts(content.types) for found in PLACEHOLDER.finditer(text)}


def _right_script(content: Content) -> bool:
    letters = (
        unicodedata.name(letter, "").partition(" ")[0]
        for _, text in texts(content.types)
        for letter in PLACEHOLDER.sub("", text)
        if letter.isalpha()
    )
    most = Counter(letters).most_common(1)
    wanted = SCRIPTS.get(content.language.partition("_")[0], "LATIN")
    return not most or most[0][0] == wanted or wanted == "CJK"
