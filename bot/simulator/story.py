"""What happens in the demo besides questions and answers: staff begin a cohort and plan a training,
people come to it, one takes a break. The weeks before today are lived through here.
"""

import csv
import io
import tempfile
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlmodel import Session

from bot.actions.change_cohort import create_cohort
from bot.actions.change_rota import change_phone, put_on_call
from bot.actions.change_training import Draft, add_training
from bot.actions.pause import pause
from bot.parts import Parts
from bot.people_file import import_people
from bot.programme.calendar import local_moment
from bot.programme.oncall import LEAD
from bot.programme.terms import Terms
from bot.simulator.cast import AT_THE_TRAINING, PAUSED, WORD, Character
from bot.simulator.twilio import SimulatedTwilio
from bot.store.people import key_of, participant_by_reference
from bot.store.staff import EVERY_ROLE, keep_staff

if TYPE_CHECKING:
    from bot.simulator.demo import Demo

STAFF, STAFF_NAME = "ruth@example.org", "Ruth"
COHORT = "Autumn"
NINE, SIX_IN_THE_EVENING = 9 * 60, 18 * 60  # minutes of the day
TRAINING_WEEK, TRAINING_WEEKDAY, TRAINING_MINUTES = 2, 2, 120
MOST_MENTOR = 4  # two sessions' questions in a week leave no room for a training otherwise
ON_CALL_FOR = timedelta(days=730)
# Invented, like everybody here; from the numbers that Ofcom keeps for drama
COLLEAGUES: tuple[dict[str, Any], ...] = (
    {"email": "noor@example.org", "name": "Noor", "roles": ("safeguarding", "coordinator")},
    {"email": "joan@example.org", "name": "Joan", "roles": ("safeguarding", "administrator")},
)
STAFF_PHONES = {
    STAFF_NAME: "+447700900301",
    "Noor": "+447700900302",
    "Joan": "+447700900303",
}
ARRIVING = timedelta(minutes=12)  # until the word on the slide is sent


def give_phones(simulator: SimulatedTwilio, cast: Sequence[Character]) -> None:
    """Everybody has one, before anything is sent."""
    for character in cast:
        simulator.add_phone(
            number=character.number,
            name=character.name,
            whatsapp=character.whatsapp,
            sms=character.sms,
            language=character.language,
            about=character.about,
        )
    for name, number in STAFF_PHONES.items():
        about = "Of the staff: on call. What is urgent reaches her here, and by e-mail."
        simulator.add_phone(
            number=number, name=name, whatsapp=False, sms=True, language="en", about=about
        )


def enrol_everybody(parts: Parts, *, cast: Sequence[Character], now: datetime) -> None:
    """Staff begin the cohort and plan its training; people come by the import a charity uses."""
    start = now.astimezone(parts.house.zone).date()
    with parts.database.transaction() as db:
        ruth = keep_staff(db, email=STAFF, name=STAFF_NAME, roles=EVERY_ROLE, now=now)
        _put_on_call(db, ruth, now=now)
        terms = Terms(name=COHORT, starts_on=start, most_mentor=MOST_MENTOR)
        cohort = create_cohort(db, terms=terms, staff_id=ruth, now=now)
    _import(parts, cast, now=now)
    with parts.database.transaction() as db:
        draft = Draft(
            title="Welcome evening",
            audience="mentor",
            starts_at=training_at(parts, start),
            minutes=TRAINING_MINUTES,
            word=WORD,
        )
        add_training(db, cohort_id=cohort, draft=draft, staff_id=ruth, now=now)


def _put_on_call(db: Session, ruth: int, *, now: datetime) -> None:
    """Ruth leads; two colleagues stand behind her."""
    team = [ruth, *(keep_staff(db, now=now, **colleague) for colleague in COLLEAGUES)]
    today = now.date()
    for rank, (staff_id, phone) in enumerate(zip(team, STAFF_PHONES.values(), strict=True), LEAD):
        change_phone(db, staff_id=staff_id, phone=phone, by=None, now=now)
        put_on_call(
            db,
            staff_id=staff_id,
            rank=rank,
            starts_on=today,
            ends_on=today + ON_CALL_FOR,
            by=None,
            now=now,
        )


def training_at(parts: Parts, start: date) -> datetime:
    """When the training of a cohort that began on Monday `start` begins."""
    day = start + timedelta(weeks=TRAINING_WEEK - 1, days=TRAINING_WEEKDAY)
    return local_moment(day, SIX_IN_THE_EVENING, parts.house.zone)


def live(demo: "Demo", *, weeks: int, say: Callable[[str], None]) -> None:
    """The weeks before today, lived through by the cast itself; then time flows."""
    zone = demo.parts.house.zone
    start = demo.now().astimezone(zone).date()
    for week in range(1, weeks + 1):
        say(f"Living through week {week} of {weeks} …")
        if week == TRAINING_WEEK:
            _pause(demo)
            demo.live_past(training_at(demo.parts, start) + ARRIVING)
            _send_the_word(demo)
        demo.live_past(local_moment(start + timedelta(days=7 * week), NINE, zone))
    demo.let_time_flow()


def _import(parts: Parts, cast: Sequence[Character], *, now: datetime) -> None:
    rows = [character.row | {"cohort_start": now.date().isoformat()} for character in cast]
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.csv"
        path.write_text(text.getvalue(), encoding="utf-8")
        import_people(parts.database, path, apply=True, now=now, zone=parts.house.zone)


def _pause(demo: "Demo") -> None:
    """One of the cast takes a break, for as long as she likes."""
    with demo.parts.database.transaction() as db:
        person = participant_by_reference(db, PAUSED)
        if person is not None:
            pause(db, participant_id=key_of(person), now=demo.now())


def _send_the_word(demo: "Demo") -> None:
    """Whoever is there sends the word on the slide."""
    for character in demo.life.cast.values():
        if character.id in AT_THE_TRAINING:
            demo.simulator.receive_from(character.number, WORD)
