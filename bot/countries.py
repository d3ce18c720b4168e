"""Which country an address is of, since what a message costs depends on it."""

import re
from functools import lru_cache

USER_ID = re.compile(r"(?:whatsapp:)?([A-Z]{2})\.")  # WhatsApp's own name for somebody: GB.1A2B…
NUMBER = re.compile(r"(?:whatsapp:)?(\+[0-9]{5,15})")


@lru_cache(maxsize=4096)
def country_of(address: str) -> str:
    """Two letters, such as GB; "" where the address does not say."""
    if named := USER_ID.match(address):
        return named[1]
    number = NUMBER.fullmatch(address)
    if number is None:
        return ""
    import phonenumbers  # its tables take memory that most processes need not spend

    try:
        parsed = phonenumbers.parse(number[1])
    except phonenumbers.NumberParseException:
        return ""
    region = phonenumbers.region_code_for_number(parsed)
    region = region or phonenumbers.region_code_for_country_code(parsed.country_code or 0)
    return region if re.fullmatch("[A-Z]{2}", region) else ""
