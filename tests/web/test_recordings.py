"""Recordings: who may make one, what becomes of it, and the address at which Twilio fetches it."""

from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from bot.channels.ogg import read_ogg
from bot.parts import Parts
from bot.spoken_links import LASTS, Links, spoken_url
from bot.store.recordings import RecordingRow, recordings
from bot.store.sealed import MARK
from tests.channels import sounds
from tests.web.conftest import Clock, signed_in
from tests.web.page import Browser, Page

RATING = "/recordings/ar/goal_check_in.rating"
KEY = "a key of the tests, long enough to be one"


def record(browser: Browser, data: bytes, *, at: str = RATING, status: int = 303) -> Page:
    read = browser.get(at).one("input", name="read").attributes["value"]
    file = (BytesIO(data), "../../voice.ogg")
    return browser.post(at, page=at, status=status, read=read, file=file)


def the_one(parts: Parts) -> RecordingRow:
    with parts.database.reading() as db:
        (row,) = recordings(db)
    return row


def files(parts: Parts) -> list[Path]:
    return sorted((parts.settings.media_folder / "recordings").glob("*"))


def url_of(parts: Parts) -> str:
    row, settings = the_one(parts), parts.settings
    links = Links(public_url=settings.public_url, secret_key=settings.secret_key)
    url = spoken_url(links, recording_id=row.id, file=row.file, now=parts.now())
    return url.removeprefix(settings.public_url)


def test_a_recording_is_kept_heard_replaced_and_taken_away(ruth: Browser, parts: Parts) -> None:
    assert "Nobody has spoken it yet" in ruth.get(RATING).text
    record(ruth, sounds.webm())
    row, (path,) = the_one(parts), files(parts)
    assert (row.context, row.language, row.by) == ("goal_check_in.rating", "ar", "Ruth")
    assert (row.content_type, row.seconds, path.stat().st_mode & 0o777) == ("audio/ogg", 3, 0o600)
    page = ruth.get(RATING)
    assert "Kept, 3 seconds." in page.text
    heard = ruth.client.get(page.one("audio").attributes["src"])
    assert heard.mimetype == "audio/ogg"
    assert len(read_ogg(heard.data).packets) == 150
    record(ruth, sounds.ogg(seconds=5))
    assert the_one(parts).seconds == 5
    assert files(parts) != [path] and len(files(parts)) == 1, "the old file is gone"
    ruth.post(f"{RATING}/delete", page=RATING)
    assert files(parts) == []
    assert "Nobody has spoken it yet" in ruth.get(RATING).text
    with parts.database.reading() as db:
        done = db.execute(text("select action, subject, detail from audit_entry order by id"))
        kept = [tuple(row) for row in done if "recording" in row.action]
    assert [action for action, _, _ in kept] == [
        "kept a recording",
        "kept a recording",
        "took a recording away",
    ]
    assert {(subject, detail) for _, subject, detail in kept} == {
        ("text:goal_check_in.rating", "ar")
    }


def test_what_cannot_be_sent_is_refused_in_one_sentence_and_leaves_nothing(
    ruth: Browser, parts: Parts
) -> None:
    for data, said in (
        (b"", "There is nothing in it"),
        (b"<html>", "WhatsApp does not play this kind of file"),
        (sounds.ogg(seconds=125), "It is longer than two minutes"),
    ):
        page = record(ruth, data, status=422)
        assert said in page.one("p", id="problem").text
    assert files(parts) == []


def test_a_text_that_changed_under_her_eyes_is_read_again_first(
    ruth: Browser, parts: Parts
) -> None:
    file = (BytesIO(sounds.ogg()), "x.ogg")
    page = ruth.post(RATING, page=RATING, status=422, read="0" * 64, file=file)
    assert "The text has changed since this page was opened" in page.text
    assert files(parts) == []


def test_a_reader_hears_it_and_changes_nothing(ruth: Browser, app: Flask, parts: Parts) -> None:
    record(ruth, sounds.ogg())
    ivy = signed_in(app, parts, email="ivy@example.org")
    page = ivy.get(RATING)
    assert not page.all("script") and not page.all("input", type="file")
    assert ivy.client.get(page.one("audio").attributes["src"]).status_code == 200
    ivy.post(RATING, status=403, file=(BytesIO(b"x"), "x"))
    ivy.post(f"{RATING}/delete", status=403)
    assert len(files(parts)) == 1


@pytest.mark.parametrize(
    "context",
    ["standing.harm_red", "standing.safe_to_write", "is_it_you.part", "welcome.wrong", "x.y"],
)
def test_what_answers_harm_or_doubts_who_she_is_is_never_spoken(
    ruth: Browser, context: str
) -> None:
    ruth.get(f"/recordings/ar/{context}", status=404)
    assert not any(context in link for link in ruth.get("/recordings?language=ar").links())


def test_the_page_says_what_to_leave_out_and_the_overview_what_is_there(
    ruth: Browser, parts: Parts
) -> None:
    assert "Leave out: the goal." in ruth.get(RATING).text
    record(ruth, sounds.ogg())
    overview = ruth.get("/recordings?language=ar")
    assert "1 of " in overview.text and "recorded in Arabic" in overview.text
    assert "0 of " in ruth.get("/recordings?language=fa").text
    assert "Hear it: rating" in ruth.get("/conversations/goal_check_in?language=ar").text
    with parts.database.transaction() as db:
        db.execute(text("update recording set digest = 'of an older wording'"))
    assert "1 says what the text no longer says." in ruth.get("/recordings?language=ar").text
    assert "The text has changed since this was recorded." in ruth.get(RATING).text
    assert "Record it anew: rating" in ruth.get("/conversations/goal_check_in?language=ar").text


def test_twilio_fetches_it_without_a_cookie_whole_or_in_parts(
    ruth: Browser, nobody: Browser, parts: Parts
) -> None:
    record(ruth, sounds.ogg())
    url, client = url_of(parts), nobody.client
    whole = client.get(url)
    assert (whole.status_code, whole.mimetype) == (200, "audio/ogg")
    assert "Set-Cookie" not in whole.headers
    assert whole.headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox")
    head = client.head(url)
    assert (head.status_code, head.content_length, head.data) == (200, len(whole.data), b"")
    part = client.get(url, headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.data) == (206, b"OggS")


def test_its_address_cannot_be_guessed_altered_or_used_later(
    app: Flask, ruth: Browser, nobody: Browser, parts: Parts, clock: Clock
) -> None:
    record(ruth, sounds.ogg())
    url = url_of(parts)
    head, until, proof = url.removeprefix("/spoken/").split("-")
    for wrong in (
        f"{int(head) + 1}-{until}-{proof}",
        f"{head}-{int(until) + 1}-{proof}",
        f"{head}-{until}-{'0' * 64}",
        f"{head}-{until}-{proof[:-1]}{'1' if proof[-1] == '0' else '0'}",
        f"{head}-{until}",
        f"{'9' * 18}-{until}-{proof}",
        "..%2f..%2fetc",
        "",
    ):
        assert nobody.client.get(f"/spoken/{wrong}").status_code == 404, wrong
    clock.forward(seconds=LASTS.total_seconds() - 1)
    assert nobody.client.get(url).status_code == 200
    clock.forward(seconds=2)
    assert nobody.client.get(url).status_code == 404
    fresh, again = url_of(parts), signed_in(app, parts, email="ruth@example.org")
    record(again, sounds.ogg(seconds=5))
    assert nobody.client.get(fresh).status_code == 404, "it was of the recording before"


def test_only_the_page_that_records_may_use_the_microphone(ruth: Browser) -> None:
    here = ruth.get(RATING).response.headers
    assert "microphone=(self)" in here["Permissions-Policy"]
    assert "media-src 'self' blob:;" in here["Content-Security-Policy"]
    elsewhere = ruth.get("/recordings").response.headers
    assert "microphone=()" in elsewhere["Permissions-Policy"]
    assert "blob:" not in elsewhere["Content-Security-Policy"]


def test_with_a_key_the_file_is_sealed(parts: Parts, tmp_path: Path) -> None:
    from bot.store.sealed import read_sealed, write_sealed

    path = tmp_path / "media" / "recordings" / "one"
    write_sealed(path, sounds.ogg(), key=KEY)
    assert path.read_bytes().startswith(MARK) and b"OggS" not in path.read_bytes()
    assert read_sealed(path, key=KEY) == sounds.ogg()
