"""How much harm the lists hear: messages marked by people, and what the bot made of them.

One JSON line each: {"language": "ar", "text": "…", "harm": "red", "amber" or null}.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.engine.understand import Heard, Kind, Question
from bot.errors import Refused
from bot.vocabulary import Vocabulary

ANY_DAY = datetime(2026, 11, 23, 10, tzinfo=UTC)
UNASKED = Question(kind=Kind.ANY)
COLUMNS = (
    "Language",
    "Danger: answered and called",
    "Danger: read the same day, at least",
    "Trouble: read the same day, at least",
    "Ordinary: a false alarm",
    "Ordinary: read for nothing",
)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One language's messages: of how many, by what they were marked; `explicit` were answered as
    harm, `told` reached staff in any way, a quiet sign and asking for help among them."""

    language: str
    of: Counter[str]
    explicit: Counter[str]
    told: Counter[str]

    @property
    def row(self) -> str:
        """As the README shows it."""
        cells = (
            _share(self.explicit["red"], self.of["red"]),
            _share(self.told["red"], self.of["red"]),
            _share(self.told["amber"], self.of["amber"]),
            _share(self.explicit["none"], self.of["none"]),
            _share(self.told["none"] - self.explicit["none"], self.of["none"]),
        )
        return f"| {self.language} | {' | '.join(cells)} |\n"


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole}" + (f" ({part / whole:.0%})" if whole else "")


def measure(vocabulary: Vocabulary, lines: Iterable[str]) -> list[Measured]:
    """By language. Refused where a line is no such message."""
    found: dict[str, Measured] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        language, text, marked = _message(line, number=number)
        measured = found.setdefault(
            language,
            Measured(language=language, of=Counter(), explicit=Counter(), told=Counter()),
        )
        heard = vocabulary.hear(text, language=language, question=UNASKED, now=ANY_DAY)
        measured.of[marked] += 1
        measured.explicit[marked] += heard.heard is Heard.HARM
        measured.told[marked] += heard.quiet or heard.heard in (Heard.HARM, Heard.HELP)
    return [found[language] for language in sorted(found)]


def _message(line: str, *, number: int) -> tuple[str, str, str]:
    try:
        record = json.loads(line)
        language, text, harm = record["language"], record["text"], record["harm"]
    except (ValueError, TypeError, KeyError) as problem:
        said = "is no JSON object with language, text and harm"
        raise Refused(f"Line {number} {said}: please mend it.") from problem
    if harm not in ("red", "amber", None):
        raise Refused(f"Line {number} says harm {harm!r}: write red, amber or null.")
    return str(language), str(text), harm or "none"


def table(measured: Iterable[Measured]) -> str:
    """The rows under their heading, in Markdown."""
    head = f"| {' | '.join(COLUMNS)} |\n{'|---' * len(COLUMNS)}|\n"
    return head + "".join(one.row for one in measured)
