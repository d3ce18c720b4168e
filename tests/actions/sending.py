"""The sender against a simulated Twilio over loopback HTTP: real client, receipts and rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import text
from werkzeug.wrappers import Request, Response

from bot.actions.reconcile import reconcile
from bot.actions.say import queue
from bot.actions.send import send_due
from bot.actions.track import track
from bot.catalogues import Catalogues, load_catalogues
from bot.channels.twilio import TwilioChannel, read_receipt, verify
from bot.library import Library, load_library
from bot.settings import Settings
from bot.simulator.server import serve, serve_wsgi
from bot.simulator.twilio import SimulatedTwilio
from bot.store.database import Database
from bot.store.models import Address, Participant
from tests.simulator.openapi import judge

ACCOUNT = "AC" + "7" * 32
TOKEN = "an-invented-token"
WHATSAPP_FROM, SMS_FROM = "whatsapp:+447700900000", "+447700900001"
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@cache
def library() -> Library:
    return load_library()


@cache
def few() -> Library:
    """Four conversations: what is true of their templates is true of all, and sooner."""
    names = ("welcome", "goal_check_in", "session_confirm", "standing")
    return replace(library(), flows={name: library().flows[name] for name in names})


@cache
def catalogues() -> Catalogues:
    return load_catalogues(library())


@dataclass
class Bed:
    """One sender, one database, one Twilio. Time moves only when a test says so."""

    database: Database
    twilio: SimulatedTwilio
    channel: TwilioChannel
    now: datetime = MONDAY
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(101, 999)))
    objections: list[str] = field(default_factory=list)

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)

    def send(self, **more: Any) -> int:
        return send_due(
            self.database,
            self.channel,
            catalogues=catalogues(),
            now=self.now,
            owner="sender",
            chance=lambda: 0.0,
            **more,
        )

    def reconcile(self) -> int:
        return reconcile(self.database, self.channel, now=self.now)

    def deliver(self) -> None:
        """Let what Twilio took arrive, receipts and all."""
        self.forward(seconds=10)
        self.twilio.deliver_due()

    def settle_down(self, rounds: int = 12, **step: float) -> None:
        """Time goes by: send, look, deliver, until everything has come to rest."""
        for _ in range(rounds):
            self.send()
            self.deliver()
            self.reconcile()
            self.forward(**(step or {"seconds": 70}))

    def person(self, *, language: str = "en", name: str = "Amina", whatsapp: bool = True,
               sms: bool = False, wrote: bool = True, fallback: bool | None = None,
               **fields: Any) -> int:  # fmt: skip
        """Someone with a phone; `wrote`: she wrote to us just now, so the window is open.
        `fallback`: what she said of SMS, should WhatsApp fail."""
        number = f"+447700900{next(self.numbers)}"
        self.twilio.add_phone(number=number, name=name, whatsapp=whatsapp, sms=sms)
        with self.database.transaction() as db:
            row = Participant(
                reference=number, name=name, language=language, created_at=self.now, **fields
            )
            db.add(row)
            db.flush()
            for channel in ("whatsapp", "sms"):
                here = channel == ("whatsapp" if whatsapp else "sms")
                if {"whatsapp": whatsapp, "sms": sms}[channel]:
                    db.add(
                        Address(
                            participant_id=row.id,
                            channel=channel,
                            address=number if channel == "sms" else f"whatsapp:{number}",
                            last_inbound_at=self.now if wrote and here else None,
                            fallback=fallback if channel == "sms" else None,
                            created_at=self.now,
                        )
                    )
            assert row.id is not None
        if wrote and whatsapp:
            self.twilio.webhook_url = None
            self.twilio.receive_from(number, "hello")
        return row.id

    def queue(self, person: int | None, words: str = "Hello.", **more: Any) -> int:
        more = {"address_id": None, "language": "en", "now": self.now} | more
        with self.database.transaction() as db:
            return queue(db, participant_id=person, text=words, **more)

    def say(self, person: int, context: str, *, language: str = "en", words: dict[str, str],
            **more: Any) -> int:  # fmt: skip
        """Queue a text of the catalogues, as a conversation would."""
        said = catalogues().fill(context, language=language, words=words)
        return self.queue(person, said, language=language, context=context, **more)

    def rows(self, sql: str, **values: object) -> list[Any]:
        with self.database.reading() as db:
            return list(db.execute(text(sql), values).all())

    def states(self) -> list[str]:
        return [row[0] for row in self.rows("select state from delivery order by id")]

    def delivery(self, message_id: int) -> Any:
        """The newest delivery of a message."""
        return self.rows(
            "select * from delivery where message_id = :m order by id desc", m=message_id
        )[0]

    def alerts(self) -> list[str]:
        return [row[0] for row in self.rows("select kind from alert order by id")]

    def change(self, sql: str, **values: object) -> None:
        with self.database.transaction() as db:
            db.execute(text(sql), values)

    def sent_to(self, person: int) -> list[Any]:
        """Everything Twilio took from us for her: what her phone would show, doubles and all."""
        number = self.rows("select reference from participant where id = :p", p=person)[0][0]
        return self.twilio.sent_to(number)

    def bodies(self, person: int) -> list[str]:
        return [message.body for message in self.sent_to(person)]


@contextmanager
def open_bed(
    database_url: str, *, sms: bool = True, judged: bool = True, **options: Any
) -> Iterator[Bed]:
    """`judged=False`: Twilio breaks its own rules here, so its document has nothing to say."""
    database = Database(database_url)
    beds: list[Bed] = []
    twilio = SimulatedTwilio(
        account_sid=ACCOUNT,
        auth_token=TOKEN,
        whatsapp_from=WHATSAPP_FROM,
        sms_from=SMS_FROM if sms else None,
        clock=lambda: beds[0].now if beds else MONDAY,
        **options,
    )
    address: list[str] = []

    def webhook(environ: Any, start: Any) -> Any:
        request = Request(environ)
        url = address[0] + environ["PATH_INFO"] + "?" + environ["QUERY_STRING"]
        signature = request.headers.get("X-Twilio-Signature")
        assert verify(url=url, params=request.form, signature=signature, tokens=[TOKEN])
        token = request.args.get("m")
        receipt = read_receipt(request.form, token=token, account_sid=ACCOUNT)
        track(database, receipt, now=beds[0].now)
        return Response(status=204)(environ, start)

    hooks = serve_wsgi(webhook)
    address.append(hooks.base_url)
    held = judge() if judged else None
    running = serve(twilio, wrap=held.around if held else None)
    settings = Settings(
        public_url=hooks.base_url,
        secret_key="a secret of the tests",
        twilio_account_sid=ACCOUNT,
        twilio_auth_tokens=(TOKEN,),
        twilio_whatsapp_from=WHATSAPP_FROM,
        twilio_sms_from=SMS_FROM if sms else None,
        twilio_api_base=running.base_url,
    )
    beds.append(Bed(database=database, twilio=twilio, channel=TwilioChannel(settings, timeout=1.5)))
    try:
        yield beds[0]
    finally:
        running.close()
        hooks.close()
        database.dispose()
    assert held is None or held.take_objections() == []
    assert [each.left_out for each in twilio.messages if each.left_out] == []
