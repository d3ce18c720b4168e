"""What Twilio posts, read into our own words: every shape that real messages come in."""

import base64
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from bot.channels.base import RANK, Inbound, Receipt
from bot.channels.twilio import read_message, read_receipt
from bot.channels.twilio_inbound import STATES, clean
from bot.errors import Unreadable

PAYLOADS = Path(__file__).parent.parent / "payloads" / "twilio"
ACCOUNT = "AC00000000000000000000000000000001"
SENDERS = frozenset({"whatsapp:+441134960000", "+441134960001"})


def payload(name: str) -> dict[str, str]:
    body = (PAYLOADS / f"{name}.txt").read_text(encoding="ascii")
    return dict(parse_qsl(body, keep_blank_values=True))


def read(name: str, **changes: str) -> Inbound:
    return read_message({**payload(name), **changes}, account_sid=ACCOUNT, senders=SENDERS)


def receipt(name: str, token: str | None = None, **changes: str) -> Receipt:
    return read_receipt({**payload(name), **changes}, token=token, account_sid=ACCOUNT)


def test_a_text_in_arabic_is_read_with_both_of_her_addresses() -> None:
    inbound = read("whatsapp_text")
    assert inbound.channel == "whatsapp"
    assert inbound.address == "whatsapp:+447700900101"
    assert inbound.user_id == "whatsapp:GB.1A2B3C4D"
    assert inbound.to == "whatsapp:+441134960000"
    assert inbound.text == "السلام عليكم"
    assert inbound.kind == "text"
    assert inbound.button is None and inbound.media == () and inbound.opt_out is None


def test_a_tapped_button_carries_our_payload_and_the_message_it_hung_on() -> None:
    inbound = read("whatsapp_button")
    assert (inbound.button, inbound.text, inbound.kind) == ("41:good", "Good", "text")
    assert inbound.replied_to == "MM000000000000000000000000000000b2"


def test_a_chosen_list_row_carries_its_id() -> None:
    assert read("whatsapp_list").button == "41:study"


def test_a_tap_without_body_still_has_its_words() -> None:
    assert read("whatsapp_button", Body="").text == "Good"
    assert read("whatsapp_list", Body="").text == "Study"


def test_a_voice_note_has_no_body_key_and_its_type_loses_the_codec() -> None:
    inbound = read("whatsapp_voice_note")
    assert inbound.kind == "media" and inbound.text == ""
    assert [item.content_type for item in inbound.media] == ["audio/ogg"]
    assert inbound.media[0].url.startswith("https://api.twilio.com/")


def test_a_location_and_a_contact_card_are_told_apart() -> None:
    assert read("whatsapp_location").kind == "location"
    assert read("whatsapp_contact").kind == "contact"
    assert read("whatsapp_contact", MessageType="document").kind == "contact"


def test_an_unknown_message_type_is_unsupported_unless_it_has_words() -> None:
    assert read("whatsapp_unknown_type").kind == "unsupported"
    assert read("whatsapp_unknown_type", Body="👍").kind == "text"


def test_an_announced_picture_that_is_not_there_is_still_a_picture() -> None:
    assert read("whatsapp_unknown_type", MessageType="image").kind == "media"
    assert read("whatsapp_voice_note", NumMedia="many").kind == "media"


def test_a_sender_without_a_number_is_read() -> None:
    assert read("whatsapp_without_number").address == "whatsapp:GB.1A2B3C4D"
    inbound = read("whatsapp_without_number", From="whatsapp:GB.ENT.9Z8Y")
    assert inbound.address == "whatsapp:GB.ENT.9Z8Y"


def test_an_sms_stop_that_the_carrier_answered_says_so() -> None:
    inbound = read("sms_stop")
    assert (inbound.channel, inbound.address, inbound.opt_out) == ("sms", "+447700900102", "STOP")
    assert read("sms_stop", Body="Hello", OptOutType="other").opt_out is None


@pytest.mark.parametrize("word", ["Cancel", " END", "quit", "STOPALL", "revoke", "optout", "stop"])
def test_an_sms_on_which_the_carrier_blocks_us_is_a_stop(word: str) -> None:
    assert read("sms_stop", OptOutType="", Body=word).opt_out == "STOP"
    assert read("whatsapp_text", Body=word).opt_out is None
    assert read("sms_stop", OptOutType="", Body=f"please {word}").opt_out is None


def test_a_plus_that_nobody_escaped_is_put_back() -> None:
    assert read("whatsapp_text", From="whatsapp: 447700900101").address == "whatsapp:+447700900101"
    assert read("sms_stop", From=" 447700900102").address == "+447700900102"


def test_long_texts_and_marks_of_direction_are_kept_whole() -> None:
    body = "\u200f" + "ش" * 5000 + "\u2069"
    assert read("whatsapp_text", Body=body).text == body


def test_nul_and_lone_surrogates_are_cleaned_and_pairs_are_joined() -> None:
    assert read("whatsapp_text", Body="a\x00b").text == "ab"
    assert clean("x\ud83dy") == "x\ufffdy"
    assert clean("\ud83d\ude00") == "😀"


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00")))
def test_a_storable_text_is_never_changed(text: str) -> None:
    assert clean(text) == text


@given(st.text(st.characters() | st.characters(categories=["Cs"])))
def test_every_cleaned_text_can_be_stored(text: str) -> None:
    assert "\x00" not in clean(text)
    clean(text).encode("utf-8")


@pytest.mark.parametrize(
    "changes",
    [
        {"AccountSid": "AC99999999999999999999999999999999"},
        {"AccountSid": ""},
        {"To": "whatsapp:+441134969999"},
        {"To": ""},
        {"From": ""},
        {"From": "whatsapp:"},
        {"From": "whatsapp:+44 7700 900101"},
        {"MessageSid": "SM123", "SmsSid": "", "SmsMessageSid": ""},
        {"MessageSid": "SM000000000000000000000000000000A1"},
        {"MessageSid": "SM000000000000000000000000000000a1\n"},
    ],
)
def test_what_is_not_for_us_or_misshapen_is_unreadable(changes: dict[str, str]) -> None:
    with pytest.raises(Unreadable):
        read("whatsapp_text", **changes)


def test_a_field_given_twice_is_unreadable() -> None:
    form = MultiDict([*payload("whatsapp_text").items(), ("Body", "another")])
    with pytest.raises(Unreadable):
        read_message(form, account_sid=ACCOUNT, senders=SENDERS)


@given(
    st.dictionaries(
        st.sampled_from(["Body", "NumMedia", "MediaUrl0", "MessageType", "ButtonPayload", "From"]),
        st.text(max_size=20),
    )
)
def test_nothing_that_comes_in_raises_anything_but_unreadable(changes: dict[str, str]) -> None:
    try:
        read("whatsapp_text", **changes)
    except Unreadable as error:
        assert not any(value in str(error) for value in changes.values() if len(value) > 3)


def test_a_receipt_says_our_state_and_keeps_twilios_word() -> None:
    found = receipt("status_delivered", token="abcdefgh1234")
    assert (found.state, found.status, found.event) == ("delivered", "delivered", "DELIVERED")
    assert found.token == "abcdefgh1234"
    assert found.user_id == "whatsapp:GB.1A2B3C4D"


def test_a_read_event_counts_although_its_status_lags() -> None:
    assert receipt("status_read_event").state == "read"


def test_an_undelivered_receipt_is_a_failure_with_its_code() -> None:
    found = receipt("status_undelivered")
    assert (found.state, found.error_code) == ("failed", "63016")


def test_an_unknown_status_changes_nothing_and_is_kept() -> None:
    found = receipt("status_delivered", MessageStatus="teleported", EventType="")
    assert (found.state, found.status) == (None, "teleported")


def test_a_broken_token_is_left_out_of_a_receipt() -> None:
    assert receipt("status_delivered", token="../../etc").token is None
    with pytest.raises(Unreadable):
        receipt("status_delivered", MessageStatus="", SmsStatus="")


def test_every_status_of_twilio_means_a_state_of_ours() -> None:
    assert set(STATES.values()) <= set(RANK)


# --- what comes beside words --------------------------------------------------------------------


def test_a_forwarded_message_says_so_and_can_be_no_answer() -> None:
    inbound = read("whatsapp_forwarded")
    assert inbound.doubtful and inbound.details == {"forwarded": "once"}
    assert read("whatsapp_often_forwarded").details["forwarded"] == "often"
    told = '{"type":"whatsapp","data":{"context":{"Forwarded":"true"}}}'
    assert read("whatsapp_text", ChannelMetadata=told).doubtful
    for broken in ('{"Forwarded"', '["Forwarded"]', told.replace("true", "false")):
        assert not read("whatsapp_text", ChannelMetadata=broken).doubtful


def test_a_place_is_kept_with_its_name_and_what_is_no_place_is_not() -> None:
    assert read("whatsapp_place").details == {
        "latitude": "52.4862",
        "longitude": "-1.8904",
        "place": "The library",
        "address": "Centenary Square, Birmingham",
    }
    for wrong in ("here", "91", "nan", "1e99", "inf"):
        assert "latitude" not in read("whatsapp_place", Latitude=wrong).details


def test_a_form_is_kept_as_text_and_not_longer_than_staff_can_read() -> None:
    inbound = read("whatsapp_form")
    assert (inbound.kind, inbound.text) == ("form", "")
    assert inbound.details == {"form": '{"screen_0_name":"Amina"}'}
    assert len(read("whatsapp_form", InteractiveData="x" * 90_000).details["form"]) == 4000
    assert read("whatsapp_form", InteractiveData="").details == {"form": '"{}"'}


def test_a_sticker_a_picture_a_film_and_a_paper_are_media() -> None:
    for name in ("sticker", "image", "video", "document"):
        inbound = read(f"whatsapp_{name}")
        assert (inbound.kind, len(inbound.media)) == ("media", 1)
        assert inbound.details == ({"sticker": "yes"} if name == "sticker" else {})


def test_an_answer_about_a_call_is_none_of_her_words() -> None:
    inbound = read("whatsapp_call_answer")
    assert (inbound.kind, inbound.text, inbound.button) == ("call", "", None)
    assert inbound.details == {"call": "ACCEPTED"}


def test_an_unknown_type_is_named_for_staff() -> None:
    kind = payload("whatsapp_unknown_type")["MessageType"]
    assert read("whatsapp_unknown_type").details == {"type": kind}


def test_all_that_stood_on_a_tap_is_read_and_two_payloads_are_none() -> None:
    torn = read("whatsapp_torn_button", ButtonText="Yes")
    assert (torn.labels, torn.text, torn.doubtful) == (("No", "Yes"), "No\nYes", False)
    two = read("whatsapp_two_payloads")
    assert two.doubtful and two.labels == ("Yes", "No")
    same = read("whatsapp_two_payloads", ListId="41:yes", ListTitle="Yes")
    assert not same.doubtful and (same.button, same.text) == ("41:yes", "Yes")
    assert read("whatsapp_text", ButtonText="on no button").labels == ()


def test_what_a_carrier_wrapped_in_base64_is_read_and_kept_as_it_came() -> None:
    inbound = read("sms_base64")
    assert inbound.text.startswith("I am not safe at home.")
    assert inbound.details["raw"] == payload("sms_base64")["Body"]


@pytest.mark.parametrize(
    "words",
    [
        "من در خانه امن نیستم. او مرا می\u200cزند و نمی\u200cتوانم بیرون بروم.",
        "\u200fأنا لست بأمان في البيت، زوجي يضربني كل يوم\u200f",
        "I am not safe\u00a0at home. 👩\u200d👧 Please call me, he is out till ten.",
    ],
)
def test_signs_that_join_letters_or_give_a_direction_are_words_in_base64_too(words: str) -> None:
    body = base64.b64encode(words.encode()).decode()
    assert read("sms_base64", Body=body).text == words


@pytest.mark.parametrize(
    "body",
    [
        "aGVsbG8gd29ybGQ=",  # too short: it may be a word
        "a" * 64,
        "ha" * 40,
        "A" * 64,
        "HELP" * 20,
        "I" * 61,
        "aGVsbG8gd29ybGQ " * 5,
        "ش" * 64,
        "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogochis",
    ],
)
def test_words_that_only_look_like_base64_stay_words(body: str) -> None:
    inbound = read("sms_base64", Body=body)
    assert (inbound.text, inbound.details) == (body, {})
