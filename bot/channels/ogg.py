"""Ogg files that hold Opus, and nothing else: read strictly, written small. Pure. RFC 3533, 7845.

A page with a wrong checksum is silence on a phone, so each is checked when it is read.
"""

from bot.channels.opus import Opus, mono_head, opus, samples

MARK = b"OggS"
FRESH, FIRST, LAST = 0, 2, 4  # kinds of page; 1 continues a packet of the page before
SERIAL = 1
A_PAGE = 48  # packets: about a second of sound
TAGS = b"OpusTags"
POLYNOMIAL = 0x04C11DB7


def _row(value: int) -> int:
    value <<= 24
    for _ in range(8):
        value = (value << 1) ^ (POLYNOMIAL if value & 0x80000000 else 0)
    return value & 0xFFFFFFFF


_TABLE = tuple(map(_row, range(256)))


def checksum(page: bytes) -> int:
    """Of a whole page in which the place of the checksum is empty."""
    found = 0
    for byte in page:
        found = ((found << 8) & 0xFFFFFFFF) ^ _TABLE[(found >> 24) ^ byte]
    return found


def write_ogg(sound: Opus) -> bytes:
    """The file. It says nothing of who made it, when or with what."""
    pages = [
        _page([mono_head(sound)], kind=FIRST, position=0, number=0),
        _page([_tags()], kind=FRESH, position=0, number=1),
    ]
    position, groups = 0, _groups(sound.packets)
    for number, group in enumerate(groups, start=2):
        position += sum(map(samples, group))
        kind = LAST if number == len(groups) + 1 else FRESH
        pages.append(_page(group, kind=kind, position=position, number=number))
    return b"".join(pages)


def read_ogg(data: bytes) -> Opus:
    """ValueError: it is no Ogg with one Opus sound in it, or it is damaged."""
    packets, open_, at, serial = list[bytes](), bytearray(), 0, b""
    while at < len(data):
        page, lengths = _whole_page(data, at)
        serial = serial or page[14:18]
        if page[14:18] != serial:
            raise ValueError("more than one sound")
        here = 27 + len(lengths)
        for length in lengths:
            open_ += page[here : here + length]
            here += length
            if length < 255:
                packets.append(bytes(open_))
                open_.clear()
        at += here
    if len(packets) < 2 or not packets[1].startswith(TAGS):
        raise ValueError("no Opus")
    return opus(packets[0], tuple(filter(None, packets[2:])))


def _whole_page(data: bytes, at: int) -> tuple[bytes, bytes]:
    """The page that begins there, and the lengths of its segments."""
    count = data[at + 26] if at + 26 < len(data) else 0
    lengths = data[at + 27 : at + 27 + count]
    page = data[at : at + 27 + count + sum(lengths)]
    if page[:4] != MARK or len(page) < 27 + count + sum(lengths):
        raise ValueError("no page of Ogg")
    if checksum(page[:22] + bytes(4) + page[26:]) != int.from_bytes(page[22:26], "little"):
        raise ValueError("a damaged page")
    return page, lengths


def _groups(packets: tuple[bytes, ...]) -> list[list[bytes]]:
    """So many to a page, and never more segments than one holds."""
    groups, used = [list[bytes]()], 0
    for packet in packets:
        segments = len(packet) // 255 + 1
        if len(groups[-1]) == A_PAGE or used + segments > 255:
            groups, used = [*groups, []], 0
        groups[-1].append(packet)
        used += segments
    return groups


def _page(packets: list[bytes], *, kind: int, position: int, number: int) -> bytes:
    lengths = b"".join(b"\xff" * (len(one) // 255) + bytes((len(one) % 255,)) for one in packets)
    head = MARK + bytes((0, kind)) + position.to_bytes(8, "little") + SERIAL.to_bytes(4, "little")
    head += number.to_bytes(4, "little")
    rest = bytes((len(lengths),)) + lengths + b"".join(packets)
    return head + checksum(head + bytes(4) + rest).to_bytes(4, "little") + rest


def _tags() -> bytes:
    """Required, and empty: no maker, no comments."""
    return TAGS + bytes(4) + bytes(4)
