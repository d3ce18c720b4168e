"""Conflict of interest: what is about a staff member goes round her."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from bot.actions.change_alert import change_alert
from bot.actions.exclude import exclude, include
from bot.actions.release_hold import release_hold
from bot.errors import Refused
from bot.store.pages.talk import messages
from bot.store.sight import KEPT, sight_of
from tests.actions.calling import Team, open_team
from tests.actions.test_call_out import expected
from tests.rows import ROW_AMINA, ROW_GRACE
from tests.world import AMINA, GRACE

STRANGER = "+447700900999"


@pytest.fixture
def team(database_url: str, tmp_path: Path) -> Iterator[Team]:
    with open_team(database_url) as team:
        team.world.enrol(tmp_path, [ROW_GRACE, ROW_AMINA])
        yield team


def conflicts(team: Team) -> list[tuple[int, str]]:
    names = {staff_id: name for name, staff_id in team.ids.items()}
    rows = team.world.rows("select alert_id, staff_id from alert_conflict order by id")
    return [(alert_id, names[staff_id]) for alert_id, staff_id in rows]


@pytest.mark.parametrize(
    ("who", "words"),
    [
        (AMINA, "I want to kill myself because of RUTH"),
        (AMINA, "Rúth's brother hits me. I want to die"),
        (GRACE, "My mentee wants to kill herself, she says ruth told her so"),
        (STRANGER, "I want to kill myself because of Ruth"),
    ],
)
def test_words_that_name_a_staff_member_go_round_her(team: Team, who: str, words: str) -> None:
    if who == STRANGER:
        team.world.simulator.add_phone(number=STRANGER, name="?", sms=True)
    since = team.world.time
    team.world.says(who, words)
    assert conflicts(team) == [(1, "Ruth")]
    assert ("conflict", "Ruth", "named") in team.steps()
    called = {(name, way) for _, name, way in team.called(since)}
    assert called == {("Noor", "sms"), ("Noor", "email")}


def test_a_title_before_her_name_hides_it_from_nobody(team: Team) -> None:
    team.keep("update staff set name = 'Dr. Ruth Green' where name = 'Ruth'")
    team.world.says(AMINA, "I want to kill myself because of Ruth")
    assert conflicts(team) == [(1, "Ruth")]


@pytest.mark.parametrize("words", ["I want to kill myself", "I want to die, truth is, Ruthless"])
def test_a_part_of_a_word_names_nobody(team: Team, words: str) -> None:
    team.world.says(AMINA, words)
    assert team.world.alerts() == ["harm_red"]
    assert conflicts(team) == []


def test_a_name_in_everyday_words_hides_nothing(team: Team) -> None:
    team.world.says(AMINA, "Thank you Ruth for the bus ticket")
    assert team.world.alerts()
    assert conflicts(team) == []


def test_what_she_writes_afterwards_counts_for_what_is_open(team: Team) -> None:
    team.world.says(AMINA, "I want to kill myself")
    team.world.says(AMINA, "it is Noor who did it")
    assert (1, "Noor") in conflicts(team)


def test_whom_it_went_round_is_not_called_about_the_next_cry_either(team: Team) -> None:
    world = team.world
    world.says(AMINA, "I want to kill myself because of Ruth")
    since = world.time
    world.says(AMINA, "please help, I want to die")
    world.says(AMINA, "what shall I do now")
    assert [one for _, one in conflicts(team)] == ["Ruth"] * 3
    assert ("conflict", "Ruth", "before") in team.steps(2)
    team.minutes(46)
    assert "Ruth" not in {name for _, name, _ in team.called(since)}
    for alert_id in (1, 2, 3):
        change_alert(
            world.parts.database,
            alert_id=alert_id,
            to="closed",
            staff_id=team.ids["Noor"],
            note="spoke with her",
            now=world.time,
        )
    world.says(AMINA, "I want to die")
    assert len(conflicts(team)) == 3, "what is dealt with does not follow her for ever"


def test_whom_it_is_about_reads_nothing_that_was_said_in_the_meantime(team: Team) -> None:
    world = team.world

    def read_by(name: str) -> list[str]:
        sight = sight_of(
            staff_id=team.ids[name], permissions=("read", "write", "safeguard"), cohorts=None
        )
        amina = int(world.one("select id from participant where reference = 'A1'"))
        with world.parts.database.reading() as db:
            rows = messages(db, participant_id=amina, sight=sight)
        return [row.text for row in rows if row.direction == "in"]

    said = ["I want to kill myself", "it is Ruth who did it", "she comes on Friday", "hello?"]
    for words in said:
        world.says(AMINA, words)
    assert read_by("Ruth") == [KEPT] * 4
    assert read_by("Noor") == said
    with world.parts.database.transaction() as db:
        include(db, alert_id=2, staff_id=team.ids["Ruth"], by=team.ids["Noor"], now=world.time)
    assert read_by("Ruth") == [KEPT, KEPT, KEPT, "hello?"], "that alert is hers again"


def test_whom_it_is_about_does_not_let_the_bot_write_again(team: Team) -> None:
    world = team.world
    world.says(AMINA, "I want to kill myself because of Ruth")
    amina = int(world.one("select id from participant where reference = 'A1'"))
    with pytest.raises(Refused), world.parts.database.transaction() as db:
        release_hold(db, participant_id=amina, staff_id=team.ids["Ruth"], now=world.time)
    with world.parts.database.transaction() as db:
        assert release_hold(db, participant_id=amina, staff_id=team.ids["Noor"], now=world.time)


def test_a_cry_that_nobody_has_is_not_released_with_the_one_before(team: Team) -> None:
    world = team.world
    world.says(AMINA, "I want to kill myself")
    world.says(AMINA, "I want to die")
    ruth = partial(
        change_alert, world.parts.database, staff_id=team.ids["Ruth"], note="spoke", now=world.time
    )
    with pytest.raises(Refused, match="written of harm again"):
        ruth(alert_id=1, to="closed", release=True)
    assert world.one("select state from alert where id = 1") == "open"
    ruth(alert_id=2, to="noted")
    ruth(alert_id=1, to="closed", release=True)
    assert world.one("select held_at from participant where reference = 'A1'") is None


def test_the_only_one_who_could_act_is_called_though_she_is_named(team: Team) -> None:
    since = team.world.time
    team.keep("delete from duty where rank > 1")
    team.keep("update staff set active = false where name <> 'Ruth'")
    team.world.says(AMINA, "I want to kill myself because of Ruth")
    assert conflicts(team) == []
    assert ("conflict", "Ruth", "the only one") in team.steps()
    assert {name for _, name, _ in team.called(since)} == {"Ruth"}


def test_staff_add_one_and_take_her_back_and_what_she_had_is_open_again(team: Team) -> None:
    world, ids = team.world, team.ids
    world.says(AMINA, "I want to kill myself")
    change_alert(world.parts.database, alert_id=1, to="noted", staff_id=ids["Ruth"], now=world.time)
    since = world.time
    with world.parts.database.transaction() as db:
        exclude(db, alert_id=1, staff_id=ids["Ruth"], by=ids["Noor"], now=world.time)
    assert world.alerts() == ["harm_red"]
    team.minutes(1)
    assert team.called(since)[-2:] == expected((1, ("Noor",)))
    with world.parts.database.transaction() as db:
        exclude(db, alert_id=1, staff_id=ids["Noor"], by=ids["Joan"], now=world.time)
    with (
        pytest.raises(Refused, match="Somebody must remain"),
        world.parts.database.transaction() as db,
    ):
        exclude(db, alert_id=1, staff_id=ids["Joan"], by=ids["Joan"], now=world.time)
    with world.parts.database.transaction() as db:
        include(db, alert_id=1, staff_id=ids["Ruth"], by=ids["Joan"], now=world.time)
    assert conflicts(team) == [(1, "Noor")]
    said = [step for step in team.steps() if step[0] == "conflict"]
    assert said == [
        ("conflict", "Ruth", f"said by:{ids['Noor']}"),
        ("conflict", "Noor", f"said by:{ids['Joan']}"),
        ("conflict", "Ruth", f"taken back:{ids['Joan']}"),
    ]
    assert (
        world.one("select count(*) from audit_entry where action in ('excluded','included')") == 3
    )
