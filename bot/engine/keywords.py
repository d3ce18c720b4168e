"""Words on which a phone network acts by itself when they are all of an SMS. Pure.

Twilio's defaults for long numbers (twilio.com, opt-out keywords): in English, in any case. The bot
never asks for them, but for STOP, START and HELP, which mean with us what they mean there.
"""

import re
from collections.abc import Iterator

STOPS = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"})
STARTS = frozenset({"start", "yes", "unstop"})
HELPS = frozenset({"help", "info"})
OURS = frozenset({"stop", "start", "help"})
_TAKEN = "|".join(sorted((STOPS | STARTS | HELPS) - OURS, key=len, reverse=True))
# In capitals or quotes, or right after "send": the ways in which a text asks for a word
_INVITED = re.compile(
    rf"\b(?:{_TAKEN.upper()})\b|[\"'\u201c\u2018«]\s*(?i:{_TAKEN})\s*[\"'\u201d\u2019»]"
    rf"|(?i:\b(?:send|write|reply|text|type|answer|say)\s+(?:{_TAKEN})\b)"
)


def invited(text: str) -> Iterator[str]:
    """Each word of the network's that the text asks her to send."""
    for found in _INVITED.finditer(text):
        yield found[0].strip("\"' \u201c\u201d\u2018\u2019«»")


def stops_all(label: str) -> bool:
    """Whether typing this label would end all SMS, whatever was asked."""
    return " ".join(re.sub(r"[^\w\s]", " ", label).casefold().split()) in STOPS
