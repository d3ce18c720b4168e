"""A simulated Twilio with three phones, the real client pointed at it, and a product that listens.

`TWILIO_OPENAPI` may name Twilio's own OpenAPI document; then every call and answer is held to it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from flask import Flask, Response, request
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from bot.simulator.server import Running, serve, serve_wsgi
from bot.simulator.twilio import SimulatedTwilio
from tests.simulator.openapi import Judge, judge

ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "not-a-real-token"
WHATSAPP, SMS = "whatsapp:+447700900000", "+447700900001"
AMINA, SELAM, LUWAM = "+447700900101", "+447700900102", "+447700900103"
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class Clock:
    """Simulated time: only a test moves it."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **duration: float) -> None:
        self.now += timedelta(**duration)


class Loopback(TwilioHttpClient):
    """The real client's own HTTP, to this machine."""

    def __init__(self, base: str) -> None:
        super().__init__(timeout=5)
        self.base = urlsplit(base)

    def request(self, method: str, url: str, *args: Any, **options: Any) -> Any:
        there = urlsplit(url)
        here = (self.base.scheme, self.base.netloc, there.path, there.query, "")
        return super().request(method, urlunsplit(here), *args, **options)


@dataclass
class Product:
    """What stands in for the product: it writes down each webhook and answers as it is told."""

    base_url: str = ""
    got: list[tuple[str, dict[str, str], str]] = field(default_factory=list)  # url, form, signature
    answers: list[tuple[int, str, str]] = field(default_factory=list)  # status, type, text

    def forms(self, path: str) -> list[dict[str, str]]:
        return [form for url, form, _ in self.got if urlsplit(url).path == path]

    def statuses(self) -> list[str]:
        return [form["MessageStatus"] for form in self.forms("/status")]


@pytest.fixture
def clock() -> Clock:
    return Clock(MONDAY)


@pytest.fixture
def product() -> Iterator[Product]:
    product = Product()
    app = Flask("product", static_folder=None)

    @app.post("/<path:where>")
    def take(where: str) -> Response:
        query = request.query_string.decode()
        url = f"{product.base_url}/{where}" + (f"?{query}" if query else "")
        signature = request.headers["X-Twilio-Signature"]
        product.got.append((url, request.form.to_dict(), signature))
        status, kind, text = product.answers.pop(0) if product.answers else (204, "", "")
        return Response(text, status=status, content_type=kind or None)

    running = serve_wsgi(app)
    product.base_url = running.base_url
    yield product
    running.close()


@pytest.fixture
def twilio(clock: Clock, product: Product) -> SimulatedTwilio:
    simulator = SimulatedTwilio(
        account_sid=ACCOUNT,
        auth_token=TOKEN,
        whatsapp_from=WHATSAPP,
        sms_from=SMS,
        clock=clock,
        webhook_url=f"{product.base_url}/message",
    )
    simulator.add_phone(number=AMINA, name="Amina")
    simulator.add_phone(number=SELAM, name="Selam", whatsapp=False)
    simulator.add_phone(number=LUWAM, name="Luwam", user_id="GB.1A2B3C", sms=False)
    return simulator


@pytest.fixture(scope="session", name="judge")
def the_judge() -> Judge | None:
    """Holds each call and answer to Twilio's document where there is one; None where not."""
    return judge()


@pytest.fixture
def running(twilio: SimulatedTwilio, judge: Judge | None) -> Iterator[Running]:
    running = serve(twilio, wrap=judge.around if judge else None)
    yield running
    running.close()
    assert judge is None or judge.take_objections() == []


@pytest.fixture
def client(running: Running) -> Client:
    return Client(ACCOUNT, TOKEN, http_client=Loopback(running.base_url))
