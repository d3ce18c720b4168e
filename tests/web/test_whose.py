"""Whose a number and a WhatsApp account are: both people stand there, staff decide, it is kept."""

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlmodel import select

from bot.actions.receive import receive
from bot.channels.base import Inbound, Media
from bot.parts import Parts
from bot.store.models import Address, AuditEntry, Message
from tests.web.cohort import NOW, Cast
from tests.web.page import Browser

HIDDEN = "whatsapp:GB.Hidden1"
ENCLOSED = {"latitude": "52.4862", "longitude": "-1.8904", "place": "The library"}


def writes(
    parts: Parts, words: str, *, address: str, user_id: str | None = None, **more: object
) -> int:
    """It comes in; the id of the account, or of the address where none is named."""
    with parts.database.reading() as db:
        number = len(db.exec(select(Message.id)).all())
    inbound = Inbound(
        channel="whatsapp",
        address=address,
        to="whatsapp:+447700900000",
        external_id=f"SMw{number}",
        text=words,
        user_id=user_id,
    )
    receive(parts.house, replace(inbound, **more), now=NOW)  # type: ignore[arg-type]
    with parts.database.reading() as db:
        wanted = Address.address == (user_id or address)
        return db.exec(select(Address.id).where(wanted)).one() or 0


def address_of(parts: Parts, participant_id: int) -> str:
    with parts.database.reading() as db:
        hers = Address.participant_id == participant_id, Address.channel == "whatsapp"
        return db.exec(select(Address.address).where(*hers)).first() or ""


def owner_of(parts: Parts, address: str) -> int | None:
    with parts.database.reading() as db:
        return db.exec(select(Address.participant_id).where(Address.address == address)).one()


@pytest.fixture
def conflict(parts: Parts, cast: Cast) -> int:
    """Somebody writes from Amina's number by the account that is Beth's here."""
    beths = "whatsapp:GB.BethsAccount"
    writes(parts, "hello", address=address_of(parts, cast.beth), user_id=beths)
    return writes(parts, "hello", address=address_of(parts, cast.amina), user_id=beths)


def test_the_alert_leads_to_both_people_and_a_decision_is_kept_with_who_took_it(
    ruth: Browser, parts: Parts, cast: Cast, conflict: int
) -> None:
    where = f"/strangers/{conflict}/whose"
    assert where in ruth.get("/alerts").links()
    page = ruth.get(where)
    assert {f"/people/{cast.amina}", f"/people/{cast.beth}"} <= set(page.links())
    assert "choose one of the answers" in ruth.post(where, page=where, status=422, whose="x").text
    ruth.post(where, page=where, whose="account")
    assert owner_of(parts, address_of(parts, cast.beth)) == cast.beth
    with parts.database.reading() as db:
        done = db.exec(select(AuditEntry).where(AuditEntry.action == "said whose")).all()
    assert {entry.subject for entry in done} == {
        *(f"participant:{cast.amina}", f"participant:{cast.beth}", f"address:{conflict}"),
    }
    ruth.get(where, status=303)


def test_whoever_sees_only_one_of_them_learns_nothing_of_the_other_and_decides_nothing(
    ruth: Browser, ivy: Browser, parts: Parts, cast: Cast, conflict: int
) -> None:
    where = f"/strangers/{conflict}/whose"
    assert "Write it down" not in ivy.get(where).text, "she may only read"
    with parts.database.transaction() as db:
        db.execute(text("update staff set everywhere = :no where name = 'Ruth'"), {"no": False})
        db.execute(
            text(
                "insert into staff_cohort (staff_id, cohort_id) select s.id, c.id from staff s, "
                "cohort c where s.name = 'Ruth' and c.name = 'Autumn 2026'"
            )
        )
    page = ruth.get(where)
    assert "whom you do not see" in page.text and "Beth" not in page.text
    assert f"/people/{cast.beth}" not in page.links()
    ruth.post(where, page="/alerts", status=422, whose="number")
    assert owner_of(parts, "whatsapp:GB.BethsAccount") == cast.beth


def test_a_number_given_is_matched_and_linked_with_one_press(
    ruth: Browser, parts: Parts, cast: Cast
) -> None:
    number = address_of(parts, cast.amina).removeprefix("whatsapp:")
    hidden = writes(parts, f"I am at {number[:3]} {number[3:]}", address=HIDDEN)
    where = f"/strangers/{hidden}"
    assert "gave us a phone number" in ruth.get("/alerts").text
    page = ruth.get(where)
    assert "This is أمينة: link her" in page.text
    assert owner_of(parts, HIDDEN) is None, "nothing is linked by what she typed"
    with parts.database.reading() as db:
        reference = db.execute(
            text("select reference from participant where id = :id"), {"id": cast.amina}
        ).scalar_one()
    unknown = ruth.post(f"{where}/hers", page=where, status=422, reference="no such")
    assert "Nobody has this reference" in unknown.text
    ruth.post(f"{where}/hers", page=where, reference=reference)
    assert owner_of(parts, HIDDEN) == cast.amina
    with parts.database.reading() as db:
        assert db.exec(select(AuditEntry).where(AuditEntry.action == "linked")).first()
    assert "become known" in ruth.get(where).text


def test_somebody_known_only_by_her_account_is_shown_as_that(
    ruth: Browser, parts: Parts, cast: Cast
) -> None:
    assert "We know no number of hers" not in ruth.get(f"/people/{cast.amina}").text
    with parts.database.transaction() as db:
        db.execute(
            text("update address set kind = 'user_id' where participant_id = :id"),
            {"id": cast.amina},
        )
    assert "We know no number of hers" in ruth.get(f"/people/{cast.amina}").text


def test_what_came_beside_words_is_read_as_plain_text(
    ruth: Browser, parts: Parts, cast: Cast
) -> None:
    hers = address_of(parts, cast.grace)
    writes(parts, "", address=hers, kind="location", details=ENCLOSED)
    writes(parts, "be careful", address=hers, details={"forwarded": "often"}, doubtful=True)
    card = (Media(url="x", content_type="text/vcard"),)
    writes(parts, "", address=hers, kind="contact", media=card, details={"card": "<b>Sara</b>"})
    page = ruth.get(f"/people/{cast.grace}")
    for words in ("The library · 52.4862, -1.8904", "Forwarded many times", "<b>Sara</b>"):
        assert words in page.text
    assert not [href for href in page.links() if "map" in href]
    assert "sent us a place" in ruth.get("/alerts").text
