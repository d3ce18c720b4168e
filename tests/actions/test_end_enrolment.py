"""She pauses, comes back, leaves, completes it: what is taken back, what stays, and who is told."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from bot.actions.end_enrolment import end_enrolment
from bot.actions.pause import pause
from bot.actions.plan import plan_once
from bot.actions.resume import resume
from bot.errors import Refused
from bot.store.models import Alert, AuditEntry, Enrolment, Pairing, Participant, Session, Staff
from tests.quick import Quick, open_quick
from tests.rows import ROW_AMINA, ROW_GRACE, ROW_SELAM, agree
from tests.world import AMINA, GRACE

SPRING = {"cohort": "Spring", "cohort_start": "2026-11-16"}


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[Quick]:
    """Amina and Grace have agreed, and are a pair."""
    with open_quick(database_url) as world:
        world.enrol(tmp_path, [ROW_GRACE, ROW_AMINA])
        with world.parts.database.transaction() as db:
            db.add(Staff(email="ruth@example.org", name="Ruth", created_at=world.time))
        world.tick()
        agree(world, AMINA, language="en")
        agree(world, GRACE, language="en", mentor=True)
        yield world


def person(world: Quick, reference: str) -> Participant:
    with world.parts.database.reading() as db:
        return db.exec(select(Participant).where(Participant.reference == reference)).one()


def enrolment(world: Quick, reference: str) -> Enrolment:
    """Her newest."""
    with world.parts.database.reading() as db:
        hers = select(Enrolment).where(Enrolment.participant_id == person(world, reference).id)
        return db.exec(hers.order_by(Enrolment.id.desc())).first() or Enrolment()


def end(world: Quick, reference: str, *, state: str = "left", reason: str = "moved") -> int:
    enrolment_id = enrolment(world, reference).id or 0
    with world.parts.database.transaction() as db:
        return end_enrolment(
            db,
            enrolment_id=enrolment_id,
            state=state,
            reason=reason,
            staff_id=1,
            now=world.time,
        )


def planned(world: Quick, reference: str) -> list[str]:
    """The flows that are still to be asked of her."""
    rows = (
        "select c.flow from check_in c join enrolment e on e.id = c.enrolment_id "
        "join participant p on p.id = e.participant_id "
        "where c.state = 'planned' and p.reference = :who order by c.due_at"
    )
    return [row.flow for row in world.rows(rows, who=reference)]


def audited(world: Quick) -> list[tuple[str, str]]:
    with world.parts.database.reading() as db:
        return [(entry.action, entry.detail) for entry in db.exec(select(AuditEntry))]


def test_whoever_leaves_is_asked_nothing_more_and_her_words_stay(world: Quick) -> None:
    answers = world.one("select count(*) from answer")
    assert planned(world, "A1")
    assert end(world, "A1") == 1
    left = enrolment(world, "A1")
    assert (left.state, left.end_reason, left.ended_at) == ("left", "moved", world.time)
    assert person(world, "A1").state == "left"
    assert planned(world, "A1") == []
    skipped = world.rows("select distinct reason from check_in where state = 'skipped'")
    assert "left" in {row.reason for row in skipped}
    before = len(world.bodies(AMINA))
    for week in range(1, 8):
        world.later(days=week)
    assert len(world.bodies(AMINA)) == before
    assert world.one("select count(*) from answer") == answers, "nothing is deleted"


def test_her_mentor_hears_nothing_by_herself_and_a_person_is_asked_to_tell_her(
    world: Quick,
) -> None:
    before = len(world.bodies(GRACE))
    end(world, "A1", reason="health")
    with world.parts.database.reading() as db:
        pairing, alert = db.exec(select(Pairing)).one(), db.exec(select(Alert)).one()
        coming = db.exec(select(Session).where(Session.state == "planned")).all()
    assert (pairing.state, pairing.end_reason) == ("ended", "health")
    assert (alert.kind, alert.participant_id) == ("pair_ended", person(world, "A1").id)
    assert "health" not in alert.detail, "why is nobody's business here"
    assert coming == [], "no session is to come"
    world.later(days=1)
    world.later(days=2)
    assert not any("Amina" in body for body in world.bodies(GRACE)[before:])


def test_what_has_not_gone_out_to_her_is_withdrawn_and_hers_alone(world: Quick) -> None:
    world.go_to(datetime(2026, 11, 17, 10, 5, tzinfo=UTC))  # both are asked something
    whose = (
        "select p.reference from delivery d join participant p on p.id = d.participant_id "
        "where d.state = 'queued'"
    )
    assert {row.reference for row in world.rows(whose)} == {"A1", "G1"}
    end(world, "A1")
    assert {row.reference for row in world.rows(whose)} == {"G1"}
    open_ones = "select count(*) from conversation where state in ('open', 'held') and "
    assert world.one(open_ones + "participant_id = :who", who=person(world, "A1").id) == 0


def test_a_mentor_who_leaves_ends_each_of_her_pairs_with_an_alert_for_each(
    world: Quick, tmp_path: Path
) -> None:
    world.enrol(tmp_path, [ROW_GRACE, ROW_SELAM])
    assert end(world, "G1", reason="time") == 2
    with world.parts.database.reading() as db:
        assert {row.state for row in db.exec(select(Pairing))} == {"ended"}
        assert len(db.exec(select(Alert).where(Alert.kind == "pair_ended")).all()) == 2
    assert person(world, "A1").state == "active", "her mentees stay"
    assert "goal_check_in" in planned(world, "A1")


def test_whoever_goes_on_in_another_cohort_has_not_left(world: Quick, tmp_path: Path) -> None:
    first = enrolment(world, "G1").id
    world.enrol(tmp_path, [ROW_GRACE | SPRING])
    world.tick()
    assert enrolment(world, "G1").id != first
    end(world, "G1")
    assert person(world, "G1").state == "active"
    with world.parts.database.reading() as db:
        assert db.get_one(Enrolment, first or 0).state == "active"
        assert db.exec(select(Pairing)).one().state == "active", "that pair is of the first"


def test_whoever_completed_it_is_still_asked_months_later_where_that_is_planned(
    world: Quick,
) -> None:
    enrolment_id = enrolment(world, "A1").id
    later = world.time + timedelta(days=180)
    with world.parts.database.transaction() as db:
        plan_once(
            db, enrolment_id=enrolment_id or 0, flow="follow_up", slot="follow-up", due_at=later
        )
    end(world, "A1", state="completed", reason="")
    assert enrolment(world, "A1").state == "completed"
    assert planned(world, "A1") == ["follow_up"]
    assert person(world, "A1").state == "active"


@pytest.mark.parametrize(
    ("state", "reason"), [("gone", "moved"), ("left", "because"), ("", ""), ("active", "moved")]
)
def test_an_end_that_there_is_not_is_refused(world: Quick, state: str, reason: str) -> None:
    with pytest.raises(Refused):
        end(world, "A1", state=state, reason=reason)
    assert enrolment(world, "A1").state == "active"


def test_an_enrolment_ends_once(world: Quick) -> None:
    end(world, "A1")
    with pytest.raises(Refused):
        end(world, "A1", state="completed", reason="")
    assert enrolment(world, "A1").state == "left"
    assert audited(world).count(("ended", "left moved")) == 2, "her, and her enrolment"


def test_a_pause_with_its_reason_is_recorded_and_withdraws_what_waits(world: Quick) -> None:
    world.go_to(datetime(2026, 11, 17, 10, 5, tzinfo=UTC))
    her, until = person(world, "A1").id or 0, world.time + timedelta(days=10)
    with world.parts.database.transaction() as db:
        pause(db, participant_id=her, until=until, reason="bad_news", staff_id=1, now=world.time)
    assert (person(world, "A1").state, person(world, "A1").paused_until) == ("paused", until)
    assert ("paused", "bad_news") in audited(world)
    hers = "select count(*) from delivery where state = 'queued' and participant_id = :who"
    assert world.one(hers, who=her) == 0


def test_she_comes_back_and_what_is_to_come_is_asked_again(world: Quick) -> None:
    her = person(world, "A1").id or 0
    with world.parts.database.transaction() as db:
        pause(db, participant_id=her, staff_id=1, now=world.time)
    with world.parts.database.transaction() as db:
        resume(db, participant_id=her, staff_id=1, now=world.time)
    assert (person(world, "A1").state, person(world, "A1").paused_until) == ("active", None)
    assert ("resumed", "") in audited(world)
    before = len(world.bodies(AMINA))
    world.go_to(datetime(2026, 11, 17, 10, 5, tzinfo=UTC))
    assert len(world.bodies(AMINA)) > before


def test_nobody_but_herself_takes_back_a_stop(world: Quick) -> None:
    world.says(AMINA, "STOP")
    her = person(world, "A1").id or 0
    with pytest.raises(Refused), world.parts.database.transaction() as db:
        resume(db, participant_id=her, staff_id=1, now=world.time)
    with pytest.raises(Refused), world.parts.database.transaction() as db:
        pause(db, participant_id=her, staff_id=1, now=world.time)
    assert person(world, "A1").state == "stopped"


@pytest.mark.parametrize("days", [-1, 0])
def test_a_pause_until_a_day_that_is_past_is_refused(world: Quick, days: int) -> None:
    her, until = person(world, "A1").id or 0, world.time + timedelta(days=days)
    with pytest.raises(Refused), world.parts.database.transaction() as db:
        pause(db, participant_id=her, until=until, now=world.time)
    assert person(world, "A1").state == "active"


def test_a_reason_for_a_pause_comes_from_the_list(world: Quick) -> None:
    her = person(world, "A1").id or 0
    with pytest.raises(Refused), world.parts.database.transaction() as db:
        pause(db, participant_id=her, reason="her own words", now=world.time)
    assert audited(world) == []
