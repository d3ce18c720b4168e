"""Words that may be printed: only with consent, never with a name. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.programme.heard import Heard
from bot.programme.impact_rows import ImpactRows

SURVEYS = ("end_survey", "end_survey_mentor")
NOT_WORDS = frozenset({"", "spoken"})  # a voice note cannot be printed
SHORTEST_NAME = 2
WITHOUT_NAME = "[…]"


@dataclass(frozen=True, kw_only=True)
class Quote:
    """What somebody said is different now, as it may be printed. `role`: mentee or mentor."""

    answer_id: int
    enrolment_id: int
    role: str
    words: str
    language: str


def quotes(rows: ImpactRows) -> tuple[Quote, ...]:
    """Oldest first. Whoever took her consent back, or never gave it, is not among them."""
    heard = Heard(rows.said)
    members = {one.enrolment_id: one for one in rows.members if one.may_print}
    names = _pattern(one.name for one in rows.members)
    found = [
        Quote(
            answer_id=said.id,
            enrolment_id=enrolment,
            role=members[enrolment].role,
            words=names.sub(WITHOUT_NAME, said.value.strip()) if names else said.value.strip(),
            language=said.language,
        )
        for flow in SURVEYS
        for enrolment, said in heard.newest(flow, "different").items()
        if enrolment in members
        and said.value.strip() not in NOT_WORDS
        and (agreed := heard.newest(flow, "print").get(enrolment)) is not None
        and agreed.value == "yes"
    ]
    return tuple(sorted(found, key=lambda quote: quote.answer_id))


def _pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """Every name of the cohort as a word of its own, in any case, and each part of a name."""
    parts = {part for name in names for part in (name, *name.split())}
    known = sorted(
        (part for part in parts if len(part) >= SHORTEST_NAME), key=lambda n: (-len(n), n)
    )
    if not known:
        return None
    words = "|".join(re.escape(part) for part in known)
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)
