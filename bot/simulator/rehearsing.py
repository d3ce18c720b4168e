"""How time passes in a rehearsal: from one moment at which something happens to the next.

What is due starts and is sent, arrives, is read and thought about; people and staff act.
"""

import heapq
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.clock import Clock
from bot.parts import Parts
from bot.programme.calendar import local_moment
from bot.programme.hours import Hours, next_allowed
from bot.programme.terms import Terms
from bot.simulator.acting import Acting
from bot.simulator.cohort import MAIN, OLD, Cast, deeds_of
from bot.simulator.deeds import Deeds
from bot.simulator.life import SETTLE, WAKING, MovableClock
from bot.simulator.sayings import luck
from bot.simulator.twilio import SimulatedTwilio
from bot.simulator.witness import Fault, Seen, Witness
from bot.store.due import anything_waits, next_moment
from bot.store.models import Participant
from bot.store.tables import table

BEGINS = date(2026, 10, 19)  # a Monday: both changes of the clocks lie in the 26 weeks after it
PROGRAMME = 16  # weeks; a shorter rehearsal squeezes them
PUBLIC_URL = "http://127.0.0.1"  # nothing listens there: webhooks are handed over by hand
ROUNDS = 50  # of sending and arriving within one moment
LOOK_AGAIN = timedelta(hours=2)  # at what waits for its hour, for room in the week, for an answer
LOOKED_AFTER = 9 * 60 + 30  # when staff look after what is open
WORDS = ("lighthouse", "marigold", "saffron")  # on the slides
_PERSON = table(Participant)


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """How long the programme is that fits into the rehearsal, with its surveys and follow-up."""

    begins: date
    weeks: int
    most: tuple[int, int] | None = None  # messages a week to a mentee and to a mentor

    @property
    def programme(self) -> int:
        return max(4, self.weeks * PROGRAMME // 26)

    @property
    def terms(self) -> Terms:
        return Terms(
            name=MAIN,
            starts_on=self.begins,
            weeks=self.programme,
            sessions=min(10, self.programme),
            mid_week=self.programme // 2,
            mid_sessions=min(10, self.programme) // 2,
            follow_up_weeks=max(1, (self.weeks - self.programme) * 7 // 10),
            training_minutes=240,
            **self._caps,
        )

    @property
    def before(self) -> Terms:
        """The cohort before, which arranges each of its sessions, and is half through."""
        begun = self.begins - timedelta(weeks=self.programme // 2)
        return Terms(
            name=OLD,
            starts_on=begun,
            weeks=self.programme,
            sessions=min(10, self.programme),
            mid_week=0,
            mid_sessions=min(10, self.programme) // 2,
            follow_up_weeks=4,
            session_plan="pairs",
            **self._caps,
        )

    @property
    def _caps(self) -> dict[str, Any]:
        names = ("most_mentee", "most_mentor")
        return dict(zip(names, self.most, strict=True)) if self.most else {}

    def week_of(self, moment: datetime) -> float:
        """The week of a programme of sixteen that this is."""
        start = datetime.combine(self.begins, datetime.min.time(), tzinfo=UTC)
        return (moment - start) / timedelta(weeks=1) * PROGRAMME / self.programme

    def moment(self, week: float, *, minute: int, zone: Any) -> datetime:
        """A minute of the day on which such a week of a programme of sixteen has come."""
        days = int(week * 7 * self.programme / PROGRAMME)
        return local_moment(self.begins + timedelta(days=days), minute, zone)


class Rehearsing:
    """A rehearsal that runs: `live` lets everything happen until it ends."""

    def __init__(
        self,
        *,
        parts: Parts,
        time: MovableClock,
        simulator: SimulatedTwilio,
        calendar: Calendar,
        cast: Cast,
        seed: int,
    ) -> None:
        self.parts, self.time, self.simulator = parts, time, simulator
        self.calendar, self.cast, self.seed = calendar, cast, seed
        self.witness = Witness()
        self.clock = Clock(parts, paced=False)
        self.acting = Acting(
            parts=parts,
            simulator=simulator,
            witness=self.witness,
            seed=seed,
            week_of=calendar.week_of,
        )
        self.deeds = Deeds(acting=self.acting, witness=self.witness, cast=cast)
        self.ticks = self._planned = 0
        self._events: list[tuple[datetime, int, Callable[[], None]]] = []
        self._ticked = self._ticks_at = time()
        self._due_at: datetime | None = time()
        self._day: date | None = None

    @property
    def ends(self) -> datetime:
        last = self.calendar.begins + timedelta(weeks=self.calendar.weeks)
        return local_moment(last, LOOKED_AFTER, self.parts.house.zone)

    def begin(self) -> None:
        """The cohorts, everybody who is there from the start, and what will happen when."""
        cohorts = {person.cohort for person in self.cast.people}
        terms = (self.calendar.terms, self.calendar.before)
        self.deeds.begin([one for one in terms if one.name in cohorts])
        self._daily()
        self.deeds.enter([person for person in self.cast.people if not person.joins])
        zone = self.parts.house.zone
        for place, (person, deed) in enumerate(deeds_of(self.cast.people)):
            at = self.calendar.moment(deed.week, minute=11 * 60 + 7 * place % 400, zone=zone)
            self._plan(at, partial(self.deeds.do, person, deed))
        for person in self.cast.people:
            if person.joins:
                at = self.calendar.moment(person.joins, minute=12 * 60, zone=zone)
                self._plan(at, partial(self.deeds.enter, [person]))
            if person.habit.matched_again:
                at = self.calendar.moment(6, minute=13 * 60, zone=zone)
                other = next(one for one in self.cast.people if one.reference != person.mentor)
                self._plan(at, partial(self.deeds.match_again, person, other))
        self._plan_staff(zone)

    def live(self, *, report: Callable[[int], None]) -> None:
        """To the end, telling each week that is over."""
        week, zone = 1, self.parts.house.zone
        while True:
            self._happen()
            upcoming = self._next()
            while week <= self.calendar.weeks:
                over = local_moment(self.calendar.begins + timedelta(weeks=week), 0, zone)
                if over > upcoming:
                    break
                report(week)
                week += 1
            if upcoming > self.ends:
                return
            self.time.put(upcoming, still=True)
            self._act()

    def _plan(self, at: datetime, do: Callable[[], None]) -> None:
        self._planned += 1
        heapq.heappush(self._events, (at, self._planned, do))

    def _plan_staff(self, zone: Any) -> None:
        for number, week in enumerate((0.9, 3, 6)):
            at = self.calendar.moment(week, minute=18 * 60, zone=zone)
            word = WORDS[number]
            add = self.calendar.moment(max(0.05, week - 0.6), minute=10 * 60, zone=zone)
            self._plan(
                add,
                partial(
                    self.deeds.training,
                    title=f"Part {number + 1}",
                    starts_at=at,
                    minutes=60 + 30 * number,
                    word=word,
                ),
            )
            chance = luck(self.seed, "training", number)
            for person in self.cast.people:
                if person.cohort == MAIN and person.joins < week and chance.random() < 0.6:
                    late = at + timedelta(minutes=chance.randint(20, 60))
                    self._plan(late, partial(self.deeds.word_on_the_slide, person, word))
        first = self.calendar.moment(9.3, minute=0, zone=zone).astimezone(zone).date()
        planned = self.calendar.moment(8, minute=15 * 60, zone=zone)
        self._plan(planned, partial(self.deeds.break_of, first, first + timedelta(days=2)))
        held = self.calendar.moment(11.2, minute=9 * 60, zone=zone)
        self._plan(held, partial(self.deeds.hold, on=True))
        self._plan(held + timedelta(days=1, hours=1), partial(self.deeds.hold, on=False))
        for day in range(1, self.calendar.weeks * 7):
            at = local_moment(self.calendar.begins + timedelta(days=day), LOOKED_AFTER, zone)
            if at.weekday() < 5:
                self._plan(at, self.deeds.look_after)

    def _act(self) -> None:
        """Deeds and answers whose moment has come."""
        while self._events and self._events[0][0] <= self.time():
            _, _, do = heapq.heappop(self._events)
            self._safely(do)
            self._ticks_at = min(self._ticks_at, self.time())
        self._safely(self.acting.act)

    def _happen(self) -> None:
        """One moment: what is due starts, is sent, arrives, is read and thought about."""
        self._daily()
        if self.time() >= self._ticks_at:
            self._safely(self.clock.tick)
            self.ticks += 1
            self._ticked = self.time()
        for _ in range(ROUNDS):
            if not self._may_send():
                break
            self._safely(self.clock.send)
            self._arrive()
        self._look()
        self.acting.read()

    def _may_send(self) -> bool:
        """Whether something was queued since the last time, or may go only now."""
        woken = self.parts.wake.is_set()
        self.parts.wake.clear()
        due, self._due_at = self._due_at, None
        return woken or (due is not None and due <= self.time())

    def _daily(self) -> None:
        today = self.time().date()
        if today == self._day:
            return
        self._safely(self.clock.reconcile)
        if self._day is None:
            self._safely(self.clock.templates)  # approvals do not change here
        elif today.weekday() < self._day.weekday():
            self._safely(self.clock.catch_up)
        self._day = today

    def _arrive(self) -> None:
        """What is on its way reaches the phones and is read; the receipts come back."""
        moving = self.simulator.ledger.moving()
        while moving:
            soonest = min(message.steps[0].at for message in moving)
            if soonest > self.time() + SETTLE:
                break
            self.time.put(self.time() + SETTLE, still=True)
            self.simulator.deliver_due()
            moving = self.simulator.ledger.moving()

    def _look(self) -> None:
        """How everybody stands now, in the database."""
        now = self.time()
        columns = (_PERSON.c.id, _PERSON.c.state, _PERSON.c.paused_until, _PERSON.c.held_at)
        with self.parts.database.reading() as db:
            for row in db.execute(select(*columns)):
                seen = Seen(
                    at=now,
                    state=row.state,
                    paused_until=row.paused_until,
                    held=row.held_at is not None,
                )
                self.witness.look(row.id, seen)

    def _next(self) -> datetime:
        """The next moment at which anything may happen; ticks only where something may be due."""
        now = self.time()
        with self.parts.database.reading() as db:
            due = next_moment(db, after=now, deliveries=True)
            waits = anything_waits(db, now=now)
        self._due_at = due
        waking = Hours(
            zone=self.parts.house.zone, opens=WAKING[0], closes=WAKING[1], bank_holidays=False
        )
        ticks = [self._ticked + timedelta(days=1)]
        if waits:
            ticks.append(next_allowed(self._ticked + LOOK_AGAIN, waking))
        if due is not None:
            ticks.append(max(due, self._ticked + timedelta(seconds=20)))
        self._ticks_at = min(ticks)
        moments = [self._ticks_at, self.acting.next(), *(one[0] for one in self._events[:1])]
        known = (moment for moment in moments if moment is not None)
        return max(min(known), now + timedelta(seconds=1))

    def _safely(self, do: Callable[[], Any]) -> Any:
        """A job that fails is a fault of ours, and is told with the place that it failed at."""
        try:
            return do()
        except Exception as error:
            frame = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{Path(frame.filename).name}:{frame.lineno}"
            ours = [f for f in traceback.extract_tb(error.__traceback__) if "/bot/" in f.filename]
            if ours:
                place = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}"
            what = f"{type(error).__name__} at {place}: {error}"[:300]
            self.witness.faults.append(Fault(at=self.time(), what=what))
            return None
