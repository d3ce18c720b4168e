"""After a cry nothing that a machine begins reaches her or the other one of her pair, by any of the
ways there are, until staff release her. And nobody outside is ever told by software.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.actions.readdress import readdress
from bot.actions.release_hold import release_hold
from bot.actions.say_discreetly import say_discreetly
from bot.actions.tell_other import tell_other
from bot.engine.flow import Audience
from bot.library import load_library
from bot.store.models import Cohort, Enrolment, Pairing, Session, Training
from bot.store.pairs import pair_of_session
from tests.actions.crying import CRY
from tests.actions.sending import MONDAY, Bed, open_bed
from tests.living import THURSDAY, Her, Living, open_living
from tests.rows import ROW_AMINA, ROW_GRACE
from tests.world import AMINA, GRACE, LEAD_PHONE, open_world

DAY = timedelta(days=1)
FLOWS = [flow for flow in load_library().flows.values() if flow.spoken and not flow.on_demand]


@pytest.fixture
def world(database_url: str) -> Iterator[Living]:
    with open_living(database_url) as world:
        yield world


def together(world: Living) -> tuple[Her, Her, int]:
    """Amina and Grace, who meet tomorrow; and everything that could be planned for either."""
    cohort = world.cohort(most_mentee=99, most_mentor=99)
    amina = world.join(cohort, AMINA)
    grace = world.join(cohort, GRACE, role="mentor", name="Grace")
    pairing = world.pair(grace, amina)
    session = Session(pairing_id=pairing, number=1, starts_at=THURSDAY + DAY, planned_minutes=60)
    world.keep(session)
    training = Training(
        cohort_id=cohort,
        title="Listening",
        audience="everyone",
        starts_at=THURSDAY + DAY,
        minutes=60,
        word="lantern",
        created_at=world.time,
    )
    world.keep(training)
    for flow in FLOWS:
        for her, audience in ((amina, Audience.MENTEE), (grace, Audience.MENTOR)):
            if flow.audience in (audience, Audience.EVERYONE):
                about = {"training_id": training.id} if flow.name.startswith("training") else {}
                if flow.name.startswith(("session", "mentor_reflection")):
                    about = {"session_id": session.id}
                world.plan(her, flow.name, THURSDAY, **about)
    assert session.id is not None
    return amina, grace, session.id


def test_while_she_is_held_no_way_of_sending_reaches_her_or_her_mentor(world: Living) -> None:
    amina, grace, session_id = together(world)
    world.time = THURSDAY - timedelta(hours=1)
    assert "999" in world.says(AMINA, CRY["en"])[0]
    before = len(world.told(amina, started=False))
    house = world.parts.house
    world.live(THURSDAY + timedelta(hours=8))
    with house.database.transaction() as db:
        say_discreetly(db, house=house, participant_id=amina.id, now=world.time)
        readdress(
            db, participant_id=amina.id, numbers={"whatsapp": "+447700900199"}, now=world.time
        )
        readdress(db, participant_id=amina.id, numbers={"whatsapp": AMINA}, now=world.time)
        found = pair_of_session(db, session_id=session_id)
        assert found is not None
        for flow in ("session_propose", "session_move"):
            tell_other(
                db, pair=found, role="mentor", flow=flow, session_id=session_id, now=world.time
            )
    for words in ("lantern", "menu", "pause", "later", "1", "العربية", "hello?"):
        assert world.says(AMINA, words) == [], words
    world.live(THURSDAY + 5 * DAY, step=timedelta(hours=6))
    assert [told.context for told in world.told(amina)] == []
    assert [told.context for told in world.told(grace)] == []
    assert len(world.told(amina, started=False)) == before
    with house.database.transaction() as db:
        release_hold(db, participant_id=amina.id, staff_id=1, now=world.time)
    world.plan(amina, "goal_check_in", world.time + timedelta(hours=1), slot="after")
    world.plan(grace, "mid_point_mentor", world.time + timedelta(hours=1), slot="after")
    world.live(world.time + DAY)
    assert world.told(amina) and world.told(grace)


def test_nobody_is_reminded_of_what_she_or_her_mentor_was_asked_before(world: Living) -> None:
    amina, grace, _ = together(world)
    world.live(THURSDAY + timedelta(hours=1))
    begun = len(world.told(grace)), len(world.told(amina))
    assert all(begun)
    world.says(AMINA, CRY["en"])
    world.live(THURSDAY + 4 * DAY, step=timedelta(hours=3))
    assert (len(world.told(grace)), len(world.told(amina))) == begun


def pair(bed: Bed, *, mentee: int, mentor: int) -> None:
    with bed.database.transaction() as db:
        db.add(Cohort(id=1, name="Autumn", starts_on=MONDAY.date()))
        db.flush()
        for id, who, role in ((1, mentee, "mentee"), (2, mentor, "mentor")):
            db.add(Enrolment(id=id, participant_id=who, cohort_id=1, role=role, created_at=MONDAY))
        db.flush()
        db.add(Pairing(mentee_id=1, mentor_id=2, created_at=MONDAY))


@pytest.fixture
def bed(database_url: str) -> Iterator[Bed]:
    with open_bed(database_url) as bed:
        yield bed


def test_what_waits_to_go_to_her_mentor_waits_until_she_is_released(bed: Bed) -> None:
    amina, grace, beth = bed.person(), bed.person(name="Grace"), bed.person(name="Beth")
    pair(bed, mentee=amina, mentor=grace)
    bed.change("update participant set held_at = created_at where id = :id", id=amina)
    bed.queue(grace, "Tomorrow you meet.", priority=1)
    bed.queue(grace, "An answer to her.", priority=0)
    bed.queue(beth, "Tomorrow you meet.", priority=1)
    bed.send()
    assert bed.bodies(grace) == ["An answer to her."]
    assert bed.bodies(beth) == ["Tomorrow you meet."]
    bed.change("update participant set held_at = null where id = :id", id=amina)
    bed.forward(hours=2)
    bed.send()
    assert bed.bodies(grace) == ["An answer to her.", "Tomorrow you meet."]


def test_software_tells_her_and_the_staff_on_call_and_nobody_else_in_the_world(
    database_url: str, tmp_path: Path
) -> None:
    """Not her mentor, not an employer, not the police, not the Home Office: the outbox is Twilio's
    own list of all that ever left us."""
    with open_world(database_url) as world:
        world.enrol(tmp_path, [ROW_GRACE, ROW_AMINA])
        world.tick()
        world.taps(AMINA, "yes")
        before = {message.sid for message in world.simulator.messages}
        for words in (CRY["ar"], CRY["en"], "umbrella"):
            world.says(AMINA, words)
        for _ in range(6):
            world.later(minutes=20)
        world.later(days=2)
        left = [
            (message.to, message.body)
            for message in world.simulator.messages
            if message.sid not in before and message.direction != "inbound"
        ]
        assert {to for to, _ in left} == {f"whatsapp:{AMINA}", LEAD_PHONE}
        assert all("999" not in body for to, body in left if to == LEAD_PHONE)
