"""The Content API and WhatsApp's review, through the real client."""

import json
from typing import Any

import pytest
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client
from twilio.rest.content.v1.content import ContentList
from twilio.rest.content.v1.content.approval_create import ApprovalCreateList

from bot.simulator.twilio import SimulatedTwilio
from tests.simulator.conftest import AMINA, SELAM, SMS, WHATSAPP

TEXT = {"twilio/text": {"body": "x"}}


def create(client: Client, types: object, *, language: str = "en_GB", **samples: str) -> Any:
    return client.content.v1.contents.create(
        ContentList.ContentCreateRequest(
            {
                "friendly_name": "a content",
                "language": language,
                "variables": samples,
                "types": types,
            }
        )
    )


def quick_reply(*titles: str, body: str = "Hello {{1}}, how are you?") -> dict[str, object]:
    actions = [{"type": "QUICK_REPLY", "title": title, "id": f"id-{title}"} for title in titles]
    return {"twilio/quick-reply": {"body": body, "actions": actions}, "twilio/text": {"body": body}}


def list_picker(rows: int, *, button: str = "Open", **item: str) -> dict[str, object]:
    items = [
        {"item": f"Row {number}", "id": f"row-{number}", "description": "d", **item}
        for number in range(rows)
    ]
    return {"twilio/list-picker": {"body": "Choose", "button": button, "items": items}}


def submit(client: Client, sid: str, *, name: str = "weekly") -> Any:
    request = ApprovalCreateList.ContentApprovalRequest({"name": name, "category": "UTILITY"})
    return client.content.v1.contents(sid).approval_create.create(request)


def verdict(client: Client, sid: str) -> dict[str, Any]:
    whatsapp: dict[str, Any] = client.content.v1.contents(sid).approval_fetch().fetch().whatsapp
    return whatsapp


def send(client: Client, sid: str, *, to: str = f"whatsapp:{AMINA}", **variables: str) -> Any:
    return client.messages.create(
        to=to,
        from_=WHATSAPP if to.startswith("whatsapp:") else SMS,
        content_sid=sid,
        content_variables=json.dumps(variables),
    )


def test_buttons_in_a_session_need_no_approval_and_take_variables(
    client: Client, twilio: SimulatedTwilio
) -> None:
    content = create(client, quick_reply("{{2}}", "{{3}}"), **{"1": "you", "2": "A", "3": "B"})
    twilio.receive_from(AMINA, "hello")
    sent = send(client, content.sid, **{"1": "أمينة", "2": "نعم", "3": "لا"})
    twilio.settle()
    assert sent.fetch().body == "Hello أمينة, how are you?"
    shown = twilio.sent_to(AMINA)[0].shown
    assert shown is not None
    assert [(each.id, each.title) for each in shown.buttons] == [("id-نعم", "نعم"), ("id-لا", "لا")]
    assert sent.fetch().status == "read"


def test_a_missing_variable_becomes_its_sample(client: Client, twilio: SimulatedTwilio) -> None:
    content = create(client, quick_reply("Yes"), **{"1": "coupon_code"})
    twilio.receive_from(AMINA, "hello")
    assert send(client, content.sid).body == "Hello coupon_code, how are you?"


def test_sms_shows_the_text_of_a_content_or_nothing(
    client: Client, twilio: SimulatedTwilio
) -> None:
    both = create(client, quick_reply("Yes"), **{"1": "Selam"})
    assert send(client, both.sid, to=SELAM).body == "Hello Selam, how are you?"
    assert twilio.sent_to(SELAM)[0].shown.buttons == ()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("types", "values"),
    [
        (quick_reply("a", "b", "c", "d"), {}),
        (quick_reply("{{2}}"), {"2": "x" * 21}),
        (quick_reply("{{2}}"), {"2": ""}),
        (quick_reply("{{2}}", "{{3}}"), {"2": "same", "3": "same"}),
        (list_picker(2, item="{{2}}"), {"2": "x" * 25}),
        (list_picker(2, description="{{2}}"), {"2": "x" * 73}),
        (list_picker(2, id="same"), {}),
        (quick_reply("Yes", body="{{2}}"), {"2": "x" * 1025}),
        (list_picker(1, button="{{2}}"), {"2": "x" * 21}),
    ],
)
def test_what_a_phone_cannot_show_fails_by_receipt(
    client: Client, twilio: SimulatedTwilio, types: object, values: dict[str, str]
) -> None:
    content = create(client, types, **{"1": "you", "2": "b", "3": "c"})
    twilio.receive_from(AMINA, "hello")
    sent = send(client, content.sid, **values)
    twilio.settle()
    assert (sent.fetch().status, sent.fetch().error_code) == ("failed", 63005)


@pytest.mark.parametrize(
    "types",
    [
        {},
        {"twilio/unknown": {"body": "x"}},
        {"twilio/text": {"body": ""}},
        quick_reply(*"abcdefghijk"),
        quick_reply("x" * 21),
        quick_reply("Yes", body="x" * 1025),
        list_picker(0),
        list_picker(11),
        list_picker(1, item="x" * 25),
        list_picker(1, description="x" * 73),
        list_picker(1, id="x" * 201),
        list_picker(1, button="x" * 21),
    ],
)
def test_a_content_beyond_the_limits_cannot_be_stored(client: Client, types: object) -> None:
    with pytest.raises(TwilioRestException) as refusal:
        create(client, types)
    assert refusal.value.status == 400


def test_a_sound_template_is_approved_and_opens_a_conversation(
    client: Client, twilio: SimulatedTwilio
) -> None:
    content = create(client, quick_reply("Continue", "Later", "No", "Stop"), **{"1": "Amina"})
    assert verdict(client, content.sid)["status"] == "unsubmitted"
    assert submit(client, content.sid).status == "received"
    assert verdict(client, content.sid) == {
        "type": "whatsapp",
        "allow_category_change": True,
        "category": "UTILITY",
        "content_type": "twilio/quick-reply",
        "name": "weekly",
        "rejection_reason": "",
        "status": "approved",
    }
    sent = send(client, content.sid, **{"1": "Amina"})
    twilio.settle()
    assert sent.fetch().status == "read"


@pytest.mark.parametrize(
    ("language", "body", "reason"),
    [
        ("en", "{{1}}, how are you today?", "first or last"),
        ("en", "How are you today, {{1}}?", "first or last"),
        ("en", "Hello dear {{1}} {{2}} how are you today then?", "side by side"),
        ("en", "Hello {{1}} and you {{3}} how are you today then?", "without gaps"),
        ("en", "Hello {{1}} again", "too many variables"),
        ("en", "Hello\n\n\nthere", "white space"),
        ("en", "See wa.me/44770 for more", "wa.me"),
        ("en", "😀" * 11 + " hello", "emoji"),
        ("ti", "ሰላም ከመይ ኣለኺ ሎሚ", "INVALID_LANGUAGE"),
        ("en-GB", "Hello there", "INVALID_LANGUAGE"),
        ("en", "ሰላም ከመይ ኣለኺ ሎሚ", "TAG_CONTENT_MISMATCH"),
        ("ar", "Hello there", "TAG_CONTENT_MISMATCH"),
    ],
)
def test_a_template_against_the_rules_is_rejected_with_the_reason(
    client: Client, language: str, body: str, reason: str
) -> None:
    samples = {str(number): "sample" for number in range(1, 4)}
    content = create(client, {"twilio/text": {"body": body}}, language=language, **samples)
    submit(client, content.sid)
    found = verdict(client, content.sid)
    assert found["status"] == "rejected"
    assert reason in found["rejection_reason"]


def test_arabic_and_persian_templates_are_approved(client: Client) -> None:
    for language, body in (("ar", "مرحبا {{1}} كيف حالك"), ("fa", "سلام {{1}} حال شما چطور است")):
        content = create(client, {"twilio/text": {"body": body}}, language=language, **{"1": "أ"})
        submit(client, content.sid, name=f"weekly_{language}")
        assert verdict(client, content.sid)["status"] == "approved"


def test_a_sample_is_needed_for_each_variable_and_a_name_only_once(client: Client) -> None:
    bare = create(client, {"twilio/text": {"body": "Hello dear {{1}} how are you"}})
    submit(client, bare.sid)
    assert "no sample" in verdict(client, bare.sid)["rejection_reason"]
    again = create(client, TEXT)
    submit(client, again.sid)
    assert "in use" in verdict(client, again.sid)["rejection_reason"]


def test_a_list_can_never_be_submitted_nor_start_a_conversation(
    client: Client, twilio: SimulatedTwilio
) -> None:
    content = create(client, list_picker(3))
    with pytest.raises(TwilioRestException) as refusal:
        submit(client, content.sid)
    assert refusal.value.status == 400
    sent = send(client, content.sid)
    twilio.settle()
    assert sent.fetch().error_code == 63016


def test_an_approved_template_takes_no_new_lines_and_no_empty_variables(
    client: Client, twilio: SimulatedTwilio
) -> None:
    content = create(client, quick_reply("Yes"), **{"1": "Amina"})
    submit(client, content.sid)
    codes = []
    for value in ("two\nlines", "five     spaces", ""):
        sent = send(client, content.sid, **{"1": value})
        twilio.settle()
        codes.append(sent.fetch().error_code)
    assert codes == [63013, 63013, 63028]


def test_whatsapp_may_change_its_mind_about_a_template(
    client: Client, twilio: SimulatedTwilio
) -> None:
    content = create(client, quick_reply("Yes"), **{"1": "Amina"})
    submit(client, content.sid)
    codes = []
    for status in ("paused", "disabled", "rejected", "pending"):
        twilio.shelf.decide(content.sid, status)
        sent = send(client, content.sid, **{"1": "Amina"})
        twilio.settle()
        codes.append(sent.fetch().error_code)
    assert codes == [63041, 63042, 63040, 63016]


def test_a_template_can_be_rejected_or_left_waiting_on_command(
    client: Client, twilio: SimulatedTwilio
) -> None:
    twilio.misbehave("reject_template", reason="too vague")
    twilio.misbehave("pending_template")
    found = []
    for name in ("first", "second", "third"):
        content = create(client, TEXT)
        submit(client, content.sid, name=name)
        found.append(verdict(client, content.sid))
    assert [each["status"] for each in found] == ["rejected", "pending", "approved"]
    assert found[0]["rejection_reason"] == "too vague"


def test_contents_can_be_fetched_listed_in_pages_and_deleted(client: Client) -> None:
    sids = [create(client, TEXT).sid for _ in range(3)]
    submit(client, sids[0])
    assert [each.sid for each in client.content.v1.contents.list(page_size=2)] == sids
    both = client.content.v1.content_and_approvals.list()
    assert [each.approval_requests["status"] for each in both] == ["approved", *["unsubmitted"] * 2]
    assert client.content.v1.contents(sids[0]).fetch().language == "en_GB"
    assert client.content.v1.contents(sids[0]).delete()
    with pytest.raises(TwilioException):
        client.content.v1.contents(sids[0]).fetch()
