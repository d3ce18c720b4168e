"""One person's page as it is drawn. Whoever opens it is recorded: her words stand here."""

from dataclasses import dataclass
from datetime import timedelta

from flask import abort, render_template, session
from sqlmodel import Session as Db

from bot.actions.pause import REASONS
from bot.programme.lines import cohort_week
from bot.store.concerns import concern_of
from bot.store.media import attachments
from bot.store.pages import person as rows
from bot.store.pages import person_pairs, talk
from bot.store.pages.alerts import alerts_of, concern_kept
from bot.store.pages.audit import readers
from bot.web import person_consents, person_parts, person_sessions, wishes, words
from bot.web.alerts import MOST_ID, shown
from bot.web.bubbles import bubbles
from bot.web.here import now, parts, sight, staff
from bot.web.reading import record_reading

LATELY = 10  # messages that stand unfolded


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Why a form of the page was refused, and what stood in it."""

    text: str
    reason: str = ""
    until: str = ""


def person_page(
    participant_id: int, *, before: int | None = None, problem: Problem | None = None
) -> str:
    with parts().database.reading() as db:
        seen = sight()
        who = rows.who(db, participant_id=participant_id, sight=seen)
        if who is None or (before is not None and not 0 < before <= MOST_ID):
            abort(404)
        told = talk.messages(db, participant_id=participant_id, sight=seen, before=before)
        known = person_pairs.pairs(db, participant_id=participant_id, sight=seen)
        alerts = [shown(row) for row in alerts_of(db, participant_id=participant_id, sight=seen)]
        files = attachments(db, [row.id for row in told if row.media])
        reach = rows.addresses(db, participant_id=participant_id)
        shown_page = {
            "readers": readers(db, participant_id=participant_id)
            if staff().permissions & {"safeguard", "administer"}
            else (),
            "concern_kept": not seen.safeguarding
            and concern_kept(db, participant_id=participant_id),
            "goals": person_parts.goals(db, participant_id=participant_id, sight=seen),
            "pairs": person_sessions.pairs(db, known, participant_id=participant_id, sight=seen),
            "answers": person_parts.answers(
                talk.answers(db, participant_id=participant_id, sight=seen)
            ),
            "ledger": person_consents.ledger(
                rows.consents(db, participant_id=participant_id), role=who.role
            ),
            "addresses": person_parts.addresses(reach),
            "no_number": all(row.kind == "user_id" or row.state == "wrong" for row in reach),
            "enrolments": person_sessions.enrolments(
                person_pairs.enrolments(db, participant_id=participant_id, sight=seen)
            ),
            "trainings": person_pairs.trainings(db, participant_id=participant_id, sight=seen),
            "next_check_ins": [
                (words.flow(row.flow), row.due_at)
                for row in rows.next_check_ins(db, participant_id=participant_id, sight=seen)
            ],
            "writing": _writing(db, who),
            "paused_by": person_pairs.paused_by(db, participant_id=participant_id)
            if who.state == "paused"
            else None,
        }
    record_reading([participant_id])
    language = parts().catalogues.all_languages.get(who.language)
    said = bubbles(
        person_parts.as_known(told), library=parts().library, house=parts().house, files=files
    )
    folded = 0 if before else max(0, len(said) - LATELY)
    return render_template(
        "person.html",
        who=who,
        where=_where(who),
        state=_state(who),
        is_draft=language is not None and language.status == "draft",
        others=[pair for pair in known if pair.state != "ended"],
        alerts=[one for one in alerts if not _closed(one)],
        closed_alerts=[one for one in alerts if _closed(one)],
        earlier=said[:folded],
        bubbles=said[folded:],
        older=told[0].id if len(told) == talk.PAGE else None,
        before=before,
        wishes=wishes.shown_wishes(who),
        moved=session.pop("moved", ()),
        pause_reasons={key: words.PAUSES[key] for key in REASONS},
        pause_words=words.PAUSES,
        tomorrow=(now().astimezone(parts().settings.timezone) + timedelta(days=1)).date(),
        problem=problem,
        **shown_page,
    )


def _writing(db: Db, who: rows.Who) -> str:
    """What she said of writing to her, while a concern holds her."""
    if who.held_at is None:
        return ""
    concern = concern_of(db, participant_id=who.id, since=who.held_at)
    return words.WRITING.get(concern.answer, "") if concern else ""


def _closed(one: dict[str, object]) -> bool:
    return getattr(one["row"], "state", "") == "closed"


def _state(who: rows.Who) -> str:
    """A pause that is over is none."""
    over = who.paused_until is not None and who.paused_until <= now()
    return "active" if who.state == "paused" and over else who.state


def _where(who: rows.Who) -> str:
    if who.cohort is None or who.cohort_starts_on is None or who.cohort_weeks is None:
        return "not enrolled"
    return cohort_week(
        who.cohort,
        starts_on=who.cohort_starts_on,
        weeks=who.cohort_weeks,
        today=now().astimezone(parts().settings.timezone).date(),
    )
