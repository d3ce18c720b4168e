"""Whether SMS may be used when WhatsApp fails: asked once, changed by her, staff or the list."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select, update

from bot.people_rows import COLUMNS
from bot.store.database import Database
from bot.store.models import Address
from bot.store.tables import table
from tests.people_csv import AMINA as AMINA_ROW
from tests.people_csv import GRACE as GRACE_ROW
from tests.people_csv import run, run_bytes, text_of
from tests.quick import Quick, open_quick
from tests.rows import ROW_AMINA, ROW_FARAH, ROW_GRACE
from tests.world import AMINA, FARAH, GRACE

ASKED = "If WhatsApp does not work, can I send you an SMS?"


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[Quick]:
    """Amina and Grace have a number for SMS as well, Farah has WhatsApp only."""
    with open_quick(database_url) as world:
        rows = [ROW_GRACE | {"sms": GRACE}, ROW_AMINA | {"sms": AMINA}, ROW_FARAH]
        world.enrol(tmp_path, rows)
        world.tick()
        yield world


def welcomed(world: Quick, number: str) -> list[str]:
    """A mentee says yes to messages and skips the rest, up to the safe word; what she was asked."""
    for key in ("yes", "en", "yes", "no"):
        world.taps(number, key)
    asked = [world.newest(number).body]
    while "safe_word" not in world.one(
        "select c.step from conversation c join address a on a.participant_id = c.participant_id "
        "where a.address = :a and c.state = 'open'",
        a=f"whatsapp:{number}",
    ):
        if ASKED in asked[-1]:
            return asked
        asked += world.says(number, "0")
    return asked


def said(world: Quick, number: str) -> object:
    return world.one("select fallback from address where address = :a", a=number)


def test_she_is_asked_where_she_has_both_and_her_answer_is_kept_with_her_words(
    world: Quick,
) -> None:
    assert ASKED in welcomed(world, AMINA)[-1]
    assert said(world, AMINA) is None
    world.says(AMINA, "Yes")
    assert said(world, AMINA)
    assert world.rows("select value, words from answer where step = 'sms'") == [("yes", "Yes")]
    world.says(AMINA, "MENU")
    world.taps(AMINA, "choices")
    world.taps(AMINA, "anew")
    for _ in ("sensitive", "sharing"):
        world.says(AMINA, "0")
    assert ASKED in world.newest(AMINA).body
    world.taps(AMINA, "no")
    assert said(world, AMINA) is not None and not said(world, AMINA)


def test_a_mentor_is_asked_too_and_who_has_no_such_number_is_not(world: Quick) -> None:
    for key in ("yes", "en", "yes"):
        world.taps(GRACE, key)
    assert ASKED in world.newest(GRACE).body
    world.says(GRACE, "0")  # skipped: she was not heard to allow it
    assert said(world, GRACE) is None
    assert not [body for body in welcomed(world, FARAH) if ASKED in body]
    with world.parts.database.transaction() as db:  # as an import may have said
        hers = table(Address).c.address == AMINA
        db.execute(update(table(Address)).where(hers).values(fallback=True))
    assert not [body for body in welcomed(world, AMINA) if ASKED in body]


def test_the_list_may_say_it_and_what_she_said_herself_stays(
    database_url: str, tmp_path: Path
) -> None:
    database, path = Database(database_url), tmp_path / "people.csv"

    def allowed() -> bool | None:
        with database.reading() as db:
            return db.exec(select(Address.fallback).where(Address.channel == "sms")).one()

    def imported(answer: str, sms: str = AMINA_ROW["sms"]) -> str:
        row = AMINA_ROW | {"sms_fallback": answer, "sms": sms}
        rows = text_of(row, GRACE_ROW, columns=(*COLUMNS, "sms_fallback"))
        report = run_bytes(database, path, rows.encode())
        return " ".join((*report.lines, *report.errors))

    run(database, path, AMINA_ROW, GRACE_ROW)  # without the column
    assert allowed() is None
    assert "sms_fallback must be yes or no" in imported("perhaps")
    assert "W-1: unchanged" in imported("") and allowed() is None
    assert "SMS may be used when WhatsApp fails" in imported("Yes") and allowed() is True
    assert "W-1: unchanged" in imported("yes")
    assert "sms_fallback stays yes, which this person chose" in imported("no")
    assert allowed() is True
    imported("", sms="07700 900199")  # another number of hers: her answer goes with her
    with database.reading() as db:
        new = select(Address.fallback).where(Address.address == "+447700900199")
        assert db.exec(new).one() is True
    database.dispose()
