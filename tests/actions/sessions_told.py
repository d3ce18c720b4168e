"""Pairs in mid-programme for stories about sessions: nobody is new, and nothing else is asked."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from bot.actions.settle_sessions import settle_due
from tests.quick import Quick, open_quick
from tests.rows import COHORT, ROW_GRACE
from tests.world import AMINA, SELAM

ROW_AMINA = {
    "id": "A1",
    "role": "mentee",
    "name": "Amina",
    "language": "en",
    "whatsapp": AMINA,
    "mentor_id": "G1",
    **COHORT,
}
ROW_SELAM = ROW_AMINA | {"id": "S1", "name": "Selam", "whatsapp": SELAM}

# What one side may have said, and no text of ours may ever hand on
TELLS = re.compile(
    r"could not|cannot come|forgot|not good|did not|she sa|told (me|us)|differ|disagree|"
    r"not this week|missed|failed|cancel",
    re.IGNORECASE,
)
DONE_AT = ((9, 30), (12, 0), (19, 30))


class Pairs(Quick):
    """A cohort whose people have all agreed, long ago."""

    def at(self, day: int, hour: int, minute: int = 0, *, month: int = 11) -> None:
        """Go to that moment of 2026 (UTC, which is London's time then), doing what falls due on
        the way: mornings, noons, evenings after a session."""
        goal = datetime(2026, month, day, hour, minute, tzinfo=UTC)
        step = self.time.replace(minute=0, second=0, microsecond=0)
        while (step := step + timedelta(minutes=30)) < goal:
            if (step.hour, step.minute) in DONE_AT and step > self.time:
                self.time = step
                self.tick()
        self.time = goal
        self.tick()

    def tick(self) -> dict[str, int]:
        counts = super().tick()
        counts["settled"] = settle_due(self.parts.house, now=self.time)
        super().tick()  # what was planned just now is asked at once
        return counts

    def session(self, number: int = 1, *, pairing: int = 1) -> dict[str, object]:
        """A row of `session`, by its number in the pair."""
        row = self.rows(
            "select id, state, minutes, proof, reason, moved_to, place, proposed_by, settled_at "
            "from session where pairing_id = :pairing and number = :number",
            pairing=pairing,
            number=number,
        )[0]
        return dict(row._mapping)

    def state(self, number: int = 1, *, pairing: int = 1) -> object:
        return self.session(number, pairing=pairing)["state"]

    def starts(self, number: int, *, pairing: int = 1) -> str:
        """When it starts, as 2026-11-24 17:00."""
        found = self.one(
            "select starts_at from session where pairing_id = :pairing and number = :number",
            pairing=pairing,
            number=number,
        )
        return str(found)[:16]

    def change(self, sql: str, **values: object) -> None:
        with self.parts.database.transaction() as db:
            db.execute(text(sql), values)

    def answers(self, number: str, *keys: str) -> list[str]:
        """She taps one after the other; everything she reads in between."""
        return [body for key in keys for body in self.taps(number, key)]

    def tells_nothing(self, *numbers: str) -> None:
        """Nothing that either side was sent hands on what the other one said."""
        for number in numbers:
            for body in self.bodies(number):
                assert not TELLS.search(body), body


@contextmanager
def open_pairs(
    database_url: str, folder: Path, mentees: Sequence[dict[str, str]] = (ROW_AMINA,)
) -> Iterator[Pairs]:
    """Grace and her mentees, ten weekly sessions each: Tuesdays at half past five."""
    with open_quick(database_url) as world:
        world.__class__ = Pairs
        assert isinstance(world, Pairs)
        world.enrol(folder, [ROW_GRACE, *mentees])
        world.change("update cohort set most_mentee = 50, most_mentor = 50")
        world.change("update check_in set state = 'skipped' where flow = 'welcome'")
        people = world.rows("select id from participant order by id")
        for (who,) in people:
            world.change(
                "insert into consent (participant_id, kind, given, wording, language, channel, at) "
                "values (:who, 'messages', true, 'welcome.consent v2', 'en', 'whatsapp', :at)",
                who=who,
                at="2026-11-01 10:00:00.000000+00:00",
            )
        yield world
