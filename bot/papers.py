"""The papers of a deployment, filled in from its settings and its database: DPIA, privacy note.

The templates lie in docs/papers; what only the charity can know stays there in brackets.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from string import Template

from sqlalchemy import func, select
from sqlmodel import Session

from bot.actions.approve import approved_languages
from bot.languages import Language
from bot.parts import Parts
from bot.programme.oncall import RANKS, Rota
from bot.programme.oncall_words import time_of
from bot.programme.week import MONTHS, WEEKDAYS
from bot.settings import Settings
from bot.store.models import Cohort, Enrolment
from bot.store.rota import load_rota
from bot.store.staff import all_staff
from bot.store.tables import table

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "papers"
PAPERS = {"dpia": "dpia.md", "privacy": "privacy.md"}
YEAR = 12  # months

_COHORT, _ENROLMENT = table(Cohort), table(Enrolment)


@dataclass(frozen=True, kw_only=True)
class Paper:
    """One paper: the name of its file, and its text."""

    name: str
    text: str


def papers(parts: Parts, *, now: datetime) -> tuple[Paper, ...]:
    """Every paper, as of now."""
    facts = _facts(parts, now=now)
    return tuple(
        Paper(name=name, text=Template(_template(name)).substitute(facts))
        for name in PAPERS.values()
    )


def _template(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def _facts(parts: Parts, *, now: datetime) -> Mapping[str, str]:
    settings = parts.settings
    local = now.astimezone(settings.timezone)
    with parts.database.reading() as db:
        rota = load_rota(db, zone=settings.timezone, ways=settings.ways_to_call, now=now)
        return {
            "charity": settings.charity_name,
            "date": f"{local.day} {MONTHS[local.month - 1]} {local.year}",
            "contact": _contact(settings),
            "senders": _senders(settings),
            "languages": _languages(parts.catalogues.all_languages.values()),
            "mail": "the charity's own mail server" if settings.smtp_url else "not used",
            "at_rest": _at_rest(parts),
            "backups": _backups(settings),
            "backups_plain": _backups_plain(settings),
            "provider": settings.oidc_issuer or "not used",
            "cover": _cover(rota),
            "approvals": _approvals(db, parts),
            **_people(db),
            **_kept(settings),
        }


def _contact(settings: Settings) -> str:
    said = [part for part in (settings.contact_name, settings.contact_phone) if part]
    return ", ".join(said) or "[name and number]"


def _senders(settings: Settings) -> str:
    known = {"WhatsApp": settings.twilio_whatsapp_from, "SMS": settings.twilio_sms_from}
    return " and ".join(name for name, sender in known.items() if sender)


def _languages(known: Iterable[Language]) -> str:
    """Each with its state: what no native speaker has read is said to be so."""
    return ", ".join(
        f"{one.english_name} (draft)" if one.status == "draft" else one.english_name
        for one in known
    )


def _at_rest(parts: Parts) -> str:
    if parts.database.dialect != "sqlite":
        return "PostgreSQL; [how its disk is encrypted]"
    if parts.settings.database_key:
        return "the database, voice notes, pictures and back-ups are encrypted (AES-256)"
    return "**the database is not encrypted** (no DATABASE_KEY); [is the disk?]"


def _backups(settings: Settings) -> str:
    if settings.backup_dir is None:
        return "**no nightly back-up is set up** (BACKUP_DIR)"
    return f"a checked back-up each night, gone after {settings.keep_backups_days} days"


def _backups_plain(settings: Settings) -> str:
    """For those who read little. Without back-ups of ours the charity knows what there is."""
    if settings.backup_dir is None:
        return "[Back-ups: how long?]"
    return f"Our safety copies go {settings.keep_backups_days} days later."


def _cover(rota: Rota) -> str:
    """The hours of each weekday, and whether anybody stands in the rota at all."""
    hours = "; ".join(
        f"{WEEKDAYS[day]} {time_of(opens)} to {time_of(closes)}"
        for day, (opens, closes) in sorted(rota.cover.items())
    )
    ranks = sorted({RANKS[duty.rank] for duty in rota.duties})
    return f"{hours}; on call: {', '.join(ranks) or '**nobody yet**'}"


def _approvals(db: Session, parts: Parts) -> str:
    catalogues = parts.catalogues
    approved = approved_languages(db, catalogues=catalogues) | {"en"}  # what it is written in
    missing = [
        one.english_name for tag, one in catalogues.all_languages.items() if tag not in approved
    ]
    if missing:
        return f"safety texts not yet approved by two people in {', '.join(missing)}"
    return "safety texts approved by named people; the page *Approvals* says which and by whom"


def _people(db: Session) -> dict[str, str]:
    enrolled = func.count(_ENROLMENT.c.participant_id.distinct())
    counted = select(_ENROLMENT.c.role, enrolled).group_by(_ENROLMENT.c.role)
    roles = {row[0]: row[1] for row in db.execute(counted)}
    held = Counter(role for one in all_staff(db) for role in one.roles)
    return {
        "mentees": str(roles.get("mentee", 0)),
        "mentors": str(roles.get("mentor", 0)),
        "cohorts": str(db.execute(select(func.count()).select_from(_COHORT)).scalar_one()),
        "staff": ", ".join(f"{count} {role}" for role, count in sorted(held.items())) or "none",
    }


def _kept(settings: Settings) -> dict[str, str]:
    hours = settings.keep_twilio_hours
    if hours is None:
        plain = "Twilio keeps copies; we have not asked it to delete them."
        copies = "**its copies are not deleted** (KEEP_TWILIO_HOURS is off)"
    else:
        plain = "We ask Twilio to delete its copies after a short time."
        copies = f"its copies are deleted {hours} hours after delivery; leftovers are reported"
    return {
        "keep_words": span(settings.keep_words_months),
        "keep_ratings": span(settings.keep_ratings_months),
        "keep_consent": span(settings.keep_consent_months),
        "keep_safeguarding": span(settings.keep_safeguarding_months),
        "keep_deliveries": f"{settings.keep_deliveries_days} days",
        "keep_sign_ins": f"{settings.keep_sign_ins_days} days",
        "keep_strangers": f"{settings.keep_strangers_days} days",
        "twilio_copies": copies,
        "twilio_plain": plain,
    }


def span(months: int) -> str:
    """A number of months as people say it."""
    if months % YEAR == 0:
        years = months // YEAR
        return f"{years} year" if years == 1 else f"{years} years"
    return f"{months} months"
