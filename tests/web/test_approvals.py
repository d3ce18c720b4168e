"""The page on which two people who read a language approve what is said in danger."""

from bot.parts import Parts
from bot.safety_texts import CONTEXTS, approved, digest
from bot.store.approvals import approvals_by_language
from tests.web.page import Browser

PAGE = "/approvals?language=ar"


def value(parts: Parts, context: str, *, language: str = "ar") -> str:
    return f"{context}:{digest(parts.catalogues, context=context, language=language)}"


def ready(parts: Parts) -> frozenset[str]:
    with parts.database.reading() as db:
        found = approvals_by_language(db).get("ar", ())
    return approved(parts.catalogues, "ar", found)


def test_each_text_stands_beside_its_english_and_is_approved_by_nobody_at_first(
    ruth: Browser, parts: Parts
) -> None:
    page = ruth.get(PAGE)
    assert f"{len(CONTEXTS)} of {len(CONTEXTS)} are not approved in Arabic" in page.text
    for context in CONTEXTS:
        assert parts.catalogues.text(context, "ar") in page.text
        assert parts.catalogues.text(context, "en") in page.text
    said = page.all("p", lang="ar", dir="auto")
    assert len(said) == len(CONTEXTS)
    assert page.text.count("Approved by nobody yet") == len(CONTEXTS)


def test_two_names_approve_a_language_and_one_name_twice_does_not(
    ruth: Browser, parts: Parts
) -> None:
    texts = [value(parts, context) for context in CONTEXTS]
    for name in ("Huda", "huda "):
        ruth.post("/approvals", page=PAGE, language="ar", name=name, texts=texts, status=303)
    assert ready(parts) == frozenset()
    assert "Another person is needed" in ruth.get(PAGE).text
    ruth.post("/approvals", page=PAGE, language="ar", name="Salma", texts=texts, status=303)
    assert ready(parts) == frozenset(CONTEXTS)
    page = ruth.get(PAGE)
    assert "Arabic is approved." in page.text and "kept by Ruth" in page.text
    assert "Approved by two people" in ruth.get("/languages").text


def test_a_name_a_tick_and_the_wording_that_she_read_are_needed(
    ruth: Browser, parts: Parts
) -> None:
    good = value(parts, CONTEXTS[0])
    old = f"{CONTEXTS[0]}:{'0' * 64}"
    for name, texts in (("", [good]), ("12", [good]), ("Huda", []), ("Huda", [old]),
                        ("Huda", ["standing.stopped:x"])):  # fmt: skip
        ruth.post("/approvals", page=PAGE, language="ar", name=name, texts=texts, status=422)
    with parts.database.reading() as db:
        assert approvals_by_language(db) == {}


def test_a_language_that_is_not_ours_is_not_found(ruth: Browser, ivy: Browser) -> None:
    ruth.get("/approvals?language=xx", status=404)
    ivy.get("/approvals", status=403)


def test_the_week_says_which_languages_go_out_beside_english(ruth: Browser) -> None:
    text = ruth.get("/", follow=True).text
    assert "Safe replies go out with English beside them" in text
