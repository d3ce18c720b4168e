"""Words on which phone networks act by themselves are never asked for."""

import pytest

from bot.engine.keywords import invited, stops_all


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Send YES or NO.", ["Send YES"]),
        ("Is it so? Reply yes.", ["Reply yes"]),
        ("اكتبي YES إذا نعم.", ["YES"]),
        ("Answer with “Cancel” to end it.", ["Cancel"]),
        ("«info» እንተ ጽሒፍኪ", ["info"]),
        ("Write END when you are done", ["Write END"]),
        ("Send STOP and I stop. START begins again, HELP brings a person.", []),
        ("Yes, we end at five. Is the information right?", []),
        ("Send 1 for yes.", []),
    ],
)
def test_what_a_text_asks_her_to_send_is_found(text: str, words: list[str]) -> None:
    assert list(invited(text)) == words


def test_a_label_that_would_stop_everything_is_found_however_it_is_written() -> None:
    assert all(stops_all(label) for label in ("Cancel", "END.", "“quit”"))
    assert not any(stops_all(label) for label in ("Cancel it", "Yes", "The end", "نعم", ""))
