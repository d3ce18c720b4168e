"""A stricter reading of requests than waitress has by itself: one that has two lengths is refused.

A proxy that believes the one and waitress the other would take a part of one request for another
(HTTP request smuggling, RFC 9112 section 6.1).
"""

from collections.abc import Iterable

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError


class StrictParser(HTTPRequestParser):  # type: ignore[misc]
    """Refuses Content-Length beside Transfer-Encoding, and the latter where HTTP has none."""

    def parse_header(self, header_plus: bytes) -> None:
        """Raises ParsingError, upon which the answer is 400 and the connection is closed."""
        super().parse_header(header_plus)
        if "TRANSFER_ENCODING" in self.headers:  # left there by HTTP/1.0, which knows no such thing
            raise ParsingError("Transfer-Encoding in HTTP/1.0")
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            raise ParsingError("Content-Length beside Transfer-Encoding")


class StrictChannel(HTTPChannel):  # type: ignore[misc]
    """A connection that reads so."""

    parser_class = StrictParser


def be_strict(sockets: Iterable[object]) -> None:
    """Every listening socket of a server that is not running yet reads so."""
    for one in sockets:
        if hasattr(one, "channel_class"):
            one.channel_class = StrictChannel
