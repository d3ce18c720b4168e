"""What the fallback address sets down in files is taken in later: in order, once, and sealed."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.clock import guarded
from bot.store.inbox import Full, set_down, waiting
from tests.rows import ROW_AMINA, ROW_GRACE
from tests.webhook import Answered, form, post, sid
from tests.world import AMINA, World, open_world

FALLBACK = "/webhooks/twilio/fallback"
TEXTS = "select text from message where direction = 'in' order by id"


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    """Amina is asked whether this is her number."""
    with open_world(database_url) as world:
        world.enrol(tmp_path, [ROW_GRACE, ROW_AMINA | {"language": "en"}])
        world.tick()
        yield world


def set_aside(world: World, words: str, **changes: str) -> Answered:
    return post(world, form(words, **changes), path=FALLBACK)


def test_without_a_database_messages_are_kept_and_taken_in_later_in_order_and_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, twice = world.parts.database, sid()

    def away() -> None:
        raise OSError("the database is away")

    with monkeypatch.context() as gone:
        for name in ("transaction", "reading"):
            gone.setattr(database, name, away)
        assert post(world, form("not this way")).status == 503
        assert set_aside(world, "first of all").status == 200
        world.time = world.time.replace(minute=world.time.minute + 1)
        for _ in range(2):
            answered = set_aside(world, "I am not safe", MessageSid=twice)
            assert (answered.status, answered.body) == (200, "<Response/>")
        assert len(waiting(world.settings.inbox_folder)) == 2
        guarded(world.clock.take_up)
        assert len(waiting(world.settings.inbox_folder)) == 2, "kept while it is away"
    assert world.clock.take_up() == 2
    assert [row[0] for row in world.rows(TEXTS)] == ["first of all", "I am not safe"]
    assert set_aside(world, "I am not safe", MessageSid=twice).status == 200
    assert world.clock.take_up() == 1 and len(world.rows(TEXTS)) == 2
    assert waiting(world.settings.inbox_folder) == []


def test_a_tap_that_was_set_down_still_has_its_payload_and_an_old_word_answers_nothing(
    world: World,
) -> None:
    step = "select step from conversation order by id desc limit 1"
    shown = world.newest(AMINA).shown
    assert shown is not None
    button = next(each for each in shown.buttons if each.id.endswith(":yes"))
    world.time = world.time.replace(hour=world.time.hour - 2)
    assert set_aside(world, "yes").status == 200  # before she was asked
    world.time = world.time.replace(hour=world.time.hour + 2)
    world.clock.take_up()
    assert world.one("select count(*) from answer") == 0 and "wrote_to_us" in world.alerts()
    fields = {"ButtonPayload": button.id, "ButtonText": "Yes", "MessageType": "interactive"}
    assert set_aside(world, "Yes", **fields).status == 200
    world.clock.take_up()
    assert world.one(step) != "right_number"


def test_what_is_forged_misshapen_or_too_much_is_not_set_down(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = world.settings.inbox_folder
    assert post(world, form("x"), path=FALLBACK, signed="forged").status == 403
    assert post(world, form("x"), path=FALLBACK, signed=None).status == 403
    for name in ("../../x", "SM1", ""):
        assert set_aside(world, "x", MessageSid=name).status == 400
    assert not folder.exists() or waiting(folder) == []
    monkeypatch.setattr("bot.store.inbox.MOST", 1)
    set_down(tmp_path / "full", {}, sid="SM1", key="", now=world.time)
    with pytest.raises(Full):
        set_down(tmp_path / "full", {}, sid="SM2", key="", now=world.time)


def test_the_files_are_for_us_alone_and_sealed_with_the_key(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    fields = form("somebody hurts me")
    set_down(folder, fields, sid="SM1", key="k" * 32, now=world.time)
    (path,) = waiting(folder)
    assert oct(path.stat().st_mode)[-3:] == "600" and oct(folder.stat().st_mode)[-3:] == "700"
    assert b"hurts" not in path.read_bytes()
    set_down(folder, fields, sid="SM2", key="", now=world.time)
    assert json.loads(waiting(folder)[1].read_bytes())["form"]["Body"] == "somebody hurts me"
