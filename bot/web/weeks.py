"""The weekly summary: who needs you, who is quiet, how the week was. Numbers come after people."""

from flask import Blueprint, Response, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from bot.actions.approve import approved_languages
from bot.actions.on_call import rota_now
from bot.programme.lines import Figure, Line
from bot.programme.oncall import gaps
from bot.programme.oncall_words import gaps_sentence
from bot.programme.sentences import joined
from bot.programme.summary import Summary, summarise
from bot.programme.week import Week, read_week, week_of
from bot.store.pages.templates import speakers
from bot.store.weeks import read_week_rows
from bot.web.access import may
from bot.web.charts import slices
from bot.web.here import now, parts, sight, staff
from bot.web.reading import record_reading
from bot.web.sheets import sheet, wanted_format

page = Blueprint("weeks", __name__)

COLUMNS = ("part", "who", "why", "her words", "language", "when", "level", "state")


@page.get("/")
@may("read", "administer")
def this_week() -> ResponseReturnValue:
    """The week that staff read today: on a Monday the one that has just ended.

    Whoever reads of nobody lands on the settings.
    """
    if not staff().may("read"):
        return redirect(url_for("places.overview"))
    return redirect(url_for("weeks.week", label=_read_today().label))


@page.get("/weeks/<label>")
@may("read")
def week(label: str) -> ResponseReturnValue:
    summary = _summary(label)
    quoted = [line for _, lines in summary.parts() for line in lines if line.words]
    record_reading(
        (line.participant_id for line in quoted if line.participant_id is not None),
        addresses=(line.address_id for line in quoted if line.address_id is not None),
    )
    if wanted_format():
        return _sheet(summary)
    zone = parts().settings.timezone
    this = week_of(now(), zone)
    return render_template(
        "week.html",
        beside_english=_beside_english(),
        summary=summary,
        before=summary.week.moved(-1),
        after=summary.week.moved(1) if summary.week < this else None,
        is_this=summary.week == this,
        is_last=summary.week == this.moved(-1),
        gaps=_gaps(),
        goal_bar=slices([(f.key, f.number, f.text) for f in summary.goals[:3]]),
    )


@page.get("/weeks/<label>/<key>")
@may("read")
def figure(label: str, key: str) -> ResponseReturnValue:
    """The people behind one number."""
    summary = _summary(label)
    found = summary.figure(key) or abort(404)
    record_reading(
        line.participant_id for line in found.lines if line.words and line.participant_id
    )
    return render_template("figure.html", summary=summary, figure=found)


def _gaps() -> str:
    """On which coming days no call would reach a lead, in a sentence."""
    with parts().database.reading() as db:
        rota = rota_now(db, parts().house, now=now())
    return gaps_sentence(gaps(rota, now()))


def _beside_english() -> str:
    """The languages that somebody reads and whose safe replies two people have not approved."""
    catalogues = parts().catalogues
    with parts().database.reading() as db:
        ready = approved_languages(db, catalogues=catalogues)
        spoken = speakers(db, sight=sight())
    known = catalogues.all_languages
    return joined(tuple(known[tag].english_name for tag in known if tag in {*spoken} - ready))


def _read_today() -> Week:
    zone, moment = parts().settings.timezone, now()
    this = week_of(moment, zone)
    return this.moved(-1) if moment.astimezone(zone).weekday() == 0 else this


def _summary(label: str) -> Summary:
    read: Week = read_week(label) or abort(404)
    zone, moment = parts().settings.timezone, now()
    start, end = read.start(zone), read.end(zone)
    until = max(moment, end) if read == _read_today() else end  # danger does not wait for Tuesday
    with parts().database.reading() as db:
        rows = read_week_rows(
            db, start=start, end=end, now=moment, sight=sight(), alerts_until=until
        )
    drafts = frozenset(
        tag for tag, one in parts().catalogues.all_languages.items() if one.status == "draft"
    )
    return summarise(rows, week=read, now=moment, zone=zone, drafts=drafts)


def _sheet(summary: Summary) -> Response:
    lines = [(part, line) for part, lines in summary.parts() for line in lines] + [
        (_heading(figure), line) for figure in summary.figures() for line in figure.lines
    ]
    return sheet(f"week-{summary.week.label}", COLUMNS, [_row(part, line) for part, line in lines])


def _heading(figure: Figure) -> str:
    return f"{figure.number} {figure.text}"


def _row(part: str, line: Line) -> tuple[str, ...]:
    local = line.at.astimezone(parts().settings.timezone) if line.at else None
    when = f"{local:%Y-%m-%d %H:%M}" if local else ""
    return (
        part,
        line.name,
        line.because,
        line.words,
        line.language,
        when,
        line.level,
        line.state,
    )
