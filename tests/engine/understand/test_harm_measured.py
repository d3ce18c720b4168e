"""How much harm is heard. The README says it; here stands below what it must never fall.

`harm_tuned.jsonl`: by these the lists were made. `harm_unseen.jsonl`, where it is: whoever made the
lists had not seen it, so it alone says what to expect.
"""

from pathlib import Path

import pytest

from bot.errors import Refused
from bot.measured import measure, table
from bot.vocabulary import Vocabulary, load_vocabulary

HERE = Path(__file__).parent
README = HERE.parents[2] / "README.md"
FILES = sorted(HERE.glob("harm_*.jsonl"))
# Of the tuned half: danger that is answered, danger and trouble that somebody reads (percent)
FLOORS = {"en": (60, 98, 92), "ar": (78, 98, 92), "fa": (62, 93, 95), "ti": (46, 46, 40)}
MOST_ALARMS, MOST_FLAGS = 2, 8  # percent of what is ordinary


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load_vocabulary()


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def test_no_language_hears_less_than_it_did_or_startles_more(vocabulary: Vocabulary) -> None:
    measured = {one.language: one for one in measure(vocabulary, lines(HERE / "harm_tuned.jsonl"))}
    assert measured.keys() == FLOORS.keys()
    for language, (answered, danger, trouble) in FLOORS.items():
        one = measured[language]
        assert one.explicit["red"] >= one.of["red"] * answered / 100, language
        assert one.told["red"] >= one.of["red"] * danger / 100, language
        assert one.told["amber"] >= one.of["amber"] * trouble / 100, language
        assert one.explicit["none"] <= one.of["none"] * MOST_ALARMS / 100, language
        assert one.told["none"] <= one.of["none"] * MOST_FLAGS / 100, language


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_the_readme_says_what_is_measured(path: Path, vocabulary: Vocabulary) -> None:
    said = table(measure(vocabulary, lines(path)))
    assert said in README.read_text(encoding="utf-8"), f"the README must say:\n{said}"


@pytest.mark.parametrize("line", ["{", "[]", '{"text": "x"}', '{"text": 1, "language": "en"}'])
def test_a_line_that_is_no_marked_message_is_refused(line: str, vocabulary: Vocabulary) -> None:
    with pytest.raises(Refused, match="Line 2"):
        measure(vocabulary, ["", line])


def test_harm_is_red_amber_or_null(vocabulary: Vocabulary) -> None:
    with pytest.raises(Refused, match="red, amber or null"):
        measure(vocabulary, ['{"text": "x", "language": "en", "harm": "blue"}'])
