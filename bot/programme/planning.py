"""What should be planned for one enrolment, and how that differs from what is. Pure.

Only what has not been sent is ever touched: a row that is asked, answered, missed or skipped stays.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.programme.calendar import local_moment
from bot.programme.hours import Hours, at_her_time
from bot.programme.session_plan import ComingSession, confirm_at, confirm_hers_at, remind_at
from bot.programme.terms import Terms

WEEKS_LEFT_FOR_MID = 4  # a late starter with fewer left is asked at the end only
PUT_BACK_AT_MOST = timedelta(days=4)  # a week's question later than that belongs to no week
SAME_OCCASION = timedelta(days=2)  # the mid-point and the end take the place of a week's question
WEEKLY_FLOWS = ("goal_check_in", "light_check_in")  # one slot: the light one takes a week's place
FOLLOWS_A_SESSION = ("session_remind", "session_confirm")
FIXED_SLOTS = frozenset({"goals", "start", "mid", "end", "follow-up"})


@dataclass(frozen=True, kw_only=True)
class Planned:
    """One occasion that should be. `as_is`: where it is planned already, its time stays."""

    flow: str
    slot: str
    due_at: datetime
    as_is: bool = False


@dataclass(frozen=True, kw_only=True)
class CheckInRow:
    """One occasion as it stands in the database."""

    id: int
    flow: str
    slot: str
    due_at: datetime
    state: str


@dataclass(frozen=True, kw_only=True)
class EnrolmentFacts:
    """All that decides what one participant is asked in one cohort, and when.

    `agreed_at`: since when she has agreed to messages. `declined`: she said no. `halfway_at` and
    `done_at`: when her pair had held enough sessions for the mid-point, and all of them.
    `arrange_from`: each pair of a mentor by its id, and since when it is one, where pairs find
    their own times.
    """

    role: str
    terms: Terms
    hours: Hours
    joined_at: datetime
    agreed_at: datetime | None = None
    declined: bool = False
    active: bool = True
    follow_up: bool = False
    part_of_day: str = ""
    weekday: int | None = None
    halfway_at: datetime | None = None
    done_at: datetime | None = None
    arrange_from: tuple[tuple[int, datetime], ...] = ()
    sessions: tuple[ComingSession, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Move:
    """A row that is due at another time from now on."""

    row: CheckInRow
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What must change so that what is planned is what is wanted."""

    added: tuple[Planned, ...] = ()
    moved: tuple[Move, ...] = ()
    removed: tuple[CheckInRow, ...] = ()


def wanted(facts: EnrolmentFacts) -> tuple[Planned, ...]:
    """Everything that one enrolment should be asked, past occasions included, oldest first."""
    if not facts.active or facts.declined:
        return ()
    if facts.agreed_at is None:
        return (Planned(flow="welcome", slot="welcome", due_at=_welcome_due(facts)),)
    begun = max(facts.agreed_at, facts.joined_at)
    found = [*_about_sessions(facts), *_follow_up(facts)]
    if _day(begun, facts) < end_day(facts.terms):
        found += _mentees(facts, begun) if facts.role == "mentee" else _mentors(facts, begun)
    return tuple(sorted(found, key=lambda each: (each.due_at, each.flow, each.slot)))


def difference(
    rows: Sequence[CheckInRow], wanted: Sequence[Planned], *, now: datetime
) -> Difference:
    """A wanted occasion of the past is neither added nor moved to: what waits there stays."""
    known = {_key(row): row for row in rows}
    ahead = [each for each in wanted if each.due_at > now or each.flow == "welcome"]
    moves = (
        Move(row=row, due_at=each.due_at)
        for each in wanted
        if (row := known.get(_key(each))) and _may_move(row, each, now=now)
    )
    keys = {_key(each) for each in wanted}
    return Difference(
        added=tuple(
            each for each in ahead if _key(each) not in known and each.flow not in FOLLOWS_A_SESSION
        ),
        moved=tuple(move for move in moves if move.due_at != move.row.due_at),
        removed=tuple(row for row in rows if _may_vanish(row, now=now) and _key(row) not in keys),
    )


def _may_move(row: CheckInRow, to: Planned, *, now: datetime) -> bool:
    return row.state == "planned" and to.due_at > now and not to.as_is


def about_session(
    session: ComingSession, *, role: str, hours: Hours, part_of_day: str = ""
) -> tuple[Planned, ...]:
    """The reminder of a session, and the question after it, to one side."""
    slot = f"session-{session.id}"
    if role == "mentor":
        asked = confirm_at(session.starts_at, minutes=session.minutes, hours=hours)
    else:
        asked = confirm_hers_at(session, hours=hours, part_of_day=part_of_day)
    reminded = remind_at(session.starts_at, hours=hours)
    confirm = Planned(flow="session_confirm", slot=slot, due_at=asked)
    if reminded is None:
        return (confirm,)
    return (Planned(flow="session_remind", slot=slot, due_at=reminded), confirm)


def end_day(terms: Terms) -> date:
    """The first day after the programme."""
    return terms.starts_on + timedelta(weeks=terms.weeks)


def _welcome_due(facts: EnrolmentFacts) -> datetime:
    """Due since her cohort began, or that morning: the next tick in allowed hours starts it."""
    first = min(facts.terms.starts_on, _day(facts.joined_at, facts))
    return local_moment(first, 0, facts.hours.zone)


def _mentees(facts: EnrolmentFacts, begun: datetime) -> list[Planned]:
    tomorrow = _day(begun, facts) + timedelta(days=1)
    goals = at_her_time(tomorrow, facts.hours, facts.part_of_day)
    ends = [*_mid(facts, begun, flow="mid_point"), *_end(facts, begun, flow="end_survey")]
    weeks = [
        each
        for each in _weeks(facts)
        if _day(each.due_at, facts) > _day(goals, facts)
        and all(abs(each.due_at - other.due_at) >= SAME_OCCASION for other in ends)
        and not any(each.due_at > other.due_at for other in ends if other.slot == "end")
    ]
    return [
        Planned(flow="goal_setting", slot="goals", due_at=goals),
        *weeks,
        *ends,
    ]


def _mentors(facts: EnrolmentFacts, begun: datetime) -> list[Planned]:
    return [
        *_starting_out(facts, begun),
        *_arrange(facts, begun),
        *_mid(facts, begun, flow="mid_point_mentor"),
        *_end(facts, begun, flow="end_survey_mentor"),
    ]


def _starting_out(facts: EnrolmentFacts, begun: datetime) -> Iterator[Planned]:
    """Asked at the end of the welcome; who is not welcomed again, having agreed in an earlier
    cohort, is asked on the day after."""
    if facts.agreed_at is not None and facts.agreed_at < facts.joined_at:
        day = _day(begun, facts) + timedelta(days=1)
        due_at = at_her_time(day, facts.hours, facts.part_of_day)
        yield Planned(flow="starting_out", slot="start", due_at=due_at)


def _arrange(facts: EnrolmentFacts, begun: datetime) -> Iterator[Planned]:
    """Where pairs find their own times, the mentor is asked for the first, once for each pair."""
    for pairing_id, since in facts.arrange_from:
        day = max(_day(max(begun, since), facts) + timedelta(days=2), facts.terms.starts_on)
        due_at = at_her_time(day, facts.hours, facts.part_of_day)
        yield Planned(flow="session_arrange", slot=f"arrange-{pairing_id}", due_at=due_at)


def _weeks(facts: EnrolmentFacts) -> Iterator[Planned]:
    """The weekly question in its rhythm. In a break that week's is left out, not put off."""
    terms = facts.terms
    for week in range(1, terms.weeks + 1, terms.every_weeks):
        day = _day_of_week(week, facts)
        due_at = _at_her_minute(day, facts)
        put_back = due_at - local_moment(day, 0, facts.hours.zone)
        if put_back < PUT_BACK_AT_MOST and not in_break(day, facts.hours):
            yield Planned(flow="goal_check_in", slot=f"week-{week}", due_at=due_at)


def _mid(facts: EnrolmentFacts, begun: datetime, *, flow: str) -> Iterator[Planned]:
    """In its week, or the day after her pair has held enough sessions."""
    week = mid_week(facts.terms, begun_on=_day(begun, facts))
    if week is not None:
        due_at = _at_her_minute(_day_of_week(week, facts), facts)
        yield _sooner(flow, "mid", due_at=due_at, reached=facts.halfway_at, facts=facts)


def mid_week(terms: Terms, *, begun_on: date) -> int | None:
    """The week of the mid-point; a late starter's is half way to the end, if there is time."""
    if not 0 < terms.mid_week < terms.weeks:
        return None
    joined = max(1, (begun_on - terms.starts_on).days // 7 + 1)
    left = terms.weeks - joined
    if joined > 1 and left < WEEKS_LEFT_FOR_MID:
        return None
    return terms.mid_week if terms.mid_week - joined >= 2 or joined == 1 else joined + left // 2


def _end(facts: EnrolmentFacts, begun: datetime, *, flow: str) -> Iterator[Planned]:
    """In the last week, or the day after her pair has held its last session."""
    due_at = _at_her_minute(_day_of_week(facts.terms.weeks, facts), facts)
    earliest = _at_her_minute(_day(begun, facts) + timedelta(days=1), facts)
    yield _sooner(flow, "end", due_at=max(due_at, earliest), reached=facts.done_at, facts=facts)


def _sooner(
    flow: str, slot: str, *, due_at: datetime, reached: datetime | None, facts: EnrolmentFacts
) -> Planned:
    """The day after it was reached, if that is sooner; whoever noticed has moved the row then."""
    if reached is not None:
        day = _day(reached, facts) + timedelta(days=1)
        sooner = _at_her_minute(day, facts)
        if sooner < due_at:
            return Planned(flow=flow, slot=slot, due_at=sooner, as_is=True)
    return Planned(flow=flow, slot=slot, due_at=due_at)


def _follow_up(facts: EnrolmentFacts) -> Iterator[Planned]:
    weeks = facts.terms.follow_up_weeks
    if facts.role == "mentee" and facts.follow_up and weeks:
        day = end_day(facts.terms) + timedelta(weeks=weeks)
        yield Planned(flow="follow_up", slot="follow-up", due_at=_at_her_minute(day, facts))


def _about_sessions(facts: EnrolmentFacts) -> Iterator[Planned]:
    for session in facts.sessions:
        yield from about_session(
            session, role=facts.role, hours=facts.hours, part_of_day=facts.part_of_day
        )


def _day_of_week(week: int, facts: EnrolmentFacts) -> date:
    """Her day in a week of the cohort's calendar."""
    terms = facts.terms
    weekday = terms.check_in_weekday if facts.weekday is None else facts.weekday
    return weekly_day(terms.starts_on, weekday=weekday, week=week)


def weekly_day(starts_on: date, *, weekday: int, week: int) -> date:
    """That weekday in a week; weeks begin on the weekday on which the cohort starts."""
    first = starts_on + timedelta(days=(weekday - starts_on.weekday()) % 7)
    return first + timedelta(weeks=week - 1)


def _at_her_minute(day: date, facts: EnrolmentFacts) -> datetime:
    return at_her_time(day, facts.hours, facts.part_of_day, otherwise=facts.terms.check_in_minute)


def in_break(day: date, hours: Hours) -> bool:
    """Whether the charity has a holiday or break on that day."""
    return any(first <= day <= last for first, last in hours.holidays)


def _day(moment: datetime, facts: EnrolmentFacts) -> date:
    return moment.astimezone(facts.hours.zone).date()


def _key(each: Planned | CheckInRow) -> tuple[str, str]:
    return (WEEKLY_FLOWS[0] if each.flow in WEEKLY_FLOWS else each.flow, each.slot)


def _may_vanish(row: CheckInRow, *, now: datetime) -> bool:
    """Whether planning made it, and it is not due yet: what was planned once more, what is about a
    session, and what waits to be sent, stay."""
    of_the_plan = row.slot in FIXED_SLOTS or (
        row.flow in WEEKLY_FLOWS and row.slot.removeprefix("week-").isdigit()
    )
    return row.state == "planned" and of_the_plan and row.due_at > now
