"""E-mail to staff, through the server of SMTP_URL. Nothing of a participant is ever in it.

The connection is encrypted where the server offers it, and always before a password is said.
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import SplitResult, unquote, urlsplit

from bot.channels.base import Unsure
from bot.errors import Unsent

TIMEOUT_SECONDS = 10.0
PORTS = {"smtp": 587, "smtps": 465}


class SmtpMail:
    """One server; each e-mail is a connection of its own."""

    def __init__(self, url: str, *, sender: str, timeout: float = TIMEOUT_SECONDS) -> None:
        self._url, self._sender, self._timeout = urlsplit(url), sender, timeout

    def send(self, *, to: str, subject: str, text: str) -> None:
        """Hand over one e-mail. `Unsent`: it surely did not leave; `Unsure`: nobody knows."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._sender, to, subject
        message["Date"], message["Message-ID"] = (
            formatdate(),
            make_msgid(domain=_domain(self._sender)),
        )
        message.set_content(text)
        with _outcome(), self._connected() as server:
            server.send_message(message)

    def greet(self) -> None:
        """Connect, sign in and take leave: nothing is sent. Raises as `send` does."""
        with _outcome(), self._connected() as server:
            server.noop()

    def _connected(self) -> smtplib.SMTP:
        url, port = self._url, self._url.port or PORTS[self._url.scheme]
        host, safely = url.hostname or "", ssl.create_default_context()
        if url.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port, timeout=self._timeout, context=safely
            )
        else:
            server = smtplib.SMTP(host, port, timeout=self._timeout)
        try:
            server.ehlo()
            if url.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls(context=safely)
                server.ehlo()
            _let_in(server, url)
        except BaseException:
            server.close()
            raise
        return server


@contextmanager
def _outcome() -> Iterator[None]:
    """Says of every way it can end whether it surely did nothing, or nobody knows."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        code = min(code for code, _ in error.recipients.values())
        raise Unsent("the address was refused", permanent=code >= 500, code=code) from None
    except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError):
        raise Unsent("the server does not let us in", permanent=False, code=535) from None
    except smtplib.SMTPResponseException as error:
        permanent = 500 <= error.smtp_code < 600
        raise Unsent("refused", permanent=permanent, code=error.smtp_code) from None
    except smtplib.SMTPServerDisconnected:
        raise Unsure("the connection broke") from None
    except (OSError, smtplib.SMTPException):  # its own words may hold addresses
        raise Unsent("no connection", permanent=False) from None


def _let_in(server: smtplib.SMTP, url: SplitResult) -> None:
    """A password goes over no connection that others can read."""
    if not url.username:
        return
    if not isinstance(server.sock, ssl.SSLSocket):
        raise smtplib.SMTPNotSupportedError("the server offers no encryption")
    server.login(unquote(url.username), unquote(url.password or ""))


def _domain(sender: str) -> str:
    return sender.rpartition("@")[2] or "localhost"
