"""Whatever comes in is kept as it came, answered kindly, and never believed to be a command."""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.actions.receive import receive
from bot.channels.base import Inbound
from bot.channels.twilio_inbound import clean
from tests.quick import open_quick
from tests.test_journeys import ROW_AMINA, ROW_GRACE, agree
from tests.webhook import MESSAGE, form, post, sid
from tests.world import AMINA, TOKEN, WHATSAPP_FROM, World, open_world

# name → what she sends, and what is kept of it where that differs
ODD_TEXTS: dict[str, tuple[str, str] | str] = {
    "nothing": "",
    "blanks": " \t\r\n  ",
    "NUL": ("be\x00fore", "before"),
    "only NUL": ("\x00", ""),
    "marks of direction": "\u202emoc.live\u202c \u2067\u0661\u2069 \u200f",
    "more than WhatsApp allows": "x" * 1601,
    "sixty-five thousand letters": "ش" * 65_000,
    "four thousand faces": "👩‍👩‍👧‍👦" * 571,
    "combining marks": "e" + "\u0301" * 500,
    "HTML": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "SQL": "'; drop table message; --",
    "jinja": "{{7*7}} {% import os %} {{ config.SECRET_KEY }}",
    "format strings": "{name} {0.__class__} {goal!r} {} { %s %(name)s %d %n $name ${name}",
    "ANSI": "\x1b[31mred\x1b[0m \x07 \x08",
    "lines": "first\r\nsecond\rthird\u2028fourth\x0b",
    "a spreadsheet formula": '=HYPERLINK("http://evil.example.org","x")',
    "a number beyond numbers": "1" + "0" * 70,
    "a fraction of many digits": "0." + "3" * 5000,
    "Ethiopic numbers": "፫፲፻፼",
    "no such code point in use": "\U000e0001\ufffe\uffff",
    "a shell": "$(reboot) `reboot` ; reboot",
    "a path": "../../../../etc/passwd",
}
# What WhatsApp brings that holds no words, as the fields that differ.
WORDLESS: dict[str, dict[str, str]] = {
    "a picture without a Body": {
        "Body": "-",
        "NumMedia": "1",
        "MediaUrl0": "https://api.twilio.com/m/1",
        "MediaContentType0": "image/jpeg",
        "MessageType": "image",
    },
    "a sticker": {
        "Body": "",
        "NumMedia": "1",
        "MediaUrl0": "https://api.twilio.com/m/2",
        "MediaContentType0": "image/webp",
        "MessageType": "sticker",
    },
    "a contact card": {
        "Body": "",
        "NumMedia": "1",
        "MediaUrl0": "https://api.twilio.com/m/3",
        "MediaContentType0": "text/vcard",
        "MessageType": "contacts",
    },
    "a place": {
        "Body": "",
        "Latitude": "51.5",
        "Longitude": "-0.1",
        "Label": "Home",
        "MessageType": "location",
    },
    "a place nowhere": {
        "Body": "",
        "Latitude": "NaN",
        "Longitude": "1e999",
        "MessageType": "location",
    },
    "a kind nobody knows": {"Body": "", "MessageType": "hologram"},
    "a kind nobody knows, without a Body": {"Body": "-", "MessageType": "reaction"},
    "a voice note of an unknown type": {
        "Body": "-",
        "NumMedia": "1",
        "MediaUrl0": "file:///etc/passwd",
        "MediaContentType0": "\x00; charset=",
    },
}
# Empty, though WhatsApp says nothing of a kind.
EMPTY: dict[str, dict[str, str]] = {
    "a form of WhatsApp's": {"Body": "", "InteractiveData": "{", "FlowData": "[]"},
    "media that are announced and missing": {"Body": "", "NumMedia": "99999999999999999999"},
    "media in no number": {"Body": "", "NumMedia": "٣"},
    "neither text nor kind": {"Body": "-", "MessageType": "-"},
    "no count of media": {"Body": "", "NumMedia": "-"},
}
PAYLOADS = (
    "0:yes", "-1:yes", "99999999999999999999999:yes", "999999:yes", ":yes", "x", ":", "::", "1:",
    "t:", "t::", "t:welcome:yes", "t:welcome.right_number:", "t:welcome.right_number:../../etc",
    "t:gone.step:yes", "t:welcome.gone:yes", "t:{name}.{goal}:%s", "t:standing.opener:open",
    "t:" + "x" * 5000 + ":y", "١٢:yes", "1:yes:no", "\x00", "2⁵:yes", "1e3:yes", "skip",
)  # fmt: skip


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    """Amina and Grace, asked whether these are the right numbers."""
    with open_quick(database_url) as world:
        world.enrol(tmp_path, [ROW_GRACE, ROW_AMINA])
        world.tick()
        world.read()
        yield world


@pytest.fixture
def telling(world: World) -> World:
    """Amina is asked to tell her goal in her own words."""
    return tell(world)


@pytest.fixture
def real(database_url: str, tmp_path: Path) -> Iterator[World]:
    """The same with a sender and phones."""
    with open_world(database_url) as world:
        world.enrol(tmp_path, [ROW_GRACE, ROW_AMINA])
        world.tick()
        yield tell(world)


def tell(world: World) -> World:
    agree(world, AMINA, language="en")
    world.go_to(world.time.replace(day=17, minute=1))
    world.taps(AMINA, "work")
    return world


def kept(world: World, external_id: str) -> str:
    """The text of a message, as it was stored."""
    return str(world.one("select text from message where external_id = :sid", sid=external_id))


def said(world: World) -> int:
    """How many messages of ours there are."""
    return int(world.one("select count(*) from message where direction = 'out'"))


def nothing_parked(world: World) -> bool:
    return world.rows("select error from message where state = 'parked'") == []


def test_every_odd_text_of_hers_is_kept_as_it_came_and_answered(world: World) -> None:
    for name, odd in ODD_TEXTS.items():
        sent, stored = odd if isinstance(odd, tuple) else (odd, odd)
        world.time += timedelta(days=1)
        fields, before = form(sent), said(world)
        assert post(world, fields).status == 200, name
        assert kept(world, fields["MessageSid"]) == stored, name
        assert said(world) == before + 1, name
    assert nothing_parked(world)
    assert world.rows("select value from answer where step = 'right_number' and not skipped") == []


def test_every_odd_text_of_a_stranger_is_kept_as_it_came_and_answered_once(world: World) -> None:
    for place, (name, odd) in enumerate(ODD_TEXTS.items()):
        sent, stored = odd if isinstance(odd, tuple) else (odd, odd)
        fields, before = form(sent, number=f"+4477009007{place:02}"), said(world)
        assert post(world, fields).status == 200, name
        assert kept(world, fields["MessageSid"]) == stored, name
        assert said(world) == before + 1, name
    assert nothing_parked(world)
    assert world.alerts() == ["unknown_sender"] * len(ODD_TEXTS)


def test_half_a_character_is_kept_as_the_sign_for_what_cannot_be_read(world: World) -> None:
    for sent, stored in (("a\ud83db", "a\ufffdb"), ("\udfff", "\ufffd"), ("\ud83d\ude00", "😀")):
        fields = form(sent)
        body = urlencode(fields, encoding="utf-8", errors="surrogatepass").encode()
        signed = signature_of_bytes(world.settings.public_url + MESSAGE, fields)
        assert post(world, fields, body=body, signed=signed).status == 200
        assert kept(world, fields["MessageSid"]) == stored


def signature_of_bytes(url: str, fields: dict[str, str]) -> str:
    """As Twilio would sign half a character: over the bytes that it sends."""
    text = url + "".join(name + fields[name] for name in sorted(fields))
    digest = hmac.new(TOKEN.encode(), text.encode("utf-8", "surrogatepass"), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def test_what_holds_no_words_is_kept_shown_to_staff_and_answered(world: World) -> None:
    for name, fields in WORDLESS.items():
        world.time += timedelta(days=1)  # whoever was thanked is not thanked again that day
        fields, before = form("", **fields), said(world)
        assert post(world, fields).status == 200, name
        assert kept(world, fields["MessageSid"]) == "", name
        assert said(world) == before + 1, name
    assert nothing_parked(world)
    assert world.one("select count(*) from answer") == 0
    places = world.alerts().count("sent_place")
    assert places == 2 and world.alerts().count("voice") == len(WORDLESS) - places
    led = {"voice", "sent_place", "not_understood"}
    assert set(world.alerts()) == led, "three in a row lead to a person"


def test_an_empty_message_is_kept_and_answered(world: World) -> None:
    for name, fields in EMPTY.items():
        world.time += timedelta(days=1)
        fields, before = form("", **fields), said(world)
        assert post(world, fields).status == 200, name
        assert kept(world, fields["MessageSid"]) == "", name
        assert said(world) == before + 1, name
    assert nothing_parked(world)
    assert world.rows("select value from answer where not skipped") == []


def test_media_are_never_fetched_while_a_message_comes_in(world: World) -> None:
    calls = len(world.simulator.calls)
    url = f"{world.settings.twilio_api_base}/2010-04-01/Accounts/x/Messages/y/Media/z"
    picture = WORDLESS["a picture without a Body"] | {"MediaUrl0": url}
    assert post(world, form("", **picture)).status == 200
    world.tick()
    fetched = [call for call in world.simulator.calls[calls:] if "/Media/" in str(call)]
    assert fetched == []
    assert world.one("select media from message where media is not null") is not None


def test_a_picture_with_words_answers_with_the_words(world: World) -> None:
    picture = WORDLESS["a picture without a Body"] | {"Body": "1"}
    assert post(world, form("1", **picture)).status == 200
    assert world.rows("select step, value from answer") == [("right_number", "yes")]
    assert world.alerts() == ["voice"]


def test_somebody_whom_whatsapp_shows_without_a_number_is_kept_and_answered(world: World) -> None:
    for name in ("GB.1A2B3C", "GB.ENT.9z", "ET." + "a" * 128):
        fields = form("hello", From=f"whatsapp:{name}", ExternalUserId=f"whatsapp:{name}", WaId="-")
        before = said(world)
        assert post(world, fields).status == 200
        assert said(world) == before + 1
    assert world.one("select count(*) from address where kind = 'user_id'") == 3
    assert world.alerts() == ["unknown_sender"] * 3


def test_a_payload_that_no_button_of_ours_carries_answers_nothing(world: World) -> None:
    for payload in PAYLOADS:
        for field in ("ButtonPayload", "ListId"):
            fields = form("…", **{field: payload}, MessageType="interactive")
            assert post(world, fields).status == 200, payload
    assert nothing_parked(world)
    assert world.rows("select value from answer where not skipped") == []
    assert world.one("select state from participant where reference = 'A1'") == "active"


def test_a_button_of_somebody_elses_question_answers_nothing(world: World) -> None:
    graces = world.one(
        "select prompt_id from conversation c join participant p on p.id = c.participant_id "
        "where p.reference = 'G1'"
    )
    assert post(world, form("Yes", ButtonPayload=f"{graces}:wrong")).status == 200
    assert world.one("select count(*) from answer") == 0
    assert "wrong_person" not in world.alerts()


def test_two_taps_on_one_question_at_once_are_one_answer(world: World) -> None:
    prompt = world.one(
        "select prompt_id from conversation c join participant p on p.id = c.participant_id "
        "where p.reference = 'A1'"
    )
    before = said(world)
    taps = [form("Yes", ButtonPayload=f"{prompt}:yes") for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda tap: post(world, tap), taps))
    assert [answer.status for answer in answers] == [200] * 4
    assert world.rows("select step, value from answer") == [("right_number", "yes")]
    assert said(world) == before + 1
    assert world.alerts() == []


def test_two_different_taps_at_once_leave_one_answer(telling: World) -> None:
    telling.says(AMINA, "to sew")
    prompt = telling.one("select prompt_id from conversation where step = 'confirm'")
    taps = [form(key, ButtonPayload=f"{prompt}:{key}") for key in ("yes", "change")]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda tap: post(telling, tap), taps))
    assert [answer.status for answer in answers] == [200] * 2
    assert telling.one("select count(*) from answer where step = 'confirm'") == 1
    assert nothing_parked(telling)


@pytest.mark.parametrize("name", ["format strings", "jinja", "HTML", "SQL", "ANSI", "a shell"])
def test_her_goal_is_quoted_back_word_for_word_and_never_interpreted(
    telling: World, name: str
) -> None:
    goal = str(ODD_TEXTS[name])
    said_back = telling.says(AMINA, goal)
    assert telling.rows("select words from goal") == [(goal,)]
    assert len(said_back) == 1
    assert said_back[0] == f"Your goal: {goal}. Is that right?"


def test_marks_of_direction_in_her_goal_do_not_turn_the_rest_of_the_message(
    telling: World,
) -> None:
    goal = str(ODD_TEXTS["marks of direction"])
    said_back = telling.says(AMINA, goal)
    assert telling.rows("select words from goal") == [(goal,)]
    assert said_back == ["Your goal: moc.live \u0661 \u200f. Is that right?"]


def test_a_goal_longer_than_a_message_may_be_is_kept_whole_and_still_asked_about(
    real: World,
) -> None:
    goal = "I want to sew. " * 300
    said_back = real.says(AMINA, goal.strip())
    assert real.rows("select words from goal") == [(goal.strip(),)]
    assert len(said_back) == 1
    assert 0 < len(said_back[0]) <= 1600
    assert said_back[0].endswith("Is that right?")
    real.taps(AMINA, "yes")
    waiting = "select step from conversation where state = 'open' and flow = 'goal_setting'"
    assert real.rows(waiting) == [("rating",)]


@settings(
    max_examples=150, deadline=None, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(words=st.text(st.characters(), max_size=60))
def test_no_text_at_all_is_too_odd_to_be_understood(world: World, words: str) -> None:
    """Straight into `receive`, without HTTP: as many as possible in the time there is."""
    inbound = Inbound(
        channel="whatsapp",
        address=f"whatsapp:{AMINA}",
        to=WHATSAPP_FROM,
        external_id=sid(),
        text=clean(words),
    )
    assert receive(world.parts.house, inbound, now=world.time).state == "new"
