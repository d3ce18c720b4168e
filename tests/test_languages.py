"""How texts reach translators and come back: by context; only complete languages are offered."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from bot import po
from bot.catalogues import load_catalogues
from bot.completeness import Completeness, completeness
from bot.errors import FlowError
from bot.languages import load_languages, po_path
from bot.library import ROOT, load_library
from bot.texts import add, source, update
from tests.trial import ARABIC, LISTING, hear, library, make_locales, translate


@pytest.fixture
def locales(tmp_path: Path) -> Path:
    return make_locales(tmp_path)


def entries(locales: Path) -> dict[str, po.Entry]:
    return dict(po.read(po_path("ar", locales)).entries)


def state(locales: Path, changed: dict[str, str]) -> Completeness:
    """How complete Arabic is with these texts in place of the good ones."""
    translate(locales, changed)
    return completeness(library(), load_languages(locales)["ar"], entries(locales))


# Updates


def test_the_same_english_in_two_questions_keeps_two_translations(locales: Path) -> None:
    update(library(), locales)
    texts = load_catalogues(library(), locales)
    assert texts.text("trial.hello.yes", "ar") == "نعم"
    assert texts.text("trial.meet.yes", "ar") == "أجل"


def test_a_reworded_text_keeps_its_translation_and_is_marked_fuzzy(locales: Path) -> None:
    reworded = library(meet="Have you met {other}?")
    report = update(reworded, locales)
    entry = entries(locales)["trial.meet"]
    assert (entry.text, entry.fuzzy) == (ARABIC["trial.meet"], True)
    assert (entry.english, entry.former) == ("Have you met {other}?", "Did you meet {other}?")
    assert report.files[1].reworded == ("trial.meet",)
    assert load_catalogues(reworded, locales).text("trial.meet", "ar") == ARABIC["trial.meet"]


def test_a_text_that_takes_the_words_of_another_does_not_take_its_translation(
    locales: Path,
) -> None:
    update(library(hello="Did you meet {other}?", meet="Hello {name}. Shall we start?"), locales)
    assert entries(locales)["trial.hello"].text == ARABIC["trial.hello"]
    assert entries(locales)["trial.meet"].text == ARABIC["trial.meet"]


def test_a_new_text_starts_empty_however_like_another_it_is(locales: Path) -> None:
    report = update(library(again="Did you meet {other} ?"), locales)
    entry = entries(locales)["trial.again"]
    assert (entry.text, entry.fuzzy) == ("", False)
    assert "trial.again" in report.files[1].new


def test_a_text_that_has_gone_is_kept_and_comes_back_with_its_translation(locales: Path) -> None:
    report = update(library(meet=""), locales)
    assert "trial.meet" in report.files[1].gone
    assert entries(locales)["trial.meet"].obsolete
    assert not load_catalogues(library(meet=""), locales).has("trial.meet")
    assert load_catalogues(library(), locales).text("trial.meet", "ar") == "Did you meet {other}?"
    update(library(), locales)
    entry = entries(locales)["trial.meet"]
    assert (entry.text, entry.obsolete, entry.fuzzy) == (ARABIC["trial.meet"], False, False)


def test_a_fuzzy_mark_stays_until_a_translator_takes_it_off(locales: Path) -> None:
    update(library(meet="Have you met {other}?"), locales)
    update(library(meet="And did you see {other}?"), locales)
    entry = entries(locales)["trial.meet"]
    assert (entry.fuzzy, entry.former) == (True, "Did you meet {other}?")


def test_what_translators_wrote_beside_a_text_is_kept(locales: Path) -> None:
    path = po_path("ar", locales)
    said = path.read_text(encoding="utf-8").replace(
        "#. To a mentee.\n#. Keep as it is: {other}", "# ask Mariam\n#. To a mentee.", 1
    )
    header = "Content-Type: text/plain"
    said = said.replace(header, f'Last-Translator: Mariam <m@example.org>\\n"\n"{header}', 1)
    path.write_text(said, encoding="utf-8")
    update(library(), locales)
    assert entries(locales)["trial.meet"].remarks == ("ask Mariam",)
    assert po.read(path).translator == "Mariam <m@example.org>"


def test_a_check_changes_nothing_and_names_what_is_stale(locales: Path) -> None:
    before = {path: path.read_bytes() for path in locales.rglob("*.p*") if path.is_file()}
    assert update(library(), locales, check=True).stale == ()
    report = update(library(meet="Have you met {other}?"), locales, check=True)
    assert report.stale == ("messages.pot", "ar/messages.po", "ti/messages.po")
    assert before == {path: path.read_bytes() for path in before}


def test_an_update_that_finds_nothing_new_leaves_every_byte(locales: Path) -> None:
    update(library(meet="Have you met {other}?"), locales)
    before = {path: path.read_bytes() for path in locales.rglob("*.p*") if path.is_file()}
    update(library(meet="Have you met {other}?"), locales)
    assert before == {path: path.read_bytes() for path in before}


def test_texts_with_quotes_and_backslashes_survive_the_file(tmp_path: Path) -> None:
    odd = po.Entry(
        context="a.b",
        english='Say "hi" \\ bye\n\tnow',
        text='قل "مرحبا" \\',
        fuzzy=True,
        former='A "former" \\ one that is longer than a line of a file would be in most editors',
    )
    path = tmp_path / "messages.po"
    path.write_text(po.render([odd]), encoding="utf-8")
    assert po.read(path).entries == {"a.b": odd}


@pytest.mark.parametrize(
    "text", ['msgctxt "a.b"\nrubbish "A"', 'msgid "A"\nmsgstr "B"\n', "<html>"]
)
def test_a_file_that_is_no_catalogue_is_named(locales: Path, text: str) -> None:
    po_path("ar", locales).write_text(text, encoding="utf-8")
    with pytest.raises(FlowError, match=r"ar/LC_MESSAGES/messages\.po: "):
        load_catalogues(library(), locales)


def test_a_language_is_added_as_a_draft_that_is_not_offered(locales: Path) -> None:
    path = add("fa-AF", library(), locales, babel="fa_AF")
    assert path == po_path("fa-AF", locales)
    assert list(po.read(path).entries) == [entry.context for entry in source(library())]
    assert 'status = "draft"' in (locales / "fa-AF" / "words.toml").read_text(encoding="utf-8")
    texts = load_catalogues(library(), locales)
    assert texts.all_languages["fa-AF"].status == "draft"
    assert "fa-AF" not in texts.languages
    with pytest.raises(FlowError, match="there already"):
        add("fa-AF", library(), locales)


@pytest.mark.parametrize("tag", ["FA", "../so", "prs", "x"])
def test_a_language_that_is_none_is_refused_and_leaves_no_trace(locales: Path, tag: str) -> None:
    before = (locales / "languages.toml").read_bytes()
    with pytest.raises(FlowError):
        add(tag, library(), locales)
    assert (locales / "languages.toml").read_bytes() == before


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('status = "reviewed"\nfallback = ["en"]', "reviewed_by must name who did it"),
        ('status = "done"\nfallback = ["en"]', "status must be draft or reviewed"),
        ('status = "draft"\nfallback = ["ar"]', "fallback must be a list that ends in en"),
        ('status = "draft"\nfallback = ["xx", "en"]', "falls back to 'xx', which is not here"),
        ('status = "draft"\nfallback = ["en"]\ntempalte = "so"', "'tempalte' is not a known"),
        ('status = "draft"\nfallback = ["en"]\nbabel = "prs"', "does not know the locale 'prs'"),
    ],
)
def test_a_mistake_in_the_list_of_languages_is_named(
    locales: Path, line: str, sentence: str
) -> None:
    (locales / "languages.toml").write_text(f"{LISTING}\n[so]\n{line}\n", encoding="utf-8")
    with pytest.raises(FlowError, match=sentence):
        load_languages(locales)


# Completeness


def test_a_complete_language_is_offered_and_an_empty_one_is_not(locales: Path) -> None:
    texts = load_catalogues(library(), locales)
    assert list(texts.languages) == ["en", "ar"]
    assert list(texts.all_languages) == ["en", "ar", "ti"]
    assert len(texts.states["ti"].missing) == texts.states["ti"].total


@pytest.mark.parametrize("words", ["", 'stop = []\nhelp = ["help"]\n[harm]\nred = ["danger"]\n'])
def test_a_language_in_which_nobody_would_hear_stop_is_not_offered(
    locales: Path, words: str
) -> None:
    hear(locales, "ar", words)
    texts = load_catalogues(library(), locales)
    assert "ar" not in texts.languages
    assert "nothing under 'stop'" in texts.states["ar"].problems[0]


def test_a_fuzzy_text_does_not_take_a_language_away(locales: Path) -> None:
    reworded = library(meet="Have you met {other}?")
    update(reworded, locales)
    texts = load_catalogues(reworded, locales)
    assert texts.states["ar"].fuzzy == ("trial.meet",)
    assert "ar" in texts.languages


@pytest.mark.parametrize(
    ("context", "text", "sentence"),
    [
        ("trial.meet", "هل التقيتِ؟", "must use the same placeholders as the English: {other}"),
        ("trial.meet", "هل {name} {other}؟", "must use the same placeholders"),
        ("trial.meet", "هل التقيتِ مع {other.name}؟", "must use the same placeholders"),
        ("trial.bye", "شكرا {name}. أرسلي توقف.", "must keep 'STOP' as it is"),
        ("trial.bye", "شكرا {name}. STOP " + "ا" * 200, "takes 4 SMS, and 3 is the most"),
        ("trial.bye", " شكرا {name}. STOP", "has spaces at its start or end"),
        ("trial.hello.yes", "ن" * 21, "has 21 characters, and 20 fit"),
        ("trial.hello.yes", "لا.", "has more than one option called 'لا'"),
        ("trial.hello", "{name}، هل نبدأ الآن؟", "starts with a placeholder"),
        ("trial.hello", "هل نبدأ الآن يا {name}؟", "ends with a placeholder"),
    ],
)
def test_a_translation_that_breaks_a_rule_takes_its_language_away(
    locales: Path, context: str, text: str, sentence: str
) -> None:
    found = state(locales, {context: text})
    assert not found.complete
    assert any(sentence in problem for problem in found.problems), found.problems
    assert "ar" not in load_catalogues(library(), locales).languages


def test_whatsapps_template_rules_bind_only_languages_that_it_knows(locales: Path) -> None:
    ends_in_name = {key: text.replace("مرحبا {name}", "{name}") for key, text in ARABIC.items()}
    assert not state(locales, ends_in_name).complete
    tigrinya = load_languages(locales)["ti"]
    assert completeness(library(), tigrinya, entries(locales)).complete


# Extraction


def test_pybabel_extract_finds_every_text_with_its_context_and_notes(tmp_path: Path) -> None:
    target = tmp_path / "texts.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "extract"]
    subprocess.run(
        [*command, "-F", "pyproject.toml", "-o", str(target), "."],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
    )
    with target.open("rb") as file:
        found = {(message.context, message.id) for message in read_po(file) if message.id}
    assert found == {(entry.context, entry.english) for entry in source(load_library())}


def test_translators_are_told_the_limit_and_what_to_keep() -> None:
    notes = {entry.context: entry.notes for entry in source(library())}
    assert "At most 20 characters." in notes["trial.hello.yes"]
    assert "Keep as it is: {name}, STOP" in notes["trial.bye"]
    assert notes["trial.meet"][0] == "To a mentee."
