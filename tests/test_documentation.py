"""The papers keep step with the program: what exists is documented, what is documented exists."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from sqlmodel import SQLModel

from bot.channels.base import CHANNELS
from bot.cli import commands
from bot.languages import load_languages
from bot.library import load_library
from bot.people_file import import_people
from bot.people_rows import COLUMNS, OPTIONAL
from bot.programme.concerns import LEVELS, SENTENCES
from bot.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
PAPERS = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")
TRANSCRIPT = ROOT / "tests/transcripts/check_in_hard_week_in_arabic.txt"
ISOLATES = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069\u200e\u200f"))
LARGEST_PICTURE = 250_000  # bytes
CODE = re.compile(r"```(\w*)\n(.*?)```", re.S)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
TEST_ID = re.compile(r"(tests/[\w/]+\.py)::(test_\w+)")
FOLDERS = ("bot/", "tests/", "conversations/", "locales/", "docs/", ".ci/")
UNWANTED = (
    "/home" + "/",
    "/Us" + "ers/",
    "/ro" + "ot/",
    "pypi" + ".org",
    "TO" + "DO",
    "place" + "holder.png",
    "lorem",
    "\u2014",  # a sentence that needs such a dash is two sentences
    "seamless",
    "powerful",
    "blazing",
    "effortless",
    "cutting-edge",
    "world-class",
    "issue #",
)


def paper(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def section(name: str, heading: str) -> str:
    """What stands under a heading, down to the next one of its rank."""
    _, found, rest = paper(name).partition(f"\n## {heading}\n")
    assert found, f"{name} has no heading '{heading}'"
    return rest.partition("\n## ")[0]


def rows(text: str) -> list[list[str]]:
    """The rows of the tables in a text, without their heads."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    heads = {at - 1 for at, row in enumerate(cells) if set("".join(row)) <= set("-: ")}
    return [row for at, row in enumerate(cells) if at not in heads and at - 1 not in heads]


def names(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def first_names(text: str) -> list[str]:
    """What the first cell of each row names."""
    return [name for row in rows(text) for name in names(row[0])]


# What exists is documented


def test_every_setting_stands_in_the_readme_and_in_the_example() -> None:
    wanted = {field.name.upper().replace("_TOKENS", "_TOKEN") for field in fields(Settings)}
    example = re.findall(r"^([A-Z_]+)=", paper(".env.example"), re.M)
    assert set(first_names(section("README.md", "Settings"))) == wanted
    assert set(example) == wanted


def test_the_defaults_in_the_readme_are_those_of_the_program() -> None:
    said = {row[0].strip("`"): row[1].strip("`") for row in rows(section("README.md", "Settings"))}
    for name in ("port", "clock", "tz_name", "log_level", "charity_name"):
        assert said[name.upper()] == str(getattr(Settings, name))


def every_command(group: click.Group, before: str = "") -> Iterator[tuple[str, str]]:
    for name, command in group.commands.items():
        yield before + name, command.get_short_help_str(limit=120)
        if isinstance(command, click.Group):
            yield from every_command(command, f"{before}{name} ")


def test_every_command_stands_in_the_readme_as_its_own_help_says_it() -> None:
    said = [(row[0].strip("`"), row[1]) for row in rows(section("README.md", "Commands"))]
    assert said == list(every_command(commands))


def test_every_conversation_stands_in_the_readme() -> None:
    assert set(first_names(section("README.md", "What it asks"))) == set(load_library().flows)


def test_every_language_stands_in_the_readme_with_its_state() -> None:
    said = {row[1].strip("`"): row for row in rows(section("README.md", "Languages, honestly"))}
    known = load_languages()
    assert said.keys() == known.keys()
    for tag, language in known.items():
        assert said[tag][0] == language.english_name
        assert said[tag][2].startswith("draft") == (language.status == "draft")


def test_every_channel_stands_in_the_readme() -> None:
    where = section("README.md", "Where things are")
    assert all(f"`{name}`" in where for name in CHANNELS)


def test_every_kind_of_alert_has_a_sentence_and_stands_at_its_level() -> None:
    monday = section("README.md", "What staff see on Monday")
    said = {kind: row[0].partition(",")[0] for row in rows(monday) for kind in names(row[1])}
    assert said == {kind: level.value for kind, level in LEVELS.items()}
    assert SENTENCES.keys() == LEVELS.keys()
    assert all(sentence.endswith(".") for sentence in SENTENCES.values())


def test_the_columns_of_the_import_are_those_that_it_reads() -> None:
    assert tuple(first_names(section("README.md", "Importing people"))) == (*COLUMNS, *OPTIONAL)


def test_the_glossary_and_the_data_model_name_every_table_once() -> None:
    tables = sorted(SQLModel.metadata.tables)
    glossary = rows(section("CONTRIBUTING.md", "Glossary"))
    named = [name for row in glossary if not row[3].startswith("in ") for name in names(row[3])]
    assert sorted(named) == tables
    assert sorted(first_names(section("ARCHITECTURE.md", "The data, table by table"))) == tables


def test_a_word_of_the_glossary_is_the_name_of_its_table() -> None:
    for word, _, _, table in rows(section("CONTRIBUTING.md", "Glossary")):
        plain = word.strip("*").replace(" ", "_").replace("-", "_")
        told = plain in table or table.startswith("in ") or names(table)[0] in plain
        assert told, f"{word} stands beside {table}"


# What is documented exists


@pytest.mark.parametrize("name", PAPERS)
def test_every_path_that_is_named_is_there(name: str) -> None:
    for path in re.findall(r"`([\w./-]+)`", paper(name)):
        if path.startswith(FOLDERS) or path in PAPERS or path.endswith(".lock"):
            assert (ROOT / path).exists(), f"{name} names {path}"


@pytest.mark.parametrize("name", PAPERS)
def test_every_link_leads_somewhere(name: str) -> None:
    for link in LINK.findall(paper(name)):
        target, _, anchor = link.partition("#")
        assert not target.startswith("http"), f"{name} leaves the house: {link}"
        assert (ROOT / (target or name)).exists(), f"{name} links to {link}"
        headings = re.findall(r"^#+ (.+)$", paper(target or name), re.M) if anchor else []
        slugs = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
        assert not anchor or anchor in slugs, f"{name} links to {link}"


@pytest.mark.parametrize("name", PAPERS)
def test_every_test_that_is_named_is_there(name: str) -> None:
    for path, test in TEST_ID.findall(paper(name)):
        assert f"def {test}(" in paper(path), f"{name} names {path}::{test}"


def test_every_promise_names_its_test() -> None:
    promises = rows(section("README.md", "What it promises today"))
    assert len(promises) > 10
    assert [row for row in promises if not TEST_ID.search(row[1])] == []


@pytest.mark.parametrize("name", PAPERS)
def test_the_papers_name_no_machine_and_praise_nothing(name: str) -> None:
    text = paper(name).lower()
    assert [word for word in UNWANTED if word.lower() in text] == []


def test_pictures_are_real_shown_and_small() -> None:
    shown = {Path(link).name for link in LINK.findall(paper("README.md")) if link.endswith(".png")}
    pictures = sorted((ROOT / "docs").glob("*.png"))
    assert {picture.name for picture in pictures} == shown
    for picture in pictures:
        assert picture.read_bytes().startswith(b"\x89PNG"), picture.name
        assert 10_000 < picture.stat().st_size < LARGEST_PICTURE, picture.name


# What is shown is so


def test_the_transcript_in_the_readme_is_what_was_recorded() -> None:
    """Hers in their order; of the bot's long list of choices only some are shown."""
    recorded = TRANSCRIPT.read_text(encoding="utf-8").translate(ISOLATES)
    hers = re.findall(r"^her: (.+)$", recorded, re.M)
    talk = rows(section("README.md", "How it sounds"))
    assert [arabic for who, arabic, _ in talk if who == "her"] == hers
    for who, arabic, _ in talk:
        for part in arabic.split(" · "):
            assert part in recorded, f"{who}: {part}"


def test_the_english_beside_the_transcript_is_the_source_of_what_was_said() -> None:
    texts = [text.english for flow in load_library().flows.values() for text in flow.texts()]
    patterns = [re.sub(r"\\{\w+\\}", ".+", re.escape(text)) for text in texts]
    for who, arabic, english in rows(section("README.md", "How it sounds")):
        parts = english.split(" · ")
        assert len(parts) == len(arabic.split(" · "))
        for part in parts if who == "bot" else ():
            known = part == "Skip" or any(re.fullmatch(pattern, part) for pattern in patterns)
            assert known, part


def examples() -> list[tuple[str, str]]:
    """Each command after a dollar sign, with what the papers say that it prints."""
    found = []
    for kind, block in CODE.findall(paper("README.md")):
        if kind == "console":
            for part in block.split("$ ")[1:]:
                command, _, printed = part.partition("\n")
                found.append((command, printed))
    return found


@pytest.mark.parametrize(("command", "printed"), examples())
def test_an_example_prints_what_it_says(command: str, printed: str) -> None:
    said = re.fullmatch(r"echo '(.+)' \| python3 -m bot (\w+)", command)
    assert said, command
    done = run_bot(said[2], given=said[1])
    assert (done.returncode, done.stdout, done.stderr) == (0, printed, "")


def test_every_command_that_is_shown_is_one() -> None:
    known = {name for name, _ in every_command(commands)}
    for name in PAPERS:
        for words in re.findall(r"python3? -m bot ((?:[a-z]+(?:-[a-z]+)* ?)+)", paper(name)):
            one, two = f"{words} ".split(" ")[:2]
            assert one in known, f"{name}: {words}"
            assert not two or f"{one} {two}" in known or one in ("chat", "test"), f"{name}: {words}"


def test_help_answers() -> None:
    done = run_bot("--help")
    assert done.returncode == 0
    assert "python3 -m bot demo" in " ".join(done.stdout.split())


def test_the_people_in_the_readme_can_be_imported(database_url: str, tmp_path: Path) -> None:
    from bot.store.database import Database

    (shown,) = (block for kind, block in CODE.findall(paper("README.md")) if kind == "csv")
    path = tmp_path / "people.csv"
    path.write_text(shown, encoding="utf-8")
    database = Database(database_url)
    report = import_people(database, path, apply=True, now=datetime(2026, 11, 16, 10, tzinfo=UTC))
    database.dispose()
    assert report.errors == ()
    assert (report.created, report.applied) == (2, True)


def test_the_procfile_starts_commands_that_exist() -> None:
    known = {name for name, _ in every_command(commands)}
    started = re.findall(r"^(\w+): python -m bot (\w+)$", paper("Procfile"), re.M)
    assert {kind for kind, _ in started} == {"release", "web", "clock"}
    assert {command for _, command in started} <= known


def run_bot(*arguments: str, given: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=ROOT,
        env={"PATH": os.defpath, "BOT_NO_SETUP": "1", "PYTHONUTF8": "1"},
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
