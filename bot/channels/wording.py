"""The wording of an approved template: our placeholders as {{1}}, {{2}}…, and WhatsApp's rules.

Pure. The rules are Twilio's and Meta's for approval; breaking one costs a day and the name.
"""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.channels.base import ContentDraft
from bot.channels.rendering import Row, numbered, split, static_payload

PLACEHOLDER = re.compile(r"\{([a-z_]+[0-9]?)\}")
VARIABLE = re.compile(r"\{\{[0-9]+\}\}")
BREAKS = re.compile(r"[\n\r\t]| {5,}")
BUTTON_TITLE, BUTTONS_SEEN, MOST_BUTTONS = 20, 3, 10
LONGEST_BODY, LONGEST_VALUE, LONGEST_NAME, MOST_EMOJI = 1024, 250, 512, 10
# What most letters of a template must be, by language; Latin for those not named. WhatsApp rejects
# words in another language than the one they are sent in for (TAG_CONTENT_MISMATCH).
SCRIPTS = {
    **dict.fromkeys(("ar", "fa", "prs", "ps", "ur"), "ARABIC"),
    **dict.fromkeys(("uk", "ru", "bg"), "CYRILLIC"),
    "bn": "BENGALI",
    "pa": "GURMUKHI",
    "ta": "TAMIL",
}
CATEGORY = "UTILITY"  # she asked for these messages; marketing costs more and is held back


@dataclass(frozen=True, kw_only=True)
class Wording:
    """One template to be approved. `key` is `<context>@<WhatsApp's language code>`.

    `digest` changes with every word. What follows its first ":" names placeholders and choices:
    an older wording with the same ones can stand in until this one is approved.
    """

    key: str
    context: str
    language: str
    body: str
    variables: tuple[str, ...]
    samples: Mapping[str, str]
    buttons: tuple[tuple[str, str], ...]
    digest: str

    @property
    def name(self) -> str:
        """Lower case letters, digits and underscores only (Meta); never used for two wordings."""
        base = f"{self.context}_{self.language}_{self.digest.partition(':')[0]}"
        return re.sub(r"[^a-z0-9_]", "_", base.lower())

    @property
    def draft(self) -> ContentDraft:
        types: dict[str, dict[str, object]] = {}
        if self.buttons:
            actions = [{"type": "QUICK_REPLY", "title": t, "id": id} for id, t in self.buttons]
            types["twilio/quick-reply"] = {"body": self.body, "actions": actions}
        types["twilio/text"] = {"body": self.body}
        return ContentDraft(
            name=self.name,
            language=self.language,
            types=types,
            samples={str(n): self.samples[v] for n, v in enumerate(self.variables, start=1)},
            category=CATEGORY,
        )


def template_key(context: str, language: str) -> str:
    return f"{context}@{language}"


def make_wording(
    *,
    context: str,
    language: str,
    text: str,
    choices: Sequence[Sequence[str]],
    direction: str,
    samples: Mapping[str, str],
    layout: str = "",
) -> Wording:
    """A template from a text of ours, laid out as the same question is within the window."""
    rows, text = _layout(text, choices, direction=direction, layout=layout)
    buttons = tuple((static_payload(context=context, key=key), label) for key, label in rows)
    variables = names(text)
    place = {name: f"{{{{{number}}}}}" for number, name in enumerate(variables, start=1)}
    body = PLACEHOLDER.sub(lambda found: place[found[1]], text)
    return Wording(
        key=template_key(context, language),
        context=context,
        language=language,
        body=body,
        variables=variables,
        samples=samples,
        buttons=buttons,
        digest=_digest(body, buttons, variables, [key for key, _ in choices]),
    )


def _layout(
    text: str, choices: Sequence[Sequence[str]], *, direction: str, layout: str
) -> tuple[list[Row], str]:
    """Three buttons are seen at once; more hide behind "all options", and yet beat typing."""
    if layout == "numbered":  # of which she may send several: a tap says only one
        return [], numbered(text, choices, direction=direction, layout=layout)
    main, way_out = split(choices, layout="")
    rows = main + way_out
    if len(rows) > BUTTONS_SEEN >= len(main):
        rows, text = main, numbered(text, way_out, direction=direction)
    if len(rows) <= MOST_BUTTONS and all(len(label) <= BUTTON_TITLE for _, label in rows):
        return rows, text
    return [], numbered(text, choices, direction=direction)


def names(text: str) -> tuple[str, ...]:
    """The placeholders of a text, each once, in order."""
    return tuple(dict.fromkeys(PLACEHOLDER.findall(text)))


def stands_in(digest: str, wording: Wording) -> bool:
    """Whether a template of that digest takes the same variables and offers the same choices."""
    return digest.partition(":")[2] == wording.digest.partition(":")[2]


def values(*, text: str, filled: str) -> dict[str, str] | None:
    """What stands for each placeholder of `text` in `filled`; None when it is not that text.

    So a template is only ever sent when it says exactly what the message says.
    """
    pattern, seen = "", set()
    for place, part in enumerate(PLACEHOLDER.split(text)):
        if place % 2 == 0:
            pattern += re.escape(part)
        else:
            pattern += f"(?P={part})" if part in seen else f"(?P<{part}>.+?)"
            seen.add(part)
    found = re.fullmatch(pattern, filled, flags=re.DOTALL)
    if found is None or any(_unfit(value) for value in found.groupdict().values()):
        return None
    return dict(found.groupdict())


def problems(wording: Wording) -> list[str]:
    """In plain sentences, what WhatsApp would reject it for. Empty: submit it."""
    body, found = wording.body.strip(), []
    number = len(wording.variables)
    words = [word for word in VARIABLE.sub(" ", body).split() if re.search(r"\w", word)]
    if re.match(r"\W*\{\{", body) or re.search(r"\}\}\W*$", body):
        found.append("begins or ends with something to be filled in")
    if re.search(r"\}\}\s*\{\{", body):
        found.append("has two things to be filled in side by side")
    if len(words) < 2 * number + 1:
        found.append(f"needs at least {2 * number + 1} words around {number} to be filled in")
    if len(body) > LONGEST_BODY:
        found.append(f"is longer than {LONGEST_BODY} characters")
    if re.search(r"\n{3,}|\t| {5,}", body):
        found.append("has too many blanks or empty lines in a row")
    if "wa.me" in body:
        found.append("links to wa.me")
    found += _strange(wording)
    titles = [title for _, title in wording.buttons]
    if len(set(titles)) < len(titles) or not all(titles):
        found.append("has an empty button, or two alike")
    if any(re.search(r"[{}\n]", title) or len(title) > BUTTON_TITLE for title in titles):
        found.append("has a button with something to be filled in, or one that is too long")
    missing = [name for name in wording.variables if _unfit(wording.samples.get(name, ""))]
    found += [f"has no usable example for {{{name}}}" for name in missing]
    return [f"{wording.key}: {sentence}." for sentence in found]


def _strange(wording: Wording) -> list[str]:
    """What a machine takes for spam, or for another language."""
    letters = [each for each in VARIABLE.sub("", wording.body) if each.isalpha()]
    scripts = Counter(unicodedata.name(each, "").partition(" ")[0] for each in letters)
    wanted = SCRIPTS.get(wording.language.partition("_")[0], "LATIN")
    found = []
    if scripts and scripts.most_common(1)[0][0] != wanted:
        found.append(f"is not in the script of {wording.language}")
    if sum(unicodedata.category(each) == "So" for each in wording.body) > MOST_EMOJI:
        found.append(f"has more than {MOST_EMOJI} emoji")
    if len(wording.name) > LONGEST_NAME:
        found.append(f"has a name longer than {LONGEST_NAME} characters")
    return found


def _unfit(value: str) -> bool:
    """Not allowed as the value of a variable (Twilio 63013, 63028)."""
    return not value.strip() or len(value) > LONGEST_VALUE or bool(BREAKS.search(value))


def _digest(
    body: str, buttons: Sequence[tuple[str, str]], variables: Sequence[str], keys: Sequence[str]
) -> str:
    short = hashlib.sha256(repr((body, tuple(buttons))).encode()).hexdigest()[:8]
    return f"{short}:{','.join(variables)}:{','.join(keys)}"
