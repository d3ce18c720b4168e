"""One request is one request: two lengths, two hosts or half a header are refused on the wire."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from bot.app import create_server
from tests.served import served

END = b"\r\n\r\n"
ASKED: list[str] = []


def app(environ: Any, respond: Any) -> list[bytes]:
    body = environ["wsgi.input"].read()
    ASKED.append(environ["PATH_INFO"])
    respond("200 OK", [("Content-Length", str(len(body)))])
    return [body]


@pytest.fixture
def port() -> Iterator[int]:
    ASKED.clear()
    with served(create_server(app, host="127.0.0.1", port=0)) as port:
        yield port


def answers(port: int, raw: bytes) -> list[str]:
    """The first line of everything that comes back until the server hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(raw)
        line.shutdown(socket.SHUT_WR)
        said = b""
        while piece := line.recv(65536):
            said += piece
    return [one.decode() for one in said.split(b"\r\n") if one.startswith(b"HTTP/")]


def post(*headers: bytes, version: bytes = b"1.1", body: bytes = b"") -> bytes:
    first = b"POST /first HTTP/" + version
    return b"\r\n".join((first, b"Host: x", *headers)) + END + body


HIDDEN = b"0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: x\r\n\r\n"
CL, TE = b"Content-Length: " + str(len(HIDDEN)).encode(), b"Transfer-Encoding: chunked"


@pytest.mark.parametrize(
    "raw",
    [
        post(CL, TE, body=HIDDEN),
        post(TE, CL, body=HIDDEN),
        post(CL, b"transfer-encoding:chunked", body=HIDDEN),
        post(CL, TE, version=b"1.0", body=HIDDEN),
        post(TE, version=b"1.0", body=HIDDEN),
        post(CL, b"Content-Length: 5", body=HIDDEN),
        post(b"Content-Length: +5", body=b"hello"),
        post(b"Content-Length: 5, 5", body=b"hello"),
        post(b"Transfer-Encoding: xchunked", body=HIDDEN),
        post(b"Transfer-Encoding: chunked, identity", body=HIDDEN),
        post(b"Transfer-Encoding : chunked", body=HIDDEN),
        post(b"Transfer-Encoding:\x0bchunked", body=HIDDEN),
        post(b"X: y\nTransfer-Encoding: chunked", CL, body=HIDDEN),
    ],
)
def test_a_request_with_two_lengths_or_a_crooked_one_is_refused(port: int, raw: bytes) -> None:
    found = answers(port, raw)
    assert len(found) == 1 and found[0].split()[1] in ("400", "501"), found
    assert ASKED == [], "nothing of it reaches the bot"


def test_an_honest_request_of_either_kind_is_answered(port: int) -> None:
    assert answers(port, post(b"Content-Length: 5", body=b"hello"))[0].split()[1] == "200"
    assert answers(port, post(TE, body=b"5\r\nhello\r\n0\r\n\r\n"))[0].split()[1] == "200"
    assert ASKED == ["/first", "/first"]
