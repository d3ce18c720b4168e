"""How conversations are found: one file, one flow, and every problem of every file at once."""

from pathlib import Path

import pytest

from bot.errors import FlowError
from bot.library import load_library, problems

GOOD = """
from bot.engine.flow import Ask, Audience, Flow, Option

flow = Flow(
    name="{name}",
    version=1,
    audience=Audience.MENTEE,
    purpose="Tries something.",
    steps=(
        Ask(
            key="progress",
            text="Hello {{name}}. How is it going?",
            options=(Option(key="well", label="Well", goto="{goto}"),),
        ),
    ),
)
"""
OPENS = 'opens="%s"'
SHELF = """
from bot.engine.flow import Audience, Flow, Say

flow = Flow(
    name="shelf",
    version=1,
    audience=Audience.EVERYONE,
    purpose="Holds a text.",
    steps=(Say(key="open", text="Continue"),),
    spoken=False,
)
"""


def write(folder: Path, name: str, text: str) -> None:
    (folder / f"{name}.py").write_text(text, encoding="utf-8")


def test_every_file_with_a_flow_is_found_and_nothing_else(tmp_path: Path) -> None:
    write(tmp_path, "one", GOOD.format(name="one", goto="end"))
    write(tmp_path, "__init__", '"""Nothing."""')
    assert list(load_library(tmp_path).flows) == ["one"]
    assert load_library(tmp_path).flow("one").purpose == "Tries something."


def test_all_problems_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    write(tmp_path, "goal_check_in", GOOD.format(name="goal_check_in", goto="obstacel"))
    write(tmp_path, "two", GOOD.format(name="other", goto="end"))
    with pytest.raises(FlowError) as error:
        load_library(tmp_path)
    assert error.value.problems == (
        "goal_check_in.progress: goes to 'obstacel', which does not exist",
        "two: the flow in this file is called 'other'",
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "must hold exactly one flow, called `flow`"),
        (GOOD.format(name="one", goto="end") + "\nother = flow\n", "must hold exactly one flow"),
        (GOOD.replace("label", "lable").format(name="one", goto="end"), "'lable'"),
        ("flow = Flow(", "cannot be read: '(' was never closed"),
        ("import nothing_of_this_name", "cannot be read: No module named"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, text: str, sentence: str) -> None:
    write(tmp_path, "one", text)
    found = problems(tmp_path)
    assert len(found) == 1
    assert found[0].startswith("one: ")
    assert sentence in found[0]


@pytest.mark.parametrize(
    ("opens", "sentence"),
    [
        ("nowhere", "opens 'nowhere', which does not exist"),
        ("one", "opens its own conversation: say where to go instead"),
        ("shelf", "opens 'shelf', which is never played"),
        ("hers", "opens 'hers', which is written to a mentor only"),
    ],
)
def test_a_choice_can_only_open_a_conversation_that_may_begin_there(
    tmp_path: Path, opens: str, sentence: str
) -> None:
    write(tmp_path, "one", GOOD.format(name="one", goto="end").replace('goto="end"', OPENS % opens))
    write(tmp_path, "shelf", SHELF)
    write(tmp_path, "hers", GOOD.format(name="hers", goto="end").replace("MENTEE", "MENTOR"))
    assert problems(tmp_path) == [f"one.progress: {sentence}"]


@pytest.mark.parametrize("audience", ["MENTEE", "EVERYONE"])
def test_a_choice_may_open_what_is_written_to_her_too(tmp_path: Path, audience: str) -> None:
    write(tmp_path, "one", GOOD.format(name="one", goto="end").replace('goto="end"', OPENS % "two"))
    write(tmp_path, "two", GOOD.format(name="two", goto="end").replace("MENTEE", audience))
    assert problems(tmp_path) == []


def test_an_empty_folder_is_a_mistake(tmp_path: Path) -> None:
    assert problems(tmp_path) == [f"there is no conversation in the folder '{tmp_path.name}'"]


def test_asking_for_a_conversation_that_is_not_there_says_which_there_are(tmp_path: Path) -> None:
    write(tmp_path, "one", GOOD.format(name="one", goto="end"))
    with pytest.raises(FlowError, match="there is no conversation 'two': one"):
        load_library(tmp_path).flow("two")
