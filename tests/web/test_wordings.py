"""The page of WhatsApp's templates: each text, how far it is, why, and what goes out meanwhile."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from bot.actions.plan_templates import plan_templates
from bot.parts import Parts
from bot.store.models import Template
from tests.web.cohort import NOW, Cast
from tests.web.page import Browser

SAID = {  # text and language: state, reason, category
    "goal_check_in.week@ar": ("approved", "", "UTILITY"),
    "goal_check_in.week@en_GB": ("approved", "", "MARKETING"),
    "goal_check_in.week@fa": ("rejected", "TAG_CONTENT_MISMATCH", "UTILITY"),
    "session_confirm.met@fa": ("paused", "", "UTILITY"),
    "session_confirm.met@ar": ("pending", "", "UTILITY"),
    "standing.opener@en_GB": ("approved", "", "UTILITY"),
}


@pytest.fixture
def known(parts: Parts, cast: Cast) -> Parts:
    with parts.database.transaction() as db:
        for wording in plan_templates(parts.library, parts.catalogues):
            if wording.key in SAID:
                state, reason, category = SAID[wording.key]
                row = Template(
                    key=wording.key,
                    digest=wording.digest,
                    name=wording.name,
                    language=wording.language,
                    content_sid=f"HX{wording.name}",
                    state=state,
                    reason=reason,
                    category=category,
                    not_before=NOW + timedelta(hours=6),
                    updated_at=NOW,
                )
                db.add(row)
    return parts


def row(page: object, begins: str) -> str:
    found = [" ".join(one.text.split()) for one in page.all("tr")]  # type: ignore[attr-defined]
    return next(text for text in found if text.startswith(begins))


def test_each_text_says_in_words_how_far_it_is_and_what_goes_meanwhile(
    ruth: Browser, known: Parts
) -> None:
    page = ruth.get("/templates")
    week = row(page, "Weekly check-in: week")
    assert "approved: Weekly check-in: week in Arabic" in week and "but as marketing" in week
    assert "refused by WhatsApp" in week and "another language" in week
    assert "Meanwhile: an opener in English" in week
    met = row(page, "Questions after a session: met")
    assert "waiting for WhatsApp" in met and "paused by WhatsApp" in met
    assert "not sent to WhatsApp yet" in row(page, "Welcome: right number on a phone that others")
    assert "Tigrinya ትግርኛ: WhatsApp approves nothing in it" in page.text
    assert "/conversations/goal_check_in?language=fa#step-week" in page.links()


def test_what_is_in_trouble_comes_first_with_what_to_do(ruth: Browser, known: Parts) -> None:
    page = ruth.get("/templates")
    text = page.text
    assert text.index("Cannot be used, or cost more 3") < text.index("Languages")
    assert "costs more and is held back at times. Reword it without praise" in text
    assert "WhatsApp paused it, since people blocked or reported it" in text


def test_looking_again_asks_nobody_in_the_request_and_leaves_it_to_the_clock(
    ruth: Browser, ivy: Browser, known: Parts
) -> None:
    page = ruth.post("/templates/look-again", page="/templates", status=303)
    assert page is not None
    with known.database.reading() as db:
        due = db.execute(select(col(Template.id)).where(col(Template.not_before) <= NOW)).all()
    assert len(due) == len(SAID)
    assert "is asked about 6 of them" in ruth.get("/templates").text
    assert "Look again" not in ivy.get("/templates").text
    ivy.post("/templates/look-again", page="/password", status=403)
