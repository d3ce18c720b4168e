"""The benchmark's figures as a table, or as JSON: each beside its reference and its target."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

HEADINGS = ("measure", "bot", "beside it", "ratio", "floor", "aim", "")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One line. `ratio` is of the bot to its reference; `floor` and `aim` are bounds of it."""

    name: str
    bot: float
    beside: float | None = None
    unit: str = ""
    ratio: float | None = None
    floor: float | None = None
    aim: float | None = None
    lower_is_better: bool = False

    @property
    def verdict(self) -> str:
        """A word for how it compares: the benchmark reports and never judges."""
        measured = self.bot if self.ratio is None else self.ratio
        if self.floor is None or self.aim is None:
            return ""
        sign = -1 if self.lower_is_better else 1
        if sign * measured >= sign * self.aim:
            return "as aimed"
        return "good" if sign * measured >= sign * self.floor else "below its target"


def as_table(figures: Sequence[Figure], *, about: Sequence[str], problems: Sequence[str]) -> str:
    """Aligned columns under what was measured where."""
    rows = [HEADINGS, *(_cells(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = [_line(row, widths) for row in rows]
    return "\n".join((*about, "", *lines, "", *(problems or ["Nothing was lost or doubled."])))


def as_json(figures: Sequence[Figure], *, about: Sequence[str], problems: Sequence[str]) -> str:
    """The same for machines."""
    listed = [asdict(figure) | {"verdict": figure.verdict} for figure in figures]
    found = {"about": list(about), "figures": listed, "problems": list(problems)}
    return json.dumps(found, ensure_ascii=False, indent=2)


def _cells(figure: Figure) -> tuple[str, ...]:
    sign = "<= " if figure.lower_is_better else ">= "
    return (
        figure.name,
        f"{_number(figure.bot)} {figure.unit}".strip(),
        "" if figure.beside is None else f"{_number(figure.beside)} {figure.unit}".strip(),
        "" if figure.ratio is None else f"{figure.ratio:.2f}",
        "" if figure.floor is None else f"{sign}{figure.floor:g}",
        "" if figure.aim is None else f"{sign}{figure.aim:g}",
        figure.verdict,
    )


def _number(value: float) -> str:
    if value == int(value) or value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _line(row: tuple[str, ...], widths: Sequence[int]) -> str:
    """Names to the left, figures to the right."""
    first, *others = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
    return "  ".join((first.strip().ljust(widths[0]), *others[:-1], row[-1])).rstrip()
