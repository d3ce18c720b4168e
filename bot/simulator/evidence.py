"""Everything that a rehearsal left behind, read once: the database's rows and the phones' messages.

A message is `started` by the bot when she had not written just before, or when it was queued so.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import Row, Table, select

from bot.simulator.records import Message
from bot.simulator.rehearsing import Rehearsing
from bot.store import models
from bot.store.tables import table

PROMPTED = timedelta(minutes=10)  # what comes so soon after her words is a reply
TABLES = {
    name: table(getattr(models, name))
    for name in (
        "Participant",
        "Address",
        "Cohort",
        "Holiday",
        "Enrolment",
        "Pairing",
        "Consent",
        "Conversation",
        "Message",
        "Delivery",
        "Answer",
        "CheckIn",
        "Session",
        "Alert",
    )
}


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A message as it came to a phone, with what the database knows of it."""

    at: datetime
    body: str
    number: str
    reference: str
    participant_id: int
    message_id: int | None
    started: bool
    conversation: Row[Any] | None

    @property
    def flow(self) -> str:
        return self.conversation.flow if self.conversation is not None else ""


@dataclass(frozen=True, kw_only=True)
class Broken:
    """A rule that did not hold once: with whom, when, and how."""

    rule: str
    who: str = ""
    at: datetime | None = None
    how: str = ""

    def __str__(self) -> str:
        when = f" at {self.at:%Y-%m-%d %H:%M}" if self.at else ""
        return f"{self.rule}: {self.who}{when} {self.how}".rstrip()


class Evidence:
    """Rows by table, and what the phones got, in order."""

    def __init__(self, rehearsing: Rehearsing) -> None:
        self.rehearsing, self.witness = rehearsing, rehearsing.witness
        self.ended = rehearsing.ends
        self.phones: Sequence[Message] = rehearsing.simulator.messages
        self._by_id: dict[str, dict[int, Row[Any]]] = {}
        with rehearsing.parts.database.reading() as db:
            self._rows = {
                name: db.execute(_everything(each)).all() for name, each in TABLES.items()
            }

    def rows(self, name: str) -> Sequence[Row[Any]]:
        """All rows of that model's table, by id."""
        return self._rows[name]

    def by_id(self, name: str) -> dict[int, Row[Any]]:
        """The same rows by their ids."""
        if name not in self._by_id:
            self._by_id[name] = {row.id: row for row in self.rows(name)}
        return self._by_id[name]

    @cached_property
    def person_ids(self) -> dict[str, int]:
        return {row.reference: row.id for row in self.rows("Participant")}

    @cached_property
    def references(self) -> dict[int, str]:
        return {row.id: row.reference for row in self.rows("Participant")}

    @cached_property
    def owners(self) -> dict[str, str]:
        """Whose a number is, or was when it was written to."""
        owners = {p.number: p.reference for p in self.rehearsing.cast.people}
        owners |= {n: p.reference for n, p in self.rehearsing.acting.people.items()}
        return owners

    @cached_property
    def sent(self) -> tuple[Sent, ...]:
        """What the product sent, as the phones saw it; Twilio's own replies are none of it."""
        return tuple(self._sent())

    @cached_property
    def sent_to(self) -> dict[str, list[Sent]]:
        """By person."""
        found: dict[str, list[Sent]] = defaultdict(list)
        for one in self.sent:
            found[one.reference].append(one)
        return found

    @cached_property
    def inbound(self) -> dict[str, Message]:
        return {message.sid: message for message in self.phones if message.inbound}

    def _sent(self) -> Iterator[Sent]:
        deliveries = {row.sid: row for row in self.rows("Delivery") if row.sid}
        messages, talks = self.by_id("Message"), self.by_id("Conversation")
        wrote: dict[str, datetime] = {}
        for each in self.phones:
            number = each.phone.number if each.phone else each.to
            if each.inbound:
                wrote[number] = each.created_at
            if each.direction != "outbound-api":
                continue
            delivery = deliveries.get(each.sid)
            stored = messages.get(delivery.message_id) if delivery is not None else None
            last = wrote.get(number)
            unasked = last is None or each.created_at - last > PROMPTED
            reference = self.owners.get(number, "")
            yield Sent(
                at=each.created_at,
                body=each.body,
                number=number,
                reference=reference,
                participant_id=self.person_ids.get(reference, 0),
                message_id=stored.id if stored is not None else None,
                started=unasked or (delivery is not None and delivery.priority > 0),
                conversation=talks.get(stored.conversation_id) if stored is not None else None,
            )


def told(rule: str, one: Sent, *, how: str = "") -> Broken:
    return Broken(rule=rule, who=one.reference, at=one.at, how=how)


def _everything(each: Table) -> Any:
    return select(each).order_by(each.c.id)
