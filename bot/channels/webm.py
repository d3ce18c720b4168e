"""The Opus packets of a WebM file, as browsers record it. Pure. RFC 8794 (EBML), RFC 9559 (blocks).

Only what a recorder of sound writes is understood: one track, no lacing. All else is refused.
"""

from collections.abc import Iterator

from bot.channels.opus import Opus, opus

MARK = b"\x1a\x45\xdf\xa3"
# Elements that hold others: their content is read on as if they were not there. A recorder does not
# know how long a segment or a cluster will be, so their ends are nowhere written
SEGMENT, CLUSTER, TRACKS, TRACK, GROUP = 0x18538067, 0x1F43B675, 0x1654AE6B, 0xAE, 0xA0
INSIDE = frozenset({SEGMENT, CLUSTER, TRACKS, TRACK, GROUP})
CODEC, HEADER, SIMPLE_BLOCK, BLOCK = 0x86, 0x63A2, 0xA3, 0xA1
LACED = 0b0000_0110


def read_webm(data: bytes) -> Opus:
    """ValueError: it holds anything but one sound in Opus, or it is damaged."""
    heads, packets, codecs = list[bytes](), list[bytes](), list[bytes]()
    for name, content in _elements(data):
        if name == CODEC:
            codecs.append(content.rstrip(b"\0"))
        elif name == HEADER:
            heads.append(content)
        elif name in (SIMPLE_BLOCK, BLOCK):
            packets.append(_packet(content))
    if codecs != [b"A_OPUS"] or len(heads) != 1:
        raise ValueError("not one sound in Opus")
    return opus(heads[0], tuple(filter(None, packets)))


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each element that holds no others, in order."""
    if not data.startswith(MARK):
        raise ValueError("no WebM")
    at = 0
    while at < len(data):
        name, at = _number(data, at, marked=True)
        size, at = _number(data, at, marked=False)
        if name in INSIDE:
            continue
        if size < 0 or at + size > len(data):
            raise ValueError("cut short")
        yield name, data[at : at + size]
        at += size


def _number(data: bytes, at: int, *, marked: bool) -> tuple[int, int]:
    """A number of 1 to 8 bytes, and where it ends; -1 is an unknown size. Names keep the mark
    that says how long they are."""
    if at >= len(data) or data[at] == 0:
        raise ValueError("no number")
    length = 9 - data[at].bit_length()
    if at + length > len(data):
        raise ValueError("cut short")
    value = int.from_bytes(data[at : at + length], "big")
    if marked:
        return value, at + length
    most = (1 << 7 * length) - 1
    value &= most
    return (-1 if value == most else value), at + length


def _packet(block: bytes) -> bytes:
    """What follows the track, the time and the flags."""
    _, at = _number(block, 0, marked=False)
    if at + 3 > len(block) or block[at + 2] & LACED:
        raise ValueError("a block of another kind")
    return block[at + 3 :]
