"""When a training is spoken of: never at night, never on a day off, never when it is too late."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.programme.hours import Hours
from bot.programme.trainings import feedback_due, invitation_due

LONDON = Hours(zone=ZoneInfo("Europe/London"))


@pytest.mark.parametrize(
    ("starts_at", "part_of_day", "now", "due"),
    [
        ("2026-11-26T18:00", "", "2026-11-01T00:00", "2026-11-25T10:00"),
        ("2026-11-26T18:00", "evening", "2026-11-01T00:00", "2026-11-25T18:00"),
        ("2026-12-29T10:00", "", "2026-12-01T00:00", "2026-12-27T10:00"),  # the 28th: a holiday
        ("2026-07-02T17:00", "", "2026-07-01T20:00", "2026-07-02T08:00"),  # late, and it is night
        ("2026-11-26T09:00", "", "2026-11-26T08:00", None),
    ],
)
def test_the_invitation_is_due_the_day_before_or_as_soon_as_anything_may_be_sent(
    starts_at: str, part_of_day: str, now: str, due: str | None
) -> None:
    found = invitation_due(
        moment(starts_at), hours=LONDON, part_of_day=part_of_day, now=moment(now)
    )
    assert found == (moment(due) if due else None)


def moment(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-26T18:05", "2026-11-27T09:00"),  # she sent the word; an hour later it is night
        ("2026-11-30T15:00", "2026-11-30T15:00"),  # staff ticked the list on Monday
        ("2026-12-03T19:59", "2026-12-03T19:59"),
        ("2026-12-03T20:30", None),
    ],
)
def test_the_question_after_is_due_an_hour_after_the_end_and_not_asked_after_a_week(
    now: str, due: str | None
) -> None:
    found = feedback_due(moment("2026-11-26T18:00"), minutes=120, hours=LONDON, now=moment(now))
    assert found == (moment(due) if due else None)
