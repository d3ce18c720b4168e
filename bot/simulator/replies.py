"""What Twilio does with the product's answer to a webhook: nothing, or it sends messages. Pure."""

import html
import re

from bot.simulator.hooks import Outcome

MESSAGE = re.compile(r"<Message\b[^>]*>(?:\s*<Body>)?(.*?)(?:</Body>\s*)?</Message>", re.DOTALL)
MOST_MESSAGES, LONGEST_DOCUMENT = 10, 64 * 1024


def replies(outcome: Outcome) -> tuple[list[str], int | None]:
    """The texts to send, and the code of the alert that Twilio's debugger shows."""
    if not outcome.text.strip():
        return [], None
    if len(outcome.text.encode()) > LONGEST_DOCUMENT:
        return [], 11750
    if outcome.content_type == "text/plain":
        return [outcome.text], None
    if outcome.content_type not in ("text/xml", "application/xml"):
        return [], 12300
    if not re.search(r"<Response\b", outcome.text):
        return [], 12100
    texts = [html.unescape(found).strip() for found in MESSAGE.findall(outcome.text)]
    return texts[:MOST_MESSAGES], 14109 if len(texts) > MOST_MESSAGES else None
