"""Phone numbers as people and spreadsheets write them, read as what they mean.

A number without a country code is a British one. No number is ever part of an error.
"""

import re
import unicodedata

from phonenumbers import (
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    PhoneNumberType,
    format_number,
    is_possible_number,
    number_type,
    parse,
)

HOME = "GB"
HOME_CODE = 44
HOME_MOBILE = re.compile(r"7[0-9]{9}")  # Ofcom: 071 to 075 and 077 to 079, Channel Islands too
NOT_TO_MESSAGE = frozenset(
    {
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.UAN,
        PhoneNumberType.VOICEMAIL,
        PhoneNumberType.PAGER,
    }
)
ROUNDED = re.compile(r"[0-9][.,]?[0-9]*[eE]\+?[0-9]+")  # 4.47701E+11
AS_TEXT = re.compile(r"""\A(?:=?"(?P<quoted>.*)"|'(?P<marked>.*))\Z""")  # how spreadsheets keep 0
PREFIX = re.compile(r"\A(?:whatsapp|tel|sms):", re.IGNORECASE)
WRITTEN = re.compile(r"\(?\+?\(?[0-9][0-9 ().-]*")
AMONG_WORDS = re.compile(r"\+?[0-9][0-9 ().-]{6,20}[0-9]")
MOST_AMONG_WORDS = 5
DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－"), "-")


def read_number(text: str) -> str:
    """The number in the form +447700900123; `ValueError` says why it cannot be one."""
    written = _plain(text)
    if ROUNDED.fullmatch(written):
        raise ValueError("was rounded by a spreadsheet; make the column text and type it again")
    if not WRITTEN.fullmatch(written):
        raise ValueError("is not one phone number")
    for candidate in _candidates(written):
        number = _parsed(candidate)
        if number is not None:
            break
    else:
        raise ValueError(
            "is not a complete phone number; from abroad it needs its country code, such as +251"
        )
    if not _may_get_messages(number):
        raise ValueError("is not a mobile number")
    return format_number(number, PhoneNumberFormat.E164)


def numbers_in(text: str) -> tuple[str, ...]:
    """Every number in words that somebody wrote, like +447700900123; what is no number is left."""
    found: dict[str, None] = {}
    for written in AMONG_WORDS.findall(_plain(text))[:MOST_AMONG_WORDS]:
        try:
            found[read_number(written)] = None
        except ValueError:
            continue
    return tuple(found)


def _plain(text: str) -> str:
    """Without what copying adds: marks of direction, quotes, odd blanks; digits as 0 to 9."""
    kept = "".join(_plain_character(letter) for letter in text).strip().translate(DASHES)
    if match := AS_TEXT.match(kept):
        kept = (match["quoted"] or match["marked"] or "").strip()
    return PREFIX.sub("", kept).strip().removesuffix(".0")


def _plain_character(letter: str) -> str:
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    if letter == "＋":
        return "+"
    category = unicodedata.category(letter)
    return "" if category == "Cf" else " " if category == "Zs" else letter


def _candidates(written: str) -> list[str]:
    """As written first; then without a plus that a spreadsheet put before a number from here."""
    if written.startswith("+0"):
        return [written[1:]]
    return [written, written[1:]] if written.startswith("+") else [written]


def _parsed(written: str) -> PhoneNumber | None:
    try:
        number = parse(written, HOME)
    except NumberParseException:
        return None
    return number if is_possible_number(number) else None


def _may_get_messages(number: PhoneNumber) -> bool:
    """British ones must be mobile; abroad only what is surely something else is refused."""
    if number.country_code == HOME_CODE:
        return HOME_MOBILE.fullmatch(str(number.national_number)) is not None
    return number_type(number) not in NOT_TO_MESSAGE
