"""What happens in a rehearsal besides questions and answers: what people do of their own accord,
and what staff do: lists, trainings, breaks, releases. All by the commands and actions of staff.
"""

import csv
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import cast

from sqlalchemy import select
from sqlmodel import Session as Db

from bot.actions.change_alert import change_alert
from bot.actions.change_cohort import add_holiday, create_cohort
from bot.actions.change_rota import change_phone, put_on_call
from bot.actions.change_training import Draft, add_training
from bot.actions.change_wishes import change_wishes, wishes_of
from bot.actions.correct_session import Correction, correct_session
from bot.actions.end_enrolment import LEFT, end_enrolment
from bot.actions.hold import hold_everything, release_everything
from bot.actions.release_hold import release_hold
from bot.actions.resume_pairing import resume_pairing
from bot.errors import Refused
from bot.people_file import import_people
from bot.people_rows import COLUMNS
from bot.programme.oncall import LEAD
from bot.programme.terms import Terms
from bot.simulator.acting import Acting
from bot.simulator.cohort import MAIN, Cast, Invented, moved, new_number
from bot.simulator.habits import Deed
from bot.simulator.sayings import FLOOD, HARM, NOVEL
from bot.simulator.witness import Wish, Witness
from bot.store.models import Alert, CheckIn, Enrolment, Pairing, Participant, Session
from bot.store.people import cohort_by_name, key_of, participant_by_reference
from bot.store.staff import EVERY_ROLE, keep_staff
from bot.store.tables import table

LEADS_PHONE = "+447700900301"  # of the numbers that Ofcom keeps for drama
LONGEST_REHEARSAL = timedelta(days=800)
HELD_FOR = timedelta(days=2)  # until staff have talked with her
DISPUTED_FOR = timedelta(days=6)  # until staff have asked both
_PERSON, _PAIRING, _ENROLMENT = table(Participant), table(Pairing), table(Enrolment)
_ALERT, _SESSION, _CHECK_IN = table(Alert), table(Session), table(CheckIn)


class Deeds:
    """Does them, as staff who are signed in, or on her phone."""

    def __init__(self, *, acting: Acting, witness: Witness, cast: Cast) -> None:
        self.acting, self.witness, self.cast = acting, witness, cast
        self.parts, self.simulator = acting.parts, acting.simulator
        self.database = self.parts.database
        now = self.parts.now()
        with self.database.transaction() as db:
            self.staff_id = keep_staff(
                db, email="ruth@example.org", name="Ruth", roles=EVERY_ROLE, now=now
            )
            change_phone(db, staff_id=self.staff_id, phone=LEADS_PHONE, by=None, now=now)
            put_on_call(
                db,
                staff_id=self.staff_id,
                rank=LEAD,
                starts_on=now.date(),
                ends_on=now.date() + LONGEST_REHEARSAL,
                by=None,
                now=now,
            )

    def begin(self, terms: Sequence[Terms]) -> None:
        """The cohorts with their settings, before anybody is in them."""
        with self.database.transaction() as db:
            for one in terms:
                create_cohort(db, terms=one, staff_id=self.staff_id, now=self.parts.now())

    def enter(self, people: Sequence[Invented]) -> None:
        """By the same list that a charity imports; each has a phone from then on."""
        for person in people:
            self.acting.add(person)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "people.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, fieldnames=COLUMNS)
                writer.writeheader()
                writer.writerows(person.line for person in people)
            report = import_people(
                self.database, path, apply=True, now=self.parts.now(), zone=self.parts.house.zone
            )
        if report.errors:
            raise Refused("; ".join(report.errors))

    def training(self, *, title: str, starts_at: datetime, minutes: int, word: str) -> None:
        draft = Draft(
            title=title, audience="everyone", starts_at=starts_at, minutes=minutes, word=word
        )
        with self.database.transaction() as db:
            add_training(
                db,
                cohort_id=self.cohort_id(db),
                draft=draft,
                staff_id=self.staff_id,
                now=self.parts.now(),
            )

    def break_of(self, first: date, last: date) -> None:
        """Days on which nothing is started."""
        with self.database.transaction() as db:
            add_holiday(
                db,
                cohort_id=self.cohort_id(db),
                name="A break",
                starts_on=first,
                ends_on=last,
                staff_id=self.staff_id,
                now=self.parts.now(),
                apply=True,
            )

    def hold(self, *, on: bool) -> None:
        """The switch after which nothing starts with anybody."""
        now = self.parts.now()
        with self.database.transaction() as db:
            if on:
                hold_everything(db, staff_id=self.staff_id, now=now)
                self.witness.held_everything.append((now, datetime.max.replace(tzinfo=now.tzinfo)))
            else:
                release_everything(db, staff_id=self.staff_id, now=now)
                begun, _ = self.witness.held_everything.pop()
                self.witness.held_everything.append((begun, now))

    def look_after(self) -> None:
        """Every working morning: release whom they have talked with, resume pairs, settle what
        the two sides see differently, close what they have read."""
        now = self.parts.now()
        with self.database.transaction() as db:
            held = select(_PERSON.c.id).where(_PERSON.c.held_at <= now - HELD_FOR)
            for person in db.execute(held).scalars().all():
                release_hold(
                    db,
                    participant_id=person,
                    staff_id=self.staff_id,
                    now=now,
                    zone=self.parts.house.zone,
                )
        self._settle(now)
        if now.weekday() == 0:
            self._resume(now)
            self._close_alerts(now)

    def cohort_id(self, db: Db) -> int:
        """The one that is rehearsed."""
        cohort = cohort_by_name(db, MAIN)
        if cohort is None:
            raise LookupError("the cohort has not begun")
        return key_of(cohort)

    def _settle(self, now: datetime) -> None:
        """Of every two disputed sessions staff find out how long one was."""
        disputed = select(_SESSION.c.id).where(
            _SESSION.c.state == "disputed",
            _SESSION.c.settled_at <= now - DISPUTED_FOR,
            _SESSION.c.id % 2 == 0,
        )
        with self.database.transaction() as db:
            for session_id in db.execute(disputed).scalars().all():
                correct_session(
                    db,
                    session_id=session_id,
                    staff_id=self.staff_id,
                    correction=Correction(state="held", minutes=45),
                    why="Both say so on the phone.",
                    now=now,
                )

    def _resume(self, now: datetime) -> None:
        paused = select(_PAIRING.c.id).where(_PAIRING.c.state == "paused")
        with self.database.transaction() as db:
            for pairing_id in db.execute(paused).scalars().all():
                resume_pairing(db, pairing_id=pairing_id, staff_id=self.staff_id, now=now)

    def _close_alerts(self, now: datetime) -> None:
        with self.database.reading() as db:
            week_old = (_ALERT.c.state != "closed", _ALERT.c.opened_at <= now - timedelta(days=4))
            found = db.execute(select(_ALERT.c.id).where(*week_old)).scalars().all()
        for alert_id in found:
            change_alert(
                self.database,
                alert_id=alert_id,
                to="closed",
                staff_id=self.staff_id,
                now=now,
                note="Talked about it.",
            )

    def do(self, person: Invented, deed: Deed) -> None:
        """One deed of hers, or of staff about her."""
        person = self._now(person)
        match deed.does:
            case "says":
                self._says(person, deed.words)
            case "harm":
                sid = self.acting.write(person, HARM[person.language])
                self.witness.harm.append((sid, person.reference, "harm_red"))
            case "safe word":
                self._safe_word(person)
            case "flood":
                for number in range(FLOOD):
                    self.acting.write(person, f"hello {number}")
            case "novel":
                self.acting.write(person, NOVEL)
            case "moves":
                self._moves(person)
            case "holds back":
                self._holds_back(person, tuple(deed.words.split(",")))
            case "joins the next":
                last = next(one for one in self.cast.people if one.role == "mentor")
                self.enter([replace(person, cohort=MAIN, mentor=last.reference)])
            case "has left":
                self._left(person)
            case _:
                raise ValueError(deed.does)

    def match_again(self, person: Invented, mentor: Invented) -> None:
        """Staff give her another mentor, by the list."""
        self.enter([replace(self._now(person), mentor=mentor.reference)])

    def word_on_the_slide(self, person: Invented, word: str) -> None:
        """She is there, and sends it."""
        person = self._now(person)
        self.acting.write(person, word)

    def _now(self, person: Invented) -> Invented:
        """As she is by now: her number may be another."""
        known = self.acting.people.values()
        return next((one for one in known if one.reference == person.reference), person)

    def _says(self, person: Invented, words: str) -> None:
        what = {"STOP": "stop", "START": "start"}.get(words)
        if what:
            now = self.parts.now()
            self.witness.wishes.append(
                Wish(reference=person.reference, number=person.number, at=now, what=what)
            )
        self.acting.write(person, words)

    def _safe_word(self, person: Invented) -> None:
        with self.database.reading() as db:
            hers = select(_PERSON.c.safe_word).where(_PERSON.c.reference == person.reference)
            word = cast(str, db.execute(hers).scalar_one())
        if word:
            sid = self.acting.write(person, word)
            self.witness.harm.append((sid, person.reference, "safe_word"))

    def _moves(self, person: Invented) -> None:
        """Her old number is nobody's now; staff have heard of the new one."""
        new = moved(person, new_number(person))
        self.witness.gone[person.number] = self.parts.now()
        del self.acting.people[person.number]
        self.enter([new])

    def _holds_back(self, person: Invented, names: tuple[str, ...]) -> None:
        now = self.parts.now()
        with self.database.transaction() as db:
            her = participant_by_reference(db, person.reference)
            if her is None:
                raise LookupError("nobody has this reference")
            change_wishes(
                db,
                house=self.parts.house,
                participant_id=key_of(her),
                wishes=replace(wishes_of(her), hold_backs=names),
                staff_id=self.staff_id,
                now=now,
            )
        self.witness.wishes.append(
            Wish(
                reference=person.reference,
                number=person.number,
                at=now,
                what="hold_backs",
                names=names,
            )
        )

    def _left(self, person: Invented) -> None:
        """Staff have talked with her, and write down that she has left."""
        enrolled = (
            select(_ENROLMENT.c.id)
            .join(_PERSON, _PERSON.c.id == _ENROLMENT.c.participant_id)
            .where(_PERSON.c.reference == person.reference, _ENROLMENT.c.state == "active")
        )
        with self.database.transaction() as db:
            for enrolment_id in db.execute(enrolled).scalars().all():
                end_enrolment(
                    db,
                    enrolment_id=enrolment_id,
                    state=LEFT,
                    reason="time",
                    staff_id=self.staff_id,
                    now=self.parts.now(),
                )
