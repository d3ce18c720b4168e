"""The list of people, and one person's page."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from bot.programme.lines import cohort_week
from bot.store.pages import people as people_rows
from bot.store.pages import person as rows
from bot.store.pages import talk
from bot.store.pages.alerts import alerts_of
from bot.web import words
from bot.web.access import may
from bot.web.alerts import MOST_ID, shown
from bot.web.bubbles import bubbles
from bot.web.charts import GoalChart, goal_chart
from bot.web.here import now, parts
from bot.web.reading import record_reading

page = Blueprint("people", __name__, url_prefix="/people")

WINDOW = timedelta(hours=24)  # WhatsApp: free text only so long after her last message


@dataclass(frozen=True, kw_only=True)
class ListedCohort:
    """A cohort with its people as the list shows them."""

    id: int
    name: str
    title: str
    mentees: tuple[people_rows.ListedPerson, ...]
    mentors: tuple[people_rows.ListedPerson, ...]


@dataclass(frozen=True, kw_only=True)
class ShownGoal:
    """A goal with its line and its history."""

    goal: rows.GoalRow
    first_words: str
    chart: GoalChart | None


@dataclass(frozen=True, kw_only=True)
class ShownSession:
    """A session with what both sides said of it. `kind` picks its dot."""

    session: rows.SessionRow
    kind: str
    state: str
    mentor: str
    mentee: str


@page.get("")
@may("read")
def overview() -> ResponseReturnValue:
    with parts().database.reading() as db:
        everyone, pairs = people_rows.people(db), people_rows.paired(db)
    paired: dict[int, list[people_rows.PairedWith]] = defaultdict(list)
    for pair in pairs:
        paired[pair.enrolment_id].append(pair)
    return render_template(
        "people.html", cohorts=_cohorts(everyone), paired=paired, states=words.STATES
    )


@page.get(f"/<int(max={MOST_ID}):participant_id>")
@may("read")
def person(participant_id: int) -> ResponseReturnValue:
    """Everything about one person. Opening it is recorded: her words stand here."""
    before = request.args.get("before", type=int)
    with parts().database.reading() as db:
        who = rows.who(db, participant_id=participant_id)
        if who is None or (before is not None and not 0 < before <= MOST_ID):
            abort(404)
        told = talk.messages(db, participant_id=participant_id, before=before)
        sessions = _sessions(db, participant_id)
        shown_page = {
            "goals": _goals(db, participant_id),
            "alerts": [shown(row) for row in alerts_of(db, participant_id=participant_id)],
            "answers": _answers(talk.answers(db, participant_id=participant_id)),
            "consents": rows.consents(db, participant_id=participant_id),
            "addresses": _addresses(rows.addresses(db, participant_id=participant_id)),
            "next_check_ins": rows.next_check_ins(db, participant_id=participant_id),
            "others": people_rows.paired(db, participant_id=participant_id),
        }
    record_reading([participant_id])
    held = [one.session for one in sessions if one.session.state == "held"]
    known = parts().catalogues.all_languages.get(who.language)
    return render_template(
        "person.html",
        who=who,
        where=_where(who),
        is_draft=known is not None and known.status == "draft",
        bubbles=bubbles(told, library=parts().library, house=parts().house),
        older=told[0].id if len(told) == talk.PAGE else None,
        before=before,
        consent_words=words.CONSENTS,
        held=len(held),
        minutes=sum(session.minutes or 0 for session in held),
        sessions=sessions,
        **shown_page,
    )


def _cohorts(everyone: Sequence[people_rows.ListedPerson]) -> list[ListedCohort]:
    by_cohort: dict[int, list[people_rows.ListedPerson]] = defaultdict(list)
    for one in everyone:
        by_cohort[one.cohort_id].append(one)
    today = now().astimezone(parts().settings.timezone).date()

    def running_first(members: list[people_rows.ListedPerson]) -> tuple[bool, bool]:
        weeks = (today - members[0].cohort_starts_on).days // 7
        return weeks >= members[0].cohort_weeks, weeks < 0

    return [
        ListedCohort(
            id=cohort_id,
            name=members[0].cohort,
            title=cohort_week(
                members[0].cohort,
                starts_on=members[0].cohort_starts_on,
                weeks=members[0].cohort_weeks,
                today=today,
            ),
            mentees=tuple(one for one in members if one.role == "mentee"),
            mentors=tuple(one for one in members if one.role == "mentor"),
        )
        for cohort_id, members in sorted(
            by_cohort.items(), key=lambda cohort: running_first(cohort[1])
        )
    ]


def _where(who: rows.Who) -> str:
    if who.cohort is None or who.cohort_starts_on is None or who.cohort_weeks is None:
        return "not enrolled"
    return cohort_week(
        who.cohort,
        starts_on=who.cohort_starts_on,
        weeks=who.cohort_weeks,
        today=now().astimezone(parts().settings.timezone).date(),
    )


def _goals(db: Session, participant_id: int) -> list[ShownGoal]:
    history: dict[int, list[rows.EntryRow]] = defaultdict(list)
    for entry in rows.entries(db, participant_id=participant_id):
        history[entry.goal_id].append(entry)
    return [
        ShownGoal(
            goal=goal,
            first_words=next(
                (entry.words for entry in history[goal.id] if entry.kind == "words"), goal.words
            ),
            chart=goal_chart(
                [
                    (entry.at, entry.rating)
                    for entry in history[goal.id]
                    if entry.kind == "rating" and entry.rating is not None
                ]
            ),
        )
        for goal in rows.goals(db, participant_id=participant_id)
    ]


def _sessions(db: Session, participant_id: int) -> list[ShownSession]:
    said: dict[tuple[int, str], rows.ReportRow] = {
        (report.session_id, report.role): report
        for report in rows.reports(db, participant_id=participant_id)
    }
    return [
        _shown_session(
            session,
            mentor=said.get((session.id, "mentor")),
            mentee=said.get((session.id, "mentee")),
        )
        for session in rows.sessions(db, participant_id=participant_id)
    ]


def _shown_session(
    session: rows.SessionRow, *, mentor: rows.ReportRow | None, mentee: rows.ReportRow | None
) -> ShownSession:
    met = {report.met for report in (mentor, mentee) if report}
    kind = session.state
    if {"yes", "no"} <= met:
        kind = "disputed"
    elif kind == "held":
        kind = "both" if mentor and mentee else "one"
    elif kind == "planned" and session.starts_at < now():
        kind = "unreported"
    return ShownSession(
        session=session,
        kind=kind,
        state=words.SESSIONS.get(kind, kind),
        mentor=words.report(mentor),
        mentee=words.report(mentee),
    )


def _answers(given: Sequence[talk.AnswerRow]) -> list[dict[str, object]]:
    library = parts().library
    return [
        {
            "question": words.question(library, flow=row.flow, step=row.step),
            "meaning": words.meaning(
                library,
                flow=row.flow,
                step=row.step,
                value=row.value,
                number=row.number,
                skipped=row.skipped,
            ),
            "row": row,
        }
        for row in given
    ]


def _addresses(known: Sequence[rows.AddressRow]) -> list[dict[str, object]]:
    return [
        {
            "row": row,
            "state": words.ADDRESSES.get(row.state, row.state),
            "closes_at": _closes_at(row, now()),
        }
        for row in known
    ]


def _closes_at(row: rows.AddressRow, moment: datetime) -> datetime | None:
    """Until when free text may be sent; None while only approved templates may."""
    if row.channel != "whatsapp" or row.last_inbound_at is None:
        return None
    closes = row.last_inbound_at + WINDOW
    return closes if closes > moment else None
