"""Every way a call can end, told apart: surely not sent, or nobody knows."""

import logging
import subprocess
import sys

import pytest
import requests
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.response import Response
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError, ProtocolError

from bot.channels.base import Later, Unsure
from bot.channels.twilio_client import _later, connect, outcome
from bot.errors import Unsent

SECRET = "whatsapp:+447700900101"


def ended(error: Exception) -> Exception:
    with pytest.raises((Unsent, Unsure)) as caught, outcome():
        raise error
    assert SECRET not in str(caught.value) and caught.value.__suppress_context__
    return caught.value


def rest(status: int, code: int | None = None) -> TwilioRestException:
    return TwilioRestException(status, f"/Messages?To={SECRET}", f"To {SECRET}", code or status)


def never(reason: Exception) -> requests.ConnectionError:
    return requests.ConnectionError(MaxRetryError(None, "/", reason))  # type: ignore[arg-type]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 429])
def test_a_refusal_means_that_it_was_not_sent(status: int) -> None:
    assert isinstance(ended(rest(status)), Unsent)


@pytest.mark.parametrize("status", [302, 408, 500, 502, 503, 504])
def test_any_other_status_leaves_us_unsure(status: int) -> None:
    assert isinstance(ended(rest(status)), Unsure)


def test_the_code_says_whether_trying_again_can_help() -> None:
    gone, passing = ended(rest(400, 21211)), ended(rest(400, 63018))
    assert isinstance(gone, Unsent) and (gone.permanent, gone.code) == (True, 21211)
    assert isinstance(passing, Unsent) and not passing.permanent
    assert isinstance(ended(rest(400, 20503)), Unsure)


def test_errors_of_the_newer_apis_are_read_too() -> None:
    error = TwilioServiceException("type", "title", 400, 21655)
    found = ended(error)
    assert isinstance(found, Unsent) and found.code == 21655


def test_where_no_connection_was_made_nothing_was_sent() -> None:
    for reason in (NewConnectionError(None, "refused"), ConnectTimeoutError("slow")):  # type: ignore[arg-type]
        assert isinstance(ended(never(reason)), Unsent)
    assert isinstance(ended(requests.ConnectTimeout()), Unsent)


@pytest.mark.parametrize(
    "error",
    [
        requests.ReadTimeout(),
        requests.ConnectionError(ProtocolError("Connection aborted.")),
        requests.exceptions.ChunkedEncodingError(),
        requests.exceptions.SSLError(),
        TwilioException("a page of another shape"),
        ValueError("half JSON"),
        KeyError("sid"),
    ],
)
def test_a_broken_answer_leaves_us_unsure(error: Exception) -> None:
    assert isinstance(ended(error), Unsure)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("30", 30.0), ("0", 0.0), ("-5", 0.0), ("99999999", 3600.0), ("nan", None), ("soon", None)],
)
def test_retry_after_is_believed_within_reason(header: str, seconds: float | None) -> None:
    later = _later(Response(429, '{"code": 63018}', {"Retry-After": header}))
    assert isinstance(later, Later)
    assert (later.seconds, later.code, later.permanent) == (seconds, 63018, False)


def test_retry_after_may_be_a_date_by_the_clock_over_there() -> None:
    date = "Mon, 23 Nov 2026 10:00:00 GMT"
    for there, seconds in (("Mon, 23 Nov 2026 10:02:05 GMT", 125.0), ("Mon, 23 Nov", None)):
        headers = {"Retry-After": there, "Date": date}
        assert _later(Response(429, "{}", headers)).seconds == seconds
    assert _later(Response(429, "{}", {"Retry-After": date})).seconds is None


def test_a_429_is_never_the_end_whatever_code_it_names() -> None:
    assert _later(Response(429, '{"code": 21211}', {})).code == 20429
    assert _later(Response(429, '{"code": 63038}', {})).code == 63038


def test_a_429_without_a_word_is_still_too_many() -> None:
    later = _later(Response(429, "<html>", {}))
    assert (later.seconds, later.code) == (None, 20429)


def test_the_client_has_a_time_out_and_logs_no_numbers() -> None:
    client = connect(account_sid="AC1", token="t", base="http://127.0.0.1:9", timeout=7)
    assert client.http_client.timeout == 7
    for name in ("twilio.http_client", "urllib3.connectionpool"):
        assert not logging.getLogger(name).isEnabledFor(logging.INFO)


def test_a_web_process_never_loads_the_client() -> None:
    code = (
        "import sys; from bot.channels.twilio import TwilioChannel, verify; "
        "sys.exit('twilio.rest' in sys.modules or 'requests' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
