"""A quiet sign of danger: staff read it, she notices nothing, and her answer still counts."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.engine.understand import Choice, Heard, Kind, Question
from bot.store.pages.alert_life import StepRow
from bot.vocabulary import load_vocabulary
from bot.web.alert_steps import lines
from tests.quick import Quick, open_quick
from tests.rows import ROW_AMINA, ROW_GRACE
from tests.world import AMINA

NOBODY = "+447700900777"
SIGNS = ("my husband is angry every night", "bruises on my arm again")


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[Quick]:
    """Amina has agreed and is asked about her week."""
    with open_quick(database_url) as world:
        world.enrol(tmp_path, [ROW_GRACE, ROW_AMINA | {"language": "en"}])
        world.tick()
        yield world


def quiet_alerts(world: Quick) -> list[tuple[object, ...]]:
    return world.rows("select level, times, state from alert where kind = 'harm_quiet'")


def test_a_quiet_sign_is_told_to_staff_and_she_hears_nothing_of_it(world: Quick) -> None:
    plain = world.says(AMINA, "the weather is lovely")
    assert quiet_alerts(world) == []
    answers = world.says(AMINA, SIGNS[0])
    assert quiet_alerts(world) == [("amber", 1, "open")]
    assert world.one("select held_at is null from participant where reference = 'A1'")
    assert not any("999" in answer or "danger" in answer for answer in [*plain, *answers])


def test_one_quiet_alert_stays_one_and_names_every_message(world: Quick) -> None:
    for sign in SIGNS:
        world.says(AMINA, sign)
    assert quiet_alerts(world) == [("amber", 2, "open")]
    linked = world.rows(
        "select message.text from alert_step join message on cast(message.id as text) = detail "
        "where alert_step.kind = 'said' order by alert_step.id"
    )
    assert [text for (text,) in linked] == list(SIGNS)


def test_after_it_is_closed_the_next_sign_is_a_new_alert(world: Quick) -> None:
    world.says(AMINA, SIGNS[0])
    with world.parts.database.transaction() as db:
        db.execute(text("update alert set state = 'closed' where kind = 'harm_quiet'"))
    world.says(AMINA, SIGNS[1])
    assert [state for _, _, state in quiet_alerts(world)] == ["closed", "open"]


def test_a_quiet_sign_is_still_the_answer_that_it_is() -> None:
    hear, now = load_vocabulary().hear, datetime(2026, 11, 23, 10, tzinfo=UTC)
    words = hear(SIGNS[0], language="en", question=Question(kind=Kind.TEXT), now=now)
    assert (words.heard, words.value, words.quiet) == (Heard.TEXT, SIGNS[0], True)
    low = Question(kind=Kind.OPTIONS, choices=(Choice(key="hard", label=SIGNS[0]),))
    label = hear(SIGNS[0], language="en", question=low, now=now)
    assert (label.heard, label.quiet) == (Heard.OPTION, False)


def test_a_quiet_sign_from_an_unknown_number_is_read_too(world: Quick) -> None:
    world.simulator.add_phone(number=NOBODY, name="?", sms=True)
    answers = world.says(NOBODY, SIGNS[0])
    assert quiet_alerts(world) == [("amber", 1, "open")]
    assert not any("999" in answer for answer in answers)


def test_a_quiet_sign_is_heard_after_stop(world: Quick) -> None:
    world.says(AMINA, "STOP")
    assert world.says(AMINA, SIGNS[0]) == []
    assert quiet_alerts(world) == [("amber", 1, "open")]


def test_a_quiet_sign_is_heard_when_all_else_fails(
    world: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise LookupError("a conversation that cannot be read")

    monkeypatch.setattr("bot.actions.respond.open_question", broken)
    world.says(AMINA, SIGNS[1])
    assert "parked" in world.alerts()
    assert quiet_alerts(world) == [("amber", 1, "open")]


@pytest.mark.parametrize("cry", ["🆘", "🆘🆘🆘", "🆘\ufe0f", "SOS", "sos!!", "S.O.S", "Sos 🆘"])
def test_the_sign_for_help_is_heard_however_it_is_typed(world: Quick, cry: str) -> None:
    assert "999" in world.says(AMINA, cry)[0]
    assert world.alerts() == ["harm_red"]


def test_what_is_written_under_a_picture_is_read_as_any_message(world: Quick) -> None:
    picture = [("image/jpeg", b"\xff\xd8 a picture")]
    world.says(AMINA, SIGNS[0], media=picture)
    assert "harm_quiet" in world.alerts()
    world.says(AMINA, "he beats me", media=picture)
    assert "harm_red" in world.alerts()


def test_each_such_message_is_linked_from_its_alert() -> None:
    now = datetime(2026, 11, 23, 10, tzinfo=UTC)
    steps = [StepRow(kind="said", name="", detail=number, at=now) for number in ("7", "9")]
    assert [line.message for line in lines(steps)] == ["7", "9"]
