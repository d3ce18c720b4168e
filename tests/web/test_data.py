"""Her data on the pages: the hold, what is kept, and who may see that."""

from sqlalchemy import text

from bot.parts import Parts
from tests.web.cohort import Cast
from tests.web.page import Browser


def value(parts: Parts, sql: str) -> object:
    with parts.database.reading() as db:
        return db.execute(text(sql)).scalar()


def test_a_hold_is_set_with_a_reason_lifted_again_and_recorded(
    ruth: Browser, cast: Cast, parts: Parts
) -> None:
    page = f"/people/{cast.amina}/data"
    ruth.post(f"{page}/hold", page=page, reason="  ", status=422)
    ruth.post(f"{page}/hold", page=page, reason="Case 12/26", status=303)
    assert "Case 12/26" in ruth.get(page).text
    held = f"select legal_hold from participant where id = {cast.amina}"  # noqa: S608
    assert value(parts, held) == "Case 12/26"
    ruth.post(f"{page}/hold", page=page, lift="yes", status=303)
    assert value(parts, held) == ""
    said = "select count(*) from audit_entry where action like '%hold%' or action like '%law%'"
    assert value(parts, said) == 2


def test_only_the_role_of_safeguarding_opens_it(ivy: Browser, ruth: Browser, cast: Cast) -> None:
    ivy.get(f"/people/{cast.amina}/data", status=403)
    ivy.get("/kept", status=403)
    assert "erasing her" in ruth.get(f"/people/{cast.amina}").text
    assert "erasing her" not in ivy.get(f"/people/{cast.amina}").text


def test_what_is_kept_how_long_and_what_goes_tonight_stands_on_a_page(ruth: Browser) -> None:
    page = ruth.get("/kept").text
    assert "6 months after her part has ended" in page and "Not done yet" in page
    assert "24 hours after it was delivered" in page
    assert "What is kept" in ruth.get("/settings").text


def test_a_message_without_its_words_says_since_when(
    ruth: Browser, cast: Cast, parts: Parts
) -> None:
    with parts.database.transaction() as db:
        db.execute(
            text("update message set text = '', blanked_at = at where participant_id = :her"),
            {"her": cast.amina},
        )
    assert "Blanked on " in ruth.get(f"/people/{cast.amina}").text
