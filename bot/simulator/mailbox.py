"""A mail server on this machine that keeps what it gets: staff's e-mail, in the demo and in tests.

It speaks as much of SMTP as Python's own client does. Nothing is passed on to anybody.
"""

import socketserver
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy

LONGEST = 1 << 20
REFUSED, NOT_NOW = "550 no such mailbox", "451 try again later"


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One e-mail as it came."""

    to: str
    sender: str
    subject: str
    text: str
    at: datetime


@dataclass(kw_only=True)
class Mailbox:
    """Every e-mail, oldest first. With an `answer`, what a recipient is answered instead of yes."""

    clock: Callable[[], datetime]
    answer: str = ""
    letters: list[Letter] = field(default_factory=list)
    url: str = ""
    close: Callable[[], None] = lambda: None

    def sent_to(self, address: str) -> list[Letter]:
        """What that address got, oldest first."""
        return [letter for letter in self.letters if letter.to == address]

    def keep(self, body: bytes, *, to: str, sender: str) -> None:
        """Put one e-mail into the mailbox."""
        message = message_from_bytes(body, policy=policy.default)
        part = message.get_body(("plain",))
        self.letters.append(
            Letter(
                to=to,
                sender=sender,
                subject=str(message["Subject"]),
                text=part.get_content().strip() if part else "",
                at=self.clock(),
            )
        )


def open_mailbox(clock: Callable[[], datetime]) -> Mailbox:
    """A mail server that listens on a free port of this machine; `url` is its address."""
    mailbox = Mailbox(clock=clock)

    class Talk(_Talk):
        box = mailbox

    server = _Server(("127.0.0.1", 0), Talk)
    thread = threading.Thread(
        target=server.serve_forever, args=(0.05,), name="mailbox", daemon=True
    )
    thread.start()
    mailbox.url = f"smtp://127.0.0.1:{server.server_address[1]}"

    def close() -> None:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)

    mailbox.close = close
    return mailbox


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False


class _Talk(socketserver.StreamRequestHandler):
    """One connection."""

    box: Mailbox
    timeout = 30

    def handle(self) -> None:
        sender, recipients = "", list[str]()
        self._say("220 mailbox of the demo")
        while line := self.rfile.readline(LONGEST):
            words = line.decode("utf-8", "replace").strip()
            verb = words[:4].upper()
            if verb == "QUIT":
                self._say("221 goodbye")
                return
            if verb == "DATA":
                self._take(sender, recipients)
                recipients = []
            elif verb == "MAIL":
                sender = _address(words)
                self._say("250 yes")
            elif verb == "RCPT":
                if not self.box.answer:
                    recipients.append(_address(words))
                self._say(self.box.answer or "250 yes")
            else:
                self._say("250 yes" if verb in ("EHLO", "HELO", "RSET", "NOOP") else "502 no")

    def _take(self, sender: str, recipients: list[str]) -> None:
        self._say("354 go on")
        body = b""
        while (line := self.rfile.readline(LONGEST)) not in (b".\r\n", b""):
            body += line[1:] if line.startswith(b"..") else line
        for to in recipients:
            self.box.keep(body, to=to, sender=sender)
        self._say("250 kept")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


def _address(words: str) -> str:
    return words.partition("<")[2].partition(">")[0]
