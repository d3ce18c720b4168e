"""Small sounds for tests, made here: Opus packets of silence, and the files that hold them."""

from bot.channels.ogg import write_ogg
from bot.channels.opus import HEAD, Opus

# One frame of 20 ms: CELT, full band, mono, and nothing to hear (as an encoder writes silence)
PACKET = bytes((0xF8, 0xFF, 0xFE))
STEREO_HEAD = HEAD + bytes((1, 2)) + bytes((56, 1)) + (48_000).to_bytes(4, "little") + bytes(3)
LIVE = b"\x01" + b"\xff" * 7  # a size that nobody knows yet


def opus(*, seconds: float) -> Opus:
    return Opus(packets=(PACKET,) * round(seconds * 50), skip=312, gain=0)


def ogg(*, seconds: float = 3) -> bytes:
    return write_ogg(opus(seconds=seconds))


def element(name: int, content: bytes, *, live: bool = False) -> bytes:
    """One of EBML."""
    head = name.to_bytes((name.bit_length() + 7) // 8, "big")
    return head + (LIVE if live else (len(content) | 1 << 56).to_bytes(8, "big")) + content


def webm(
    *packets: bytes, codec: bytes = b"A_OPUS", head: bytes = STEREO_HEAD, flags: int = 0x80
) -> bytes:
    """As a browser records it: neither the segment nor its clusters say how long they are."""
    track = element(0xAE, element(0xD7, b"\x01") + element(0x86, codec) + element(0x63A2, head))
    blocks = b"".join(
        element(0xA3, b"\x81" + (number * 20).to_bytes(2, "big") + bytes((flags,)) + packet)
        for number, packet in enumerate(packets or (PACKET,) * 150)
    )
    clusters = element(0x1F43B675, element(0xE7, b"\x00") + blocks, live=True)
    inside = element(0x1654AE6B, track) + clusters
    return element(0x1A45DFA3, element(0x4282, b"webm")) + element(0x18538067, inside, live=True)


def box(name: bytes, content: bytes) -> bytes:
    """One of MP4."""
    return (len(content) + 8).to_bytes(4, "big") + name + content


def mp4(*, codec: bytes = b"mp4a", handler: bytes = b"soun", seconds: int = 3) -> bytes:
    times = bytes(12) + (1000).to_bytes(4, "big") + (seconds * 1000).to_bytes(4, "big")
    table = box(b"stbl", box(b"stsd", bytes(7) + b"\x01" + box(codec, bytes(28))))
    media = box(b"hdlr", bytes(8) + handler + bytes(12)) + box(b"minf", table)
    moov = box(b"mvhd", times + bytes(80)) + box(b"trak", box(b"mdia", media))
    return box(b"ftyp", b"isom" + bytes(4)) + box(b"moov", moov) + box(b"mdat", bytes(64))
