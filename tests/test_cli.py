"""The commands as they are typed: help for each, one sentence for a mistake, never a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from bot.cli import commands

ROOT = Path(__file__).parent.parent
NAMES = "demo serve clock test check chat texts languages people staff upgrade understand tick"
GOOD = {
    "PUBLIC_URL": "https://bot.example.org",
    "SECRET_KEY": "a long enough secret",
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "a-secret-token",
    "TWILIO_SMS_FROM": "60777",
}


def bot(*arguments: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=ROOT,
        env={"PATH": os.defpath, "BOT_NO_SETUP": "1", "COLUMNS": "100", **settings},
        capture_output=True,
        text=True,
        check=False,
    )


def all_commands(group: click.Group) -> list[click.Command]:
    inner = [one for one in group.commands.values() if isinstance(one, click.Group)]
    return [*group.commands.values(), *(one for each in inner for one in all_commands(each))]


def test_every_promised_command_is_there() -> None:
    assert set(NAMES.split()) <= commands.commands.keys()


@pytest.mark.parametrize("command", all_commands(commands), ids=lambda command: command.name)
def test_every_command_says_what_it_does_in_one_whole_line(command: click.Command) -> None:
    line = command.get_short_help_str(limit=85)
    assert line
    assert "..." not in line


def test_help_lists_the_commands_whole() -> None:
    done = bot("--help")
    assert done.returncode == 0
    assert all(f"  {name} " in done.stdout for name in NAMES.split())
    assert "..." not in done.stdout.partition("Commands:")[2]


@pytest.mark.parametrize("command", ["serve", "clock", "tick"])
def test_what_runs_refuses_to_start_and_names_every_problem_at_once(command: str) -> None:
    done = bot(command, SECRET_KEY="too short")
    lines = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (2, "")
    assert [line.split()[0] for line in lines] == [
        "PUBLIC_URL", "SECRET_KEY", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN",
        "TWILIO_WHATSAPP_FROM",
    ]  # fmt: skip
    assert "too short" not in done.stderr


@pytest.mark.parametrize("base", ["", "https://twilio.example.org"])
def test_time_can_only_be_moved_with_a_twilio_on_this_machine(base: str) -> None:
    done = bot("tick", "--now", "2026-11-16T09:00", **GOOD, TWILIO_API_BASE=base)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("--now needs a TWILIO_API_BASE on this machine")


def test_a_moment_that_cannot_be_read_gets_one_sentence() -> None:
    done = bot("tick", "--now", "next monday", **GOOD, TWILIO_API_BASE="http://127.0.0.1:1")
    assert (done.returncode, done.stderr) == (2, "--now must look like 2026-11-16T09:00.\n")


def test_upgrading_twice_is_harmless_and_needs_only_the_database(empty_database_url: str) -> None:
    for _ in range(2):
        done = bot("upgrade", DATABASE_URL=empty_database_url)
        assert (done.returncode, done.stderr) == (0, "")


def test_an_empty_database_lists_nobody(empty_database_url: str) -> None:
    done = bot("people", "list", DATABASE_URL=empty_database_url)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_database_that_is_away_gets_one_sentence_without_its_password(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for url in (
        "postgresql://me:hidden@127.0.0.1:1/x",
        f"sqlite:///{tmp_path / 'file' / 'below.sqlite3'}",
    ):
        done = bot("people", "list", DATABASE_URL=url)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        assert done.stderr.startswith("DATABASE_URL names a database that does not answer")


def test_the_conversations_of_this_project_are_sound() -> None:
    done = bot("check")
    assert (done.returncode, done.stdout) == (0, "Every conversation is sound.\n")


def test_arguments_of_the_test_command_go_to_pytest() -> None:
    done = bot("test", "--collect-only", "-q", "tests/test_cli.py", "-k", "upgrading")
    assert done.returncode == 0
    assert "test_upgrading_twice" in done.stdout
    assert "test_arguments" not in done.stdout


def test_a_failing_test_fails_the_test_command(tmp_path: Path) -> None:
    (tmp_path / "test_wrong.py").write_text("def test_wrong():\n    assert 1 == 2\n")
    done = bot("test", "-q", "-p", "no:cacheprovider", str(tmp_path))
    assert done.returncode == 1
    assert "1 failed" in done.stdout.splitlines()[-1]
