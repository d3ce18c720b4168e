"""A pair's page: by whose word its sessions count, and what staff can put right."""

from collections.abc import Iterator

import pytest
from sqlmodel import select

from bot.parts import Parts
from bot.store.models import (
    Alert,
    AuditEntry,
    CheckIn,
    Pairing,
    Session,
    SessionChange,
)
from tests.web.cohort import Cast
from tests.web.page import Browser, Page


@pytest.fixture
def pairing(parts: Parts, cast: Cast) -> int:
    """Amina's with Grace: ten sessions."""
    with parts.database.reading() as db:
        return db.exec(select(Pairing.id).order_by(Pairing.id)).first() or 0


@pytest.fixture
def session_ids(parts: Parts, pairing: int) -> list[int]:
    """By number, from 1."""
    with parts.database.reading() as db:
        found = select(Session.id).where(Session.pairing_id == pairing).order_by(Session.number)
        return [number or 0 for number in db.exec(found)]


@pytest.fixture
def path(pairing: int) -> Iterator[str]:
    yield f"/pairs/{pairing}"


def row(page: Page, number: int) -> str:
    found = (" ".join(one.text.split()) for one in page.all("tr"))
    return next(text for text in found if text.startswith(f"{number} "))


def stored(parts: Parts, session_id: int) -> Session:
    with parts.database.reading() as db:
        return db.get_one(Session, session_id)


def test_the_page_says_who_the_two_are_and_how_far_they_are(ruth: Browser, path: str) -> None:
    page = ruth.get(path)
    assert page.one("h1").text == "أمينة and Grace"
    assert "Pair · Autumn 2026, week 6 of 16" in page.text
    assert "3 of 10 held, 3 h together." in page.text
    assert page.one("p", role="img").attributes["aria-label"] == "3 of 10 sessions held"


def test_staff_see_what_each_side_said_and_the_reading_is_recorded(
    ruth: Browser, path: str, parts: Parts, cast: Cast
) -> None:
    page = ruth.get(path)
    assert "Correct session 1 both met, 1 h, it was good met, 1 h, it was good" in row(page, 1)
    assert "the mentor alone met, 45 min, it was good" in row(page, 2)
    assert "did not meet, the mentee could not" in row(page, 3)
    with parts.database.reading() as db:
        read = db.exec(select(AuditEntry.subject).where(AuditEntry.action == "read")).all()
    assert {f"participant:{cast.amina}", f"participant:{cast.grace}"} <= set(read)


def test_a_goal_of_hers_is_a_line_there_too(ruth: Browser, path: str) -> None:
    page = ruth.get(path)
    assert "From 2 at the start to 6 now" in page.text


def test_open_alerts_of_both_stand_first(ruth: Browser, path: str) -> None:
    page = ruth.get(path)
    assert "would like a call." in page.text
    assert "says it is not going well with her mentor" not in page.text, "that one is closed"


def test_the_form_to_correct_a_session_starts_with_how_it_stands(
    ruth: Browser, path: str, session_ids: list[int]
) -> None:
    assert "Correct it" not in ruth.get(path).text
    page = ruth.get(f"{path}?correct={session_ids[1]}")
    assert page.one("input", id=f"minutes-{session_ids[1]}").attributes["value"] == "45"
    assert page.one("input", id=f"when-{session_ids[1]}").attributes["value"] == "2026-10-20T18:30"
    assert "Correct it" not in ruth.get(f"{path}?correct=9999").text


def test_a_correction_needs_a_reason(
    ruth: Browser, path: str, session_ids: list[int], parts: Parts
) -> None:
    target = f"{path}/sessions/{session_ids[4]}"
    page = ruth.post(target, page=path, status=422, state="missed")
    assert "Please write in a few words why." in page.text
    assert stored(parts, session_ids[4]).state == "disputed"


def test_a_correction_is_kept_with_who_and_why(
    ruth: Browser, path: str, session_ids: list[int], parts: Parts, cast: Cast
) -> None:
    which = session_ids[4]
    ruth.post(
        f"{path}/sessions/{which}",
        page=path,
        state="held",
        minutes="50",
        why="Both told me on the phone",
    )
    now = stored(parts, which)
    assert (now.state, now.minutes, now.proof) == ("held", 50, "staff")
    assert now.settled_at is not None
    with parts.database.reading() as db:
        kept = db.exec(select(SessionChange).order_by(SessionChange.id)).all()
        audited = db.exec(select(AuditEntry.subject).where(AuditEntry.action == "corrected")).all()
    assert [(one.field, one.old, one.new, one.staff_id) for one in kept] == [
        ("state", "disputed", "held", cast.ruth),
        ("minutes", "", "50", cast.ruth),
    ]
    assert audited == [f"session:{which}"]
    page = ruth.get(path)
    assert "Ruth changed the state of session 5 from reported differently to held" in page.text
    assert "Both told me on the phone" in page.text
    assert "staff" in row(page, 5)


def test_a_session_to_come_can_be_moved_and_both_are_asked_at_the_new_time(
    ruth: Browser, path: str, session_ids: list[int], parts: Parts
) -> None:
    which = session_ids[8]
    ruth.post(
        f"{path}/sessions/{which}",
        page=path,
        starts_at="2026-12-18T18:00",
        place="video",
        why="Grace rang",
    )
    now = stored(parts, which)
    assert (now.starts_at.isoformat(), now.place) == ("2026-12-18T18:00:00+00:00", "video")
    assert (now.state, now.proof) == ("planned", ""), "what comes of it is still theirs to say"
    with parts.database.reading() as db:
        asked = db.exec(
            select(CheckIn).where(CheckIn.session_id == which, CheckIn.state == "planned")
        ).all()
    assert {(one.flow, one.due_at.date().isoformat()) for one in asked} == {
        ("session_remind", "2026-12-17"),
        ("session_confirm", "2026-12-18"),
    }


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"state": "held", "minutes": ""}, "Please say how many minutes they met."),
        ({"state": "held", "minutes": "soon"}, "Minutes are a number, such as 60."),
        ({"state": "held", "minutes": "9999"}, "A session lasts between one minute and a day."),
        ({"state": "eaten"}, "Staff can say that a session was held, missed, moved"),
        ({"starts_at": "yesterday"}, "Please give day and time like 2026-11-24 17:30."),
        ({"place": "the moon"}, "They meet by phone, by video or in person."),
        ({"state": ""}, "Nothing was changed: that is how it stands already."),
    ],
)
def test_what_cannot_be_so_is_refused_in_plain_words(
    fields: dict[str, str],
    problem: str,
    ruth: Browser,
    path: str,
    session_ids: list[int],
    parts: Parts,
) -> None:
    target = f"{path}/sessions/{session_ids[4]}"
    page = ruth.post(target, page=path, status=422, why="Because", **fields)
    assert problem in page.text
    with parts.database.reading() as db:
        assert db.exec(select(SessionChange)).all() == []


def test_a_session_to_come_was_not_held(ruth: Browser, path: str, session_ids: list[int]) -> None:
    target = f"{path}/sessions/{session_ids[9]}"
    page = ruth.post(target, page=path, status=422, state="held", minutes="60", why="Sure")
    assert "A session that is still to come cannot be over." in page.text


def test_a_session_that_nobody_planned_can_be_written_down(
    ruth: Browser, path: str, parts: Parts
) -> None:
    ruth.post(
        f"{path}/sessions",
        page=path,
        starts_at="2026-11-08T11:00",
        minutes="40",
        place="in_person",
        why="Grace told us",
    )
    page = ruth.get(path)
    assert "4 of 10 held, 3 h 40 together." in page.text
    assert "In person" in row(page, 11)
    again = ruth.post(
        f"{path}/sessions",
        page=path,
        status=422,
        starts_at="2026-11-08T11:00",
        minutes="40",
        why="Twice",
    )
    assert "There is a session at that time already" in again.text
    empty = ruth.post(f"{path}/sessions", page=path, status=422, minutes="40", why="When?")
    assert "Please say on which day" in empty.text


def test_a_pair_can_rest_and_meet_again(
    ruth: Browser, path: str, pairing: int, parts: Parts
) -> None:
    ruth.post(f"{path}/paused", page=path)
    assert "This pair rests." in ruth.get(path).text
    again = ruth.post(f"{path}/paused", page=path, status=422)
    assert "This pair is not active." in again.text
    ruth.post(f"{path}/resumed", page=path)
    with parts.database.reading() as db:
        assert db.get_one(Pairing, pairing).state == "active"
        planned = db.exec(
            select(CheckIn.flow).where(CheckIn.session_id.is_not(None), CheckIn.state == "planned")
        ).all()
    assert set(planned) == {"session_remind", "session_confirm"}


def test_ending_a_pair_needs_a_reason_and_calls_off_what_is_to_come(
    ruth: Browser, path: str, pairing: int, session_ids: list[int], parts: Parts
) -> None:
    assert (
        "Please write in a few words why." in ruth.post(f"{path}/ended", page=path, status=422).text
    )
    ruth.post(f"{path}/ended", page=path, why="She moved to Leeds")
    with parts.database.reading() as db:
        pair = db.get_one(Pairing, pairing)
        assert (pair.state, pair.end_reason) == ("ended", "She moved to Leeds")
        assert pair.ended_at == parts.now()
    assert stored(parts, session_ids[9]).state == "cancelled"
    assert stored(parts, session_ids[0]).state == "held"
    page = ruth.get(path)
    assert "This pair has ended" in page.text and "She moved to Leeds" in page.text
    assert not page.all("form", action=f"{path}/ended")


def test_a_reader_sees_the_page_and_no_form(ivy: Browser, path: str) -> None:
    page = ivy.get(path)
    assert "Mentor says" in page.text
    assert [one.attributes["action"] for one in page.all("form")] == ["/sign-out"]
    ivy.post(f"{path}/paused", page=path, status=403)


def test_a_pair_that_is_not_there_is_not_found(ruth: Browser, path: str, cast: Cast) -> None:
    ruth.get("/pairs/999", status=404)
    ruth.post("/pairs/999/paused", page=path, status=404)
    ruth.post(f"{path}/sessions/9999", page=path, status=404, state="missed", why="No")


def test_a_session_of_another_pair_cannot_be_corrected_here(
    ruth: Browser, pairing: int, session_ids: list[int], path: str
) -> None:
    other = f"/pairs/{pairing + 1}/sessions/{session_ids[4]}"
    ruth.post(other, page=path, status=404, state="missed", why="Wrong door")


def test_an_alert_about_the_pair_stands_on_its_page(
    ruth: Browser, path: str, pairing: int, parts: Parts, cast: Cast
) -> None:
    with parts.database.transaction() as db:
        db.add(
            Alert(
                kind="no_time_found",
                level="amber",
                subject=f"no_time_found:pairing:{pairing}",
                participant_id=cast.amina,
                opened_at=parts.now(),
                last_at=parts.now(),
            )
        )
    assert "have not found a time to meet" in ruth.get(path).text
