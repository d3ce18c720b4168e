"""Numbers in every way that people and spreadsheets write them."""

import pytest

from bot.phone_numbers import read_number


@pytest.mark.parametrize(
    "written",
    [
        "07700 900101",
        "07700900101",
        "(07700) 900-101",
        "07700.900.101",
        "+44 7700 900101",
        "+44 (0)7700 900101",
        "(+44) 7700 900101",
        "0044 7700 900101",
        "447700900101",
        "7700900101",  # a spreadsheet ate the 0
        "7700900101.0",  # and took it for a fraction
        "+7700900101",  # and put a plus before it
        "+07700900101",
        "'07700900101",
        '="07700900101"',
        "whatsapp:+447700900101",
        "\u202a+44 7700 900101\u202c",
        "07700\u00a0900\u202f101",
        "٠٧٧٠٠٩٠٠١٠١",
        "۰۰۴۴۷۷۰۰۹۰۰۱۰۱",
        "＋４４７７００９００１０１",
    ],
)
def test_one_number_in_many_ways_of_writing(written: str) -> None:
    assert read_number(written) == "+447700900101"


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+251 911 234567", "+251911234567"),
        ("00251911234567", "+251911234567"),
        ("+98 912 345 6789", "+989123456789"),
        ("٠٠٩٨٩١٢٣٤٥٦٧٨٩", "+989123456789"),
        ("+7 916 123 45 67", "+79161234567"),
        ("+1 212 555 0100", "+12125550100"),
    ],
)
def test_a_number_from_abroad_has_its_country_code(written: str, number: str) -> None:
    assert read_number(written) == number


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "is not one phone number"),
        ("none", "is not one phone number"),
        ("07700 900101 / 07700 900102", "is not one phone number"),
        ("07700 900101 ext 2", "is not one phone number"),
        ("4.47701E+11", "was rounded by a spreadsheet; make the column text and type it again"),
        ("020 7946 0958", "is not a mobile number"),
        ("0912 345 6789", "is not a mobile number"),
        ("0770090010", "is not a mobile number"),
        ("+49 30 123456", "is not a mobile number"),
    ],
)
def test_what_cannot_be_messaged_is_refused_with_its_reason(written: str, reason: str) -> None:
    with pytest.raises(ValueError, match=r"^is |^was ") as caught:
        read_number(written)
    assert str(caught.value) == reason


@pytest.mark.parametrize("written", ["251911234567", "999", "+44 44 7700 900101", "1" * 40])
def test_an_incomplete_number_is_told_to_name_its_country(written: str) -> None:
    with pytest.raises(ValueError, match="country code"):
        read_number(written)


def test_no_number_is_part_of_an_error() -> None:
    with pytest.raises(ValueError, match=r"^is |^was ") as caught:
        read_number("020 7946 0958")
    assert "7946" not in str(caught.value)
