"""What may be sent as a recording: the kinds that WhatsApp plays, by content. Pure.

Opus is always wrapped anew, as mono Ogg: it plays everywhere, and says nothing of who made it.
Source: WhatsApp Cloud API, supported media types (audio/ogg with Opus only, mono).
"""

from dataclasses import dataclass

from bot.channels.media_kinds import kind_of
from bot.channels.ogg import read_ogg, write_ogg
from bot.channels.opus import Opus
from bot.channels.webm import MARK as WEBM
from bot.channels.webm import read_webm
from bot.errors import Unreadable

MOST_BYTES = 1_000_000
LONGEST = 120  # seconds
BOX = {b"moov", b"trak", b"mdia", b"minf", b"stbl"}  # of an MP4 file: boxes that hold boxes

TOO_LARGE = "It is larger than 1 MB: please speak for two minutes at most."
TOO_LONG = "It is longer than two minutes: please say it more briefly."
EMPTY = "There is nothing in it: please choose a recording, or record again."
OTHER = "WhatsApp does not play this kind of file: please save it as MP3, M4A or Ogg Opus."


@dataclass(frozen=True, kw_only=True)
class Sound:
    """A file that WhatsApp plays. `seconds` is 0 where the file does not say how long it is."""

    data: bytes
    content_type: str
    seconds: int


def read_sound(data: bytes) -> Sound:
    """As it may be sent. `Unreadable` says in one sentence what to do about any other file."""
    if not data:
        raise Unreadable(EMPTY)
    if len(data) > MOST_BYTES:
        raise Unreadable(TOO_LARGE)
    try:
        return _sound(data)
    except ValueError:
        raise Unreadable(OTHER) from None


def _sound(data: bytes) -> Sound:
    kind = kind_of(data)
    if data.startswith(WEBM):
        return _wrapped(read_webm(data))
    if kind == "audio/ogg":
        return _wrapped(read_ogg(data))
    if kind in ("audio/mp4", "video/mp4"):  # browsers call a sound that, too
        return Sound(data=data, content_type="audio/mp4", seconds=_checked(_mp4_seconds(data)))
    if kind in ("audio/mpeg", "audio/aac", "audio/amr"):
        return Sound(data=data, content_type=kind, seconds=0)
    raise ValueError("no sound")


def _wrapped(sound: Opus) -> Sound:
    seconds = sound.seconds
    if not seconds:
        raise Unreadable(EMPTY)
    return Sound(
        data=write_ogg(sound), content_type="audio/ogg", seconds=_checked(max(round(seconds), 1))
    )


def _checked(seconds: int) -> int:
    if seconds > LONGEST:
        raise Unreadable(TOO_LONG)
    return seconds


def _mp4_seconds(data: bytes) -> int:
    """How long it says it is. ValueError: it holds a film, or no sound in AAC."""
    seconds, handlers, codecs = 0, list[bytes](), list[bytes]()
    places = [(0, len(data))]
    while places:
        at, end = places.pop()
        while at + 8 <= end:
            size, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
            size = size or end - at  # 0: to the end of the file
            if size < 8 or at + size > end:
                raise ValueError("a box of no size")
            if name in BOX:
                places.append((at + 8, at + size))
            elif name == b"hdlr":
                handlers.append(data[at + 16 : at + 20])
            elif name == b"stsd":
                codecs.append(data[at + 20 : at + 24])
            elif name == b"mvhd" and data[at + 8 : at + 9] == b"\0":
                scale = int.from_bytes(data[at + 20 : at + 24], "big")
                seconds = round(int.from_bytes(data[at + 24 : at + 28], "big") / max(scale, 1))
            at += size
    if b"vide" in handlers or codecs != [b"mp4a"]:
        raise ValueError("no sound that WhatsApp plays")
    return seconds
