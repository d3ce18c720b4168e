"""A week, summed up for the staff: people before numbers, and behind each number its people. Pure.

What counts as quiet, as behind plan, as clear progress is decided here and nowhere else.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo

from bot.programme.figures import (
    barrier_figures,
    goal_figures,
    message_figures,
    session_figures,
)
from bot.programme.lines import Figure, Line, Rate, Task, cohort_week
from bot.programme.sentences import (
    BARRIER,
    LAST_DELIVERY,
    alert_about,
    alert_because,
    barrier,
    barriers,
    capital,
    hours,
    joined,
    of_both,
    stranger,
    todo,
)
from bot.programme.week import (
    MONTHS,
    AlertRow,
    PairRow,
    PersonRow,
    TogetherRow,
    Week,
    WeekRows,
)

QUIET_AFTER = timedelta(days=14)
APART_AFTER = timedelta(days=16)
BEHIND_SHARE = 0.6  # of the straight line from nothing to all the hours
BEHIND_FROM = 2  # weeks into the programme


@dataclass(frozen=True, kw_only=True)
class Summary:
    """One week as staff read it, from the top to the bottom of the page."""

    week: Week
    cohorts: tuple[str, ...]
    pairs: int
    needs_you: tuple[Line, ...]
    quiet: tuple[Line, ...]
    hard: tuple[Line, ...]
    barriers: tuple[Figure, ...]
    tasks: tuple[Task, ...]
    sessions: tuple[Figure, ...]
    hours_held: str
    hours_planned: str
    behind: Figure
    goals: tuple[Figure, ...]
    good_news: tuple[Line, ...]
    wrote: tuple[Line, ...]
    later: tuple[Line, ...]
    messages: tuple[Figure, ...]
    rate: Rate
    rate_before: Rate
    templates_waiting: int
    templates_refused: int
    drafts: Figure

    @property
    def waiting(self) -> int:
        """How many of those who need you have not been dealt with."""
        return sum(line.state != "closed" for line in self.needs_you)

    @property
    def lede(self) -> str:
        """The week in a breath."""
        said = (
            (self.waiting, "needs you", "need you"),
            (len(self.quiet), "has gone quiet", "have gone quiet"),
            (len(self.hard), "had a hard week", "had a hard week"),
        )
        parts = [f"{_spelt(n)} {one if n == 1 else many}" for n, one, many in said if n]
        sentence = joined(tuple(parts))
        return f"{capital(sentence)}." if sentence else "A calm week so far."

    def figures(self) -> Iterator[Figure]:
        """Every number that has people behind it."""
        yield from self.barriers
        yield from self.sessions
        yield self.behind
        yield from self.goals
        yield from self.messages
        yield from (self.rate.figure, self.drafts)

    def figure(self, key: str) -> Figure | None:
        return next((figure for figure in self.figures() if figure.key == key), None)

    def parts(self) -> tuple[tuple[str, tuple[Line, ...]], ...]:
        """The lists of people, titled, in the order of the page."""
        return (
            ("Needs you", self.needs_you),
            ("Quiet", self.quiet),
            ("Hard week", self.hard),
            *((f"To do: {task.barrier}", task.lines) for task in self.tasks),
            ("Good news", self.good_news),
            ("Wrote to us", self.wrote),
            ("When you have time", self.later),
        )


def summarise(
    rows: WeekRows, *, week: Week, now: datetime, zone: tzinfo, drafts: frozenset[str] = frozenset()
) -> Summary:
    """The week's summary as it stands at `now`. `drafts` are the languages nobody has reviewed."""
    upto = min(now, week.end(zone))
    people = {person.participant_id: person for person in rows.people}
    alerts = sorted(rows.alerts, key=_urgency)
    together = {row.detail: row for row in rows.together}
    green = [row for row in alerts if row.level == "green"]
    later = [row for row in green if not row.kind.startswith(BARRIER)]
    goals, good_news = goal_figures(rows, people=people, start=week.start(zone))
    return Summary(
        week=week,
        cohorts=tuple(dict.fromkeys(_cohort(person, upto, zone) for person in rows.people)),
        pairs=len(rows.pairs),
        needs_you=tuple(_alert_line(row, together, zone) for row in alerts if row.level != "green"),
        quiet=(*_silent(rows, upto=upto), *_apart(rows.pairs, upto=upto)),
        hard=_hard(rows, people),
        barriers=barrier_figures(rows.answers, people),
        tasks=_tasks(row for row in green if row.kind.startswith(BARRIER)),
        sessions=session_figures(rows, upto=upto),
        hours_held=hours(sum(pair.held_minutes for pair in rows.pairs)),
        hours_planned=hours(sum(pair.target_minutes for pair in rows.pairs)),
        behind=_behind(rows.pairs, upto=upto, zone=zone),
        goals=goals,
        good_news=good_news,
        wrote=_wrote(rows),
        later=tuple(_alert_line(row, together, zone) for row in later),
        messages=message_figures(rows.deliveries, people),
        rate=Rate.of(rows.asked, since=week.start(zone), people=people),
        rate_before=Rate.of(
            rows.asked, since=week.moved(-1).start(zone), until=week.start(zone), people=people
        ),
        templates_waiting=rows.templates_waiting,
        templates_refused=rows.templates_refused,
        drafts=_drafts(rows.people, drafts),
    )


def _cohort(person: PersonRow, upto: datetime, zone: tzinfo) -> str:
    return cohort_week(
        person.cohort,
        starts_on=person.cohort_starts_on,
        weeks=person.cohort_weeks,
        today=(upto - timedelta(microseconds=1)).astimezone(zone).date(),  # within that week
    )


def _urgency(row: AlertRow) -> tuple[bool, int, datetime]:
    levels = ("red", "amber", "green")
    return row.state == "closed", levels.index(row.level), row.opened_at


def _alert_line(row: AlertRow, together: Mapping[str, TogetherRow], zone: tzinfo) -> Line:
    """Of two people both are named, where it is known who they are."""
    two = together.get(row.detail)
    both = of_both(row.kind, day=_day(two.at, zone)) if two else None
    times = f" ({row.times} times)" if row.times > 1 else ""
    alone = alert_about(row.kind, row.name, address=row.address)
    return Line(
        name=f"{two.mentee} and {two.mentor}" if two and both else alone,
        because=(both or alert_because(row.kind)) + times,
        participant_id=None if row.address_id else row.participant_id,
        address_id=row.address_id,
        pairing_id=two.pairing_id if two and both else None,
        at=row.opened_at,
        alert_id=row.id,
        level=row.level,
        state=row.state,
        by=row.closed_by or row.noted_by,
    )


def _day(moment: datetime | None, zone: tzinfo) -> str:
    local = moment.astimezone(zone) if moment else None
    return f"{local.day} {MONTHS[local.month - 1]}" if local else ""


def _tasks(alerts: Iterable[AlertRow]) -> tuple[Task, ...]:
    """What staff do about what is in the way, barrier by barrier, the most frequent first."""
    named: dict[str, list[Line]] = defaultdict(list)
    for row in alerts:
        named[row.kind].append(replace(_alert_line(row, {}, UTC), because="named it."))
    return tuple(
        Task(
            barrier=capital(barrier(kind.removeprefix(BARRIER))),
            todo=todo(kind),
            lines=tuple(lines),
        )
        for kind, lines in sorted(named.items(), key=lambda item: (-len(item[1]), item[0]))
    )


def _is_over(row: PersonRow | PairRow, upto: datetime) -> bool:
    """Whether the programme's last day has passed: nothing more is expected of anybody."""
    return upto.date() >= row.cohort_starts_on + timedelta(weeks=row.cohort_weeks)


def _has_all(pair: PairRow) -> bool:
    """Whether they have had all their hours."""
    return 0 < pair.target_minutes <= pair.held_minutes


def _silent(rows: WeekRows, *, upto: datetime) -> Iterator[Line]:
    """Mentees who were asked and have sent nothing at all for two weeks or more."""
    done = {pair.mentee_id for pair in rows.pairs if _has_all(pair)}
    for person in rows.people:
        if _is_over(person, upto) or person.participant_id in done:
            continue
        since = person.last_inbound_at or person.first_asked_at
        if since is None or person.heard or person.first_asked_at is None:
            continue
        if person.role != "mentee" or person.state != "active" or person.held:
            continue
        if upto - max(since, person.first_asked_at) >= QUIET_AFTER:
            days = (upto - since).days
            tail = LAST_DELIVERY.get(person.last_delivery, "")
            yield Line(
                name=person.name,
                because=f"has not written for {_weeks(days)}{'; ' if tail else ''}{tail}.",
                participant_id=person.participant_id,
                at=person.last_inbound_at,
            )


def _weeks(days: int) -> str:
    return f"{_spelt(days // 7)} weeks"


def _spelt(number: int) -> str:
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return words[number] if number < len(words) else str(number)


def _apart(pairs: tuple[PairRow, ...], *, upto: datetime) -> Iterator[Line]:
    """Pairs of whom no session is known to have been held for sixteen days or more."""
    for pair in pairs:
        apart = upto - (pair.last_held_at or pair.paired_at)
        if pair.paused or apart < APART_AFTER or _is_over(pair, upto) or _has_all(pair):
            continue
        met = "have not met for" if pair.last_held_at else "have not met yet, after"
        plan = "a session is planned" if pair.next_at else "no session is planned"
        yield Line(
            name=f"{pair.mentee} and {pair.mentor}",
            because=f"{met} {apart.days} days; {plan}.",
            pairing_id=pair.pairing_id,
            at=pair.last_held_at,
        )


def _hard(rows: WeekRows, people: dict[int, PersonRow]) -> tuple[Line, ...]:
    """Who had a hard week, or said what was in the way. One line for each of them."""
    hard = {row.participant_id: row for row in rows.answers if row.value == "hard"}
    named = {row.participant_id: row for row in rows.answers if row.step == "barriers"}
    lines = []
    for participant_id in dict.fromkeys((*hard, *named)):
        person = people.get(participant_id)
        if person is None:
            continue
        causes = joined(barriers(named[participant_id].value)) if participant_id in named else ""
        if participant_id in hard:
            because = f"had a hard week: {causes}." if causes else "had a hard week."
        elif causes:
            because = f"named what is in the way: {causes}."
        else:
            continue
        at = hard.get(participant_id, named.get(participant_id))
        lines.append(
            Line(
                name=person.name,
                because=because,
                participant_id=participant_id,
                at=at.at if at else None,
            )
        )
    return tuple(lines)


def _wrote(rows: WeekRows) -> tuple[Line, ...]:
    spoken = {"text": "wrote", "media": "sent a voice message or a picture"}
    return tuple(
        Line(
            name=row.name or stranger(row.address),
            because=f"{spoken.get(row.kind, 'sent something that is no text')}"
            f"{':' if row.text else '.'}",
            participant_id=row.participant_id,
            address_id=row.address_id,
            at=row.at,
            words=row.text,
            language=row.language,
            message_id=row.message_id,
        )
        for row in rows.wrote
    )


def _behind(pairs: tuple[PairRow, ...], *, upto: datetime, zone: tzinfo) -> Figure:
    lines = []
    today = upto.astimezone(zone).date()
    for pair in pairs:
        weeks = (today - pair.cohort_starts_on).days / 7
        if weeks < BEHIND_FROM:
            continue
        expected = pair.target_minutes * min(1.0, weeks / pair.cohort_weeks)
        if pair.held_minutes < BEHIND_SHARE * expected:
            lines.append(
                Line(
                    name=f"{pair.mentee} and {pair.mentor}",
                    because=f"have had {hours(pair.held_minutes)} together; "
                    f"by now the plan has {hours(round(expected))}.",
                    pairing_id=pair.pairing_id,
                )
            )
    return Figure(
        key="behind",
        number=len(lines),
        text="pair is behind plan" if len(lines) == 1 else "pairs are behind plan",
        counted="Pairs with less than 60% of the hours they would have if all their sessions were "
        "spread evenly over the programme.",
        lines=tuple(lines),
    )


def _drafts(people: tuple[PersonRow, ...], drafts: frozenset[str]) -> Figure:
    lines = tuple(
        Line(
            name=person.name,
            because="is written to in a draft language: nobody has reviewed its texts yet.",
            participant_id=person.participant_id,
        )
        for person in people
        if person.language in drafts
    )
    return Figure(
        key="drafts",
        number=len(lines),
        text="person is written to in a draft language"
        if len(lines) == 1
        else "people are written to in a draft language",
        counted="People whose language has texts that no native speaker has reviewed.",
        lines=lines,
    )
