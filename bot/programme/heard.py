"""What people answered, question by question: the newest answer of each that still stands. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from bot.programme.impact_rows import SaidRow

Step = tuple[str, str]  # flow and step


class Heard:
    """Every answer that counts. A skipped question is silence, never a no."""

    def __init__(self, said: Iterable[SaidRow]) -> None:
        self._steps: Mapping[Step, dict[int, SaidRow]] = defaultdict(dict)
        self._all: Mapping[Step, list[SaidRow]] = defaultdict(list)
        for row in sorted(said, key=lambda row: (row.at, row.id)):
            if not (row.skipped or row.replaced):
                self._steps[row.flow, row.step][row.enrolment_id] = row
                self._all[row.flow, row.step].append(row)

    def newest(self, flow: str, step: str) -> Mapping[int, SaidRow]:
        """By enrolment."""
        return self._steps.get((flow, step), {})

    def every(self, flow: str, step: str) -> Iterator[SaidRow]:
        """Also the ones before the newest, oldest first."""
        yield from self._all.get((flow, step), ())

    def chosen(self, flow: str, step: str, *, known: frozenset[str]) -> dict[int, frozenset[str]]:
        """The options that each enrolment chose; whoever chose none that is known is not in it."""
        picked = {
            enrolment: frozenset(row.value.split(",")) & known
            for enrolment, row in self.newest(flow, step).items()
        }
        return {enrolment: options for enrolment, options in picked.items() if options}
