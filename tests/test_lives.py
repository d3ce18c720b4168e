"""Lives change, each as a story: who comes late, pauses, is matched again, moves on, changes her
number, or shares her phone. On the real path: the charity's table, the webhook, the clock.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from bot.actions.end_pair import end_pair
from bot.actions.pause import pause
from bot.actions.plan import plan_all
from bot.people_file import import_people
from bot.store.models import Consent, Participant
from tests.people import ruth
from tests.people_csv import text_of
from tests.quick import Quick, open_quick
from tests.rows import ROW_AMINA, ROW_GRACE, ROW_SELAM
from tests.world import AMINA, GRACE

HARRIET, NEW_NUMBER = "+447700900202", "+447700900109"
EN = {"language": "en"}
GRACE_ROW = ROW_GRACE
AMINA_ROW = ROW_AMINA | EN
SELAM_ROW = ROW_SELAM | EN
HARRIET_ROW = ROW_GRACE | {"id": "H1", "name": "Harriet", "whatsapp": HARRIET}
SELAM = SELAM_ROW["sms"]
TAPS = {"phone": "no", "part": "morning", "weekday": "thursday", "language": "en"}
MOST_TURNS = 25


class Lives(Quick):
    """What the stories say and ask."""

    def enrols(self, folder: Path, *rows: dict[str, str]) -> tuple[str, ...]:
        """The charity's table as it is today; returns what could not be."""
        path = folder / "people.csv"
        path.write_text(text_of(*rows), encoding="utf-8", newline="")
        report = import_people(
            self.parts.database, path, apply=True, now=self.time, zone=self.parts.house.zone
        )
        for row in rows:
            for channel in ("whatsapp", "sms"):
                if row.get(channel):
                    self.simulator.add_phone(number=row[channel], name=row["name"], sms=True)
        return report.errors

    def agrees(self, number: str) -> None:
        """She says yes to the welcome, and to whatever else it asks the first that is there."""
        for _ in range(MOST_TURNS):
            step = self._asked(number)
            if step is None:
                return
            shown = self.newest(number).shown
            key = TAPS.get(step, "yes" if "yes" in shown else next(iter(shown), ""))
            self.taps(number, key) if key else self.says(number, "skip")
        raise AssertionError(f"the welcome never ends: {step}")

    def _asked(self, number: str) -> str | None:
        found = self.rows(
            "select step from conversation where state = 'open' and flow = 'welcome' and "
            "participant_id in (select participant_id from address where address in (:n, :w))",
            n=number,
            w=f"whatsapp:{number}",
        )
        return found[0][0] if found else None

    def lives(self, **span: float) -> None:
        """Three hours at a time; whatever is sent arrives and is read."""
        until = self.time + timedelta(**span)
        while self.time < until:
            self.time = min(self.time + timedelta(hours=3), until)
            self.tick()
            self.read()

    def ends_pair(self, pairing_id: int, *, why: str) -> None:
        """Ruth ends it on its page."""
        with self.parts.database.transaction() as db:
            staff_id = ruth(db).id or 0
            end_pair(db, pairing_id=pairing_id, staff_id=staff_id, why=why, now=self.time)

    def plan(self, reference: str, cohort: str = "Autumn", *, state: str = "planned") -> Any:
        """slot → (flow, day) of what she is to be asked there."""
        found = self.rows(
            "select c.slot, c.flow, c.due_at from check_in c join enrolment e on "
            "e.id = c.enrolment_id join participant p on p.id = e.participant_id join cohort k on "
            "k.id = e.cohort_id where p.reference = :r and k.name = :k and c.state = :s "
            "order by c.due_at, c.id",
            r=reference,
            k=cohort,
            s=state,
        )
        return {slot: (flow, str(due_at)[:10]) for slot, flow, due_at in found}

    def pairs(self) -> list[tuple[str, str, str, str]]:
        """(mentor, mentee, state, why it ended) of each pair, oldest first."""
        found = self.rows(
            "select m.reference, w.reference, g.state, g.end_reason from pairing g "
            "join enrolment em on em.id = g.mentor_id join participant m on "
            "m.id = em.participant_id join enrolment ew on ew.id = g.mentee_id "
            "join participant w on w.id = ew.participant_id order by g.id"
        )
        return [(row[0], row[1], row[2], row[3]) for row in found]

    def sessions_of(self, pairing_id: int, *, state: str = "planned") -> list[str]:
        found = self.rows(
            "select starts_at from session where pairing_id = :p and state = :s order by starts_at",
            p=pairing_id,
            s=state,
        )
        return [str(row[0])[:10] for row in found]


@pytest.fixture
def lives(database_url: str) -> Iterator[Lives]:
    """Monday, 16 November 2026, ten in the morning: the cohort begins. Nobody is there yet."""
    with open_quick(database_url) as world:
        world.__class__ = Lives
        assert isinstance(world, Lives)
        yield world


@pytest.fixture
def pair(lives: Lives, tmp_path: Path) -> Lives:
    """Amina and Grace, who have both agreed."""
    assert lives.enrols(tmp_path, GRACE_ROW, AMINA_ROW) == ()
    lives.tick()
    lives.agrees(AMINA)
    lives.agrees(GRACE)
    return lives


def weeks(plan: dict[str, tuple[str, str]]) -> list[str]:
    return [slot for slot in plan if slot.startswith("week-")]


# --- coming late ---------------------------------------------------------------------------------


def test_a_late_starter_joins_the_calendar_where_it_is(pair: Lives, tmp_path: Path) -> None:
    """Selam comes in week 8. She is asked from week 9 on, and ends with everybody else."""
    pair.time += timedelta(weeks=7)
    assert pair.enrols(tmp_path, SELAM_ROW) == ()
    pair.tick()
    pair.agrees(SELAM)
    hers, aminas = pair.plan("S1"), pair.plan("A1")
    assert hers["goals"] == ("goal_setting", "2027-01-05")
    assert weeks(hers)[0] == "week-8", "the Thursday of the week in which she came"
    assert hers["mid"] == ("mid_point", "2027-02-04"), "half way between her start and the end"
    assert hers["end"] == aminas["end"] == ("end_survey", "2027-03-04")
    assert pair.sessions_of(2)[0] == "2027-01-05"
    assert len(pair.sessions_of(2)) == 10, "the last of them in the two weeks of grace"


def test_whoever_comes_in_the_last_weeks_has_no_mid_point(pair: Lives, tmp_path: Path) -> None:
    pair.time += timedelta(weeks=12)
    pair.enrols(tmp_path, SELAM_ROW)
    pair.tick()
    pair.agrees(SELAM)
    assert "mid" not in pair.plan("S1")
    assert pair.plan("S1")["end"] == ("end_survey", "2027-03-04")


# --- a pause -------------------------------------------------------------------------------------


def test_a_pause_takes_its_weeks_out_and_gives_nothing_back_at_once(pair: Lives) -> None:
    """Two weeks away: what fell into them is not sent afterwards in a heap."""
    pair.lives(days=1)
    before = pair.plan("A1")
    with pair.parts.database.transaction() as db:
        until = pair.time + timedelta(weeks=2)
        pause(
            db,
            participant_id=pair.one("select id from participant where reference = 'A1'"),
            now=pair.time,
            until=until,
        )
    said = len(pair.bodies(AMINA))
    pair.lives(days=13)
    assert len(pair.bodies(AMINA)) == said, "nothing is started while she is away"
    skipped = pair.plan("A1", state="skipped")
    assert {"week-2"} <= set(skipped)
    pair.lives(days=2)
    after = pair.plan("A1")
    assert {slot: after[slot] for slot in weeks(after)} == {
        slot: before[slot] for slot in weeks(after)
    }, "what is to come is where it was"
    assert len(pair.bodies(AMINA)) <= said + 2


# --- another mentor ------------------------------------------------------------------------------


def test_a_mentee_is_matched_again_and_each_mentor_hears_only_of_her_own(
    pair: Lives, tmp_path: Path
) -> None:
    """Grace falls ill after the first session; Harriet takes over from the next one."""
    pair.lives(days=3)
    assert pair.sessions_of(1)[0] == "2026-11-17"
    pair.enrols(tmp_path, GRACE_ROW, HARRIET_ROW, AMINA_ROW | {"mentor_id": "H1"})
    assert pair.pairs() == [("G1", "A1", "ended", "rematched"), ("H1", "A1", "active", "")]
    assert pair.sessions_of(1) == ["2026-11-17"], "the session that has been stays"
    assert pair.sessions_of(2)[0] == "2026-11-24"
    about_sessions = {slot for slot in pair.plan("G1") if slot.startswith("session-")}
    assert about_sessions <= {"session-1"}, "Grace may still say how the one that was has been"
    pair.tick()
    pair.agrees(HARRIET)
    pair.lives(days=6)
    harriets = " ".join(pair.bodies(HARRIET))
    assert "Amina" in harriets and "Grace" not in harriets
    assert "Harriet" not in " ".join(pair.bodies(GRACE))


def test_two_who_are_matched_once_more_go_on_counting(pair: Lives, tmp_path: Path) -> None:
    pair.lives(days=3)
    pair.enrols(tmp_path, GRACE_ROW, HARRIET_ROW, AMINA_ROW | {"mentor_id": "H1"})
    pair.enrols(tmp_path, GRACE_ROW, HARRIET_ROW, AMINA_ROW)
    assert [(row[0], row[2]) for row in pair.pairs()] == [("G1", "active"), ("H1", "ended")]
    numbers = pair.rows("select number from session where pairing_id = 1 order by starts_at")
    assert [row[0] for row in numbers] == list(range(1, 11))
    assert pair.rows("select id from session where pairing_id = 2") == []


# --- a mentor with two mentees -------------------------------------------------------------------


def test_a_mentor_with_two_mentees_is_asked_about_each_by_name(pair: Lives, tmp_path: Path) -> None:
    assert pair.enrols(tmp_path, GRACE_ROW, AMINA_ROW, SELAM_ROW) == ()
    pair.tick()
    pair.agrees(SELAM)
    assert [row[2] for row in pair.pairs()] == ["active", "active"]
    about = pair.rows(
        "select count(*), count(distinct session_id) from check_in c join enrolment e on "
        "e.id = c.enrolment_id where e.role = 'mentor' and c.flow = 'session_confirm'"
    )
    assert tuple(about[0]) == (20, 20), "one question for each session of each"
    assert weeks(pair.plan("A1")) == weeks(pair.plan("S1"))
    assert [slot for slot in pair.plan("G1") if slot in ("mid", "end")] == ["mid", "end"]


def test_when_one_of_two_pairs_ends_the_other_goes_on(pair: Lives, tmp_path: Path) -> None:
    pair.enrols(tmp_path, GRACE_ROW, AMINA_ROW, SELAM_ROW)
    pair.ends_pair(1, why="moved away")
    asked = pair.rows(
        "select distinct s.pairing_id from check_in c join session s on s.id = c.session_id "
        "where c.state = 'planned'"
    )
    assert [row[0] for row in asked] == [2]
    assert len(pair.sessions_of(2)) == 10


# --- a pair that ends early ----------------------------------------------------------------------


def test_after_a_pair_ends_early_nobody_is_asked_about_its_sessions_but_her_weeks_go_on(
    pair: Lives,
) -> None:
    pair.lives(days=3)
    pair.ends_pair(1, why="a new job")
    assert pair.pairs() == [("G1", "A1", "ended", "a new job")]
    about_sessions = {slot for slot in pair.plan("A1") if slot.startswith("session-")}
    assert about_sessions <= {"session-1"}, "only of the one that has been"
    assert len(weeks(pair.plan("A1"))) >= 12
    assert "end" in pair.plan("A1") and "end" in pair.plan("G1")
    said = " ".join(pair.bodies(AMINA))
    pair.lives(days=6)
    assert "a new job" not in " ".join(pair.bodies(AMINA) + pair.bodies(GRACE))
    assert "Grace" not in " ".join(pair.bodies(AMINA)).removeprefix(said)


# --- an old and a new cohort ---------------------------------------------------------------------

SPRING = {"cohort": "Spring", "cohort_start": "2027-03-22"}


def test_a_mentor_who_goes_on_is_in_both_cohorts_at_once(pair: Lives, tmp_path: Path) -> None:
    pair.time = datetime(2027, 3, 1, 10, 0, tzinfo=UTC)
    assert pair.enrols(tmp_path, GRACE_ROW | SPRING, SELAM_ROW | SPRING) == ()
    old, new = pair.plan("G1"), pair.plan("G1", "Spring")
    assert old["end"] == ("end_survey_mentor", "2027-03-04"), "the old one ends as it would have"
    assert new["start"][0] == "starting_out", "she is not welcomed a second time"
    assert new["end"][1] > "2027-07-01"
    assert [row[:3] for row in pair.pairs()] == [("G1", "A1", "active"), ("G1", "S1", "active")]


def test_a_mentee_of_the_next_cohort_has_completed_the_old_one_and_is_followed_up(
    pair: Lives, tmp_path: Path
) -> None:
    with pair.parts.database.transaction() as db:
        say_yes(db, kind="follow_up", at=pair.time)
    pair.time = datetime(2027, 3, 15, 10, 0, tzinfo=UTC)  # the old one was over a week ago
    assert pair.enrols(tmp_path, AMINA_ROW | SPRING | {"mentor_id": ""}) == ()
    states = pair.rows(
        "select k.name, e.state, e.end_reason from enrolment e join cohort k on "
        "k.id = e.cohort_id where e.role = 'mentee' order by e.id"
    )
    assert [tuple(row) for row in states] == [
        ("Autumn", "completed", "next_cohort"),
        ("Spring", "active", ""),
    ]
    assert pair.plan("A1") == {"follow-up": ("follow_up", "2027-09-06")}
    assert pair.plan("A1", "Spring")["goals"][0] == "goal_setting"
    assert pair.pairs() == [("G1", "A1", "ended", "next_cohort")]


def test_who_changes_cohorts_in_the_middle_has_left_the_old_one(
    pair: Lives, tmp_path: Path
) -> None:
    winter = {"cohort": "Winter", "cohort_start": "2026-12-14", "mentor_id": ""}
    pair.enrols(tmp_path, AMINA_ROW | winter)
    assert pair.one("select state from enrolment where role = 'mentee' order by id") == "left"
    assert pair.plan("A1") == {}
    assert weeks(pair.plan("A1", "Winter"))[0] == "week-1"


# --- another number ------------------------------------------------------------------------------


def test_after_a_changed_number_the_old_phone_is_silent_and_her_plan_is_the_same(
    pair: Lives, tmp_path: Path
) -> None:
    pair.lives(days=1)
    before = pair.plan("A1")
    assert pair.enrols(tmp_path, GRACE_ROW, AMINA_ROW | {"whatsapp": NEW_NUMBER}) == ()
    assert pair.plan("A1") == before
    pair.lives(days=7)
    to = pair.rows(
        "select distinct a.address from delivery d join address a on a.id = d.address_id "
        "join message m on m.id = d.message_id where m.at > :then and a.participant_id = "
        "(select id from participant where reference = 'A1')",
        then=str(datetime(2026, 11, 18, tzinfo=UTC))[:19],
    )
    assert f"whatsapp:{AMINA}" not in [row[0] for row in to]
    assert (
        pair.one("select state from address where address = :a", a=f"whatsapp:{AMINA}") == "wrong"
    )


# --- two people on one phone ---------------------------------------------------------------------


def test_two_people_cannot_have_one_number_on_one_channel(lives: Lives, tmp_path: Path) -> None:
    shared = SELAM_ROW | {"sms": "", "whatsapp": AMINA, "mentor_id": ""}
    first = AMINA_ROW | {"mentor_id": ""}
    errors = lives.enrols(tmp_path, first, shared)
    assert errors[0] == "line 3: whatsapp is the same number as on line 2"
    assert lives.enrols(tmp_path, first) == ()
    assert lives.enrols(tmp_path, shared)[0] == "line 2: whatsapp is already the number of A1"
    assert lives.rows("select id from participant where reference = 'S1'") == []


def test_two_sisters_on_one_phone_are_told_apart_by_the_channel(
    lives: Lives, tmp_path: Path
) -> None:
    """Amina has WhatsApp on it; Selam is written to by SMS. Neither speaks for the other."""
    sisters = (AMINA_ROW | {"mentor_id": ""}, SELAM_ROW | {"sms": AMINA, "mentor_id": ""})
    assert lives.enrols(tmp_path, *sisters) == ()
    lives.tick()
    lives.read()
    lives.simulator.receive_from(AMINA, "STOP", channel="sms")
    states = lives.rows("select reference, state from participant order by reference")
    assert [tuple(row) for row in states] == [("A1", "active"), ("S1", "stopped")]
    addresses = lives.rows("select channel, state from address order by channel")
    assert [tuple(row) for row in addresses] == [("sms", "stopped"), ("whatsapp", "usable")]


def say_yes(db: Any, *, kind: str, at: datetime) -> None:
    """Amina agrees to one more thing, and her plan follows."""
    her = db.exec(select(Participant).where(Participant.reference == "A1")).one()
    said = {"wording": "end_survey.follow_up v1", "language": "en", "channel": "whatsapp"}
    db.add(Consent(participant_id=her.id, kind=kind, given=True, at=at, **said))
    db.flush()
    plan_all(db, participant_id=her.id, now=at)
