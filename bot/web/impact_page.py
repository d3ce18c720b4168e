"""How a report is drawn and set beside that of the cohort before. It computes no figure."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.programme.delivered import Count, Hours
from bot.programme.goal_change import Change
from bot.programme.impact import Impact, Piece, Told
from bot.programme.impact_words import CHANGES, cell_words, counted, interval_words, share_words
from bot.programme.shares import Cell
from bot.web.charts import Slice, slices

MIDDLE = 100  # of a bar that is 200 wide: one unit is one per cent


@dataclass(frozen=True, kw_only=True)
class Line:
    """A statement as the page shows it. `before` is what the cohort before said."""

    key: str
    who: str
    text: str
    percent: int | None
    counted: str
    interval: str
    bar: tuple[Slice, ...]
    pieces: str
    before: str
    percent_before: str
    told: Told


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar in a row of bars, as wide as its number, in per cent of the longest."""

    text: str
    shown: str
    width: float
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class ChangeLine:
    """How goals moved, with its bar."""

    change: Change
    bar: tuple[Slice, ...]
    pieces: str


def lines(statements: Sequence[Told], before: Impact | None) -> tuple[Line, ...]:
    """Statements with their bars and with the cohort before."""
    return tuple(_line(one, before) for one in statements)


def diverging(pieces: Sequence[Piece]) -> tuple[Slice, ...]:
    """What says so grows to the right of the middle, the strongest outside; the rest left."""
    whole = sum(piece.number for piece in pieces)
    if not whole:
        return ()
    right = [piece for piece in pieces if piece.yes][::-1]
    left = [piece for piece in pieces if not piece.yes]
    drawn, x = [], float(MIDDLE)
    for place, piece in enumerate(right):
        width = 100 * piece.number / whole
        strength = len(right) - 1 - place
        drawn.append(_slice(f"yes-{strength}", piece, x=x, width=width))
        x += width
    x = float(MIDDLE)
    for place, piece in enumerate(left):
        width = 100 * piece.number / whole
        x -= width
        drawn.append(_slice(f"rest-{place}", piece, x=x, width=width))
    return tuple(one for one in drawn if one.number)


def change_line(change: Change) -> ChangeLine:
    """How goals moved, as a bar: nearer to the right."""
    pieces = (
        ()
        if change.clear is None
        else tuple(
            Piece(text=text, number=getattr(change, key), yes=key in ("clear", "some"))
            for key, text in CHANGES
        )
    )
    return ChangeLine(change=change, bar=diverging(pieces), pieces=pieces_words(pieces))


def hours_bar(given: Hours) -> tuple[Slice, ...]:
    """The hours held, by whose word, and what is left of those planned."""
    return slices(
        (
            ("yes-0", given.both, "reported by both"),
            ("yes-1", given.one, "reported by one"),
            ("rest-0", given.staff, "written down by staff"),
            ("room", max(0, given.target - given.total), "left of those planned"),
        )
    )


def pieces_words(pieces: Sequence[Piece]) -> str:
    """9 very helpful · 6 helpful · 3 a little or not helpful."""
    return " · ".join(f"{piece.number} {piece.text}" for piece in pieces)


def count_bars(counts: Sequence[Count]) -> tuple[Bar, ...]:
    """Counts under each other; one that is too small to be told has no length either."""
    told = [one.number if counted(one) == str(one.number) else 0 for one in counts]
    longest = max(told, default=0) or 1
    return tuple(
        Bar(text=one.text, shown=counted(one), width=round(100 * number / longest, 1))
        for one, number in zip(counts, told, strict=True)
    )


def cell_bars(cells: Sequence[Cell]) -> tuple[Bar, ...]:
    """The same of a breakdown: what is hidden has no bar."""
    longest = max((cell.number or 0 for cell in cells), default=0) or 1
    return tuple(
        Bar(
            text=cell.text,
            key=cell.key,
            shown=cell_words(cell),
            width=round(100 * (cell.number or 0) / longest, 1),
        )
        for cell in cells
    )


def _line(one: Told, before: Impact | None) -> Line:
    then = before.statement(one.key) if before else None
    return Line(
        key=one.key,
        who=one.who,
        text=one.text,
        percent=one.share.percent,
        counted=share_words(one.share),
        interval=interval_words(one.share),
        bar=diverging(one.pieces),
        pieces=pieces_words(one.pieces),
        before=_before(then, before),
        percent_before="–"
        if then is None or then.share.percent is None
        else f"{then.share.percent}%",
        told=one,
    )


def _before(then: Told | None, before: Impact | None) -> str:
    """Nothing where the cohort before was not asked yet, or was not asked this."""
    if then is None or before is None or then.share.percent is None:
        return ""
    share = then.share
    return f"{before.cohort}: {share.percent}% ({share.numerator} of {share.answered})"


def _slice(key: str, piece: Piece, *, x: float, width: float) -> Slice:
    return Slice(
        key=key, number=piece.number, text=piece.text, x=round(x, 2), width=round(width, 2)
    )
