"""`people import`: what it brings about, once and again, and that without --apply it is nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from bot.store.database import Database
from bot.store.models import (
    Address,
    CheckIn,
    Cohort,
    Consent,
    Delivery,
    Enrolment,
    Message,
    Organisation,
    Pairing,
    Participant,
    Session,
)
from tests.people_csv import AMINA, EVERYBODY, GRACE, NOW, SELAM, everything, run


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url)
    yield made
    made.dispose()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "people.csv"


def addresses(database: Database) -> dict[str, str]:
    with database.reading() as db:
        return {row.address: row.state for row in db.exec(select(Address))}


def test_without_apply_it_reports_and_writes_nothing(database: Database, path: Path) -> None:
    before = everything(database)
    report = run(database, path, *EVERYBODY, apply=False)
    assert (report.created, report.errors, report.applied) == (3, (), False)
    assert report.lines[0] == (
        "line 2: W-1: new: whatsapp added; sms added; joins Autumn; has M-1 as mentor"
    )
    assert report.lines[-1].endswith("Nothing was written. Add --apply to write it.")
    assert everything(database) == before


def test_with_apply_everybody_is_there_with_addresses_and_pair(
    database: Database, path: Path
) -> None:
    report = run(database, path, *EVERYBODY)
    assert (report.created, report.errors, report.applied) == (3, (), True)
    assert addresses(database) == {
        "whatsapp:+447700900201": "usable",
        "whatsapp:+447700900101": "usable",
        "+447700900101": "usable",
        "+447700900102": "usable",
    }
    with database.reading() as db:
        people = {row.reference: row.language for row in db.exec(select(Participant))}
        assert people == {"W-1": "ar", "W-2": "ti", "M-1": "en"}
        assert db.exec(select(Organisation.name)).all() == ["Acorn Ltd"]
        assert str(db.exec(select(Cohort)).one().starts_on) == "2026-11-16"
        assert len(db.exec(select(Pairing)).all()) == 1


def test_everybody_new_is_welcomed_and_the_pairs_sessions_are_planned(
    database: Database, path: Path
) -> None:
    run(database, path, *EVERYBODY)
    with database.reading() as db:
        welcomes = db.exec(select(CheckIn).where(CheckIn.flow == "welcome")).all()
        assert [(row.slot, row.due_at, row.state) for row in welcomes] == [
            ("welcome", datetime(2026, 11, 16, tzinfo=UTC), "planned")
        ] * 3  # due since the day their cohort began
        sessions = db.exec(select(Session).order_by(Session.number)).all()
        asked = {
            row.session_id: row for row in db.exec(select(CheckIn).where(CheckIn.session_id > 0))
        }
    assert [row.number for row in sessions] == list(range(1, 11))
    assert sessions[0].starts_at == datetime(2026, 11, 24, 17, 30, tzinfo=UTC)
    assert {row.flow for row in asked.values()} == {"session_confirm"}
    for row in sessions:
        assert asked[row.id].due_at == row.starts_at + timedelta(minutes=105)


def test_importing_twice_changes_nothing(database: Database, path: Path) -> None:
    run(database, path, *EVERYBODY)
    before = everything(database)
    report = run(database, path, *EVERYBODY, now=NOW + timedelta(days=9))
    assert (report.created, report.changed, report.unchanged) == (0, 0, 3)
    assert everything(database) == before


def test_a_changed_name_and_language_are_taken_over(database: Database, path: Path) -> None:
    run(database, path, *EVERYBODY)
    report = run(database, path, AMINA | {"name": "Amineh", "language": "فارسی"}, GRACE)
    assert (report.changed, report.unchanged) == (1, 1)
    assert report.lines[0] == "line 2: W-1: changed: another name; language fa instead of ar"


def test_the_language_she_chose_herself_is_kept(database: Database, path: Path) -> None:
    run(database, path, *EVERYBODY)
    with database.transaction() as db:
        her = db.exec(select(Participant).where(Participant.reference == "W-2")).one()
        her.language = "en"
        db.add(Message(participant_id=her.id, direction="in", text="English", at=NOW))
    report = run(database, path, *EVERYBODY)
    assert report.unchanged == 3
    assert "language stays en, which this person chose" in report.lines[1]


def test_after_a_changed_number_nothing_goes_to_the_old_phone(
    database: Database, path: Path
) -> None:
    """Not on another channel either, and not what already waits."""
    run(database, path, *EVERYBODY)
    with database.transaction() as db:
        old = db.exec(select(Address).where(Address.address == "whatsapp:+447700900101")).one()
        message = Message(participant_id=old.participant_id, direction="out", text="Hi", at=NOW)
        db.add(message)
        db.flush()
        db.add(
            Delivery(
                message_id=message.id,
                participant_id=old.participant_id,
                address_id=old.id,
                token="t",
                state="waiting",
                not_before=NOW,
                updated_at=NOW,
            )
        )
    report = run(database, path, AMINA | {"whatsapp": "07700 900109", "sms": ""}, GRACE)
    assert "whatsapp has a new number, the old one is not used any more" in report.lines[0]
    assert addresses(database) | {"+447700900102": "", "whatsapp:+447700900201": ""} == {
        "whatsapp:+447700900101": "wrong",
        "+447700900101": "wrong",
        "whatsapp:+447700900109": "usable",
        "+447700900102": "",
        "whatsapp:+447700900201": "",
    }
    with database.reading() as db:
        delivery = db.exec(select(Delivery)).one()
    assert (delivery.state, delivery.address_id) == ("queued", None)


def test_whatsapps_own_name_for_her_is_no_old_number(database: Database, path: Path) -> None:
    run(database, path, *EVERYBODY)
    with database.transaction() as db:
        her = db.exec(select(Participant).where(Participant.reference == "W-1")).one()
        second = Address(
            participant_id=her.id,
            channel="whatsapp",
            address="whatsapp:GB.1A2B",
            kind="user_id",
            created_at=NOW,
        )
        db.add(second)
    before = everything(database)
    assert run(database, path, *EVERYBODY).unchanged == 3
    assert everything(database) == before


def test_a_first_number_beside_whatsapps_own_name_for_her_replaces_nothing(
    database: Database, path: Path
) -> None:
    run(database, path, *EVERYBODY)
    with database.transaction() as db:
        her = db.exec(select(Participant).where(Participant.reference == "W-2")).one()
        second = {"address": "whatsapp:ER.1A2B", "kind": "user_id", "created_at": NOW}
        db.add(Address(participant_id=her.id, channel="whatsapp", **second))
    report = run(database, path, SELAM | {"whatsapp": "07700 900102"})
    assert report.lines[0] == "line 2: W-2: changed: whatsapp added"
    assert addresses(database)["whatsapp:ER.1A2B"] == "usable"


def test_a_number_that_comes_back_is_used_again(database: Database, path: Path) -> None:
    run(database, path, *EVERYBODY)
    run(database, path, AMINA | {"whatsapp": "07700 900109"}, GRACE)
    run(database, path, *EVERYBODY)
    states = addresses(database)
    assert states["whatsapp:+447700900101"] == states["+447700900101"] == "usable"
    assert states["whatsapp:+447700900109"] == "wrong"


def test_a_number_that_was_somebody_elses_phone_is_not_revived(
    database: Database, path: Path
) -> None:
    run(database, path, *EVERYBODY)
    with database.transaction() as db:
        wrong = db.exec(select(Address).where(Address.address == "+447700900102")).one()
        wrong.state, wrong.state_reason = "wrong", "wrong_person"
        db.add(wrong)
    report = run(database, path, *EVERYBODY)
    assert report.unchanged == 3
    assert "nothing goes to the sms number, which is wrong" in report.lines[1]
    assert addresses(database)["+447700900102"] == "wrong"


def test_a_new_number_after_a_wrong_one_brings_a_new_welcome(
    database: Database, path: Path
) -> None:
    run(database, path, *EVERYBODY)
    with database.transaction() as db:
        wrong = db.exec(select(Address).where(Address.address == "+447700900102")).one()
        wrong.state, wrong.state_reason = "wrong", "wrong_person"
        for row in db.exec(select(CheckIn)):
            row.state = "answered"
            db.add(row)
        db.add(wrong)
    run(database, path, SELAM | {"sms": "07700 900108"}, now=NOW + timedelta(days=1))
    with database.reading() as db:
        planned = db.exec(select(CheckIn).where(CheckIn.state == "planned")).all()
    assert [(row.flow, row.slot) for row in planned] == [("welcome", "welcome-2")]


def test_a_stranger_who_wrote_before_is_recognised(database: Database, path: Path) -> None:
    with database.transaction() as db:
        db.add(Address(channel="sms", address="+447700900102", created_at=NOW))
    report = run(database, path, SELAM | {"cohort_start": "2026-11-16"})
    assert report.errors == ()
    with database.reading() as db:
        assert db.exec(select(Address)).one().participant_id is not None


def test_a_stranger_who_said_stop_stays_stopped(database: Database, path: Path) -> None:
    with database.transaction() as db:
        db.add(Address(channel="sms", address="+447700900102", state="stopped", created_at=NOW))
    run(database, path, SELAM | {"cohort_start": "2026-11-16"})
    assert addresses(database) == {"+447700900102": "stopped"}


def test_another_mentor_ends_the_first_pair_and_its_sessions_to_come(
    database: Database, path: Path
) -> None:
    run(database, path, *EVERYBODY)
    harriet = GRACE | {"id": "M-2", "name": "Harriet", "whatsapp": "07700 900202"}
    later = NOW + timedelta(days=3)  # one session was on Tuesday
    run(database, path, AMINA | {"mentor_id": "M-2"}, harriet, now=later)
    with database.reading() as db:
        first, second = db.exec(select(Pairing).order_by(Pairing.id)).all()
        kept = db.exec(select(Session).where(Session.pairing_id == first.id)).all()
        new = db.exec(select(Session).where(Session.pairing_id == second.id)).all()
        about = {row.session_id for row in db.exec(select(CheckIn)) if row.session_id}
    assert (first.state, second.state) == ("ended", "active")
    assert [row.number for row in kept] == [1]
    assert len(new) == 10
    assert about == {row.id for row in (*kept, *new)}


def test_a_pair_that_comes_together_again_goes_on_counting(database: Database, path: Path) -> None:
    run(database, path, *EVERYBODY)
    harriet = GRACE | {"id": "M-2", "name": "Harriet", "whatsapp": "07700 900202"}
    later = NOW + timedelta(days=3)
    run(database, path, AMINA | {"mentor_id": "M-2"}, harriet, now=later)
    run(database, path, *EVERYBODY, now=later)
    with database.reading() as db:
        pair = db.exec(select(Pairing).where(Pairing.state == "active")).one()
        numbers = db.exec(select(Session.number).where(Session.pairing_id == pair.id)).all()
    assert sorted(numbers) == list(range(1, 11))


def test_a_mentee_moves_to_the_next_cohort_without_a_second_welcome_if_she_agreed(
    database: Database, path: Path
) -> None:
    run(database, path, *EVERYBODY)
    with database.transaction() as db:
        her = db.exec(select(Participant).where(Participant.reference == "W-1")).one()
        yes = {"kind": "messages", "given": True, "wording": "w", "language": "ar"}
        db.add(Consent(participant_id=her.id, channel="sms", at=NOW, **yes))
    spring = AMINA | {"cohort": "Spring", "cohort_start": "2027-01-18", "mentor_id": ""}
    report = run(database, path, spring)
    assert report.lines[0] == "line 2: W-1: changed: joins Spring; has left Autumn"
    with database.reading() as db:
        active = select(Enrolment).where(Enrolment.state == "active").order_by(Enrolment.id)
        new = db.exec(active).all()[-1]
        flows = {row.flow for row in db.exec(select(CheckIn).where(CheckIn.enrolment_id == new.id))}
        assert flows == {
            "goal_setting",
            "goal_check_in",
            "mid_point",
            "end_survey",
        }
        assert db.exec(select(Pairing)).one().state == "ended"
        assert db.exec(select(Session)).all() == []


def test_who_said_stop_is_not_written_to_again(database: Database, path: Path) -> None:
    run(database, path, *EVERYBODY)
    with database.transaction() as db:
        her = db.exec(select(Participant).where(Participant.reference == "W-2")).one()
        her.state = "stopped"
        db.add(her)
    report = run(database, path, *EVERYBODY)
    assert report.lines[1].endswith("nothing is sent: this person has stopped")
