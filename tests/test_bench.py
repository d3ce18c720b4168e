"""The benchmark runs, at a size that measures nothing, and reports. No figure is ever judged."""

import json

import pytest

from bot.bench import main
from bot.bench.checks import Kept
from bot.bench.report import Figure, as_table

TINY = ("--seconds", "0.3", "--rounds", "1", "--people", "32")


def test_the_benchmark_measures_both_and_loses_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    main((*TINY, "--json"))
    found = json.loads(capsys.readouterr().out)
    assert found["problems"] == []
    figures = {figure["name"]: figure for figure in found["figures"]}
    for name in (
        "turns/s : signed durable insert",
        "receipts/s : signed durable insert",
        "turn p99",
        "start to ready : bare Flask",
        "memory : bare Flask",
    ):
        assert figures[name]["bot"] > 0
        assert figures[name]["beside"] > 0
        assert figures[name]["ratio"] > 0
        assert figures[name]["floor"] and figures[name]["aim"]
    assert figures["acknowledged, then lost (kill -9 in mid-load)"]["bot"] == 0
    assert figures["kept or applied twice (retries, doubles)"]["bot"] == 0


def test_what_was_lost_or_doubled_is_said_in_a_sentence_each() -> None:
    assert Kept(lost=0, idle=0, doubled=0).problems == []
    assert Kept(lost=2, idle=0, doubled=1).problems == [
        "2 acknowledged messages are not in the database.",
        "1 messages were kept, or had their effect, twice.",
    ]


def test_the_table_says_how_each_figure_compares_and_never_that_it_failed() -> None:
    fast = Figure(name="fast", bot=9, beside=10, ratio=0.9, floor=0.5, aim=0.8)
    big = Figure(name="big", bot=3, beside=1, ratio=3, floor=2.7, aim=2.1, lower_is_better=True)
    said = as_table([fast, big], about=["here"], problems=[]).splitlines()
    assert said[0] == "here"
    assert said[3].endswith("as aimed")
    assert said[4].endswith("below its target")
    assert said[-1] == "Nothing was lost or doubled."
