"""Twilio's own handling of STOP, START and HELP on a long code: who is blocked, its answers."""

import threading

from bot.simulator import codes


class OptOuts:
    """Thread-safe. Keyed by her number and the sender's; SMS only, WhatsApp does nothing itself."""

    def __init__(self) -> None:
        self._blocked: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    def holds(self, number: str, sender: str) -> bool:
        return (number, sender) in self._blocked

    def obey(self, number: str, sender: str, *, text: str) -> str:
        """Twilio's own answer, or "". Only a whole message of one word counts."""
        word, pair = text.strip().lower(), (number, sender)
        with self._lock:
            blocked = pair in self._blocked
            if word in codes.STOP_KEYWORDS:
                self._blocked.add(pair)
                return "" if blocked else codes.STOP_REPLY
            if word in codes.START_KEYWORDS:
                self._blocked.discard(pair)
                return codes.START_REPLY if blocked else ""
        return codes.HELP_REPLY if word in codes.HELP_KEYWORDS else ""
