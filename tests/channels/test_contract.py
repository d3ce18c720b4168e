"""Every call that our channel can make, held to Twilio's own description of its interface.

One case for each method: a new method, or a new field of what is sent, fails until it has one.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from inspect import isfunction, signature
from pathlib import Path

import pytest

from bot.actions.plan_templates import plan_templates
from bot.channels.base import Channel, ContentDraft, Outbound
from bot.channels.rendering import Shape, session_content, session_variables
from bot.channels.twilio import TwilioChannel
from bot.doctor import outside
from bot.settings import Settings
from bot.simulator.codes import LIST_FIELDS, MESSAGE_FIELDS, UPDATE_FIELDS
from bot.simulator.server import serve
from bot.simulator.twilio import SimulatedTwilio
from tests.actions.sending import catalogues, library
from tests.simulator.openapi import FORM, SDK_ONLY, Judge, needed

ROOT = Path(__file__).resolve().parent.parent.parent
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
NUMBER = "+447700900101"
AMINA = f"whatsapp:{NUMBER}"
MESSAGES = "/2010-04-01/Accounts/{AccountSid}/Messages"
SHAPES = [
    *(f"session.buttons.{n}" for n in range(1, 4)),
    *(f"session.list.{n}" for n in range(1, 11)),
]


@dataclass(frozen=True, kw_only=True)
class Line:
    """The real channel with the real client, a Twilio, and the judge between them."""

    channel: TwilioChannel
    twilio: SimulatedTwilio
    judge: Judge


@pytest.fixture
def line() -> Iterator[Line]:
    """Amina has just written, so that anything may be sent to her."""
    judge = needed()
    twilio = SimulatedTwilio(
        account_sid="AC" + "7" * 32,
        auth_token="an-invented-token",
        whatsapp_from="whatsapp:+447700900000",
        sms_from="+447700900001",
        clock=lambda: NOW,
    )
    twilio.add_phone(number=NUMBER, name="Amina")
    twilio.receive_from(NUMBER, "hello")
    running = serve(twilio, wrap=judge.around)
    settings = Settings(
        public_url="https://bot.example.org",
        secret_key="a secret of the tests",
        twilio_account_sid=twilio.account_sid,
        twilio_auth_tokens=(twilio.auth_token,),
        twilio_whatsapp_from="whatsapp:+447700900000",
        twilio_sms_from="+447700900001",
        twilio_api_base=running.base_url,
    )
    judge.judged.clear()
    yield Line(channel=TwilioChannel(settings, timeout=5), twilio=twilio, judge=judge)
    running.close()
    assert judge.take_objections() == []
    assert [each.left_out for each in twilio.messages if each.left_out] == []


def wordings() -> list[ContentDraft]:
    """One planned template of each shape; that all of them are taken, test_templates shows."""
    shapes = {
        (len(each.buttons), len(each.variables), *each.draft.types): each.draft
        for each in plan_templates(library(), catalogues())
    }
    return list(shapes.values())


def outbounds(line: Line) -> list[Outbound]:
    """Everything that one message can be."""
    shape = Shape(kind="list", body="Which?", rows=tuple((f"k{n}", f"Row {n}") for n in range(4)))
    sid = line.channel.create_content(session_content("session.list.4"))
    filled = session_variables(shape, message_id=7, list_label="All")
    return [
        Outbound(token="a" * 32, address=AMINA, body="How is it going? ሰላም"),
        Outbound(token="b" * 32, address=NUMBER, body="By SMS.", valid_for=14_400),
        Outbound(token="c" * 32, address=AMINA, body="Which?", content_sid=sid, variables=filled),
        Outbound(token="d" * 32, address=AMINA, body="", media_url="https://bot.example.org/a.ogg"),
    ]


def send(line: Line) -> None:
    wanted = outbounds(line)
    for outbound in wanted:
        assert line.channel.send(outbound).external_id in line.twilio.ledger.messages
    plain = Outbound(token="", address="", body="")
    unused = {
        field.name
        for field in fields(Outbound)
        if all(getattr(each, field.name) == getattr(plain, field.name) for each in wanted)
    }
    assert unused == set(), "a field of Outbound that no case here sends"


def taken(line: Line) -> None:
    send(line)
    assert len(line.channel.taken(address=AMINA, since=NOW - timedelta(hours=1))) == 3


def state_of(line: Line) -> None:
    send(line)
    (sid,) = {message.sid for message in line.twilio.messages if message.body == "By SMS."}
    assert line.channel.state_of(sid).external_id == sid


def received(line: Line) -> None:
    line.twilio.receive_from(NUMBER, media=[("audio/ogg", b"OggS")])
    found = line.channel.received(since=NOW - timedelta(hours=1))
    assert [len(each.media) for each in found] == [0, 1]
    assert f"GET {MESSAGES}/{{MessageSid}}/Media.json" in line.judge.judged


def copies(line: Line) -> None:
    assert len(line.channel.copies(address=AMINA)) == 1


def erase(line: Line) -> None:
    (sid,) = line.channel.copies(address=AMINA)
    assert line.channel.erase(sid)
    assert line.twilio.messages == []


def media(line: Line) -> None:
    """The bytes come beside the client, from an address that the document does not have; what
    tells us that address is judged."""
    sid = line.twilio.receive_from(NUMBER, media=[("audio/ogg", b"OggS" * 9)])
    (announced,) = line.channel.received(since=NOW)[-1].media
    assert sid in announced.url
    assert line.channel.media(announced.url).content_type == "audio/ogg"


def create_content(line: Line) -> None:
    for draft in [*map(session_content, SHAPES), *wordings()]:
        assert line.channel.create_content(draft) in line.twilio.contents


def contents(line: Line) -> None:
    drafts = wordings()
    for draft in drafts:
        line.channel.create_content(draft)
    sid = line.channel.create_content(session_content("session.list.4"))
    found = {held.content_sid: held for held in line.channel.contents()}
    assert len(found) == len(drafts) + 1 and found[sid].approval.state == "unsubmitted"
    assert dict(found[sid].types) == dict(session_content("session.list.4").types)


def submit(line: Line) -> None:
    for draft in wordings():
        sid = line.channel.create_content(draft)
        line.channel.submit(content_sid=sid, name=draft.name, category="UTILITY")
        assert line.channel.approval(sid).state == "approved"


def approval(line: Line) -> None:
    """Before it was submitted and after it was rejected: both are other shapes of the answer."""
    draft = wordings()[0]
    sid = line.channel.create_content(draft)
    assert line.channel.approval(sid).state == "unsubmitted"
    line.twilio.misbehave("reject_template", reason="INVALID_FORMAT")
    line.channel.submit(content_sid=sid, name=draft.name, category="UTILITY")
    assert line.channel.approval(sid).reason == "INVALID_FORMAT"


CASES: tuple[Callable[[Line], None], ...] = (
    send, taken, state_of, received, copies, erase, media, create_content, contents, submit,
    approval,
)  # fmt: skip
JUDGED_BY = {
    "send": f"POST {MESSAGES}.json",
    "taken": f"GET {MESSAGES}.json",
    "state_of": f"GET {MESSAGES}/{{Sid}}.json",
    "received": f"GET {MESSAGES}.json",
    "copies": f"GET {MESSAGES}.json",
    "erase": f"DELETE {MESSAGES}/{{Sid}}.json",
    "media": f"GET {MESSAGES}/{{MessageSid}}/Media.json",
    "create_content": "POST /v1/Content",
    "contents": "GET /v1/ContentAndApprovals",
    "submit": "POST /v1/Content/{ContentSid}/ApprovalRequests/whatsapp",
    "approval": "GET /v1/Content/{Sid}/ApprovalRequests",
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_each_call_keeps_to_twilios_own_document(
    line: Line, case: Callable[[Line], None], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    case(line)
    assert JUDGED_BY[case.__name__] in line.judge.judged
    assert NUMBER not in caplog.text


def test_each_method_of_a_channel_has_its_case() -> None:
    methods = {
        name
        for kind in (Channel, TwilioChannel)
        for name, value in vars(kind).items()
        if callable(value) and not name.startswith("_")
    }
    assert methods == {case.__name__ for case in CASES} == set(JUDGED_BY)


def test_what_the_doctor_asks_keeps_to_it_too(line: Line) -> None:
    settings = line.channel._settings
    client = outside.twilio_client(settings)
    assert outside.ask_messages(client, settings).status == 200
    assert outside.ask_senders(client).status == 200
    assert line.judge.judged == [f"GET {MESSAGES}.json", "GET /v2/Channels/Senders"]
    asking = [
        name
        for name, value in vars(outside).items()
        if isfunction(value) and name[0] != "_" and "client" in signature(value).parameters
    ]
    assert asking == ["ask_messages", "ask_senders"], "one that is not asked here"


def test_nobody_else_calls_twilio() -> None:
    calling = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "bot").rglob("*.py")
        if "import connect" in (text := path.read_text(encoding="utf-8")) or "Client(" in text
    }
    assert calling == {
        "bot/channels/twilio.py", "bot/channels/twilio_client.py", "bot/doctor/outside.py",
    }  # fmt: skip


@pytest.mark.parametrize(
    "fields_sent",
    [{"IdempotencyKey": "1"}, {"ValidityPeriod": "soon"}, {"ContentSid": "HX1"}],
)
def test_the_judge_objects_to_a_call_that_the_document_does_not_know(
    line: Line, fields_sent: dict[str, str]
) -> None:
    """Else none of the tests here would mean anything."""
    with line.channel._connected() as client:
        path = f"https://api.twilio.com/2010-04-01/Accounts/{client.account_sid}/Messages.json"
        form = {"To": AMINA, "From": "whatsapp:+447700900000", "Body": "x"} | fields_sent
        line.twilio.misbehave("503")  # before the simulator's own rules come into it
        assert client.request("POST", path, data=form).status_code == 503
    assert len(line.judge.take_objections()) == 1


def test_the_simulator_knows_just_the_fields_that_the_document_does() -> None:
    document = needed().document["paths"]
    for path, method, known in (
        (f"{MESSAGES}.json", "post", MESSAGE_FIELDS - SDK_ONLY),
        (f"{MESSAGES}/{{Sid}}.json", "post", UPDATE_FIELDS),
    ):
        content = document[path][method]["requestBody"]["content"]
        assert set(content[FORM]["schema"]["properties"]) == known
    query = {each["name"] for each in document[f"{MESSAGES}.json"]["get"]["parameters"]}
    assert query - {"AccountSid"} == LIST_FIELDS
