"""Parts of an SMS, against known cases and against a slow definition."""

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.segments import BASIC, ESCAPED, count, pieces, straighten


def test_the_alphabet_has_the_size_the_standard_gives() -> None:
    assert len(BASIC) == 127  # 128 places, one of them the escape
    assert len(ESCAPED) == 10


def test_160_plain_letters_are_one_part_and_161_are_two() -> None:
    assert (count("a" * 160).parts, count("a" * 161).parts) == (1, 2)
    assert (count("a" * 306).parts, count("a" * 307).parts) == (2, 3)


def test_an_escaped_letter_counts_two_and_is_never_split() -> None:
    assert count("€" * 80).parts == 1
    assert count("€" * 81).units == 162
    assert count("a" * 152 + "€" + "a" * 152).parts == 3  # 306 units, and yet not two parts


def test_one_curly_apostrophe_makes_it_ucs2_and_straightening_undoes_it() -> None:
    text = "It’s " + "a" * 100
    assert (count(text).encoding, count(text).parts) == ("UCS-2", 2)
    assert (count(straighten(text)).encoding, count(straighten(text)).parts) == ("GSM-7", 1)


def test_arabic_and_tigrinya_are_ucs2_with_70_letters_a_part() -> None:
    assert (count("س" * 70).parts, count("س" * 71).parts) == (1, 2)
    assert (count("ሰ" * 67 * 3).parts, count("ሰ" * (67 * 3 + 1)).too_many) == (3, True)


def test_an_emoji_takes_two_units_and_is_never_split() -> None:
    assert count("😀" * 35).parts == 1
    assert count("😀" * 66).parts == 2  # 33 of them fit in 67 units, with one to spare
    assert count("😀" * 67).parts == 3


@given(st.text(st.characters(codec="utf-8"), max_size=700))
def test_units_are_those_of_the_encoding_and_parts_hold_them(text: str) -> None:
    found = count(text)
    if found.encoding == "UCS-2":
        assert found.units == len(text.encode("utf-16-le")) // 2
        alone, joined, spare = 70, 67, 1
    else:
        assert found.units == len(text) + sum(letter in ESCAPED for letter in text)
        alone, joined, spare = 160, 153, 1
    assert (found.parts == 1) == (found.units <= alone)
    assert found.units <= alone or found.units <= found.parts * joined
    if found.parts > 1:
        assert found.units > (found.parts - 1) * (joined - spare)


@given(st.text(alphabet=sorted(BASIC | ESCAPED), max_size=200))
def test_text_of_the_alphabet_is_always_gsm7(text: str) -> None:
    assert count(text).encoding == "GSM-7"


@given(
    text=st.text("abc Ü س\n.?!።\u2068\u2069", min_size=1, max_size=900),
    choices=st.lists(st.text("abcس ", min_size=1, max_size=30), max_size=10),
)
def test_several_sms_say_all_of_it_in_order_and_none_is_too_long(
    text: str, choices: list[str]
) -> None:
    found = pieces(text, choices)
    assert all(not count(one).too_many for one in found)
    assert "".join("".join(found).split()) == "".join("".join([text, *choices]).split())


def test_a_long_text_is_broken_between_sentences_and_its_choices_follow_the_question() -> None:
    story = "Nobody else sees what you write to me. " * 12
    found = pieces(f"{story}Is that OK for you?", ["1 Yes", "2 No"])
    assert len(found) == 2
    assert found[0].endswith("to me.") and found[1].endswith("OK for you?\n1 Yes\n2 No")


def test_a_question_goes_with_its_choices_even_where_it_would_fit_before_them() -> None:
    first = "a" * 440 + ". "
    found = pieces(f"{first}Really?", ["1 Yes, every week", "2 No"])
    assert found == (first.strip(), "Really?\n1 Yes, every week\n2 No")


def test_what_stands_apart_from_the_direction_of_the_text_is_not_broken_in_its_middle() -> None:
    goal = "\u2068" + "One. Two. Three. " * 8 + "\u2069"
    found = pieces("س" * 150 + ". " + goal + " نعم.")
    assert all(one.count("\u2068") == one.count("\u2069") for one in found)
