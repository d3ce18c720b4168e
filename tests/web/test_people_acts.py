"""What staff change on a person's page: her wishes, a pause, and that she has left."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from bot.parts import Parts
from bot.programme.breakdowns import LEAVING
from bot.store.models import Address, AuditEntry, CheckIn, Enrolment, Pairing, Participant
from bot.web.wishes import warnings
from tests.web.cohort import NOW, Cast
from tests.web.page import Browser, Page
from tests.web.rows import kept

AS_IT_IS = {"language": "ar", "part_of_day": "", "weekday": "", "listens": "", "safe_word": ""}


@pytest.fixture
def path(cast: Cast) -> str:
    return f"/people/{cast.amina}"


def stored(parts: Parts, who: int) -> Participant:
    with parts.database.reading() as db:
        return db.get_one(Participant, who)


def audited(parts: Parts, action: str) -> list[tuple[str, str, int | None]]:
    with parts.database.reading() as db:
        found = db.exec(select(AuditEntry).where(AuditEntry.action == action)).all()
        return [(entry.subject, entry.detail, entry.staff_id) for entry in found]


def banners(page: Page) -> list[str]:
    return [
        " ".join(one.text.split())
        for one in page.elements
        if "banner" in one.attributes.get("class", "").split()
    ]


def test_her_wishes_stand_on_her_page_in_words(ruth: Browser, path: str, parts: Parts) -> None:
    with parts.database.transaction() as db:
        her = db.get_one(Participant, 1)
        her.part_of_day, her.weekday, her.listens = "evening", 3, "listen"
        her.hold_backs = ["ramadan", "diwali"]
        db.add(her)
    page = ruth.get(path)
    said = [" ".join(one.text.split()) for one in page.all("dd")]
    assert said[:3] == ["In the evening", "On Thursdays", "She listens to messages"]
    assert "Ramadan: only 11:00 to 16:00 Diwali, and a day either side" in said
    assert "No religion is stored." in page.text


def test_a_safe_word_is_folded_and_shown_to_staff_only_and_its_reading_is_recorded(
    ruth: Browser, ivy: Browser, path: str, parts: Parts, cast: Cast
) -> None:
    assert "No word is agreed" in ruth.get(path).text
    with parts.database.transaction() as db:
        her = db.get_one(Participant, cast.amina)
        her.safe_word = "مظلة"
        db.add(her)
    shown = next(one for one in ruth.get(path).all("span", lang="ar") if one.text == "مظلة")
    assert "details" in shown.inside and shown.attributes["dir"] == "auto"
    assert not [one for one in ruth.get(path).all("details") if "open" in one.attributes]
    assert "مظلة" not in ivy.get(path).text
    assert "Safe word Agreed" in ivy.get(path).text
    before = len(audited(parts, "read"))
    typed = ruth.get(f"{path}/wishes").one("input", name="safe_word")
    assert typed.attributes["value"] == "مظلة" and "details" in typed.inside
    assert audited(parts, "read")[before:] == [(f"participant:{cast.amina}", "", cast.ruth)]


def test_changed_wishes_are_stored_and_what_moved_is_shown_once(
    ruth: Browser, path: str, parts: Parts, cast: Cast
) -> None:
    form = AS_IT_IS | {"part_of_day": "evening", "weekday": "tuesday", "discreet": "yes"}
    with parts.database.transaction() as db:
        number = {"channel": "sms", "address": "+447700900777", "created_at": NOW}
        db.add(Address(participant_id=cast.amina, **number))
    assert "She was not asked whether it may be used" in ruth.get(path).text
    form |= {"sms_fallback": "yes"}
    ruth.post(f"{path}/wishes", page=f"{path}/wishes", **form, hold_backs=["nowruz", "diwali"])
    her = stored(parts, cast.amina)
    assert (her.part_of_day, her.weekday, her.discreet) == ("evening", 1, True)
    assert her.hold_backs == ["nowruz", "diwali"]
    assert audited(parts, "changed wishes")[0][0] == f"participant:{cast.amina}"
    page = ruth.get(path)
    assert "It may be used when WhatsApp does not reach her." in page.text
    assert "Changed: who reads her phone, the time of day, the weekday, the days" in page.text
    moved = next(text for text in banners(page) if text.startswith("What moved with it"))
    assert "The check-in of week 9 is new: Tue 8 December, 18:00" in moved
    assert not [text for text in banners(ruth.get(path)) if "What moved" in text]
    with parts.database.reading() as db:
        due = db.exec(select(CheckIn.due_at).where(CheckIn.slot == "week-9")).one()
    assert due == datetime(2026, 12, 8, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("weekday", "someday"),
        ("language", "xx"),
        ("language", ""),
        ("part_of_day", "night"),
        ("hold_backs", "no_calendar"),
        ("safe_word", "STOP"),
    ],
)
def test_a_wish_that_cannot_be_is_refused_and_what_was_typed_stays(
    ruth: Browser, path: str, parts: Parts, cast: Cast, field: str, value: str
) -> None:
    form = AS_IT_IS | {"discreet": "yes", field: value}
    page = ruth.post(f"{path}/wishes", page=f"{path}/wishes", status=422, **form)
    assert page.one("p", role="alert").text
    assert "checked" in page.one("input", name="discreet").attributes
    assert not stored(parts, cast.amina).discreet


def test_a_calendar_whose_days_are_soon_unknown_is_warned_of() -> None:
    assert list(warnings(["diwali", "ramadan"], today=date(2026, 11, 20))) == []
    (warning,) = warnings(["diwali", "ramadan"], today=date(2040, 6, 1))
    assert "known until 31 December 2040 only" in warning
    assert "no calendar called gone" in next(iter(warnings(["gone"], today=date(2026, 1, 1))))


def test_staff_pause_her_until_a_day_with_a_reason_and_start_her_again(
    ruth: Browser, path: str, parts: Parts, cast: Cast
) -> None:
    ruth.post(f"{path}/paused", page=path, reason="bad_news", until="2026-12-01")
    her = stored(parts, cast.amina)
    assert (her.state, her.paused_until) == ("paused", datetime(2026, 12, 1, tzinfo=UTC))
    assert audited(parts, "paused") == [(f"participant:{cast.amina}", "bad_news", cast.ruth)]
    page = ruth.get(path)
    (banner,) = banners(page)
    assert banner.startswith("She has paused until 1 December 2026.")
    assert "Ruth paused her just now: bad news in her life." in banner
    ruth.post(f"{path}/resumed", page=path)
    assert stored(parts, cast.amina).state == "active"
    assert banners(ruth.get(path)) == []


def test_a_pause_without_a_day_lasts_until_somebody_says_so(
    ruth: Browser, path: str, parts: Parts, cast: Cast
) -> None:
    ruth.post(f"{path}/paused", page=path, reason="asked", until="")
    assert stored(parts, cast.amina).paused_until is None
    assert "Nothing is started until she or you say so." in ruth.get(path).text


@pytest.mark.parametrize(
    ("reason", "until"),
    [("asked", "2026-11-20"), ("asked", "soon"), ("asked", "9999-12-31x"), ("", ""), ("hers", "")],
)
def test_a_pause_that_cannot_be_is_refused_beside_its_form(
    ruth: Browser, path: str, parts: Parts, cast: Cast, reason: str, until: str
) -> None:
    page = ruth.post(f"{path}/paused", page=path, status=422, reason=reason, until=until)
    assert "form" in page.one("p", role="alert").inside
    assert page.one("input", name="until").attributes["value"] == until
    assert stored(parts, cast.amina).state == "active"


def test_a_stop_is_taken_back_by_nobody_but_herself(ruth: Browser, cast: Cast) -> None:
    path = f"/people/{cast.farah}"
    assert "Pause her" not in ruth.get(path).text
    page = ruth.post(f"{path}/resumed", page=path, status=422)
    assert "Only she can start them again" in page.one("p", role="alert").text


def test_leaving_wants_a_box_ticked_and_says_before_what_it_does(
    ruth: Browser, path: str, parts: Parts, cast: Cast
) -> None:
    page = ruth.get(f"{path}/left")
    assert "Her pair with Grace ends" in page.text
    assert "Nothing is deleted." in page.text
    enrolment = page.one("input", name="enrolment").attributes["value"]
    form = {"enrolment": enrolment, "state": "left", "reason": "work"}
    refused = ruth.post(f"{path}/left", page=f"{path}/left", status=422, **form)
    assert "tick the box" in refused.one("p", role="alert").text
    assert "selected" in refused.one("option", value="work").attributes
    assert stored(parts, cast.amina).state == "active"
    ruth.post(f"{path}/left", page=f"{path}/left", talked="yes", **form)
    page = ruth.get(path)
    assert "Please tell the other of her pair" in page.text
    assert "She has left. Nothing is sent to her." in page.text
    assert f"has left ({LEAVING['work']})" in page.text
    assert "has left: the other one of her pair does not know yet" in page.text
    with parts.database.reading() as db:
        pair = db.exec(select(Pairing).order_by(Pairing.id)).first()
    assert pair is not None and (pair.state, pair.end_reason) == ("ended", "work")
    assert (f"participant:{cast.amina}", "left work", cast.ruth) in audited(parts, "ended")
    assert "there is nothing to end" in ruth.get(f"{path}/left").text


def test_the_enrolment_of_somebody_else_is_not_ended_from_her_page(
    ruth: Browser, path: str, parts: Parts, cast: Cast
) -> None:
    with parts.database.reading() as db:
        others = db.exec(select(Enrolment).where(Enrolment.participant_id == cast.selam)).one()
    for enrolment in (str(others.id), "", "x"):
        form = {"enrolment": enrolment, "state": "left", "reason": "", "talked": "yes"}
        ruth.post(f"{path}/left", page=f"{path}/left", status=422, **form)
    with parts.database.reading() as db:
        assert db.get_one(Enrolment, others.id).state == "active"


def test_whoever_is_in_two_cohorts_leaves_the_one_that_staff_choose(
    ruth: Browser, parts: Parts, cast: Cast
) -> None:
    with parts.database.transaction() as db:
        first = db.exec(select(Enrolment).where(Enrolment.participant_id == cast.grace)).one()
        spring = db.exec(select(Enrolment).where(Enrolment.participant_id == cast.beth)).one()
        second = kept(
            db,
            Enrolment(
                participant_id=cast.grace,
                cohort_id=spring.cohort_id,
                role="mentor",
                created_at=NOW - timedelta(days=1),
            ),
        )
        first_id = first.id
    path = f"/people/{cast.grace}"
    page = ruth.get(f"{path}/left")
    assert len(page.one("select", name="enrolment").text.split("Mentor in")) == 3
    form = {"enrolment": str(second), "state": "completed", "reason": "", "talked": "yes"}
    ruth.post(f"{path}/left", page=f"{path}/left", **form)
    with parts.database.reading() as db:
        assert db.get_one(Enrolment, second).state == "completed"
        assert db.get_one(Enrolment, first_id).state == "active"
    assert stored(parts, cast.grace).state == "active"
    assert "Mentor of أمينة" in ruth.get(path).text


@pytest.mark.parametrize("act", ["paused", "resumed", "left", "wishes"])
def test_about_nobody_nothing_can_be_done(ruth: Browser, act: str) -> None:
    ruth.post(f"/people/999999/{act}", page="/people", status=404)


@pytest.mark.parametrize("act", ["paused", "resumed", "left", "wishes"])
def test_a_reader_may_change_nothing_about_her(ivy: Browser, path: str, act: str) -> None:
    ivy.post(f"{path}/{act}", page=path, status=403)
    page = ivy.get(path)
    assert "Change her wishes" not in page.text and "Pause her" not in page.text
