"""How things are written on a page: moments as people say them, lengths of time, languages."""

from datetime import date, datetime, tzinfo

from flask import Flask, g, session, url_for
from markupsafe import Markup

from bot.actions.hold import held_since
from bot.actions.on_call import may_start_anything
from bot.programme.sentences import hours
from bot.programme.week import MONTHS, WEEKDAYS
from bot.store.pages.alerts import open_alerts
from bot.web.here import now, parts, sight
from bot.web.places import above


def register(app: Flask, *, version: str) -> None:
    """Filters for every template, and what every page shows: who she is, how many alerts wait."""
    app.jinja_env.filters.update(moment=moment, day=day, hours=hours, language=language, own=own)
    app.jinja_env.globals["asset"] = lambda name: url_for("static", filename=name, v=version)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    @app.context_processor
    def everywhere() -> dict[str, object]:
        staff = g.get("staff")
        if staff is None:
            return {"staff": None, "toast": None}
        seen = sight()
        with parts().database.reading() as db:
            return {
                "staff": staff,
                "toast": session.pop("toast", None),
                "above": above(staff.permissions),
                "may_write": staff.may("write"),
                "may_safeguard": staff.may("safeguard"),
                "may_administer": staff.may("administer"),
                "may_rota": staff.may("safeguard") or staff.may("administer"),
                "sees_all": seen.cohorts is None,
                "alerts_open": open_alerts(db, sight=seen),
                "held_since": held_since(db),
                "uncovered": not may_start_anything(db, parts().house, now=now()),
            }


def moment(value: datetime | None) -> Markup:
    """A moment as people say it; the full date stands in its title and in print."""
    if value is None:
        return Markup("")
    zone = parts().settings.timezone
    local = value.astimezone(zone)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        local.isoformat(timespec="minutes"),
        full(local),
        spoken(value, now=now(), zone=zone),
    )


def day(value: date | datetime | None) -> str:
    """A day without its time: 3 November 2026."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(parts().settings.timezone).date()
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def full(local: datetime) -> str:
    weekday, month = WEEKDAYS[local.weekday()], MONTHS[local.month - 1]
    return f"{weekday} {local.day} {month} {local.year} at {local:%H:%M}"


def spoken(value: datetime, *, now: datetime, zone: tzinfo) -> str:
    """A moment seen from another: yesterday at 14:05, Tuesday at 14:05, 3 November at 14:05."""
    local, today = value.astimezone(zone), now.astimezone(zone)
    seconds = (now - value).total_seconds()
    if 0 <= seconds < 60:
        return "just now"
    if 0 <= seconds < 3600:
        minutes = int(seconds // 60)
        return f"{minutes} minute{'' if minutes == 1 else 's'} ago"
    return f"{_spoken_day(local, today)} at {local:%H:%M}"


def _spoken_day(local: datetime, today: datetime) -> str:
    away = (local.date() - today.date()).days
    if away in (-1, 0, 1):
        return ("yesterday", "today", "tomorrow")[away + 1]
    if -7 < away < 7:
        name = WEEKDAYS[local.weekday()]
        return f"last {name}" if away < -5 else name
    month = MONTHS[local.month - 1]
    year = f" {local.year}" if local.year != today.year else ""
    return f"{local.day} {month}{year}"


def language(tag: str) -> str:
    """The English name of a language."""
    known = parts().catalogues.all_languages.get(tag)
    return known.english_name if known else tag


def own(tag: str) -> str:
    """The own name of a language."""
    known = parts().catalogues.all_languages.get(tag)
    return known.own_name if known else tag
