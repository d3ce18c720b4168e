"""People who write to a house without a web server or a sender: what is heard, kept and queued."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text

from bot.actions.house import House
from bot.actions.receive import receive
from bot.catalogues import Catalogues, load_catalogues
from bot.channels.base import Inbound
from bot.library import Library, load_library
from bot.store.database import Database
from bot.store.models import Address, Participant
from bot.vocabulary import Vocabulary, load_vocabulary
from tests.world import lead_on_call

MONDAY = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)  # somebody is on call
NIGHT = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # nobody is, until Tuesday
CRY = {
    "en": "my husband hits me",
    "ar": "زوجي يضربني",
    "fa": "شوهرم مرا می‌زند",
    "ti": "ሰብኣየይ ይወቕዓኒ",
}


@cache
def texts() -> tuple[Library, Catalogues, Vocabulary]:
    library = load_library()
    return library, load_catalogues(library), load_vocabulary()


@dataclass(frozen=True)
class Reply:
    """One message of ours as it is queued."""

    id: int
    text: str
    keys: tuple[str, ...]


@dataclass
class Line:
    """The house and everybody's phones. Time moves only when a test says so."""

    house: House
    now: datetime = MONDAY
    sids: Iterator[int] = field(default_factory=lambda: iter(range(1, 9**9)))

    def join(self, number: str = "+447700900101", **about: Any) -> int:
        """Somebody who takes part, by WhatsApp and SMS; her language is English."""
        row = Participant(
            **{"reference": number, "name": "Amina", "language": "en", "created_at": self.now}
            | about
        )
        self.keep(row)
        assert row.id is not None
        for prefix, channel in (("whatsapp:", "whatsapp"), ("", "sms")):
            self.keep(
                Address(
                    participant_id=row.id,
                    channel=channel,
                    address=f"{prefix}{number}",
                    created_at=self.now,
                )
            )
        return row.id

    def says(
        self, words: str, *, number: str = "+447700900101", channel: str = "whatsapp", **more: Any
    ) -> list[Reply]:
        """She writes; returns what is queued in answer."""
        before = self.one("select coalesce(max(id), 0) from message")
        prefix = "whatsapp:" if channel == "whatsapp" else ""
        inbound = Inbound(
            channel=channel,
            address=f"{prefix}{number}",
            to="+440000000000",
            external_id=f"SM{next(self.sids):032d}",
            text=words,
            **more,
        )
        receive(self.house, inbound, now=self.now)
        return self.queued(after=before)

    def taps(self, reply: Reply, key: str) -> list[Reply]:
        return self.says("a label", button=f"{reply.id}:{key}")

    def queued(self, *, after: int = 0) -> list[Reply]:
        rows = self.rows(
            "select m.id, m.text from message m join delivery d on d.message_id = m.id "
            "where m.direction = 'out' and d.state = 'queued' and m.id > :after order by m.id",
            after=after,
        )
        return [Reply(id, said, self._keys(id)) for id, said in rows]

    def _keys(self, message_id: int) -> tuple[str, ...]:
        from bot.store.models import Message

        with self.house.database.reading() as db:
            return tuple(key for key, _ in db.get_one(Message, message_id).choices or ())

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    def said(self, key: str, language: str = "en", **words: str) -> str:
        known = {"org": self.house.charity} | words
        return self.house.catalogues.fill(f"standing.{key}", language=language, words=known)

    # --- the database ----------------------------------------------------------------------------

    def keep(self, row: Any) -> None:
        with self.house.database.transaction() as db:
            db.add(row)
            db.flush()

    def change(self, sql: str, **values: object) -> None:
        with self.house.database.transaction() as db:
            db.execute(text(sql), values)

    def rows(self, sql: str, **values: object) -> list[Any]:
        with self.house.database.reading() as db:
            return list(db.execute(text(sql), values).all())

    def one(self, sql: str, **values: object) -> Any:
        return self.rows(sql, **values)[0][0]

    def alerts(self) -> list[tuple[str, str]]:
        """(kind, level), the oldest first."""
        return [tuple(row) for row in self.rows("select kind, level from alert order by id")]


@contextmanager
def open_line(database_url: str) -> Iterator[Line]:
    """A house with a lead on call on working days from nine to six."""
    library, catalogues, vocabulary = texts()
    house = House(
        database=Database(database_url),
        library=library,
        catalogues=catalogues,
        vocabulary=vocabulary,
        zone=ZoneInfo("Europe/London"),
        charity="Acorn House",
    )
    lead_on_call(house.database, now=MONDAY)
    try:
        yield Line(house)
    finally:
        house.database.dispose()
