"""Somebody we do not know: her words are read, her number is rung, what was done is recorded."""

from collections.abc import Callable
from itertools import count

import pytest
from sqlmodel import select

from bot.actions.receive import receive
from bot.channels.base import Inbound
from bot.parts import Parts
from bot.store.models import Address, Alert, AuditEntry, Consent, Message
from tests.web.cohort import NOW, WEEK, Cast
from tests.web.page import Browser
from tests.web.test_weeks import part, table

CRY = "I want to die"
NUMBER = "+447700900799"
Writes = Callable[..., int]


@pytest.fixture
def writes(parts: Parts, cast: Cast) -> Writes:
    """Somebody writes to us as Twilio would bring it; the id of the address she has."""
    numbers = count(1)

    def write(text: str, *, address: str = f"whatsapp:{NUMBER}") -> int:
        inbound = Inbound(
            channel="whatsapp",
            address=address,
            to="whatsapp:+447700900000",
            external_id=f"SMs{next(numbers)}",
            text=text,
        )
        receive(parts.house, inbound, now=NOW)
        with parts.database.reading() as db:
            return db.exec(select(Address.id).where(Address.address == address)).one() or 0

    return write


def alert_of(parts: Parts, kind: str) -> int:
    """The newest of that kind."""
    with parts.database.reading() as db:
        return max(filter(None, db.exec(select(Alert.id).where(Alert.kind == kind))))


def test_a_cry_for_help_from_a_stranger_is_read_and_answered_by_a_person(
    ruth: Browser, parts: Parts, writes: Writes
) -> None:
    where = writes(CRY)
    address = f"/strangers/{where}"
    page = ruth.get("/alerts")
    assert f"Somebody at {NUMBER} may be in danger. Read her message now." in page.text
    leads = [href for href in page.links() if href.startswith(address)]
    message = next(href.partition("#")[2] for href in leads if "#" in href)
    page = ruth.get(address)
    assert CRY in page.one("li", id=message).text, "the alert leads to her words"
    assert page.one("a", href=f"tel:{NUMBER}").text == NUMBER
    assert "A person from" in page.text, "what the bot promised her stands there too"
    alert = alert_of(parts, "harm_red")
    ruth.post(f"/alerts/{alert}/noted", page=address, next=address)
    assert "Ruth has it" in ruth.get(address).text
    ruth.post(f"/alerts/{alert}/closed", page=address, note="Rang her. She is with a friend.")
    assert "Rang her." in ruth.get(address).text


def test_the_week_and_its_table_have_the_words_and_the_number(
    ruth: Browser, writes: Writes
) -> None:
    where = writes(CRY)
    page = ruth.get(f"/weeks/{WEEK}")
    assert f"Somebody at {NUMBER} may be in danger" in part(page, "Needs you")
    assert CRY in part(page, "Wrote to us")
    assert any(href.startswith(f"/strangers/{where}#message-") for href in page.links())
    assert any(
        (row["part"], row["who"], row["her words"]) == ("Wrote to us", f"Somebody at {NUMBER}", CRY)
        for row in table(ruth)
    )


def test_words_of_harm_of_somebody_we_know_stand_above_only(
    ruth: Browser, parts: Parts, cast: Cast, writes: Writes
) -> None:
    with parts.database.reading() as db:
        hers = db.exec(select(Address.address).where(Address.participant_id == cast.beth)).one()
    writes(CRY, address=hers)
    page = ruth.get(f"/weeks/{WEEK}")
    assert "Beth may be in danger" in part(page, "Needs you")
    assert CRY not in part(page, "Wrote to us")


def test_whoever_has_a_number_that_is_not_hers_is_not_taken_for_her(
    ruth: Browser, parts: Parts, cast: Cast, writes: Writes
) -> None:
    with parts.database.transaction() as db:
        kept = db.exec(select(Address).where(Address.participant_id == cast.amina)).one()
        kept.state, number = "wrong", kept.address.removeprefix("whatsapp:")
        db.add(kept)
    where = writes(CRY, address=f"whatsapp:{number}")
    assert f"Somebody at {number} may be in danger" in ruth.get("/alerts").text
    page = ruth.get(f"/strangers/{where}")
    assert CRY in page.text
    assert "must not learn of her" in page.text
    assert f"/people/{cast.amina}" in page.links()
    assert "مرحبا" not in page.text, "what was said to her is hers"
    assert CRY not in ruth.get(f"/people/{cast.amina}").text


def test_a_name_of_whatsapp_is_shown_where_there_is_no_number(
    ruth: Browser, writes: Writes
) -> None:
    page = ruth.get(f"/strangers/{writes('Hello', address='GB.1A2B3C4D')}")
    assert page.one("h1").text == "Somebody on WhatsApp (GB.1A2B3C4D)"
    assert "nobody can ring" in page.text
    assert not [href for href in page.links() if href.startswith("tel:")]


def test_reading_a_stranger_is_recorded(ruth: Browser, parts: Parts, cast: Cast) -> None:
    ruth.get(f"/strangers/{cast.stranger}")
    with parts.database.reading() as db:
        entry = db.exec(select(AuditEntry).where(AuditEntry.action == "read")).one()
    assert (entry.subject, entry.staff_id) == (f"address:{cast.stranger}", cast.ruth)


def test_an_address_of_somebody_we_know_is_no_strangers_page(
    ruth: Browser, parts: Parts, cast: Cast
) -> None:
    with parts.database.reading() as db:
        hers = db.exec(select(Address.id).where(Address.participant_id == cast.selam)).one()
    ruth.get(f"/strangers/{hers}", status=404)
    ruth.get(f"/strangers/{cast.stranger}?before=0", status=404)


def test_a_long_talk_with_a_stranger_is_read_page_by_page(
    ruth: Browser, parts: Parts, cast: Cast
) -> None:
    with parts.database.transaction() as db:
        for place in range(60):
            db.add(
                Message(
                    address_id=cast.stranger,
                    direction="in",
                    channel="whatsapp",
                    external_id=f"SMl{place}",
                    text=f"and again {place}",
                    at=NOW,
                )
            )
    page = ruth.get(f"/strangers/{cast.stranger}")
    assert "is this the charity" not in page.text
    older = next(href for href in page.links() if "before=" in href)
    assert "is this the charity" in ruth.get(older.partition("#")[0]).text


def test_a_reply_in_two_languages_is_not_put_into_english_again(
    ruth: Browser, writes: Writes
) -> None:
    page = ruth.get(f"/strangers/{writes('أريد أن أموت')}")
    assert "A person from" in page.text
    assert "In English:" not in page.text
    assert "{org}" not in page.text


@pytest.mark.parametrize("kind", ["declined", "wants_person", "not_understood"])
def test_staff_are_told_how_a_welcome_that_ended_begins_again(
    ruth: Browser, parts: Parts, cast: Cast, kind: str
) -> None:
    advice = "She can send START when she wants to begin."
    with parts.database.transaction() as db:
        db.add(
            Alert(
                kind=kind,
                level="amber",
                subject=kind,
                participant_id=cast.selam,
                opened_at=NOW,
                last_at=NOW,
            )
        )
    assert advice in ruth.get("/alerts").text
    with parts.database.transaction() as db:
        for given in (False, True):
            db.add(
                Consent(
                    participant_id=cast.selam,
                    kind="messages",
                    given=given,
                    wording="welcome.consent 1",
                    language="ti",
                    channel="sms",
                    at=NOW,
                )
            )
    assert advice not in ruth.get("/alerts").text, "she has begun: there is nothing to begin"
