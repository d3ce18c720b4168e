"""Sound as Opus packets, whatever file they came in. Pure. RFC 6716 (packets), RFC 7845 (header).

WhatsApp plays Opus only in Ogg and only mono; browsers record it in WebM, too. The packets are the
same: they are wrapped anew, never decoded.
"""

from dataclasses import dataclass

RATE = 48_000  # samples a second, whatever was recorded: Opus counts so
HEAD = b"OpusHead"
SILK, HYBRID, CELT = (480, 960, 1920, 2880), (480, 960), (120, 240, 480, 960)
LONGEST_PACKET = 5760  # samples: 120 ms


@dataclass(frozen=True, kw_only=True)
class Opus:
    """`skip`: samples at the beginning that are not meant to be heard; `gain` in 1/256 dB."""

    packets: tuple[bytes, ...]
    skip: int
    gain: int

    @property
    def seconds(self) -> float:
        """How long it is to be heard."""
        return max(sum(map(samples, self.packets)) - self.skip, 0) / RATE


def opus(head: bytes, packets: tuple[bytes, ...]) -> Opus:
    """Of its header and its packets. ValueError for a header that is none of one sound."""
    if len(head) < 19 or head[:8] != HEAD or head[8] >> 4 or head[18] != 0:
        raise ValueError("no header of plain Opus")
    return Opus(
        packets=packets,
        skip=int.from_bytes(head[10:12], "little"),
        gain=int.from_bytes(head[16:18], "little", signed=True),
    )


def mono_head(sound: Opus) -> bytes:
    """A header that says: play it as one channel. A decoder mixes two into one by itself."""
    return b"".join(
        (
            HEAD,
            bytes((1, 1)),  # version, channels
            sound.skip.to_bytes(2, "little"),
            RATE.to_bytes(4, "little"),
            sound.gain.to_bytes(2, "little", signed=True),
            bytes(1),  # mapping family 0: one or two channels
        )
    )


def samples(packet: bytes) -> int:
    """How long a packet sounds, in samples. ValueError for what is no packet."""
    if not packet:
        raise ValueError("an empty packet")
    kind, code = packet[0] >> 3, packet[0] & 3
    if kind < 12:
        frame = SILK[kind % 4]
    elif kind < 16:
        frame = HYBRID[kind % 2]
    else:
        frame = CELT[kind % 4]
    if code == 3 and len(packet) < 2:
        raise ValueError("a packet without its count")
    count = (packet[1] & 63) if code == 3 else (1, 2, 2)[code]
    if not 0 < count * frame <= LONGEST_PACKET:
        raise ValueError("a packet of no length, or too long")
    return count * frame
