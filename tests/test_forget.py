"""Forgetting Amina: every kind of row is made for her and for Grace; nothing of hers is left."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import JSON, String, cast, select
from sqlmodel import SQLModel

from bot.actions.erase_copies import erase_copies
from bot.actions.forget import Forgotten, forget, would_forget
from bot.errors import Refused
from bot.people_file import import_people
from bot.store.do_not_contact import fingerprint, let_go
from bot.store.hers import NOBODY, STAYS, decided
from bot.store.models import Address, Alert, Conversation, Delivery, Enrolment, Participant
from bot.store.tables import table
from tests.everything import AMINA_SAID, GRACE_SAID, KEY, numbers
from tests.world import AMINA, GRACE, World

pytestmark = pytest.mark.timeout(120)


def hers(world: World) -> int:
    return int(world.one("select id from participant where reference = 'AMINA-77'"))


def forgotten(world: World, tmp_path: Path) -> Forgotten:
    return forget(
        world.parts.house,
        world.clock.channel,
        participant_id=hers(world),
        key=KEY,
        media=tmp_path / "media",
        now=world.time,
    )


def everything(world: World) -> Iterator[tuple[str, str]]:
    """Every text of every table: where it stands, and itself."""
    with world.parts.database.reading() as db:
        for one in SQLModel.metadata.sorted_tables:
            for column in one.columns:
                if "CHAR" in str(column.type) or isinstance(column.type, JSON):
                    for text in db.execute(select(cast(column, String))).scalars():
                        yield f"{one.name}.{column.name}", text or ""


def found(world: World, needles: tuple[str, ...]) -> list[str]:
    return sorted(
        {
            f"{place}: {needle}"
            for place, text in everything(world)
            for needle in needles
            if needle.casefold() in text.casefold()
            or needle.encode("unicode-escape").decode() in text
        }
    )


def test_every_table_is_decided_upon() -> None:
    tables = set(SQLModel.metadata.tables)
    assert tables == {*STAYS, *decided()}
    assert not STAYS.keys() & decided()


def test_every_table_has_a_row_before_amina_is_forgotten(full: World) -> None:
    with full.parts.database.reading() as db:
        tables = SQLModel.metadata.sorted_tables
        empty = {one.name for one in tables if db.execute(select(one).limit(1)).first() is None}
    assert empty <= {"do_not_contact", "erasure", "leftover", "template"}, empty


def test_of_amina_nothing_is_left_in_any_table_file_or_at_twilio(
    full: World, tmp_path: Path
) -> None:
    full.simulator.misbehave("lost_webhook")
    full.simulator.receive_from(AMINA, "amina wrote this, and only Twilio knows")
    assert len(found(full, AMINA_SAID)) > 30
    done = forgotten(full, tmp_path)
    assert found(full, AMINA_SAID) == []
    assert (done.copies_left, done.scrubbed) == (0, True)
    assert not list((tmp_path / "media").glob("amina*"))
    for message in full.simulator.messages:  # what Twilio still holds
        held = " ".join((message.body, message.from_, message.to))
        assert not [needle for needle in AMINA_SAID if needle in held], held
    for file in tmp_path.rglob("*"):
        if file.is_file() and file.name != "people.csv":
            bytes_ = file.read_bytes()
            left = [needle for needle in AMINA_SAID if needle.encode() in bytes_]
            assert left == [], file


def test_what_is_graces_own_stays(full: World, tmp_path: Path) -> None:
    before = found(full, GRACE_SAID)
    talk = [one for one in full.simulator.messages if numbers(one) == GRACE]
    held = {message.sid for message in talk if "Amina" not in message.body}
    forgotten(full, tmp_path)
    assert found(full, GRACE_SAID) == before
    assert held <= {message.sid for message in full.simulator.messages}
    assert (tmp_path / "media" / "grace.ogg").exists()
    told = full.rows("select kind, subject from alert where kind = 'pair_ended'")
    assert len(told) == 1  # a person has to tell her


@pytest.mark.parametrize("reference", ["120", "mentor", "W-1"])
def test_a_reference_that_says_nothing_of_her_takes_nothing_of_others(
    full: World, tmp_path: Path, reference: str
) -> None:
    person, talk, enrolment = table(Participant), table(Conversation), table(Enrolment)
    said = {"minutes": 120, "why": "120 minutes"}
    with full.parts.database.transaction() as db:
        mentor = select(enrolment.c.participant_id).where(enrolment.c.role == "mentor").limit(1)
        grace = db.execute(mentor).scalar_one()
        graces = talk.c.participant_id == grace, talk.c.session_id.is_(None)
        ours = select(talk.c.id).where(*graces, talk.c.goal_id.is_(None))
        kept = db.execute(ours).scalars().all()[0]
        db.execute(talk.update().where(talk.c.id == kept).values(answers=said))
        db.execute(person.update().where(person.c.id == grace).values(reference="W-1-A"))
        own = person.c.reference == "AMINA-77"
        db.execute(person.update().where(own).values(reference=reference))
    forget(
        full.parts.house,
        full.clock.channel,
        participant_id=int(full.one("select id from participant where name like 'Amina%'")),
        key=KEY,
        media=tmp_path / "media",
        now=full.time,
    )
    with full.parts.database.reading() as db:
        assert db.execute(select(talk.c.answers).where(talk.c.id == kept)).scalar_one() == said
        assert db.execute(mentor).scalar_one() == grace
        assert "W-1-A" in db.execute(select(person.c.reference)).scalars().all()


def test_a_cry_from_a_phone_of_which_somebody_said_it_is_not_hers_is_no_less_open(
    full: World, tmp_path: Path
) -> None:
    with full.parts.database.transaction() as db:
        db.execute(table(Address).update().values(state="wrong"))
    full.says(AMINA, "I want to kill myself")
    with pytest.raises(Refused, match="concern about her is not closed"):
        forgotten(full, tmp_path)


def test_hours_and_counts_stay_as_somebodys_whom_nobody_can_name(
    full: World, tmp_path: Path
) -> None:
    her, query = hers(full), "select count(*), sum(minutes) from session where state = 'held'"
    before = full.rows(query)
    forgotten(full, tmp_path)
    assert full.rows(query) == before and before[0][1] == 60
    with full.parts.database.reading() as db:
        row = db.get_one(Participant, her)
    assert (row.name, row.language, row.state, row.safe_word) == (NOBODY, "", "left", "")
    assert row.reference.startswith("forgotten-")


def test_a_dry_run_says_what_would_go_and_changes_nothing(full: World, tmp_path: Path) -> None:
    before = list(everything(full))
    seen = would_forget(
        full.parts.house, full.clock.channel, participant_id=hers(full), now=full.time
    )
    assert list(everything(full)) == before
    done = forgotten(full, tmp_path)
    same = ("message", "answer", "goal", "consent", "address", "delivery", "receipt", "media")
    assert {name: seen.counts[name] for name in same} == {name: done.counts[name] for name in same}
    assert (seen.copies, seen.files, seen.receipt) == (done.copies, done.files, "")


def test_only_a_keyed_fingerprint_of_her_number_is_kept(full: World, tmp_path: Path) -> None:
    done = forgotten(full, tmp_path)
    kept = {row[0] for row in full.rows("select fingerprint from do_not_contact")}
    assert fingerprint(AMINA, key=KEY) in kept and len(kept) == 2  # and WhatsApp's name for her
    assert fingerprint(AMINA, key="another key of the tests") not in kept
    assert full.one("select receipt from erasure") == done.receipt


def test_an_open_concern_a_hold_and_a_message_on_its_way_refuse(
    full: World, tmp_path: Path
) -> None:
    her, database = hers(full), full.parts.database
    for model, values, said in (
        (Participant, {"legal_hold": "the police have asked"}, "on hold"),
        (Alert, {"state": "noted"}, "concern about her is not closed"),
    ):
        rows = table(model)
        mine = rows.c.id == her if model is Participant else rows.c.kind == "harm_red"
        with database.reading() as db:
            column = next(iter(values))
            before = db.execute(select(rows.c[column]).where(mine)).scalar_one()
        with database.transaction() as db:
            db.execute(rows.update().where(mine).values(**values))
        with pytest.raises(Refused, match=said):
            forgotten(full, tmp_path)
        with database.transaction() as db:
            db.execute(rows.update().where(mine).values({column: before}))
    full.simulator.misbehave("503", on="list")
    with pytest.raises(Refused, match="nothing was erased"):
        forgotten(full, tmp_path)
    sending = table(Delivery).update().values(state="sending")
    with database.transaction() as db:
        db.execute(sending.where(table(Delivery).c.participant_id == her))
    with pytest.raises(Refused, match="just leaving"):
        forgotten(full, tmp_path)
    assert len(found(full, AMINA_SAID)) > 30


def test_what_twilio_would_not_erase_is_tried_again_and_staff_are_told_until_it_is_gone(
    full: World, tmp_path: Path
) -> None:
    full.simulator.misbehave("503", on="delete", times=10_000)
    done = forgotten(full, tmp_path)
    assert done.copies_left == done.copies > 3
    for _ in range(5):
        full.time += timedelta(hours=13)
        erase_copies(full.parts.database, full.clock.channel, older_than=None, now=full.time)
    assert "copies_left" in full.alerts()
    full.simulator.behave()
    full.time += timedelta(hours=13)
    erase_copies(full.parts.database, full.clock.channel, older_than=None, now=full.time)
    assert full.one("select count(*) from leftover where state <> 'gone'") == 0
    assert "copies_left" not in full.alerts()
    assert found(full, AMINA_SAID) == []


def test_what_twilio_still_holds_of_her_does_not_come_back_with_the_catch_up(
    full: World, tmp_path: Path
) -> None:
    full.simulator.misbehave("503", on="delete", times=10_000)
    forgotten(full, tmp_path)
    full.time += timedelta(minutes=3)
    full.clock.catch_up()
    assert found(full, AMINA_SAID) == []


def test_a_forgotten_number_that_writes_gets_the_strangers_answer_and_a_cry_is_heard(
    full: World, tmp_path: Path
) -> None:
    forgotten(full, tmp_path)
    first, second = full.says(AMINA, "hello"), full.says(AMINA, "hello again")
    assert (len(first), second) == (1, [])
    assert full.says(AMINA, "I want to kill myself") and "harm_red" in full.alerts()


def test_an_import_refuses_a_forgotten_number_until_she_asks_for_it_herself(
    full: World, tmp_path: Path
) -> None:
    forgotten(full, tmp_path)
    database, file = full.parts.database, tmp_path / "people.csv"

    def errors(key: str) -> str:
        report = import_people(database, file, apply=False, now=full.time, key=key)
        return " ".join(report.errors)

    assert "this number was erased with somebody" in errors(KEY)
    assert "SECRET_KEY is missing" in errors("")
    with database.transaction() as db:
        assert not let_go(db, GRACE, key=KEY)
        assert let_go(db, AMINA, key=KEY)
    assert errors(KEY) == ""
