"""Whether a message was written by a machine: a phone in a car, an absent colleague. Pure."""

# How such messages begin in the phones and offices that send them; folded, without brackets
BEGINNINGS = (
    "auto-reply", "auto reply", "autoreply", "auto-response", "auto response", "automatic reply",
    "automatic response", "automated reply", "automated response", "automated message",
    "this is an automated", "this is an automatic", "out of office", "out of the office",
    "i am driving", "i'm driving", "sorry, i'm driving", "i'm currently driving",
    "i am currently driving", "can't talk right now", "can't talk now", "i can't talk right now",
    "رد تلقائي", "الرد الآلي", "رد آلي", "پاسخ خودکار",
)  # fmt: skip
LONGEST_START = 60  # characters are looked at


def answers_by_itself(words: str) -> bool:
    """Whether it begins as automatic answers do. A person who wrote so is still read by staff."""
    start = words[:LONGEST_START].casefold().replace("’", "'").lstrip(" \t\r\n[(*<-")
    return start.startswith(BEGINNINGS)
