"""Keep each kind of data as long as the charity says, and no longer. Nightly; a dry run first.

In small transactions, so that nobody waits: each step is its own condition, and doing it again
does nothing. Who has been gone for longest is forgotten altogether.
"""

import logging
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import select, update
from sqlmodel import Session as Db

from bot.actions.due_today import AT_NIGHT, due_today
from bot.actions.erase_copies import try_left_again
from bot.actions.erase_person import erase_person
from bot.actions.house import House
from bot.actions.mark import mark
from bot.actions.may_forget import may_forget
from bot.actions.own_words import choices, own_words
from bot.errors import Refused
from bot.programme.concerns import SAFEGUARDING
from bot.store.database import Database
from bot.store.erasing import Step, count, counted, erasing, take_some
from bot.store.hers import MEDIA, NOBODY, PERSON
from bot.store.keeping import Cutoffs, over, with_records
from bot.store.kept import Kind, kinds
from bot.store.people import lock_with_addresses

log = logging.getLogger(__name__)

NIGHTLY = "retained"  # the mark
BATCH, MOST_BATCHES = 500, 2_000
MOST_PEOPLE = 50  # forgotten in one night
OURS = re.compile(r"[0-9a-f]{32}")  # how our files of media are named
FORGET = "people"  # the kind of data that is everything else of somebody
Counts = Mapping[str, Mapping[str, int]]


def would_go(house: House, ends: Cutoffs, *, now: datetime) -> Counts:
    """By kind of data, how many rows of which table would go or lose their words now."""
    with house.database.reading() as db:
        found = {
            kind.name: counted((step.name, count(db, step)) for step in kind.steps)
            for kind in _kinds(house, ends, db, now=now)
        }
        who = _to_forget(db, ends)
    return {**found, FORGET: counted([("participant", len(who))])}


def retain(house: House, ends: Cutoffs, *, key: str, media: Path, now: datetime) -> Counts:
    """Do it; by kind of data, what was done. `key` makes fingerprints; `media` is the folder."""
    with house.database.reading() as db:
        plan = _kinds(house, ends, db, now=now)
    done = {
        kind.name: counted((step.name, _take(house.database, step, now=now)) for step in kind.steps)
        for kind in plan
    }
    _remove_files(house.database, media)
    with house.database.reading() as db:
        who = _to_forget(db, ends)
    gone = forget_each(house, who, ends, key=key, now=now)
    _remove_files(house.database, media)
    try_left_again(house.database)
    house.database.scrub()
    mark(house.database, name=NIGHTLY, now=now)
    return {**done, FORGET: counted([("participant", gone)])}


def retain_nightly(
    house: House, ends: Cutoffs, *, key: str, media: Path, now: datetime
) -> Counts | None:
    """Once in a night; None when it is not the hour, or was done."""
    if not due_today(house, name=NIGHTLY, from_hour=AT_NIGHT, now=now):
        return None
    done = retain(house, ends, key=key, media=media, now=now)
    for name, rows in done.items():
        if rows:
            log.info("kept long enough: %s, %d rows", name, sum(rows.values()))
    return done


def _kinds(house: House, ends: Cutoffs, db: Db, *, now: datetime) -> Sequence[Kind]:
    return kinds(db, ends, concerns=SAFEGUARDING, choices=choices(house.library), now=now)


def _take(database: Database, step: Step, *, now: datetime) -> int:
    rows = 0
    for _ in range(MOST_BATCHES):
        with database.transaction() as db, erasing(db, now=now):
            taken = take_some(db, step, most=BATCH)
        rows += taken
        if taken < BATCH:
            break
    return rows


def _remove_files(database: Database, folder: Path) -> None:
    """First the file, then its name: a crash between the two loses neither. Then what belongs to
    no row: it was still on its way here when its row went."""
    gone = MEDIA.c.state == "gone", MEDIA.c.file != ""
    with database.reading() as db:
        rows = db.execute(select(MEDIA.c.id, MEDIA.c.file).where(*gone)).all()
    for row in rows:
        (folder / Path(row.file).name).unlink(missing_ok=True)
    with database.transaction() as db:
        ids = [row.id for row in rows]
        db.execute(update(MEDIA).where(MEDIA.c.id.in_(ids)).values(file=""))
    here = {path: path.name.removesuffix(".part") for path in folder.glob("*")}
    with database.reading() as db:  # a row has its name before there is a file
        known = set(db.execute(select(MEDIA.c.file)).scalars())
    for path, name in here.items():
        if OURS.fullmatch(name) and name not in known:
            path.unlink(missing_ok=True)


def _to_forget(db: Db, ends: Cutoffs) -> Sequence[int]:
    """Whose consents and STOP have been kept long enough, and of whom no record of harm is."""
    done = over(db, since=ends.consent, concerns=SAFEGUARDING)
    query = select(PERSON.c.id).where(
        PERSON.c.id.in_(done.participants),
        PERSON.c.id.not_in(with_records(SAFEGUARDING)),
        PERSON.c.name != NOBODY,
    )
    return db.execute(query.order_by(PERSON.c.id).limit(MOST_PEOPLE)).scalars().all()


def forget_each(house: House, who: Sequence[int], ends: Cutoffs, *, key: str, now: datetime) -> int:
    """How many of them are forgotten: not one who has cried for help since they were listed."""
    return sum(_forget(house, one, ends, key=key, now=now) for one in who)


def _forget(house: House, participant_id: int, ends: Cutoffs, *, key: str, now: datetime) -> bool:
    with house.database.transaction() as db:
        lock_with_addresses(db, participant_id)
        if participant_id not in _to_forget(db, ends):
            return False
        try:
            may_forget(db, participant_id=participant_id)
        except Refused:
            return False
        erase_person(
            db,
            participant_id=participant_id,
            asked=own_words(house.library),
            copies=(),
            key=key,
            staff_id=None,
            now=now,
        )
    return True
