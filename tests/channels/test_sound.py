"""What may be sent as a recording, and how Opus is wrapped anew for WhatsApp."""

from pathlib import Path

import pytest

from bot.channels.ogg import checksum, read_ogg, write_ogg
from bot.channels.opus import samples
from bot.channels.sound import EMPTY, LONGEST, MOST_BYTES, OTHER, TOO_LARGE, TOO_LONG, read_sound
from bot.errors import Unreadable
from bot.simulator import phones
from tests.channels import sounds

ELSEWHERE = Path(phones.__file__).with_name("static") / "voice-note.ogg"  # not written by us


def test_a_file_of_another_maker_has_the_checksums_that_we_reckon() -> None:
    sound = read_ogg(ELSEWHERE.read_bytes())
    assert (len(sound.packets), round(sound.seconds)) == (150, 3)


def test_a_checksum_is_what_the_format_says_it_is() -> None:
    """RFC 3533: polynomial 0x04c11db7, beginning with 0, nothing turned round (CRC-32/POSIX's
    without its end)."""
    assert checksum(b"123456789") == 0x89A1897F


def test_what_a_browser_records_in_webm_goes_out_as_mono_ogg_packet_for_packet() -> None:
    packets = tuple(
        sounds.PACKET + bytes((number % 256,)) * (number % 600) for number in range(300)
    )
    kept = read_sound(sounds.webm(*packets))
    assert (kept.content_type, kept.seconds) == ("audio/ogg", 6)
    again = read_ogg(kept.data)
    assert (again.packets, again.skip) == (packets, 312)
    assert kept.data[28:36] == b"OpusHead" and kept.data[37] == 1, "one channel, whatever it was"


def test_an_ogg_loses_what_it_said_of_who_made_it() -> None:
    made = sounds.ogg()
    assert b"OpusTags" + bytes(8) in read_sound(ELSEWHERE.read_bytes()).data
    assert read_sound(made).data == made, "twice is the same as once"


def test_the_last_page_says_how_long_it_sounds_and_that_it_is_the_last() -> None:
    data = sounds.ogg(seconds=2.5)
    last = data[data.rindex(b"OggS") :]
    assert last[5] == 4
    assert int.from_bytes(last[6:14], "little") == 2.5 * 48_000


@pytest.mark.parametrize("at", [30, 60, -1])
def test_a_damaged_ogg_is_refused(at: int) -> None:
    data = bytearray(sounds.ogg())
    data[at] ^= 1
    with pytest.raises(Unreadable, match="save it as MP3"):
        read_sound(bytes(data))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", EMPTY),
        (write_ogg(sounds.opus(seconds=0)), EMPTY),
        (bytes(MOST_BYTES + 1), TOO_LARGE),
        (sounds.ogg(seconds=LONGEST + 2), TOO_LONG),
        (sounds.mp4(seconds=LONGEST + 2), TOO_LONG),
        (b"<script>alert(1)</script>", OTHER),
        (b"RIFF....WAVEfmt ", OTHER),
        (b"%PDF-1.7", OTHER),
        (b"\xff\xd8\xff a picture", OTHER),
        (sounds.ogg().replace(b"OpusHead", b"\x01vorbis"), OTHER),
        (sounds.webm(codec=b"A_VORBIS"), OTHER),
        (sounds.webm(head=b"OpusHead"), OTHER),
        (sounds.webm(flags=0x86), OTHER),
        (sounds.webm(b"\xff" * 3), OTHER),
        (sounds.webm()[:-1], OTHER),
        (sounds.webm()[:100], OTHER),
        (sounds.mp4(handler=b"vide"), OTHER),
        (sounds.mp4(codec=b"Opus"), OTHER),
        (sounds.mp4()[:60], OTHER),
        (b"\0\0\0\x10ftypM4A \0\0\0\0\0\0\0\x08mvhd", OTHER),
    ],
)
def test_what_whatsapp_does_not_play_is_refused_in_one_sentence(data: bytes, said: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_sound(data)
    assert str(refused.value) == said


@pytest.mark.parametrize(
    ("data", "content_type", "seconds"),
    [
        (sounds.mp4(), "audio/mp4", 3),
        (b"ID3\x04 and more", "audio/mpeg", 0),
        (b"\xff\xf1 and more", "audio/aac", 0),
        (b"#!AMR\n and more", "audio/amr", 0),
    ],
)
def test_what_whatsapp_plays_goes_out_as_it_is(
    data: bytes, content_type: str, seconds: int
) -> None:
    kept = read_sound(data)
    assert (kept.data, kept.content_type, kept.seconds) == (data, content_type, seconds)


@pytest.mark.parametrize(
    ("first", "long"), [(0x08, 960), (0x18 | 1, 5760), (0x60, 480), (0xF8, 960), (0xE0 | 2, 240)]
)
def test_a_packet_says_how_long_it_sounds(first: int, long: int) -> None:
    assert samples(bytes((first, 0))) == long


def test_whatever_is_cut_off_is_refused_or_shorter_and_never_an_error_of_ours() -> None:
    for whole in (sounds.webm(*(sounds.PACKET,) * 5), sounds.ogg(seconds=0.2), sounds.mp4()):
        for end in range(len(whole)):
            try:
                assert read_sound(whole[:end]).seconds <= 3
            except Unreadable:
                continue
