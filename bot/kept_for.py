"""How long each kind of data is kept, from the settings, and how staff are told what would go."""

import calendar
from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.actions.retain import Counts
from bot.settings import Settings
from bot.store.keeping import Cutoffs

NAMES = {
    "words": "own words, pictures, voice notes, staff's notes, names",
    "ratings": "ratings, choices and goals",
    "safeguarding": "closed records of harm",
    "deliveries": "when and how messages went",
    "strangers": "what people wrote whom nobody knows",
    "sign-ins": "staff's old sign-ins, links and tries",
    "people": "whoever has been gone for longest, altogether",
}


def cutoffs(settings: Settings, *, now: datetime) -> Cutoffs:
    """What was over by then has been kept for long enough."""
    return Cutoffs(
        words=_months_before(now, settings.keep_words_months),
        ratings=_months_before(now, settings.keep_ratings_months),
        consent=_months_before(now, settings.keep_consent_months),
        safeguarding=_months_before(now, settings.keep_safeguarding_months),
        deliveries=now - timedelta(days=settings.keep_deliveries_days),
        strangers=now - timedelta(days=settings.keep_strangers_days),
        sign_ins=now - timedelta(days=settings.keep_sign_ins_days),
        copies=settings.keep_twilio_hours is not None,
    )


def spans(settings: Settings) -> dict[str, str]:
    """For each kind of data, how long it is kept."""
    return {
        "words": f"{settings.keep_words_months} months after her part has ended",
        "ratings": f"{settings.keep_ratings_months} months after it",
        "safeguarding": f"{settings.keep_safeguarding_months} months after they were closed",
        "deliveries": f"{settings.keep_deliveries_days} days",
        "strangers": f"{settings.keep_strangers_days} days",
        "sign-ins": f"{settings.keep_sign_ins_days} days",
        "people": f"{settings.keep_consent_months} months after it, with consents and STOP",
    }


def told(counts: Counts, settings: Settings, *, done: bool) -> Iterator[str]:
    """Line by line: each kind of data, how long it is kept, and what goes."""
    kept = spans(settings)
    for name, rows in counts.items():
        yield f"{NAMES[name]}: kept {kept[name]}"
        for table, number in rows.items():
            yield f"  {table}: {number}"
        if not rows:
            yield "  nothing"
    yield (
        "Done. Nobody with an open concern or a hold was touched."
        if done
        else "Nothing was changed; the clock does this each night, --apply does it now. Nobody "
        "with an open concern or a hold is touched."
    )


def _months_before(now: datetime, months: int) -> datetime:
    """The same day so many months ago, or the last of that month."""
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    day = min(now.day, calendar.monthrange(year, month + 1)[1])
    return now.replace(year=year, month=month + 1, day=day)
