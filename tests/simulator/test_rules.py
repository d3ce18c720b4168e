"""Twilio's rules that its own document does not have: the simulator keeps them, one line each.

What a content may hold, and what a phone can show of it, stands in `test_contents`; the window and
the first status of a message in `test_messages`.
"""

from datetime import timedelta
from typing import Any

from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from bot.simulator.twilio import SimulatedTwilio
from tests.simulator.conftest import AMINA, MONDAY, SELAM, SMS, WHATSAPP
from tests.simulator.test_contents import create, quick_reply

HERS, NOBODYS = f"whatsapp:{AMINA}", "HX" + "0" * 32
SERVICE, CONTENT = "MG" + "0" * 32, "the content that there is"
FINE = None
IN_AN_HOUR = MONDAY + timedelta(hours=1)

# What is sent (an SMS to Amina unless it says otherwise), and the code by which it is refused
AT_ONCE: tuple[tuple[str, dict[str, Any], int | None], ...] = (
    ("a recipient", {"to": ""}, 21604),
    ("a recipient that can be one", {"to": "07700900101"}, 21211),
    ("a sender or a service", {"from_": None}, 21603),
    ("a service does as well", {"from_": None, "messaging_service_sid": SERVICE}, FINE),
    ("one channel on both sides", {"from_": WHATSAPP}, 21910),
    ("one channel on both sides, the other way", {"to": HERS}, 21910),
    ("a sender of ours", {"from_": "+447700900999"}, 21606),
    ("a sender of ours, on WhatsApp", {"to": HERS, "from_": "whatsapp:+447700900999"}, 63007),
    ("nobody writes to himself", {"to": SMS}, 63031),
    ("something to say", {"body": None}, 21602),
    ("something to read", {"body": " \n"}, 21602),
    ("1600 characters", {"body": "x" * 1600}, FINE),
    ("and not one more", {"body": "x" * 1601}, 21617),
    ("media do as well", {"body": None, "media_url": ["https://bot.example.org/a.ogg"]}, FINE),
    ("ten media by SMS", {"media_url": ["https://bot.example.org/a.ogg"] * 11}, 21623),
    ("one by WhatsApp", {"to": HERS, "from_": WHATSAPP, "body": None,
                         "media_url": ["https://bot.example.org/a.ogg"] * 2}, 21623),
    ("a content has its own body", {"content_sid": CONTENT}, 63030),
    ("and its own media", {"body": None, "content_sid": CONTENT, "media_url": ["https://a.b/c"]},
     63030),
    ("a content that is there", {"body": None, "content_sid": NOBODYS}, 21655),
    ("variables only for a content", {"content_variables": "{}"}, 21654),
    ("variables that are JSON", {"body": None, "content_sid": CONTENT, "content_variables": "no"},
     21656),
    ("variables that are an object", {"body": None, "content_sid": CONTENT,
                                      "content_variables": '["a"]'}, 21656),
    ("variables that are strings", {"body": None, "content_sid": CONTENT,
                                    "content_variables": '{"1": 2}'}, 21656),
    ("a validity of seconds", {"validity_period": 0}, 21624),
    ("of ten hours at most", {"validity_period": 36_001}, 21624),
    ("an address for receipts", {"status_callback": "ftp://bot.example.org/status"}, 21609),
    ("without an underscore", {"status_callback": "https://a_b.example.org/status"}, 21609),
    ("only a service keeps to a time", {"schedule_type": "fixed", "send_at": IN_AN_HOUR}, 35118),
    ("a time to keep to", {"messaging_service_sid": SERVICE, "schedule_type": "fixed"}, 35111),
    ("a quarter of an hour ahead", {"messaging_service_sid": SERVICE, "schedule_type": "fixed",
                                    "send_at": MONDAY + timedelta(minutes=14)}, 35114),
    ("and 35 days at most", {"messaging_service_sid": SERVICE, "schedule_type": "fixed",
                             "send_at": MONDAY + timedelta(days=36)}, 35114),
    ("nothing by SMS to who said STOP", {"to": SELAM}, 21610),
)  # fmt: skip


def test_each_rule_refuses_a_message_at_once_with_twilios_own_code(
    client: Client, twilio: SimulatedTwilio
) -> None:
    content = create(client, quick_reply("Yes"), **{"1": "you"}).sid
    twilio.receive_from(SELAM, "STOP", channel="sms")
    found = {}
    for rule, changes, _ in AT_ONCE:
        asked = {"to": AMINA, "from_": SMS, "body": "x"} | changes
        if asked.get("content_sid") == CONTENT:
            asked["content_sid"] = content
        before = len(twilio.messages)
        found[rule] = refused(client, asked)
        assert twilio.calls[-1].status == (201 if found[rule] is FINE else 400), rule
        assert len(twilio.messages) == before + (found[rule] is FINE), rule
    assert found == {rule: code for rule, _, code in AT_ONCE}


def refused(client: Client, asked: dict[str, Any]) -> int | None:
    try:
        client.messages.create(
            **{name: value for name, value in asked.items() if value is not None}
        )
    except TwilioRestException as refusal:
        return int(refusal.code)
    return None
