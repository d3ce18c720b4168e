"""One person's pairs with their sessions, and the cohorts she is or was in, in words."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from bot.programme.breakdowns import ANOTHER, LEAVING
from bot.programme.lines import cohort_week
from bot.store.pages import person_pairs as rows
from bot.store.pages.person import ReportRow, reports
from bot.store.sight import Sight
from bot.web import words
from bot.web.here import now, parts

LATELY = 4  # sessions that are past and stand unfolded, before the next one
ROLES = {"mentee": "Mentee", "mentor": "Mentor"}
ONE_SIDED = ("mentor", "mentee")
Said = Mapping[tuple[int, str], ReportRow]


@dataclass(frozen=True, kw_only=True)
class ShownSession:
    """A session with what both sides said of it. `kind` picks its dot; `more` is said of it too."""

    row: rows.SessionRow
    kind: str
    state: str
    more: str
    mentor: str
    mentee: str


@dataclass(frozen=True, kw_only=True)
class ShownPair:
    """A pair with its sessions in order (`all`), the newest that matter now, and the others."""

    row: rows.PairRow
    title: str
    all: tuple[ShownSession, ...]
    lately: tuple[ShownSession, ...]
    others: tuple[ShownSession, ...]
    held: int
    minutes: int


@dataclass(frozen=True, kw_only=True)
class ShownEnrolment:
    """One of her enrolments. `ended`: how, and why, in words; empty while it goes on."""

    row: rows.EnrolmentRow
    role: str
    where: str
    ended: str


def pairs(
    db: Session, known: Sequence[rows.PairRow], *, participant_id: int, sight: Sight
) -> list[ShownPair]:
    said: dict[tuple[int, str], ReportRow] = {
        (report.session_id, report.role): report
        for report in reports(db, participant_id=participant_id, sight=sight)
    }
    sessions: dict[int, list[ShownSession]] = defaultdict(list)
    for row in rows.sessions(db, participant_id=participant_id, sight=sight):
        sessions[row.pairing_id].append(_session(row, said))
    return [_pair(pair, sessions[pair.id]) for pair in known]


def _pair(pair: rows.PairRow, sessions: Sequence[ShownSession]) -> ShownPair:
    """Unfolded: the next one to come, and before it the last few, the newest first."""
    ahead = [one for one in sessions if one.row.starts_at > now()]
    past = [one for one in reversed(sessions) if one.row.starts_at <= now()]
    coming = [one for one in ahead if one.row.state in ("planned", "proposed")][:1]
    lately = (*coming, *past[:LATELY])
    held = [one.row for one in sessions if one.row.state == "held"]
    return ShownPair(
        row=pair,
        title=_title(pair),
        all=tuple(sessions),
        lately=lately,
        others=tuple(one for one in sessions if one not in lately),
        held=len(held),
        minutes=sum(row.minutes or 0 for row in held),
    )


def _title(pair: rows.PairRow) -> str:
    if pair.state == "ended":
        return "This pair has ended."
    return "This pair rests for now." if pair.state == "paused" else ""


def _session(row: rows.SessionRow, said: Said) -> ShownSession:
    mentor, mentee = said.get((row.id, "mentor")), said.get((row.id, "mentee"))
    state = _state(row, mentor, mentee)
    proof = row.proof or _proof(mentor, mentee)
    return ShownSession(
        row=row,
        kind=_dot(state, proof),
        state=_in_words(state, proof),
        more=", ".join(filter(None, _more(row))),
        mentor=words.report(mentor),
        mentee=words.report(mentee),
    )


def _state(row: rows.SessionRow, mentor: ReportRow | None, mentee: ReportRow | None) -> str:
    """As it stands; what waits to be settled says already what it will come to."""
    if row.state != "planned":
        return row.state
    if {"yes", "no"} <= {report.met for report in (mentor, mentee) if report}:
        return "disputed"
    return "unreported" if row.starts_at < now() else "planned"


def _proof(mentor: ReportRow | None, mentee: ReportRow | None) -> str:
    """By whose word it counts, of one from before that was kept."""
    if mentor and mentee:
        return "both"
    return "mentor" if mentor else "mentee" if mentee else ""


def _dot(state: str, proof: str) -> str:
    if state == "held":
        return "one" if proof in ONE_SIDED else "both"
    return {"cancelled": "rescheduled", "proposed": "planned"}.get(state, state)


def _in_words(state: str, proof: str) -> str:
    text = words.SESSIONS.get(state, state.replace("_", " "))
    by = words.PROOFS.get(proof, "") if state == "held" else ""
    return f"{text}, {by}" if by else text


def _more(row: rows.SessionRow) -> tuple[str, ...]:
    reason = words.SESSION_REASONS.get(row.reason, row.reason.replace("_", " "))
    return (
        words.PLACES.get(row.place, ""),
        f"to session {row.moved_to}" if row.moved_to else "",
        f"named by the {row.proposed_by}" if row.state == "proposed" and row.proposed_by else "",
        reason,
        "corrected by staff" if row.corrected else "",
    )


def enrolments(known: Sequence[rows.EnrolmentRow]) -> list[ShownEnrolment]:
    today = now().astimezone(parts().settings.timezone).date()
    return [
        ShownEnrolment(
            row=row,
            role=ROLES.get(row.role, row.role),
            where=cohort_week(row.cohort, starts_on=row.starts_on, weeks=row.weeks, today=today)
            if row.state == "active"
            else row.cohort,
            ended=_ended(row),
        )
        for row in known
    ]


def _ended(row: rows.EnrolmentRow) -> str:
    how = words.ENROLMENTS.get(row.state, row.state)
    why = LEAVING.get(row.end_reason, ANOTHER) if row.end_reason else ""
    return f"{how} ({why})" if how and why else how
