"""What she sent is played and looked at in the page: in pieces where a browser asks for pieces."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.actions.fetch_media import fetch_media
from bot.actions.receive import receive
from bot.channels.base import Inbound, Media
from bot.channels.media import Fetched
from bot.parts import Parts
from tests.web.cohort import NOW, Cast
from tests.web.page import Browser
from tests.web.test_whose import HIDDEN, address_of

SOUND = b"OggS" + bytes(range(200))
CARD = (
    b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Amina\r\n"
    b"item1.TEL;type=CELL;waid=1:+44 7700 9001\r\n 14\r\nEND:VCARD\r\n"
)
FILES = {"a": ("audio/ogg", SOUND), "v": ("video/mp4", b"\0\0\0\x18ftypmp42" + bytes(20))}


def arrive(
    parts: Parts, folder: Path, files: Mapping[str, tuple[str, bytes]], *, address: str
) -> None:
    for name, (kind, _) in files.items():
        inbound = Inbound(
            channel="whatsapp",
            address=address,
            to="whatsapp:+447700900000",
            external_id=f"SM{name}",
            text="",
            kind="contact" if kind == "text/vcard" else "media",
            media=(Media(url=name, content_type=kind),),
        )
        receive(parts.house, inbound, now=NOW)

    def fetch(url: str) -> Fetched:
        return Fetched(data=files[url][1], content_type=files[url][0])

    assert fetch_media(parts.database, fetch, folder=folder, now=NOW) == len(files)


@pytest.fixture
def kept(parts: Parts) -> Path:
    return parts.settings.media_folder


def test_a_voice_note_and_a_film_are_played_in_the_page_and_in_pieces(
    ruth: Browser, parts: Parts, cast: Cast, kept: Path
) -> None:
    arrive(parts, kept, FILES, address=address_of(parts, cast.grace))
    page = ruth.get(f"/people/{cast.grace}")
    sound = next(one for one in page.all("audio") if one.attributes["src"])
    assert sound.attributes["title"] == "Grace: voice message" and "controls" in sound.attributes
    assert page.all("video")[0].attributes["title"] == "Grace: film"
    assert "media-src 'self'" in page.response.headers["Content-Security-Policy"]
    piece = ruth.client.get(sound.attributes["src"] or "", headers={"Range": "bytes=0-1"})
    assert (piece.status_code, piece.data) == (206, SOUND[:2])
    assert piece.headers["Content-Range"] == f"bytes 0-1/{len(SOUND)}"


def test_a_contact_card_is_read_for_staff_and_a_hidden_number_of_ours_is_matched(
    ruth: Browser, parts: Parts, cast: Cast, kept: Path
) -> None:
    assert address_of(parts, cast.amina) == "whatsapp:+447700900114"
    arrive(parts, kept, {"c": ("text/vcard", CARD)}, address=HIDDEN)
    assert "gave us a phone number" in ruth.get("/alerts").text
    leads = {href.partition("#")[0] for href in ruth.get("/alerts").links()}
    pages = [ruth.get(href) for href in leads if href.startswith("/strangers/")]
    page = next(each for each in pages if "GB.Hidden1" in each.text)
    assert "Numbers on the card" in page.text and "+44 7700 900114" in page.text
    assert "link her" in page.text
