"""What happened in a rehearsal, as plain figures and as lines to read."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.programme.impact import impact
from bot.programme.impact_words import lines as report_lines
from bot.programme.sentences import hours
from bot.simulator.cohort import MAIN
from bot.simulator.evidence import Broken, Evidence
from bot.store.impact import read_impact_rows

SURVEYS = (
    "starting_out",
    "mid_point",
    "mid_point_mentor",
    "end_survey",
    "end_survey_mentor",
    "follow_up",
)
Counts = dict[str, int]


@dataclass(frozen=True, kw_only=True)
class Happened:
    """`figures` are what the lines are made of; `report` is the end report of the cohort."""

    figures: dict[str, Any]
    report: tuple[str, ...]
    broken: tuple[Broken, ...]

    def lines(self) -> Iterator[str]:
        """To be read in a terminal."""
        for title, value in self.figures.items():
            told = _counts(value) if isinstance(value, dict) else str(value)
            yield f"{title.replace('_', ' ').capitalize()}: {told or 'none'}"
        yield f"\nThe end report of the cohort “{MAIN}”"
        yield from self.report
        yield ""
        yield from (f"BROKEN {one}" for one in self.broken)
        yield f"{len(self.broken)} invariants were broken." if self.broken else "Everything held."


def happened(
    evidence: Evidence, broken: Sequence[Broken], *, seconds: float, statements: int
) -> Happened:
    """Counts over everything, and the report as staff would see it."""
    rehearsing = evidence.rehearsing
    cohort = next(row for row in evidence.rows("Cohort") if row.name == MAIN)
    with rehearsing.parts.database.reading() as db:
        rows = read_impact_rows(db, cohort_id=cohort.id)
    report = tuple(report_lines(impact(rows))) if rows is not None else ()
    terms = rehearsing.calendar.terms
    told = {
        "begins": rehearsing.calendar.begins.isoformat(),
        "weeks": rehearsing.calendar.weeks,
        "programme": f"{terms.weeks} weeks, {terms.sessions} sessions, "
        f"follow-up {terms.follow_up_weeks} weeks after",
        "seed": rehearsing.seed,
        "database": rehearsing.parts.database.dialect,
        "people": _count(row.role for row in evidence.rows("Enrolment")),
        **_messages(evidence),
        **_programme(evidence),
        "broken": _count(one.rule for one in broken),
        "seconds": round(seconds),
        "statements": statements,
        "ticks": rehearsing.ticks,
    }
    return Happened(figures=told, report=report, broken=tuple(broken))


def _messages(evidence: Evidence) -> dict[str, Any]:
    out = [message for message in evidence.phones if message.direction == "outbound-api"]
    states = _count(message.status for message in out)
    return {
        "messages_sent": len(out),
        "started_by_the_bot": sum(one.started for one in evidence.sent),
        "messages_received": len(evidence.inbound),
        "delivered": states.get("delivered", 0) + states.get("read", 0),
        "sent_by_channel": _count(message.channel for message in out),
        "not_delivered": _count(str(message.error_code) for message in out if message.error_code),
        "answers": len(evidence.rows("Answer")),
    }


def _programme(evidence: Evidence) -> dict[str, Any]:
    sessions, check_ins = evidence.rows("Session"), evidence.rows("CheckIn")
    talks = evidence.rows("Conversation")
    minutes: Counter[str] = Counter()
    for row in sessions:
        if row.state == "held":
            minutes[row.proof] += row.minutes or 0
    return {
        "sessions": _count(f"{row.state} {row.proof}".strip() for row in sessions),
        "hours": {proof: hours(count) for proof, count in sorted(minutes.items())},
        "check_ins": _count(row.state for row in check_ins),
        "skipped": _count(row.reason for row in check_ins if row.state == "skipped"),
        "skipped_for_the_cap": _count(
            row.flow for row in check_ins if row.state == "skipped" and row.reason == "cap"
        ),
        "answered": _count(row.flow for row in check_ins if row.state == "answered"),
        "surveys": _count(
            row.flow for row in check_ins if row.state == "answered" and row.flow in SURVEYS
        ),
        "ladder": {
            "reminded": sum(row.reminded_at is not None for row in talks),
            "closed unanswered": sum(
                row.state == "abandoned" and row.ended_at > row.updated_at for row in talks
            ),
            "lighter question": sum(
                row.flow == "light_check_in" and row.asked_at is not None for row in check_ins
            ),
            "gone quiet": _alerts(evidence)["gone_quiet"],
            "hello": sum(row.flow == "hello" and row.asked_at is not None for row in check_ins),
            "asked again": sum(row.tries > 0 for row in talks),
            "given to a person": _alerts(evidence)["not_understood"],
        },
        "conversations": _count(row.state for row in talks),
        "alerts": dict(_alerts(evidence)),
    }


def _alerts(evidence: Evidence) -> Counter[str]:
    return Counter(row.kind for row in evidence.rows("Alert"))


def _count(found: Iterable[str]) -> Counts:
    """How many of each, the most frequent first."""
    return dict(Counter(found).most_common())


def _counts(counted: dict[str, Any]) -> str:
    return ", ".join(f"{number} {name}" for name, number in counted.items())
