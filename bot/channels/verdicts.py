"""What WhatsApp says of an approved template, in plain words: why, and what to do. Pure.

The reasons are Meta's (template status webhooks) and those on Twilio's page of approvals.
"""

REASONS = {
    "TAG_CONTENT_MISMATCH": "WhatsApp takes the words for another language than the one they were "
    "sent in for",
    "INCORRECT_CATEGORY": "WhatsApp takes it for another kind of message than we said",
    "CATEGORY_NOT_AVAILABLE": "WhatsApp does not let this account send that kind of message",
    "INVALID_FORMAT": "its form breaks a rule of WhatsApp",
    "INVALID_LANGUAGE": "WhatsApp approves nothing in that language",
    "PROMOTIONAL": "WhatsApp takes it for advertising",
    "ABUSIVE_CONTENT": "WhatsApp takes it for rude or threatening",
    "SCAM": "WhatsApp takes it for a fraud",
    "DUPLICATE": "another template says the same",
}
STATES = {
    "rejected": "WhatsApp refused it",
    "paused": "WhatsApp paused it, since people blocked or reported it",
    "disabled": "WhatsApp switched it off",
    "failed": "Twilio could not store it",
    "gone": "it was deleted at Twilio",
    "MARKETING": "WhatsApp now counts it as marketing, which costs more and is held back at times",
}
REWORD = "Reword it, and it is sent in again under a new name; the same words are not tried again"
TO_DO = {
    "rejected": REWORD,
    "paused": "It may come back by itself in some hours; if it is paused again, reword it",
    "disabled": REWORD,
    "failed": "It is tried again by itself; look into Twilio's console if it stays so",
    "gone": "It is made and sent in again by itself",
    "MARKETING": "Reword it without praise or offers, or ask for a review in WhatsApp Manager",
}


def why(reason: str) -> str:
    """The reason as a part of a sentence; what nobody has words for stays as it came."""
    for name, words in REASONS.items():
        if reason.upper().startswith(name):
            return words
    return "" if reason.upper() in ("", "NONE") else reason.rstrip(".").replace(": ", ", ")


def verdict(state: str, reason: str = "") -> str:
    """What happened, why, and what to do. `state` may be a category it was moved to."""
    happened = STATES.get(state, f"WhatsApp says {state.lower()}")
    because = why(reason)
    return (
        f"{happened}{f', since {because}' if because and state != 'paused' else ''}. "
        + TO_DO.get(state, "Look at it in Twilio's console")
    )
