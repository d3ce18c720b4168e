"""Words that are meant to be more than words: SQL, formats, endless ones; and our packages."""

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask

from bot.catalogues import filled
from bot.parts import Parts
from tests.attacks.payloads import FORMATS, SQL
from tests.web.cohort import Cast
from tests.web.page import Browser
from tests.web.test_access import addresses, contents

ROOT = Path(__file__).resolve().parent.parent.parent
PARAMETERS = ("before", "format", "search", "q", "state", "cohort", "language", "next", "correct",
              "week", "page", "kind", "role", "who", "from", "to", "discreet")  # fmt: skip
PLACES = ("/people/{}", "/pairs/{}", "/weeks/{}", "/weeks/2026-W47/{}", "/strangers/{}",
          "/cohorts/{}", "/trainings/{}", "/reports/{}",
          "/conversations/{}", "/media/{}")  # fmt: skip


def test_sql_in_any_parameter_of_any_page_is_mere_words(
    app: Flask, ruth: Browser, parts: Parts, cast: Cast
) -> None:
    before = contents(parts)
    pages = addresses(app, method="GET")
    for turn in range(0, len(SQL), 5):  # each parameter has another of them each time
        values = [SQL[(turn + place) % len(SQL)] for place in range(len(PARAMETERS))]
        query = urlencode(dict(zip(PARAMETERS, values, strict=True)))
        for page in pages:
            answer = ruth.client.get(f"{page}?{query}")
            answer.close()
            assert answer.status_code < 500, f"{page}?{query}"
    assert contents(parts) == before


def test_sql_in_any_part_of_an_address_leads_nowhere(ruth: Browser, cast: Cast) -> None:
    for payload in SQL:
        for place in PLACES:
            path = place.format(urlencode({"": payload})[1:].replace("+", "%20"))
            answer = ruth.client.get(path)
            answer.close()
            assert answer.status_code in (301, 302, 303, 308, 404, 410), path


@pytest.mark.parametrize("payload", FORMATS)
def test_a_value_is_never_read_as_a_format(payload: str) -> None:
    said = filled("{name}: {goal}", words={"name": payload, "goal": payload}, isolate=False)
    assert said.replace(" ", "") == f"{payload}:{payload}".replace(" ", "")


def test_marks_that_turn_writing_round_reach_nobody_else() -> None:
    name = "\u202eGnp.exe\u2066\u2069 Amina\u202c"
    said = filled("{name} wrote.", words={"name": name}, isolate=True)
    assert said == "\u2068Gnp.exe Amina\u2069 wrote."


ENDLESS = """
import sys
from datetime import UTC, datetime
from zoneinfo import ZoneInfo
from bot.engine.understand import Kind, Question
from bot.programme.machines import answers_by_itself
from bot.vocabulary import load_vocabulary
from bot.web.sheets import safe_cell
hear, most = load_vocabulary().hear, 65536
units = (
    "a", " ", "a ", "1", "1 ", "no ", "not not ", "\\u0627", "\\u0644\\u0627 ",
    "\\u1200", "\\u1200 ",
    "e\\u0301", "12/", "1:", "I want to ", "i'm ", "\\n", ".", "\\U0001f600", "=", "-", "(",
    "+44 ",
)
for unit in units:
    words = unit * (most // len(unit))
    answers_by_itself(words), safe_cell(words)
    for kind in Kind:
        for language in ("en", "ar"):
            hear(words, language=language, question=Question(kind=kind),
                 now=datetime(2026, 11, 23, tzinfo=UTC), zone=ZoneInfo("Europe/London"))
print("done")
"""


def test_no_matcher_takes_for_ever_over_an_endless_message() -> None:
    """Some thousand readings of 64 kB each: one that grows with the square of it takes hours."""
    run = subprocess.run(
        [sys.executable, "-c", ENDLESS], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert run.stdout == "done\n", run.stderr[-500:]


@pytest.mark.parametrize("lock", sorted(path.name for path in ROOT.glob("requirements*.lock")))
def test_every_package_is_locked_to_its_content(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith(" ")]
    wanted = [line for line in lines if line[0] not in "#-"]
    assert wanted
    for line in wanted:
        assert re.match(r"[A-Za-z0-9._-]+(\[[a-z,-]+\])?==\S+", line), line[:60]
        assert "--hash=sha256:" in line, line[:60]
        assert " @ " not in line and "git+" not in line, line[:60]
