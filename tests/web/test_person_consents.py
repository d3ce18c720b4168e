"""What she agreed to, on her page, in plain words; a no that she told staff; who reads it."""

import pytest
from sqlmodel import select

from bot.parts import Parts
from bot.store.models import AuditEntry, Consent, Message, Participant
from tests.web.cohort import NOW, Cast
from tests.web.page import Browser, Page
from tests.web.rows import kept


@pytest.fixture
def path(cast: Cast, parts: Parts) -> str:
    """Amina read a question in Arabic and said yes to it in her own words."""
    with parts.database.transaction() as db:
        read = kept(
            db,
            Message(
                participant_id=cast.amina,
                direction="out",
                text="هل توافقين أن نبدأ؟",
                language="ar",
                at=NOW,
            ),
        )
        for kind, given in (("sharing", True), ("goal_only", False), ("sensitive", False)):
            kept(
                db,
                Consent(
                    participant_id=cast.amina,
                    kind=kind,
                    given=given,
                    wording=f"welcome.{kind} v3",
                    language="ar",
                    channel="whatsapp",
                    prompt_id=read,
                    reply="<b>نعم</b>" if given else "لا",
                    at=NOW,
                ),
            )
    return f"/people/{cast.amina}"


def ledger(page: Page) -> str:
    part = next(one for one in page.all("section") if "What she agreed to" in one.text)
    return " ".join(part.text.split())


def newest(parts: Parts, who: int, kind: str) -> Consent:
    with parts.database.reading() as db:
        rows = select(Consent).where(Consent.participant_id == who, Consent.kind == kind)
        return db.exec(rows.order_by(Consent.id.desc())).first()  # type: ignore[union-attr]


def test_each_line_says_what_when_how_and_in_her_words(ruth: Browser, path: str) -> None:
    page = ruth.get(path)
    said = ledger(page)
    assert "Yes to telling her mentor about her goal and her number" in said
    assert "No to keeping sensitive answers" in said
    assert "without her number" not in said, "that was the same yes"
    assert "by WhatsApp, in Arabic" in said and "<b>نعم</b>" in said
    assert "What she had read" in said and "هل توافقين أن نبدأ؟" in said
    hers = [one for one in page.all("span", lang="ar") if one.text == "<b>نعم</b>"]
    assert hers and hers[0].attributes["dir"] == "auto"


def test_what_she_was_never_asked_stands_there_as_a_no(
    ruth: Browser, cast: Cast, parts: Parts
) -> None:
    said = ledger(ruth.get(f"/people/{cast.luwam}"))
    assert "Nothing yet to keeping sensitive answers" in said
    assert "counts as no" in said


def test_staff_write_down_what_she_told_them(
    ruth: Browser, path: str, cast: Cast, parts: Parts
) -> None:
    form = {"kind": "sharing", "why": "phone"}
    ruth.post(f"{path}/consents/withdrawn", page=path, **form)
    row = newest(parts, cast.amina, "sharing")
    assert (row.given, row.how, row.why, row.staff_id) == (False, "staff", "phone", cast.ruth)
    said = ledger(ruth.get(path))
    assert "Took it back to telling" not in said
    assert "she said so on the phone, to Ruth" in said
    assert "Before that" in said
    ruth.post(f"{path}/consents/withdrawn", page=path, **form)
    assert newest(parts, cast.amina, "sharing").id == row.id
    assert "nothing to take back" in ruth.get(path).text
    with parts.database.reading() as db:
        entries = db.exec(select(AuditEntry).where(AuditEntry.action == "consent withdrawn"))
        assert [(one.subject, one.detail) for one in entries] == [
            (f"participant:{cast.amina}", "sharing phone")
        ]


@pytest.mark.parametrize(
    "form", [{"kind": "sharing", "why": "x"}, {"kind": "sensitive", "why": "phone"}, {}]
)
def test_a_yes_or_a_guess_cannot_be_written_down(
    ruth: Browser, path: str, cast: Cast, parts: Parts, form: dict[str, str]
) -> None:
    before = newest(parts, cast.amina, "sharing").id
    ruth.post(f"{path}/consents/withdrawn", page=path, given="yes", **form)
    assert newest(parts, cast.amina, "sharing").id == before
    assert newest(parts, cast.amina, "sensitive").how == "asked"


def test_who_only_reads_sees_no_form(ivy: Browser, path: str) -> None:
    assert "She has taken something back" not in ivy.get(path).text


def test_staff_are_told_that_it_may_not_be_she_and_say_when_it_is(
    ruth: Browser, path: str, cast: Cast, parts: Parts
) -> None:
    with parts.database.transaction() as db:
        her = db.get_one(Participant, cast.amina)
        her.doubted_at = NOW
        db.add(her)
    assert "It may not be she who reads her phone" in ruth.get(path).text
    ruth.post(f"{path}/sure", page=path)
    with parts.database.reading() as db:
        assert db.get_one(Participant, cast.amina).doubted_at is None
    assert "It may not be she" not in ruth.get(path).text
