"""Alerts: somebody has it, then it is closed with a note; and what may be sent afterwards."""

import pytest
from sqlmodel import select

from bot.actions.change_alert import change_alert
from bot.errors import Refused
from bot.parts import Parts
from bot.store.concerns import keep_answer
from bot.store.models import Alert, AuditEntry, Participant
from tests.web.cohort import NOW, WEEK, Cast
from tests.web.page import Browser, Page


def number(parts: Parts, kind: str) -> int:
    with parts.database.reading() as db:
        return db.exec(select(Alert.id).where(Alert.kind == kind)).one() or 0


def kept(parts: Parts, kind: str) -> Alert:
    with parts.database.reading() as db:
        return db.exec(select(Alert).where(Alert.kind == kind)).one()


def alerts(page: Page) -> list[str]:
    return [
        " ".join(one.text.split())
        for one in page.all("li")
        if one.attributes.get("class", "").startswith("alert")
    ]


def test_the_urgent_stand_first_and_nothing_else_is_red(ruth: Browser) -> None:
    page = ruth.get("/alerts")
    assert [one.text.rstrip(" 0123456789") for one in page.all("h2")] == [
        "At once",
        "By the next working day",
        "This week",
        "Closed lately",
    ]
    red = [one for one in page.all("li") if "red" in one.attributes.get("class", "").split()]
    assert len(red) == 1
    assert "Luwam may be in danger" in red[0].text


def test_what_she_said_of_writing_to_her_stands_on_everything_about_her(
    ruth: Browser, parts: Parts, cast: Cast
) -> None:
    alert = number(parts, "harm_red")
    with parts.database.transaction() as db:
        her = db.get_one(Participant, cast.luwam)
        her.held_at = db.get_one(Alert, alert).opened_at
        keep_answer(db, alert_id=alert, answer="call", now=NOW)
        keep_answer(db, alert_id=alert, answer="yes", now=NOW)
        db.add(
            Alert(
                kind="wrote_while_held",
                level="red",
                subject="wrote",
                participant_id=her.id,
                opened_at=NOW,
                last_at=NOW,
            )
        )
    listed = [one for one in alerts(ruth.get("/alerts")) if one.startswith("Luwam")]
    urgent = [one for one in listed if "danger" in one or "wrote again" in one]
    assert len(urgent) == 2
    assert all(one.count("Call her, do not write") >= 1 for one in urgent)
    assert "Call her, do not write" in ruth.get(f"/people/{cast.luwam}").text


def test_an_undelivered_message_says_why_in_plain_words(ruth: Browser) -> None:
    listed = alerts(ruth.get("/alerts"))
    assert any("Why: the phone is off or out of reach." in one for one in listed)
    assert any("Why: no approved template and no SMS." in one for one in listed)
    assert any("Which: goal check in: week in fa. Why: rejected." in one for one in listed)


def test_an_alert_is_noted_then_closed_with_its_story(
    ruth: Browser, parts: Parts, cast: Cast
) -> None:
    alert = number(parts, "wants_call")
    answer = ruth.post(f"/alerts/{alert}/noted", page="/alerts", next=f"/weeks/{WEEK}")
    assert answer.response.headers["Location"] == f"/weeks/{WEEK}"
    page = ruth.get(f"/weeks/{WEEK}")
    assert "أمينة: you have it." in page.text
    assert any("Ruth has it, since just now" in one for one in alerts(ruth.get("/alerts")))
    ruth.post(f"/alerts/{alert}/closed", page="/alerts", note="Called her at ten")
    closed = kept(parts, "wants_call")
    assert (closed.state, closed.note) == ("closed", "Called her at ten")
    assert (closed.noted_by, closed.closed_by) == (cast.ruth, cast.ruth)
    assert (closed.noted_at, closed.closed_at) == (NOW, NOW)
    with parts.database.reading() as db:
        done = db.exec(select(AuditEntry).where(AuditEntry.subject == f"alert:{alert}")).all()
    assert [entry.action for entry in done] == ["noted", "closed"]


def test_a_message_after_acting_is_shown_once(ruth: Browser, parts: Parts) -> None:
    ruth.post(f"/alerts/{number(parts, 'wants_call')}/noted", page="/alerts")
    assert "أمينة: you have it." in ruth.get("/alerts").text
    assert "أمينة: you have it." not in ruth.get("/alerts").text


def test_closing_what_matters_asks_what_was_done(ruth: Browser, parts: Parts) -> None:
    alert = number(parts, "wants_call")
    page = ruth.post(f"/alerts/{alert}/closed", page="/alerts", note="  ", status=422)
    assert "Please write in a few words what was done." in page.text
    assert page.one("textarea", id=f"note-{alert}").attributes["aria-invalid"] == "true"
    assert kept(parts, "wants_call").state == "open"


def test_a_small_thing_is_closed_without_a_note(ruth: Browser, parts: Parts) -> None:
    ruth.post(f"/alerts/{number(parts, 'stopped')}/closed", page="/alerts")
    assert kept(parts, "stopped").state == "closed"


def test_closing_a_concern_releases_her_only_when_staff_say_so(
    ruth: Browser, parts: Parts, cast: Cast
) -> None:
    alert = number(parts, "harm_red")
    assert ruth.get("/alerts").one("input", id=f"release-{alert}")
    ruth.post(f"/alerts/{alert}/closed", page="/alerts", note="She is safe")
    with parts.database.reading() as db:
        assert db.get_one(Participant, cast.luwam).held_at is not None


def test_a_release_is_recorded_with_who_and_when(ruth: Browser, parts: Parts, cast: Cast) -> None:
    alert = number(parts, "harm_red")
    ruth.post(f"/alerts/{alert}/closed", page="/alerts", note="She is safe", release="yes")
    with parts.database.reading() as db:
        assert db.get_one(Participant, cast.luwam).held_at is None
        entry = db.exec(select(AuditEntry).where(AuditEntry.action == "released")).one()
    assert (entry.subject, entry.staff_id) == (f"participant:{cast.luwam}", cast.ruth)
    assert entry.at == NOW


def test_nobody_is_asked_about_somebody_who_is_not_held(ruth: Browser, parts: Parts) -> None:
    page = ruth.get("/alerts")
    assert not page.all("input", id=f"release-{number(parts, 'wants_call')}")


def test_a_refused_closing_releases_nobody(parts: Parts, ruth: Browser, cast: Cast) -> None:
    alert = number(parts, "harm_red")
    ruth.post(f"/alerts/{alert}/closed", page="/alerts", release="yes", status=422)
    with parts.database.reading() as db:
        assert db.get_one(Participant, cast.luwam).held_at is not None


def test_two_who_act_at_once_are_told_apart(ruth: Browser, parts: Parts, cast: Cast) -> None:
    alert = number(parts, "wants_call")
    change_alert(parts.database, alert_id=alert, to="noted", staff_id=cast.ivy, now=NOW)
    page = ruth.post(f"/alerts/{alert}/noted", page="/alerts", status=422)
    assert "Somebody else was quicker" in page.text
    assert kept(parts, "wants_call").noted_by == cast.ivy


def test_a_closed_alert_stays_as_it_was_closed(parts: Parts, cast: Cast) -> None:
    alert = number(parts, "pair_trouble")
    for to in ("noted", "closed"):
        with pytest.raises(Refused):
            change_alert(
                parts.database,
                alert_id=alert,
                to=to,
                staff_id=cast.ivy,
                note="another story",
                now=NOW,
            )
    assert kept(parts, "pair_trouble").note == "Spoke to both on the phone"


def test_a_note_has_an_end(ruth: Browser, parts: Parts) -> None:
    alert = number(parts, "wants_call")
    ruth.post(f"/alerts/{alert}/closed", page="/alerts", note="x" * 3000, status=422)


def test_a_reader_sees_alerts_and_no_buttons(ivy: Browser) -> None:
    page = ivy.get("/alerts")
    assert len(alerts(page)) == 6, "without the record of harm"
    assert [one.text for one in page.all("button")] == ["Sign out"]


def test_acting_on_an_alert_that_is_none_is_a_404(ruth: Browser) -> None:
    ruth.post("/alerts/99999/noted", page="/alerts", status=404)


def test_after_acting_she_goes_to_no_other_site(ruth: Browser, parts: Parts) -> None:
    alert = number(parts, "wants_call")
    answer = ruth.post(f"/alerts/{alert}/noted", page="/alerts", next="//evil.example/")
    assert answer.response.headers["Location"] == "/"
