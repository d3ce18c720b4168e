"""The simulated Twilio misbehaving: what the real client sees, and what was really taken."""

import json
import time

import pytest
import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from bot.simulator.codes import MISBEHAVIOURS
from bot.simulator.server import Running
from bot.simulator.twilio import SimulatedTwilio
from tests.simulator.conftest import AMINA, SMS, Clock, Product
from tests.simulator.openapi import Judge


def send(client: Client, product: Product | None = None) -> str:
    more = {"status_callback": f"{product.base_url}/status"} if product else {}
    return str(client.messages.create(to=AMINA, from_=SMS, body="x", **more).sid)


@pytest.mark.parametrize(
    ("kind", "status", "taken"),
    [
        ("429", 429, 0),
        ("401", 401, 0),
        ("500", 500, 0),
        ("503", 503, 0),
        ("500_after_accepting", 500, 1),
        ("503_after_accepting", 503, 1),
    ],
)
def test_an_error_on_command_and_only_as_often_as_planned(
    client: Client, twilio: SimulatedTwilio, kind: str, status: int, taken: int
) -> None:
    twilio.misbehave(kind, times=2)
    for _ in range(2):
        with pytest.raises(TwilioRestException) as refusal:
            send(client)
        assert refusal.value.status == status
    assert len(twilio.messages) == 2 * taken
    send(client)


def test_too_many_requests_may_say_when_to_come_back(
    client: Client, running: Running, twilio: SimulatedTwilio
) -> None:
    twilio.misbehave("429", on="list", retry_after=7)
    url = f"{running.base_url}/2010-04-01/Accounts/{client.username}/Messages.json"
    answer = requests.get(url, auth=(client.username, client.password), timeout=5)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert answer.json()["code"] == 20429


@pytest.mark.parametrize(
    ("kind", "taken"),
    [("drop_before", 0), ("drop_after_accepting", 1)],
)
def test_it_hangs_up_before_or_after_taking_the_message(
    client: Client, twilio: SimulatedTwilio, kind: str, taken: int
) -> None:
    twilio.misbehave(kind)
    with pytest.raises(requests.ConnectionError):
        send(client)
    assert len(twilio.messages) == taken
    send(client)


@pytest.mark.parametrize(("kind", "taken"), [("hang", 0), ("hang_after_accepting", 1)])
def test_it_says_nothing_until_the_client_gives_up(
    client: Client, twilio: SimulatedTwilio, running: Running, kind: str, taken: int
) -> None:
    twilio.misbehave(kind)
    client.http_client.timeout = 1.5  # a busy machine still has to take it
    with pytest.raises(requests.ReadTimeout):
        send(client)
    assert len(twilio.messages) == taken
    running.close()  # at once, although the silence lasts longer


def test_half_an_answer_is_no_json(
    client: Client, twilio: SimulatedTwilio, judge: Judge | None
) -> None:
    twilio.misbehave("half_json")
    with pytest.raises(json.JSONDecodeError):
        send(client)
    assert judge is None or len(judge.take_objections()) == 1
    assert len(twilio.messages) == 1


def test_a_wrong_sid_is_nobodys(client: Client, twilio: SimulatedTwilio) -> None:
    twilio.misbehave("wrong_sid")
    assert send(client) not in [each.sid for each in twilio.messages]


def test_a_slow_answer_is_still_whole(client: Client, twilio: SimulatedTwilio) -> None:
    twilio.misbehave("slow_drip", seconds=0.0001)
    started = time.monotonic()
    assert send(client) == twilio.messages[0].sid
    assert time.monotonic() > started


def test_tricks_are_played_on_the_calls_they_are_meant_for(
    client: Client, twilio: SimulatedTwilio
) -> None:
    twilio.misbehave("503", on="list")
    send(client)
    with pytest.raises(TwilioException):
        client.messages.list()
    twilio.misbehave("503", on="any")
    twilio.behave()
    assert len(client.messages.list()) == 1


def test_receipts_can_be_lost_doubled_late_shuffled_and_early(
    client: Client, twilio: SimulatedTwilio, product: Product, clock: Clock
) -> None:
    def receipts(kind: str, **options: int) -> list[str]:
        product.got.clear()
        twilio.misbehave(kind, **options)
        send(client, product)
        twilio.settle()
        return product.statuses()

    assert receipts("lost_callbacks") == ["delivered"]
    assert receipts("duplicate_callbacks", copies=3) == ["sent"] * 3 + ["delivered"]
    assert receipts("reorder_callbacks") == ["delivered", "sent"]
    assert receipts("late_callbacks", times=2) == []
    assert twilio.release_callbacks() == 2
    assert product.statuses() == ["sent", "delivered"]
    assert receipts("early_callbacks") == ["sent", "delivered"]


def test_late_receipts_come_when_the_clock_says(
    client: Client, twilio: SimulatedTwilio, product: Product, clock: Clock
) -> None:
    twilio.misbehave("late_callbacks", seconds=600)
    send(client, product)
    clock.forward(seconds=2)
    twilio.deliver_due()
    assert product.statuses() == ["delivered"]
    clock.forward(minutes=11)
    twilio.deliver_due()
    assert product.statuses() == ["delivered", "sent"]


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [("undelivered", "undelivered", 30003), ("failed", "failed", 30003)],
)
def test_a_message_can_fail_on_command_with_any_code(
    client: Client, twilio: SimulatedTwilio, product: Product, kind: str, status: str, code: int
) -> None:
    twilio.misbehave(kind, code=code)
    sent = send(client, product)
    twilio.settle()
    fetched = client.messages(sent).fetch()
    assert (fetched.status, fetched.error_code) == (status, code)
    assert product.forms("/status")[-1]["ErrorCode"] == str(code)


def test_a_message_can_be_left_out_of_the_list(client: Client, twilio: SimulatedTwilio) -> None:
    twilio.misbehave("unlisted")
    sids = [send(client), send(client)]
    assert [each.sid for each in client.messages.list()] == [sids[1]]
    assert client.messages(sids[0]).fetch().sid == sids[0]


def test_an_unknown_trick_is_refused(twilio: SimulatedTwilio) -> None:
    with pytest.raises(ValueError, match="unknown misbehaviour"):
        twilio.misbehave("sulk")
    with pytest.raises(ValueError, match="unknown call"):
        twilio.misbehave("503", on="nothing")


def test_every_trick_can_be_planned(twilio: SimulatedTwilio) -> None:
    for kind in MISBEHAVIOURS:
        twilio.misbehave(kind)
    assert [each.kind for each in twilio.mischief.planned()] == list(MISBEHAVIOURS)
