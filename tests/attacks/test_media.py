"""What comes with a message: fetched from Twilio alone, kept as what it is, shown where it cannot
run. Everything over real connections on this machine.
"""

import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from bot.actions.invite import invite
from bot.channels.media import Account, Fetched, Limits, NotYet, Refused, fetch
from bot.channels.media_kinds import kind_of
from bot.simulator.server import serve_wsgi
from tests.rows import ROW_AMINA, ROW_GRACE
from tests.web.page import Browser
from tests.world import ACCOUNT, AMINA, TOKEN, World, open_world

OGG = b"OggS\x00\x02" + bytes(100)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(50)
PATH = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/MM{'a' * 32}/Media/ME{'b' * 32}"
GOOD = f"https://api.twilio.com{PATH}"
TWILIO = Account(sid=ACCOUNT, token=TOKEN)
QUICK = Limits(size=4096, seconds=0.6, idle=0.4)

NOT_TWILIO = (
    "file:///etc/passwd", "gopher://api.twilio.com/", "ftp://api.twilio.com" + PATH,
    "http://api.twilio.com" + PATH, "https://api.twilio.com:8443" + PATH,
    "https://api.twilio.com.evil.example" + PATH, "https://evil.example" + PATH,
    "https://api.twilio.com@evil.example" + PATH, "https://evil.example#@api.twilio.com" + PATH,
    "https://user:pass@api.twilio.com" + PATH, "https://evil.example\\@api.twilio.com" + PATH,
    "https://2130706433" + PATH, "https://0177.0.0.1" + PATH, "https://0x7f.1" + PATH,
    "https://[::ffff:127.0.0.1]" + PATH, "https://[::1]" + PATH, "https://127.0.0.1" + PATH,
    "https://169.254.169.254/latest/meta-data/", "https://localhost" + PATH,
    "https://API.TWILIO.COM" + PATH, "https://api.twilio.com." + PATH, "//api.twilio.com" + PATH,
    "https://api.twilio.com/../../etc/passwd", GOOD + "?x=1", GOOD + "#f", GOOD + "/../..",
    GOOD.replace("api.twilio", "api。twilio"), GOOD + "\r\nHost: evil", " " + GOOD, GOOD + " ",
    GOOD.replace(ACCOUNT, "AC" + "9" * 32), GOOD.replace("/ME", "/SM"), "", "https://",
)  # fmt: skip


class Server:
    """Answers what a test says, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.says: Any = (200, OGG)
        self.over = Event()
        self.base = ""

    def __call__(self, environ: Any, respond: Any) -> Any:
        self.asked.append({k: v for k, v in environ.items() if isinstance(v, str)})
        code, body = self.says(environ) if callable(self.says) else self.says
        head = [("Location", body)] if 300 <= code < 400 else []
        respond(f"{code} X", [*head, ("Content-Type", "image/png")])
        return [b""] if head else [body] if isinstance(body, bytes) else body


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    running = serve_wsgi(server)
    server.base = running.base_url
    yield server
    server.over.set()
    running.close()


def get(server: Server, **more: Any) -> Fetched:
    account = Account(sid=ACCOUNT, token=TOKEN, base=server.base, loopback=True)
    return fetch(server.base + PATH, account, limits=QUICK, **more)


def refused(url: str, **more: Any) -> str:
    with pytest.raises(Refused) as found:
        fetch(url, TWILIO, **more)
    return found.value.reason


def nobody(host: str, port: int) -> list[str]:
    raise AssertionError(f"{host} must not even be looked up")


@pytest.mark.parametrize("url", NOT_TWILIO)
def test_no_other_address_is_even_looked_up(url: str) -> None:
    assert refused(url, names=nobody) == "address"


@pytest.mark.parametrize(
    "there",
    ["127.0.0.1", "10.0.0.7", "192.168.1.1", "169.254.169.254", "::1", "fe80::1%eth0", "fd00::1",
     "::ffff:127.0.0.1", "::ffff:10.0.0.1", "0.0.0.7", "100.64.0.1", "224.0.0.1"],
)  # fmt: skip
def test_a_name_that_points_inside_is_not_followed(there: str) -> None:
    assert refused(GOOD, names=lambda host, port: [there]) == "address"
    assert refused(GOOD, names=lambda host, port: ["93.184.216.34", there]) == "address"


def test_the_address_that_was_looked_at_is_the_one_that_is_asked(server: Server) -> None:
    told = iter([["127.0.0.1"], ["10.0.0.1"]])
    assert get(server, names=lambda host, port: next(told)).data == OGG
    assert next(told) == ["10.0.0.1"], "the name was asked for once"


@pytest.mark.parametrize(
    "where",
    ["http://127.0.0.2:9/x", "file:///etc/passwd", "http://169.254.169.254/", "gopher://x/",
     "//evil.example/x", "http://user@127.0.0.1/", "https://mms.twiliocdn.com.evil.example/"],
)  # fmt: skip
def test_a_redirect_goes_nowhere_else(server: Server, where: str) -> None:
    server.says = (307, where)
    with pytest.raises(Refused, match="address"):
        get(server)
    assert len(server.asked) == 1


def test_our_credentials_go_to_the_api_alone(server: Server) -> None:
    store = Server()
    running = serve_wsgi(store)
    there = running.base_url.removeprefix("http://")
    server.says = (307, f"{running.base_url}/file?Signature=1")
    account = Account(
        sid=ACCOUNT, token=TOKEN, base=server.base, stores=frozenset({there}), loopback=True
    )
    assert fetch(server.base + PATH, account, limits=QUICK).data == OGG
    running.close()
    assert server.asked[0]["HTTP_AUTHORIZATION"].startswith("Basic ")
    assert [one["QUERY_STRING"] for one in store.asked] == ["Signature=1"]
    assert "HTTP_AUTHORIZATION" not in store.asked[0]


def test_a_circle_of_redirects_comes_to_an_end(server: Server) -> None:
    server.says = (302, PATH)
    with pytest.raises(Refused, match="redirects"):
        get(server)
    assert len(server.asked) == 4


def test_what_is_too_large_is_given_up_on_early(server: Server) -> None:
    def endless() -> Iterator[bytes]:
        while not server.over.is_set():
            yield OGG * 10

    for body in (OGG * 100, endless()):
        server.says = (200, body)
        with pytest.raises(Refused, match="size"):
            get(server)


def test_what_comes_byte_by_byte_has_an_end(server: Server) -> None:
    def drip() -> Iterator[bytes]:
        for _ in range(100):
            yield b"O"
            server.over.wait(0.05)
        server.over.set()

    server.says = (200, drip())
    with pytest.raises(NotYet):
        get(server)
    assert not server.over.is_set(), "before the last byte"


def test_silence_and_trouble_are_tried_again(server: Server) -> None:
    for code in (404, 500, 401):
        server.says = (code, b"")
        with pytest.raises(NotYet):
            get(server)
    server.says = lambda environ: (server.over.wait(1), (200, OGG))[1]
    with pytest.raises(NotYet):
        get(server)


@pytest.mark.parametrize(
    "data",
    [b"", b"<svg onload=alert(1)>", b"<html>", b"\xef\xbb\xbf<script>", b"MZ\x90", b"PK\x03\x04",
     b"GIF8", b"%!PS", b"\x00" * 20],
)  # fmt: skip
def test_what_is_no_picture_sound_or_paper_is_not_kept(server: Server, data: bytes) -> None:
    server.says = (200, data)
    with pytest.raises(Refused, match=r"kind|empty"):
        get(server)
    assert kind_of(data) is None


@pytest.mark.parametrize(
    ("data", "kind"),
    [(PNG, "image/png"), (OGG, "audio/ogg"), (b"\xff\xd8\xff\xe0", "image/jpeg"),
     (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"), (b"#!AMR\n", "audio/amr"),
     (b"%PDF-1.7", "application/pdf"), (b"\0\0\0\x20ftypisom", "video/mp4"),
     (b"\0\0\0\x20ftypM4A ", "audio/mp4"), (b"ID3\x04", "audio/mpeg")],
)  # fmt: skip
def test_it_is_what_its_content_is(server: Server, data: bytes, kind: str) -> None:
    server.says = (200, data)
    assert get(server).content_type == kind


# The whole way: her phone, the webhook, the clock, the page


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[World]:
    with open_world(database_url, media_dir=tmp_path / "media") as world:
        world.enrol(tmp_path, [ROW_GRACE, ROW_AMINA])
        world.tick()
        yield world


def sends(world: World, *, kind: str = "audio/ogg", data: bytes = OGG, rounds: int = 1) -> Any:
    world.simulator.receive_from(AMINA, media=[(kind, data)])
    for _ in range(rounds):
        world.clock.media()
        world.time += timedelta(minutes=20)
    return world.rows("select * from media order by id")[-1]


def test_her_voice_note_is_a_file_of_ours_for_nobody_elses_eyes(house: World) -> None:
    row = sends(house)
    folder = house.settings.media_folder
    assert (row.state, row.content_type, row.size) == ("kept", "audio/ogg", len(OGG))
    assert [path.name for path in folder.iterdir()] == [row.file]
    assert (folder / row.file).read_bytes() == OGG
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / row.file).stat().st_mode) == 0o600
    assert len(row.file) == 32, "a name that nobody guesses, and that says nothing"


@pytest.mark.parametrize(
    ("trick", "becomes", "reason"),
    [("media_404", "kept", ""), ("media_elsewhere", "refused", "address"),
     ("media_lies", "refused", "kind"), ("media_endless", "refused", "size")],
)  # fmt: skip
def test_a_twilio_that_misbehaves(house: World, trick: str, becomes: str, reason: str) -> None:
    house.simulator.misbehave(trick, reason="http://127.0.0.1:9/secret")
    row = sends(house, rounds=2)
    assert (row.state, row.reason) == (becomes, reason)
    kept = list(house.settings.media_folder.glob("*")) if house.settings.media_dir.exists() else []
    assert len(kept) == (becomes == "kept")


def test_what_twilio_never_has_is_given_up_on_after_days(house: World) -> None:
    house.simulator.misbehave("media_404", times=99)
    house.simulator.receive_from(AMINA, media=[("image/png", PNG)])
    for _ in range(12):
        house.clock.media()
        house.time += timedelta(days=1)
    row = house.rows("select state, reason, attempts from media")[0]
    assert tuple(row) == ("refused", "missing", 10)


def test_staff_hear_it_in_the_page_and_it_can_do_nothing_there(house: World) -> None:
    voice, picture = sends(house), sends(house, kind="image/png", data=PNG)
    paper = sends(house, kind="text/html", data=b"%PDF-1.7 <script>alert(1)</script>")
    ruth = signed_in(house)
    her = house.one("select id from participant where name = 'Amina'")
    page = ruth.get(f"/people/{her}").response.text
    assert f'<audio controls preload="none" src="/media/{voice.id}"' in page
    assert f'src="/media/{picture.id}"' in page
    for row, kind in ((voice, "audio/ogg"), (picture, "image/png"), (paper, "application/pdf")):
        answer = ruth.client.get(f"/media/{row.id}")
        assert (answer.status_code, answer.content_type) == (200, kind)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        attached = answer.headers["Content-Disposition"].startswith("attachment")
        assert attached == (kind == "application/pdf")
    part = ruth.client.get(f"/media/{voice.id}", headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.data) == (206, b"OggS")
    read = house.rows("select subject from audit_entry where action = 'read'")
    assert len(read) == 1 + 4, "each opening leaves a trace"
    assert ruth.client.get("/media/99").status_code == 404
    assert signed_out(house).get(f"/media/{voice.id}").status_code == 303


def signed_out(world: World) -> Any:
    from bot.app import create_app

    return create_app(world.parts).test_client()


def signed_in(world: World) -> Browser:
    from tests.people import ruth

    with world.parts.database.transaction() as db:
        ruth(db)
    browser = Browser(signed_out(world))
    link = invite(
        world.parts.database, email="ruth@example.org", name="", public_url="", now=world.time
    )
    browser.post(link, page=link)
    return browser
