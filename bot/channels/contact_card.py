"""The name and the numbers on a contact card (vCard), as text for staff. Pure.

A card proves nothing: anybody can send anybody's.
"""

MOST_NUMBERS, LONGEST = 5, 200


def read_card(data: bytes) -> dict[str, str]:
    """Empty where there is nothing to read. Folded lines are put together (RFC 6350, 3.2)."""
    text = data.decode("utf-8", "replace").replace("\r\n", "\n")
    lines = text.replace("\n ", "").replace("\n\t", "").split("\n")
    name, numbers = "", list[str]()
    for line in lines:
        head, _, value = line.partition(":")
        field = head.partition(";")[0].rpartition(".")[2].upper()
        if field == "FN" and not name:
            name = value.strip()[:LONGEST]
        elif field == "TEL" and len(numbers) < MOST_NUMBERS:
            numbers.append(value.strip().removeprefix("tel:")[:30])
    found = {"card": name, "numbers": ", ".join(filter(None, numbers))}
    return {key: value for key, value in found.items() if value}
