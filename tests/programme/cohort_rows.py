"""A cohort as rows for its figures: read from the spreadsheet of end answers, or made by hand."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

from bot.programme.impact_rows import (
    CohortRow,
    GoalRow,
    ImpactRows,
    MemberRow,
    PairRow,
    RatedRow,
    SaidRow,
)

SHEET = Path(__file__).with_name("end_report.csv")
STARTED = datetime(2026, 3, 2, 10, tzinfo=UTC)
ENDED = STARTED + timedelta(weeks=16)
COHORT = CohortRow(
    id=1,
    name="Spring 2026",
    starts_on=date(2026, 3, 2),
    sessions=10,
    session_minutes=60,
    training_minutes=840,
)
MENTEES = (
    "helpful",
    "gained",
    "confidence",
    "network",
    "skills",
    "goal_now",
    "goal_then",
    "follow_up",
)
MENTORS = (
    "sure",
    "listener",
    "patient",
    "compassionate",
    "open_minded",
    "coaching",
    "leading",
    "again",
)


def sheet() -> list[dict[str, str]]:
    with SHEET.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def said(
    number: int, step: str, value: str, *, flow: str = "end_survey", id: int | None = None
) -> SaidRow:
    """One answer at the end; "skip" is one that was skipped."""
    return SaidRow(
        id=number if id is None else id,
        enrolment_id=number,
        flow=flow,
        step=step,
        value="" if value == "skip" else value,
        number=int(value) if value.isdigit() else None,
        skipped=value == "skip",
        at=ENDED,
    )


def mentees(number: int, **changes: str) -> tuple[MemberRow, ...]:
    one = MemberRow(enrolment_id=0, name="", role="mentee", state="active", language="ar")
    return tuple(
        replace(one, enrolment_id=1 + place, **changes)  # type: ignore[arg-type]
        for place in range(number)
    )


def paired(members: tuple[MemberRow, ...], *, first_mentor: int = 1000) -> tuple[PairRow, ...]:
    """Each with a mentor of her own, who is not among the rows."""
    return tuple(
        PairRow(
            pairing_id=one.enrolment_id,
            mentor_id=first_mentor + one.enrolment_id,
            mentee_id=one.enrolment_id,
        )
        for one in members
    )


def cohort_of_the_sheet() -> ImpactRows:
    """Its people, what they answered, and their goals. The rating at the end is an answer and a
    line of the goal's history, as it is in the database.
    """
    people, ids = sheet(), count(1)
    numbers = {row["person"]: 1 + place for place, row in enumerate(people)}
    answers = [one for row in people for one in _answers(row, numbers[row["person"]], ids)]
    return ImpactRows(
        cohort=COHORT,
        members=tuple(
            MemberRow(
                enrolment_id=numbers[row["person"]],
                name=row["person"],
                role=row["role"],
                state="active",
                language="ar",
            )
            for row in people
        ),
        pairs=tuple(
            PairRow(
                pairing_id=number, mentor_id=_mentor(row, number), mentee_id=_mentee(row, number)
            )
            for row in people
            if row["matched"] == "yes"
            for number in (numbers[row["person"]],)
        ),
        said=tuple(answers),
        goals=tuple(
            GoalRow(goal_id=number, enrolment_id=number, number=1, focus="work", state="active")
            for row in people
            if row["goal_first"] or row["goal_last"] or row["goal_now"]
            for number in (numbers[row["person"]],)
        ),
        ratings=tuple(
            one for row in people for one in _ratings(row, numbers[row["person"]], answers)
        ),
    )


def _mentor(row: dict[str, str], number: int) -> int:
    return number if row["role"] == "mentor" else 1000 + number


def _mentee(row: dict[str, str], number: int) -> int:
    return number if row["role"] == "mentee" else 2000 + number


def _answers(row: dict[str, str], number: int, ids: "count[int]") -> Iterator[SaidRow]:
    steps = [("end_survey", step) for step in MENTEES] + [("follow_up", "started")]
    if row["role"] == "mentor":
        steps = [("end_survey_mentor", step) for step in MENTORS]
    for flow, step in steps:
        if row[step]:
            yield said(number, step, row[step], flow=flow, id=next(ids))


def _ratings(row: dict[str, str], number: int, answers: list[SaidRow]) -> Iterator[RatedRow]:
    for weeks, column in ((1, "goal_first"), (15, "goal_last")):
        if row[column]:
            at = STARTED + timedelta(weeks=weeks)
            yield RatedRow(goal_id=number, rating=int(row[column]), at=at)
    for one in answers:
        if one.enrolment_id == number and one.step == "goal_now" and one.number is not None:
            yield RatedRow(goal_id=number, rating=one.number, at=one.at, answer_id=one.id)
