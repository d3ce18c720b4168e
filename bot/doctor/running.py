"""Whether what should go on by itself goes on, and what people have still to look at."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from bot.doctor.findings import Finding, ok, warning, wrong
from bot.doctor.traffic import ago
from bot.programme.costs import Prices
from bot.programme.oncall import Rota, gaps, ready
from bot.programme.oncall_words import gap_sentence

LATE = timedelta(minutes=2)  # several times what the clock takes from one look to the next
AT_ONCE = timedelta(seconds=60)


def clock(at: datetime | None, *, now: datetime) -> Finding:
    about = "Clock"
    start = "Start `serve` (CLOCK=inside), or `python3 -m bot clock` beside it."
    if at is None:
        return wrong(about, "has never run: nothing is started or sent.", start)
    if at - now > LATE:
        return wrong(about, f"ran {ago(at - now)} in the future.", "Set this machine's time right.")
    if now - at > LATE:
        return wrong(about, f"last ran {ago(now - at)} ago: nothing is started or sent.", start)
    return ok(about, f"last ran {ago(now - at)} ago.")


def two_clocks(seen: Mapping[str, datetime], *, now: datetime) -> Finding | None:
    """`seen`: each clock that ran lately, and when."""
    running = [name for name, at in seen.items() if now - at <= AT_ONCE]
    if len(running) < 2:
        return None
    return warning(
        "Clock",
        f"{len(running)} of them run. They do no harm, and no good.",
        "One is enough: set CLOCK=off for `serve` where `python3 -m bot clock` runs. Just after a "
        "restart, ask again in a minute.",
    )


def on_call(rota: Rota, *, now: datetime) -> Iterator[Finding]:
    about, do = "On call", "Fill the rota (page On call, or `python3 -m bot oncall add`)."
    missing = gaps(rota, now)
    if not ready(rota, now):
        yield wrong(about, "no lead can be reached, so the bot starts nothing.", do)
    elif not missing:
        yield ok(about, "a lead can be reached in all hours of cover of the coming week.")
    for gap in missing if ready(rota, now) else ():
        # Not whose name it is: only that a lead is missing
        sentence = gap_sentence(gap) if not gap.lead else f"{gap.day:%A %d %B}: no lead to reach."
        yield warning(about, sentence, do)


def mail(problem: str | None) -> Finding:
    """`problem`: what came of saying hello to the server; "" when all is well."""
    about = "E-mail"
    if problem is None:
        return ok(about, "no server is set.")
    if problem:
        return wrong(about, f"{problem}.", "Look at SMTP_URL: host, port, user and password.")
    return ok(about, "the server lets us in.")


def prices(file: Prices, *, now: datetime) -> Finding:
    about, due = "Prices", len(file.unchecked(now.date()))
    if due:
        return warning(
            about,
            f"{due} of {len(file.lines)} have not been compared with the real ones in a year.",
            "Correct and date them in a copy of bot/store/prices.toml, and name it in PRICES_FILE.",
        )
    return ok(about, "all were compared within a year.")


def helplines(due: int, *, known: int) -> Finding:
    about = "Helplines"
    if not known:
        return warning(
            about, "there are none yet but 999.", "They come with the clock's first hour."
        )
    if due:
        return warning(
            about,
            f"{due} that are given to people in danger {'was' if due == 1 else 'were'} not rung "
            "for half a year, or never.",
            "Ring them, and press the button (page Helplines).",
        )
    return ok(about, "all that are on were rung within half a year.")


def drafts(languages: Mapping[str, int], *, drafted: Sequence[str]) -> Finding:
    """`languages`: how many people are written to in each; `drafted`: those nobody has read."""
    about = "Languages"
    used = [tag for tag in drafted if languages.get(tag)]
    if not used:
        return ok(about, "nobody is written to in a draft.")
    people = sum(languages[tag] for tag in used)
    return warning(
        about,
        f"{people} {'person is' if people == 1 else 'people are'} written to in drafts that no "
        f"native speaker has read: {', '.join(used)}.",
        "Have two people read each (README, Languages).",
    )


def approvals(missing: Sequence[str]) -> Finding:
    """Languages in use in which what is said in danger has not been approved."""
    about = "Words of danger"
    if missing:
        return warning(
            about,
            f"not approved by two people in {', '.join(missing)}: English goes beside them.",
            "Page Approvals.",
        )
    return ok(about, "approved by two people in every language that is used.")
