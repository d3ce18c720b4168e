"""The papers of a deployment say what is true of it; the table of ASVS names living tests."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import commands
from bot.papers import papers, span
from tests.quick import Quick, open_quick
from tests.rows import ROW_AMINA, ROW_GRACE

ROOT = Path(__file__).parent.parent
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
CHAPTERS = tuple(f"V{number}" for number in range(1, 18))
TEST_ID = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[Quick]:
    with open_quick(database_url) as world:
        world.enrol(tmp_path, [ROW_GRACE, ROW_AMINA])
        yield world


def written(world: Quick, **changes: object) -> dict[str, str]:
    parts = replace(world.parts, settings=replace(world.parts.settings, **changes))  # type: ignore[arg-type]
    return {paper.name: paper.text for paper in papers(parts, now=NOW)}


def test_the_dpia_says_what_is_true_of_this_deployment(world: Quick) -> None:
    said = written(world, keep_words_months=9, keep_strangers_days=44)["dpia.md"]
    assert "1 mentees, 1 mentors, in 1 cohorts" in said
    assert "9 months after her part ends" in said
    assert "44 days" in said
    assert "Arabic (draft)" in said
    assert "not yet approved by two people in Arabic, Persian, Tigrinya" in said
    assert "Monday 09:00 to 18:00" in said
    assert "no nightly back-up is set up" in said
    assert "deleted 24 hours after delivery" in said
    assert "23 November 2026" in said


def test_what_is_not_protected_is_said_in_bold(world: Quick) -> None:
    bare = written(world, database_key="", keep_twilio_hours=None)["dpia.md"]
    keyed = written(world, database_key="k" * 32, backup_dir=Path("/backups"))["dpia.md"]
    assert "**its copies are not deleted**" in bare
    if world.parts.database.dialect == "sqlite":
        assert "**the database is not encrypted**" in bare
        assert "back-ups are encrypted" in keyed
    assert "a checked back-up each night, gone after 35 days" in keyed


def test_the_privacy_note_is_short_plain_and_names_whom_to_ring(world: Quick) -> None:
    said = written(world, contact_name="Ruth", contact_phone="020 7946 0000")["privacy.md"]
    assert "Ruth, 020 7946 0000" in said
    assert "$" not in said
    assert len(said.split()) < 450
    for sentence in re.split(r"[.?!:]\s", said):
        assert len(sentence.split()) <= 30, sentence


def test_no_paper_holds_a_name_or_number_of_anybody(world: Quick) -> None:
    for text in written(world).values():
        assert "Amina" not in text
        assert "7700" not in text


def test_the_command_writes_them_into_a_folder_and_says_what_is_left_to_fill(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "PUBLIC_URL": "https://bot.example.org",
        "SECRET_KEY": "not a secret at all",
        "TWILIO_ACCOUNT_SID": "AC" + "ab" * 16,
        "TWILIO_AUTH_TOKEN": "first-token",
        "TWILIO_SMS_FROM": "+441134960000",
        "DATABASE_URL": database_url,
    }.items():
        monkeypatch.setenv(name, value)
    said = CliRunner().invoke(commands, ["papers", str(tmp_path / "new" / "folder")])
    assert said.exit_code == 0, said.output
    assert "places in [brackets] are yours to fill" in said.output
    written = {path.name for path in (tmp_path / "new" / "folder").iterdir()}
    assert written == {"dpia.md", "privacy.md"}


def test_months_are_said_as_people_say_them() -> None:
    assert [span(months) for months in (6, 12, 36, 84)] == [
        "6 months",
        "1 year",
        "3 years",
        "7 years",
    ]


def test_every_chapter_of_asvs_is_answered_by_living_tests_or_a_reason() -> None:
    table = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (V\d+) ", table, re.M)
    assert tuple(headings) == CHAPTERS
    rows = [line for line in table.splitlines() if re.match(r"\| V?\d+\.\d+", line)]
    assert len(rows) > 60
    for row in rows:
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert len(cells) == 3 and all(cells), row
    for path, name in TEST_ID.findall(table):
        file = ROOT / path
        assert file.is_file(), path
        assert not name or re.search(rf"^def {name}\(", file.read_text(encoding="utf-8"), re.M), (
            name
        )


def test_the_runbook_names_commands_that_exist() -> None:
    runbook = (ROOT / "docs" / "breach.md").read_text(encoding="utf-8")
    for said in re.findall(r"`python3 -m bot ([a-z -]+?)(?: [A-Z]+)?`", runbook):
        found = commands
        for word in said.split():
            assert word in found.commands, said
            found = found.commands[word]
