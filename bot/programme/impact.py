"""A cohort's figures for funders: the same data give the same figures, for ever. Pure, no clock.

Each statement is numerator of answered, with those who could have answered beside it.
"""

import json
from dataclasses import asdict, dataclass
from hashlib import sha256

from bot.programme import breakdowns, delivered, goal_change
from bot.programme.breakdowns import Breakdown
from bot.programme.delivered import Count, Employer, Hours, Training, matched, of_role
from bot.programme.goal_change import Change
from bot.programme.heard import Heard
from bot.programme.impact_rows import ImpactRows
from bot.programme.impact_statements import LIMITS, STATEMENTS, Side, Statement
from bot.programme.quotes import quotes
from bot.programme.shares import Share, broken_down, share

EDITION = 1  # of the shape of the figures, so that old reports can still be read


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One piece of a bar: yes, it says what the statement says; or the others."""

    text: str
    number: int
    yes: bool


@dataclass(frozen=True, kw_only=True)
class Told:
    """A statement with its figures, and the pieces of its bar. `who`: mentees or mentors."""

    key: str
    part: str
    who: str
    text: str
    headline: bool
    share: Share
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, kw_only=True)
class Impact:
    """Everything that a cohort's report says in figures. Of quotes only which answers they are:
    consent may be taken back, and words forgotten, after a report is frozen.
    """

    edition: int
    cohort: str
    starts_on: str
    statements: tuple[Told, ...]
    goals: Change
    goals_in_hindsight: Change
    more_modest: str
    funnel: tuple[Count, ...]
    hours: Hours
    sessions: tuple[Count, ...]
    training: tuple[Training, ...]
    employers: tuple[Employer, ...]
    barriers: Breakdown
    languages: Breakdown
    focus: Breakdown
    leaving: Breakdown
    baseline: tuple[Breakdown, ...]
    quotes: tuple[int, ...]
    limits: tuple[str, ...]

    def headlines(self) -> tuple[Told, ...]:
        return tuple(one for one in self.statements if one.headline)

    def told(self, part: str) -> tuple[Told, ...]:
        """The statements of one part of the report."""
        return tuple(one for one in self.statements if one.part == part)

    def statement(self, key: str) -> Told | None:
        return next((one for one in self.statements if one.key == key), None)


def impact(rows: ImpactRows) -> Impact:
    """The figures of one cohort, whatever the order of the rows."""
    heard = Heard(rows.said)
    goals = goal_change.since_start(rows, heard)
    hindsight = goal_change.in_hindsight(rows, heard, eligible=len(matched(rows, "mentee")))
    return Impact(
        edition=EDITION,
        cohort=rows.cohort.name,
        starts_on=rows.cohort.starts_on.isoformat(),
        statements=tuple(_told(one, rows, heard) for one in STATEMENTS),
        goals=goals,
        goals_in_hindsight=hindsight,
        more_modest=goal_change.more_modest(goals, hindsight),
        funnel=delivered.funnel(rows),
        hours=delivered.hours(rows),
        sessions=delivered.sessions(rows),
        training=delivered.training(rows),
        employers=delivered.employers(rows),
        barriers=breakdowns.barriers(rows, heard),
        languages=breakdowns.languages(rows),
        focus=breakdowns.focus(rows),
        leaving=breakdowns.leaving(rows),
        baseline=breakdowns.baseline(rows, heard),
        quotes=tuple(quote.answer_id for quote in quotes(rows)),
        limits=LIMITS,
    )


def figures(told: Impact) -> dict[str, object]:
    """The same as plain JSON: words, whole numbers, lists."""
    plain: dict[str, object] = json.loads(canonical(asdict(told)))
    return plain


def canonical(plain: object) -> str:
    """One text for one content, whatever database it went through."""
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(plain: object) -> str:
    """SHA-256 of the canonical text: what a frozen report is held to."""
    return sha256(canonical(plain).encode()).hexdigest()


def _told(statement: Statement, rows: ImpactRows, heard: Heard) -> Told:
    answers = [
        heard.chosen(statement.flow, step, known=statement.scale.keys) for step in statement.steps
    ]
    answered = frozenset.intersection(*(frozenset(one) for one in answers)) & of_role(
        rows, statement.role
    )
    says_so = statement.any_of or frozenset(key for key, _ in statement.scale.yes)
    yes = [one for one in answered if all(answer[one] & says_so for answer in answers)]
    told = share(
        len(yes),
        answered=len(answered),
        eligible=len(answered | matched(rows, statement.role)),
    )
    chosen = [answers[0][one] for one in sorted(answered)]
    return Told(
        key=statement.key,
        part=statement.part,
        who=f"{statement.role}s",
        text=statement.text,
        headline=statement.headline,
        share=told,
        pieces=_pieces(statement, told, chosen),
    )


def _pieces(statement: Statement, told: Share, chosen: list[frozenset[str]]) -> tuple[Piece, ...]:
    """Strongest yes first. Several questions, or several answers to one, only divide in two."""
    if told.numerator is None:
        return ()
    if len(statement.steps) > 1 or statement.any_of:
        return (
            Piece(text="yes", number=told.numerator, yes=True),
            Piece(text="not", number=told.answered - told.numerator, yes=False),
        )
    return (
        *_side(statement.scale.yes, chosen, yes=True),
        *_side(statement.scale.other, chosen, yes=False),
    )


def _side(side: Side, chosen: list[frozenset[str]], *, yes: bool) -> tuple[Piece, ...]:
    """The answers of one side; as one piece where a small one would show."""
    counts = [(key, text, sum(1 for one in chosen if key in one)) for key, text in side]
    cells = broken_down(counts)
    if cells and not any(cell.hidden for cell in cells):
        return tuple(Piece(text=text, number=number, yes=yes) for _, text, number in counts)
    together = " or ".join(text for _, text in side)
    return (Piece(text=together, number=sum(number for _, _, number in counts), yes=yes),)
