"""Parts of one person's page, ready to be drawn: goals, answers, consents, how to reach her."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, parse
from sqlmodel import Session

from bot.programme.sentences import WHATSAPP
from bot.store.pages import person as rows
from bot.store.pages import talk
from bot.store.sight import Sight
from bot.web import words
from bot.web.charts import GoalChart, goal_chart
from bot.web.here import now, parts

WINDOW = timedelta(hours=24)  # WhatsApp: free text only so long after her last message
CHANNELS = {"whatsapp": "WhatsApp", "sms": "SMS"}


@dataclass(frozen=True, kw_only=True)
class ShownGoal:
    """A goal with its line and its history."""

    goal: rows.GoalRow
    first_words: str
    chart: GoalChart | None


@dataclass(frozen=True, kw_only=True)
class ShownAnswer:
    """One answer with its question, and what it was understood to mean."""

    row: talk.AnswerRow
    question: str
    meaning: str


@dataclass(frozen=True, kw_only=True)
class ShownAddress:
    """One way to reach her. `closes_at`: until when free text may be sent, if it may."""

    row: rows.AddressRow
    channel: str
    number: str
    state: str
    fallback: str
    closes_at: datetime | None


def goals(db: Session, *, participant_id: int, sight: Sight) -> list[ShownGoal]:
    """Those she is at first, then those that are done with."""
    history: dict[int, list[rows.EntryRow]] = defaultdict(list)
    for entry in rows.entries(db, participant_id=participant_id, sight=sight):
        history[entry.goal_id].append(entry)
    shown = [
        _goal(goal, history[goal.id])
        for goal in rows.goals(db, participant_id=participant_id, sight=sight)
    ]
    return sorted(shown, key=lambda one: one.goal.state != "active")


def _goal(goal: rows.GoalRow, history: Sequence[rows.EntryRow]) -> ShownGoal:
    ratings = [
        (entry.at, entry.rating)
        for entry in history
        if entry.kind == "rating" and entry.rating is not None
    ]
    first = (entry.words for entry in history if entry.kind == "words")
    return ShownGoal(goal=goal, first_words=next(first, goal.words), chart=goal_chart(ratings))


def answers(given: Sequence[talk.AnswerRow]) -> list[ShownAnswer]:
    library = parts().library
    return [
        ShownAnswer(
            row=row,
            question=words.question(library, flow=row.flow, step=row.step),
            meaning=words.meaning(
                library,
                flow=row.flow,
                step=row.step,
                value=row.value,
                number=row.number,
                skipped=row.skipped,
            ),
        )
        for row in given
    ]


def addresses(known: Sequence[rows.AddressRow]) -> list[ShownAddress]:
    return [
        ShownAddress(
            row=row,
            channel=CHANNELS.get(row.channel, row.channel),
            number=readable(row.address, kind=row.kind),
            state=words.address(row.state, reason=row.state_reason),
            fallback=_said_of_sms(row),
            closes_at=_closes_at(row, now()),
        )
        for row in known
    ]


def _said_of_sms(row: rows.AddressRow) -> str:
    return words.SMS_FALLBACK[row.fallback] if row.channel == "sms" else ""


def readable(address: str, *, kind: str = "phone") -> str:
    """A number as people write it down: +44 7700 900123. WhatsApp's own names are no numbers."""
    bare = address.removeprefix(WHATSAPP)
    if kind != "phone":
        return "a WhatsApp account that shows no number"
    try:
        return format_number(parse(bare), PhoneNumberFormat.INTERNATIONAL)
    except NumberParseException:
        return bare


def _closes_at(row: rows.AddressRow, moment: datetime) -> datetime | None:
    """Until when free text may be sent; None while only approved templates may."""
    if row.channel != "whatsapp" or row.last_inbound_at is None:
        return None
    closes = row.last_inbound_at + WINDOW
    return closes if closes > moment else None


def as_known(told: Sequence[talk.MessageRow]) -> list[talk.MessageRow]:
    """Nobody can know that an SMS was read: at most that it was delivered."""
    return [
        replace(row, delivery="delivered")
        if row.delivery == "read" and "sms" in (row.channel, row.mode)
        else row
        for row in told
    ]
