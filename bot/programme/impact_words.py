"""A report's figures in words, and as one table of every figure. Pure."""

from collections.abc import Iterator

from bot.programme.breakdowns import Breakdown
from bot.programme.delivered import SESSIONS, Count, Hours, Training
from bot.programme.goal_change import Change
from bot.programme.impact import Impact, Told
from bot.programme.sentences import hours
from bot.programme.shares import FEW, SMALL, Cell, Share

COLUMNS = (
    "part",
    "figure",
    "number",
    "answered",
    "could have answered",
    "per cent",
    "95% from",
    "95% to",
    "response rate in per cent",
    "cohort before, in per cent",
    "note",
)
Row = tuple[str, ...]
PARTS = {
    "feedback": "What mentees thought of it",
    "mentees": "What changed for mentees",
    "mentors": "What changed for mentors",
    "later": "Six months later",
}
CHANGES = (
    ("clear", "nearer by 3 or more"),
    ("some", "nearer by 1 or 2"),
    ("same", "the same"),
    ("less", "further away"),
)
TOO_FEW = "too few answers to show"


def share_words(share: Share) -> str:
    """15 of 18 who answered (of 20)."""
    if share.numerator is None:
        return f"{share.answered} answered (of {share.eligible}): {TOO_FEW}"
    return f"{share.numerator} of {share.answered} who answered (of {share.eligible})"


def interval_words(share: Share) -> str:
    return "" if share.low is None else f"95% interval {share.low} to {share.high}%"


def cell_words(cell: Cell) -> str:
    """The number, or that it is under five, or that it is left out."""
    if cell.number is not None:
        return str(cell.number)
    return f"fewer than {SMALL}" if cell.hidden == FEW else "not shown"


def change_words(change: Change) -> str:
    """How many goals could be compared."""
    few = f": {TOO_FEW}" if change.clear is None else ""
    return f"{change.answered} of {change.eligible} could be compared{few}"


def hours_words(given: Hours) -> str:
    """93 h 30 of 200 h planned (47%)."""
    target = f" of {hours(given.target)} planned ({given.percent}%)" if given.target else ""
    return f"{hours(given.total)}{target}"


def training_words(given: Training) -> str:
    """How many hours the people of a role were trained, against the target where there is one."""
    said = f"{hours(given.minutes)} of training, {given.came} of {given.people} {given.role}s came"
    if given.target is None or given.each is None:
        return said
    return (
        f"{said}; {given.percent}% of the target of {hours(given.target)}, "
        f"and {given.reached} reached {hours(given.each)}"
    )


def lines(told: Impact) -> Iterator[str]:
    """The report as plain text: every statement, goals, hours, training, limits."""
    for part, title in PARTS.items():
        yield f"\n{title}"
        for one in told.told(part):
            share = one.share
            said = "   –" if share.percent is None else f"{share.percent:3}%"
            interval = f"; {interval_words(share)}" if share.low is not None else ""
            yield f"  {said}  of {one.who} {one.text}: {share_words(share)}{interval}"
    yield "\nGoals, on a scale of 0 to 10"
    for how, change in (("since the start", told.goals), ("in hindsight", told.goals_in_hindsight)):
        counts = [f"{getattr(change, key)} {text}" for key, text in CHANGES]
        moved = "" if change.clear is None else f": {', '.join(counts)}"
        yield f"  {how}, {change_words(change)}{moved}"
    if told.more_modest:
        yield f"  The more modest of the two is the rating {told.more_modest}."
    yield "\nPairs, sessions and training"
    yield f"  {', '.join(f'{counted(one)} {one.text}' for one in told.funnel)}"
    became = [f"{counted(one)} {one.text}" for one in told.sessions if one.number]
    yield f"  {'; '.join((hours_words(told.hours), *became))}"
    yield from (f"  {training_words(one)}" for one in told.training if one.came or one.target)
    yield "\nWhat these figures cannot say"
    yield from (f"  {limit}" for limit in told.limits)


def counted(count: Count) -> str:
    """How many people came so far, or how many sessions the two report differently: a handful of
    either would point at them. How many sessions were held or missed is no secret of anybody's.
    """
    in_sight = count.key in SESSIONS.keys() - {"disputed"} or not 0 < count.number < SMALL
    return str(count.number) if in_sight else f"fewer than {SMALL}"


def table(told: Impact, before: Impact | None) -> tuple[Row, ...]:
    """Every figure of the report, one row each, with COLUMNS. No words of anybody."""
    return (
        *(_told(one, before) for one in told.statements),
        *_goals("since the start", told.goals),
        *_goals("in hindsight", told.goals_in_hindsight),
        *(_row("Pairs", one.text, counted(one)) for one in told.funnel),
        *_given(told),
        *(row for one in _breakdowns(told) for row in _broken_down(*one)),
        *(_row("Limits", "", note=limit) for limit in told.limits),
    )


def _row(part: str, figure: str, *values: str, note: str = "") -> Row:
    return (part, figure, *values, *[""] * (len(COLUMNS) - 3 - len(values)), note)


def _told(one: Told, before: Impact | None) -> Row:
    then = before.statement(one.key) if before else None
    share = one.share
    return _row(
        PARTS[one.part],
        f"{one.who} {one.text}",
        *map(
            _plain,
            (
                share.numerator,
                share.answered,
                share.eligible,
                share.percent,
                share.low,
                share.high,
                share.response,
                then.share.percent if then else None,
            ),
        ),
        note=TOO_FEW if share.numerator is None else "",
    )


def _goals(how: str, change: Change) -> Iterator[Row]:
    sizes = (str(change.answered), str(change.eligible), "", "", "", _plain(change.response))
    few = TOO_FEW if change.clear is None else ""
    for key, text in CHANGES:
        number: int | None = getattr(change, key)
        yield _row("Goals", f"{text}, {how}", _plain(number), *sizes, note=few)


def _given(told: Impact) -> Iterator[Row]:
    given = told.hours
    for text, minutes in (
        ("reported by both", given.both),
        ("reported by one", given.one),
        ("written down by staff", given.staff),
        ("in all", given.total),
        ("planned", given.target),
    ):
        yield _row("Sessions", f"minutes {text}", str(minutes))
    for count in told.sessions:
        yield _row("Sessions", f"sessions {count.text}", counted(count))
    for one in told.training:
        for text, number in (
            ("minutes", one.minutes),
            ("who came", one.came),
            ("minutes of target for each", one.each),
            ("minutes of target in all", one.target),
            ("who reached the target", one.reached),
        ):
            if number is not None:
                yield _row("Training", f"{one.role}s: {text}", str(number))
    for firm in told.employers:
        note = cell_words(Cell(key="", text="", number=None, hidden=firm.hidden))
        for text, number in (
            ("mentors", firm.mentors),
            ("minutes of sessions", firm.session_minutes),
            ("minutes of training", firm.training_minutes),
        ):
            hidden = note if number is None else ""
            yield _row("Organisations", f"{firm.name}: {text}", _plain(number), note=hidden)


def _breakdowns(told: Impact) -> tuple[tuple[str, Breakdown], ...]:
    return (
        ("Barriers", told.barriers),
        ("Languages", told.languages),
        ("Focus of goals", told.focus),
        ("Reasons for leaving", told.leaving),
        *(("Starting out", one) for one in told.baseline),
    )


def _broken_down(part: str, one: Breakdown) -> Iterator[Row]:
    yield _row(part, one.text, str(one.number), "", str(one.eligible))
    for cell in one.cells:
        words = "" if cell.number is not None else cell_words(cell)
        yield _row(part, cell.text, _plain(cell.number), note=words)


def _plain(number: int | None) -> str:
    return "" if number is None else str(number)
