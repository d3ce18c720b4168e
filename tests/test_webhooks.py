"""The two addresses that Twilio posts to, attacked: whatever is not Twilio's leaves no trace."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from bot.actions.read_aloud import read_aloud
from bot.actions.start import start_due
from bot.simulator.hooks import signature
from tests.test_journeys import ROW_AMINA, ROW_GRACE
from tests.webhook import MESSAGE, STATUS, counts, form, post, send, sid
from tests.world import ACCOUNT, AMINA, MONDAY, TOKEN, World, open_world

OTHER = "AC" + "6" * 32


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    """Amina and Grace, enrolled and not yet written to."""
    with open_world(database_url) as world:
        world.enrol(tmp_path, [ROW_GRACE, ROW_AMINA])
        yield world


@pytest.fixture
def asked(world: World) -> World:
    """Amina and Grace, asked whether these are the right numbers."""
    start_due(world.parts.house, now=world.time)
    read_aloud(world.parts.database, now=world.time)  # an answer to what she has not seen is none
    return world


@pytest.mark.parametrize("path", [MESSAGE, STATUS])
def test_whatever_twilio_did_not_sign_is_refused_and_leaves_no_trace(
    world: World, path: str
) -> None:
    fields = form("1", MessageStatus="delivered")
    good = signature(TOKEN, world.settings.public_url + path, fields)
    before = counts(world)
    answers = [
        post(world, fields, path=path, signed=None),
        post(world, fields, path=path, signed=" "),
        post(world, fields, path=path, signed=good[:-4]),
        post(world, fields, path=path, signed=good.swapcase()),
        post(world, fields, path=path, signed="é" * 28),
        post(world, fields, path=path, token="another token"),
        post(world, fields, path=path, token=""),
        post(world, fields | {"Body": "2"}, path=path, signed=good),
        post(world, fields | {"Extra": ""}, path=path, signed=good),
        post(world, {k: v for k, v in fields.items() if k != "Body"}, path=path, signed=good),
        post(world, fields, path=f"{path}?m=0123456789abcdef", signed=good),
        post(world, {}, path=path, signed=good),
    ]
    assert [answer.status for answer in answers] == [403] * len(answers)
    assert {answer.body for answer in answers} == {""}
    assert counts(world) == before


def test_a_signature_for_one_address_is_worth_nothing_at_another(world: World) -> None:
    fields, base = form("1", MessageStatus="read"), world.settings.public_url
    before = counts(world)
    for signed_url in (base + STATUS, base + MESSAGE + "/", base, "https://bot.example.org"):
        assert post(world, fields, signed_url=signed_url).status == 403
    assert counts(world) == before


def test_what_another_account_signed_is_refused_even_with_our_token(world: World) -> None:
    before = counts(world)
    for path in (MESSAGE, STATUS):
        fields = form("1", AccountSid=OTHER, MessageStatus="read")
        assert post(world, fields, path=path).status == 403
        assert post(world, form("1", AccountSid="-"), path=path).status == 403
    assert counts(world) == before


def test_no_header_of_a_request_moves_the_address_that_is_checked(asked: World) -> None:
    fields = form("1")
    before = counts(asked)
    spoofed = {
        "Host": "evil.example.org",
        "X-Forwarded-Host": "evil.example.org",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Prefix": "/x",
        "X-Original-Url": "/x",
        "Forwarded": "host=evil.example.org;proto=https",
    }
    for base in (
        "http://evil.example.org",
        "https://evil.example.org",
        "https://evil.example.org/x",
    ):
        forged = post(asked, fields, signed_url=base + MESSAGE, headers=spoofed)
        assert forged.status == 403
    assert counts(asked) == before
    assert post(asked, fields, headers=spoofed).status == 200  # the right one counts, whatever else
    assert asked.one("select count(*) from answer") == 1


def test_a_token_that_is_being_replaced_is_good_until_it_is_taken_out(
    database_url: str, tmp_path: Path
) -> None:
    with open_world(database_url, twilio_auth_tokens=("a new token", TOKEN)) as world:
        assert post(world, form("hello")).status == 200
        assert post(world, form("hello"), token="a new token").status == 200
        assert post(world, form("hello"), token="a third token").status == 403


def test_a_request_that_is_replayed_hours_or_a_year_later_has_no_effect(asked: World) -> None:
    fields = form("1")
    assert post(asked, fields).status == 200
    for span in (timedelta(hours=3), timedelta(days=400)):
        asked.time = MONDAY + span
        before = counts(asked)
        assert post(asked, fields).status == 200
        assert counts(asked) == before


def test_the_same_message_ten_times_at_once_has_one_effect_and_one_answer(asked: World) -> None:
    fields, sent = form("1"), "select count(*) from message where direction = 'out'"
    before = asked.one(sent)
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: post(asked, fields), range(10)))
    assert [answer.status for answer in answers] == [200] * 10
    assert asked.one("select count(*) from message where direction = 'in'") == 1
    assert asked.rows("select step, value from answer") == [("right_number", "yes")]
    assert asked.one(sent) == before + 1


def test_a_stranger_who_sends_ten_messages_at_once_is_answered_once(world: World) -> None:
    stranger = "+447700900777"
    world.simulator.add_phone(number=stranger, name="Somebody")
    forms = [form(f"hello {n}", number=stranger) for n in range(10)]
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda fields: post(world, fields), forms))
    assert [answer.status for answer in answers] == [200] * 10
    assert world.one("select count(*) from message where direction = 'in'") == 10
    assert world.one("select count(*) from message where context = 'standing.unknown_sender'") == 1
    assert world.one("select count(*) from address where address like '%900777'") == 1
    assert world.rows("select kind, times from alert") == [("unknown_sender", 10)]


def test_the_answer_to_twilio_is_empty_so_that_nothing_is_said_twice(world: World) -> None:
    answer = post(world, form("1"))
    assert (answer.status, answer.body) == (200, "<Response/>")
    assert answer.content_type.startswith("text/xml")
    world.simulator.receive_from(AMINA, "1")
    assert world.simulator.alerts == []


def test_a_body_over_one_mebibyte_is_refused_before_anything_is_made_of_it(world: World) -> None:
    before = counts(world)
    huge = form("x" * (1 << 20))
    assert post(world, huge).status == 413
    assert post(world, huge, signed=None).status == 413
    assert post(world, huge, path=STATUS).status == 413
    assert counts(world) == before
    assert post(world, form("x" * 100_000)).status == 200


def test_only_posting_a_form_is_possible(world: World) -> None:
    base, before = world.settings.public_url, counts(world)
    assert send(base, MESSAGE).status == 405
    json = {"Content-Type": "application/json"}
    assert post(world, form("1"), headers=json).status == 403
    assert post(world, form("1"), headers={"Content-Type": "text/plain"}).status == 403
    assert post(world, form("1"), body=b"\xff\xfe=\xff&Body=\xc3").status == 403
    assert counts(world) == before


def test_a_message_in_no_shape_that_twilio_has_is_refused_and_not_tried_again(
    world: World,
) -> None:
    before = counts(world)
    for fields in (
        form(MessageSid="-", SmsSid="-", SmsMessageSid="-"),
        form(MessageSid="SM1", SmsSid="SM1"),
        form(From="-"),
        form(From="' or 1=1 --"),
        form(To="whatsapp:+15550001111"),
        form(To="-"),
    ):
        assert post(world, fields).status == 400
    assert counts(world) == before


def test_a_receipt_for_a_message_nobody_knows_does_no_harm(world: World) -> None:
    fields = {"MessageSid": sid(), "MessageStatus": "delivered", "AccountSid": ACCOUNT}
    for query in ("", "?m=" + "0" * 32, "?m=%00%27--", "?m=a&m=b"):
        assert post(world, fields, path=STATUS + query).status == 204
    nonsense = fields | {"MessageStatus": "an unknown word \x00" * 9}
    assert post(world, nonsense, path=STATUS).status == 204
    assert post(world, {"AccountSid": ACCOUNT}, path=STATUS).status == 400


def test_the_twentieth_message_does_just_what_the_first_did(world: World) -> None:
    """PostgreSQL plans a statement anew after some runs, when its parameters are no more known."""
    stranger = "+447700900778"
    for number in range(20):
        assert post(world, form(f"hello {number}", number=stranger)).status == 200
    assert world.rows("select kind, times from alert") == [("unknown_sender", 20)]
    assert world.rows("select id from message where state = 'parked'") == []
