"""A world in which nothing is sent: she is read to out of the outbox. For tests of what is said.

Everything else is as in `tests.world`: the server, the signed webhook, the database.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bot.actions.close import close_due
from bot.actions.read_aloud import read_aloud
from bot.actions.remind import remind_due
from bot.actions.start import start_due
from tests.world import World, open_world


@dataclass(frozen=True, kw_only=True)
class Said:
    """One message of ours as it stands in the outbox; `labels` are its choices by their keys."""

    id: int
    body: str
    labels: dict[str, str]

    @property
    def shown(self) -> tuple[str, ...]:
        """The keys of its choices."""
        return tuple(self.labels)


class Quick(World):
    """Without sender and phones: a turn takes milliseconds."""

    def tick(self) -> dict[str, int]:
        counts = start_due(self.parts.house, now=self.time)
        counts["reminded"] = remind_due(self.parts.house, now=self.time)
        counts["closed"] = close_due(self.parts.house, now=self.time)
        return {name: count for name, count in counts.items() if count}

    def says(self, number: str, words: str, **more: Any) -> list[str]:
        before = len(self.said_to(number))
        self.read()
        self.simulator.receive_from(number, words, **more)
        return [message.body for message in self.said_to(number)[before:]]

    def read(self) -> None:
        """She has read what the outbox holds: only then can she answer it."""
        read_aloud(self.parts.database, now=self.time)

    def taps(self, number: str, key: str, *, on: Any = None) -> list[str]:
        message = on or self.newest(number)
        assert key in message.shown, f"no {key} among {message.shown}"
        return self.says(number, "", button=(f"{message.id}:{key}", message.labels[key]))

    def newest(self, number: str) -> Any:
        return self.said_to(number)[-1]

    def bodies(self, number: str) -> list[str]:
        return [message.body for message in self.said_to(number)]

    def said_to(self, number: str) -> list[Said]:
        """Everything of ours to her, oldest first."""
        found = self.rows(
            "select id, text, choices from message where direction = 'out' and (participant_id in "
            "(select participant_id from address where address in (:number, :whatsapp)) or "
            "address_id in (select id from address where address in (:number, :whatsapp))) "
            "order by id",
            number=number,
            whatsapp=f"whatsapp:{number}",
        )
        return [Said(id=id, body=body, labels=_labels(choices)) for id, body, choices in found]


def _labels(choices: Any) -> dict[str, str]:
    found = json.loads(choices) if isinstance(choices, str) else choices
    return dict(found or ())


@contextmanager
def open_quick(database_url: str, **changes: Any) -> Iterator[Quick]:
    """A bot that answers webhooks and sends nothing; `changes` are settings that differ."""
    with open_world(database_url, approved=False, **changes) as world:
        world.__class__ = Quick
        assert isinstance(world, Quick)
        yield world
