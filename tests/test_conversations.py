"""The gate: every conversation is sound, and every language we say is complete, is."""

import pytest

from bot import library, texts
from bot.catalogues import Catalogues, load_catalogues
from bot.completeness import SAFETY_PARTS, sms_parts
from bot.engine.wording import SAFETY, kept, labels, limits, placeholders, same, template_contexts
from bot.languages import load_languages
from bot.library import Library, load_library

SHIPPED = ("en", "ar", "fa", "ti")  # texts of all conversations exist in these


@pytest.fixture(scope="module")
def flows() -> Library:
    return load_library()


@pytest.fixture(scope="module")
def catalogues(flows: Library) -> Catalogues:
    return load_catalogues(flows)


def test_every_conversation_is_sound() -> None:
    assert library.problems() == []


def test_only_texts_for_safety_are_longer_than_one_sms_in_english() -> None:
    assert library.warnings() == []


def test_the_conversations_of_the_programme_are_there(flows: Library) -> None:
    played = [name for name, flow in flows.flows.items() if flow.spoken]
    assert played == ["goal_check_in", "goal_setting", "session_confirm", "welcome"]


def test_translators_files_are_up_to_date(flows: Library) -> None:
    stale = texts.update(flows, check=True).stale
    assert stale == (), "run `python3 -m bot texts`"


@pytest.mark.parametrize("tag", SHIPPED)
def test_the_language_is_complete_and_offered(catalogues: Catalogues, tag: str) -> None:
    state = catalogues.states[tag]
    assert state.missing == ()
    assert state.fuzzy == ()
    assert state.problems == ()
    assert tag in catalogues.languages


@pytest.mark.parametrize("tag", SHIPPED[1:])
def test_a_language_drafted_without_a_native_speaker_says_so(tag: str) -> None:
    language = load_languages()[tag]
    assert language.status == "draft"
    assert language.reviewed_by == ()


@pytest.mark.parametrize("tag", SHIPPED)
def test_every_text_has_the_placeholders_and_fixed_words_of_its_english(
    flows: Library, catalogues: Catalogues, tag: str
) -> None:
    for entry in texts.source(flows):
        said = catalogues.text(entry.context, tag)
        assert placeholders(said) == placeholders(entry.english), entry.context
        assert all(word in said for word in kept(entry.english)), entry.context


@pytest.mark.parametrize("tag", SHIPPED)
def test_every_choice_fits_its_button_and_differs_from_its_neighbours(
    flows: Library, catalogues: Catalogues, tag: str
) -> None:
    for flow in flows.flows.values():
        for context, limit in limits(flow).items():
            assert len(catalogues.text(context, tag)) <= limit, context
        for base, contexts in labels(flow):
            shown = [same(catalogues.text(context, tag)) for context in contexts]
            assert len(set(shown)) == len(shown), base


@pytest.mark.parametrize("tag", SHIPPED[1:])
def test_every_text_is_really_in_its_language(catalogues: Catalogues, tag: str) -> None:
    """English left standing would pass every other test."""
    english = catalogues.texts["en"]
    untranslated = [key for key, said in catalogues.texts[tag].items() if said == english[key]]
    assert untranslated == []


def test_safety_texts_leave_as_few_sms_even_with_a_long_name(catalogues: Catalogues) -> None:
    words = {"org": "Acorn House", "other": "Grace"}
    for tag in SHIPPED:
        for context in SAFETY:
            said = catalogues.fill(context, language=tag, words=words)
            assert sms_parts(said) <= SAFETY_PARTS, (tag, context)


def test_a_phone_that_others_read_shows_no_name_of_the_programme(flows: Library) -> None:
    for entry in texts.source(flows):
        if entry.context.endswith(".discreet"):
            words = entry.english.casefold()
            assert not any(word in words for word in ("mentor", "goal", "home office")), (
                entry.context
            )


def test_every_conversation_can_open_with_an_approved_template(flows: Library) -> None:
    """Two wordings each: one for her own phone, one for a phone that others read."""
    known = {entry.context for entry in texts.source(flows)}
    for flow in flows.flows.values():
        assert set(template_contexts(flow)) <= known


def test_own_names_and_directions_are_those_of_the_languages() -> None:
    known = load_languages()
    assert {tag: (known[tag].own_name, known[tag].direction) for tag in SHIPPED} == {
        "en": ("English", "ltr"),
        "ar": ("العربية", "rtl"),
        "fa": ("فارسی", "rtl"),
        "ti": ("ትግርኛ", "ltr"),
    }


def test_tigrinya_has_no_template_and_opens_with_the_english_one() -> None:
    tigrinya = load_languages()["ti"]
    assert tigrinya.template is None
    assert tigrinya.fallback == ("en",)
