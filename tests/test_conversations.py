"""The gate: every conversation is sound, and every language we say is complete, is."""

import re

import pytest

from bot import library, texts
from bot.catalogues import Catalogues, load_catalogues
from bot.channels.segments import count
from bot.completeness import SAFETY_PARTS
from bot.engine import advance
from bot.engine.events import Answered, Flagged, Position, Said
from bot.engine.facts import CONDITIONS, OWN_PHONE_ONLY, Snapshot
from bot.engine.flow import Answer, Ask, Flow, Step
from bot.engine.keywords import invited, stops_all
from bot.engine.names import FLAGS, MEANINGS, PLACEHOLDERS
from bot.engine.understand import Heard, Reading
from bot.engine.wording import SAFETY, kept, labels, limits, placeholders, same, template_contexts
from bot.languages import load_languages
from bot.library import Library, load_library
from bot.programme.concerns import LEVELS, SENTENCES

UNWANTED = frozenset(
    {
        "why",
        "must",
        "failed",
        "missed",
        "refugee",
        "asylum",
        "case",
        "interview",
        "monitor",
        "cancel",
        "quit",
        "revoke",
    }
)
TELLING_WORDS = ("mentor", "mentee", "goal", "home office", "lawyer", "refugee", "charity")
FOR_OTHER_PEOPLE = ("standing.your_mentor", "standing.your_mentee", "standing.voice_goal")
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
    assert played == [
        "delete_data",
        "end_survey",
        "end_survey_mentor",
        "follow_up",
        "goal_check_in",
        "goal_setting",
        "goal_shared",
        "hello",
        "is_it_you",
        "leave",
        "light_check_in",
        "mentor_reflection",
        "menu",
        "mid_point",
        "mid_point_mentor",
        "my_choices",
        "my_data",
        "my_phone",
        "pause",
        "session_arrange",
        "session_confirm",
        "session_move",
        "session_propose",
        "session_remind",
        "session_time",
        "starting_out",
        "training_feedback",
        "training_invite",
        "welcome",
    ]


def steps(flows: Library) -> list[tuple[Flow, Step]]:
    return [(flow, step) for flow in flows.flows.values() for step in flow.steps]


def asks(flows: Library) -> list[tuple[Flow, Ask]]:
    return [(flow, step) for flow, step in steps(flows) if isinstance(step, Ask)]


def test_every_name_on_the_closed_lists_is_used_by_a_conversation(flows: Library) -> None:
    """A condition, meaning or placeholder that nothing uses any more is taken off its list."""
    english = " ".join(text.english for flow in flows.flows.values() for text in flow.texts())
    assert {step.when for _, step in steps(flows) if step.when} == set(CONDITIONS)
    assert {ask.means for _, ask in asks(flows) if ask.means} == MEANINGS
    assert placeholders(english) == PLACEHOLDERS


def test_whatever_a_conversation_may_flag_has_a_level_and_a_sentence() -> None:
    assert set(LEVELS) == set(SENTENCES)
    assert set(LEVELS) >= FLAGS


def test_only_a_clear_answer_is_asked_of_her_and_the_rest_she_may_skip(flows: Library) -> None:
    """Whether we may write, the first contact, whether they met, a read-back, the menu and her
    goal as saved. What else she is asked to agree to, she may skip: that is no yes."""
    asked = {f"{flow.name}.{ask.key}" for flow, ask in asks(flows) if not ask.optional}
    assert asked == {
        "welcome.right_number",
        "welcome.language",
        "welcome.consent",
        "session_confirm.met",
        "session_confirm.right",
        "session_arrange.right",
        "session_move.right",
        "session_time.right",
        "menu.need",
        "menu.language",
        "goal_setting.confirm",
        "goal_setting.another",
    }


def test_no_text_holds_a_word_that_frightens_blames_or_unsubscribes(flows: Library) -> None:
    """Twilio itself acts on CANCEL, END, QUIT, REVOKE and OPTOUT: no text may invite them."""
    for flow in flows.flows.values():
        for text in flow.texts():
            words = set(re.findall(r"[a-z]+", text.english.casefold()))
            assert not words & UNWANTED, text.context
            assert "END" not in text.english, text.context


def test_a_survey_says_who_reads_the_answers_before_it_asks(flows: Library) -> None:
    for name in ("starting_out", "mid_point", "mid_point_mentor", "end_survey", "follow_up"):
        assert "Only {org} sees" in flows.flow(name).steps[0].text, name


def test_a_day_and_time_is_read_back_before_it_counts(flows: Library) -> None:
    for flow, ask in asks(flows):
        if ask.answer is Answer.MOMENT:
            right = flow.step(flow.after(ask.key))
            assert isinstance(right, Ask), flow.name
            assert right.text.startswith("{moment}")
            assert right.means == "session_right"
            assert right.otherwise == "person", "what was not understood never counts"


def test_what_is_not_understood_about_a_time_goes_to_a_person_and_not_to_no_hurry(
    flows: Library,
) -> None:
    asked = [(flow, ask) for flow, ask in asks(flows) if ask.answer is Answer.MOMENT]
    assert {flow.name for flow, _ in asked} == {
        "session_arrange",
        "session_confirm",
        "session_move",
        "session_time",
    }
    assert {ask.otherwise for _, ask in asked} == {"person"}


def test_who_says_it_is_not_good_hears_that_a_person_reads_it(flows: Library) -> None:
    for name, step in (
        ("goal_check_in", "pair"),
        ("mid_point", "pair"),
        ("session_confirm", "feeling"),
    ):
        flow = flows.flow(name)
        after = advance.reply(
            flow,
            Position(flow=name, version=flow.version, step=step),
            Reading(Heard.OPTION, 3),
            Snapshot(),
        )
        said = [event.context for event in after.events if isinstance(event, Said)]
        assert said == [f"{name}.heard"], name
        told = flow.step("heard")
        assert told is not None
        assert told.text == "Thank you for telling us. A person will read this."


@pytest.mark.parametrize("name", ["hello", "light_check_in"])
def test_any_words_of_hers_answer_a_hello_at_once_and_a_person_reads_them(
    flows: Library, name: str
) -> None:
    flow = flows.flow(name)
    begun = advance.begin(flow, Snapshot())
    assert begun.position is not None
    turn = advance.reply(flow, begun.position, Reading(Heard.UNCLEAR), Snapshot())
    assert turn.position is None, "she is not asked again"
    assert turn.events[:3] == (
        Answered(step="fine", value="own_words"),
        Flagged(kind="wrote_to_us", step="fine"),
        Said(context=f"{name}.read"),
    )


def test_a_pause_that_was_not_understood_says_what_holds(flows: Library) -> None:
    flow = flows.flow("pause")
    last_try = Position(flow="pause", version=flow.version, step="how_long", tries=2)
    turn = advance.reply(flow, last_try, Reading(Heard.UNCLEAR), Snapshot())
    said = [event.context for event in turn.events if isinstance(event, Said)]
    assert said == ["standing.person_reads", "pause.a_week"]


def test_no_message_thanks_her_twice_when_a_person_reads_her_answer(
    catalogues: Catalogues,
) -> None:
    thanks = {"en": "Thank", "ar": "شكرا", "fa": "ممنون", "ti": "የቐንየለይ"}
    for tag in SHIPPED:
        assert thanks[tag] not in catalogues.text("standing.person_reads", tag)


@pytest.mark.parametrize("tag", SHIPPED)
def test_what_she_agrees_to_is_worded_alike_wherever_it_is_asked(
    flows: Library, catalogues: Catalogues, tag: str
) -> None:
    worded: dict[str, set[tuple[str, ...]]] = {}
    for flow, ask in asks(flows):
        if ask.means in ("consent_sensitive", "consent_sharing"):
            place = f"{flow.name}.{ask.key}"
            places = (place, *(f"{place}.{option.key}" for option in ask.options))
            said = tuple(catalogues.text(one, tag) for one in places)
            worded.setdefault(ask.means, set()).add(said)
    assert {means: len(said) for means, said in worded.items()} == {
        "consent_sensitive": 1,
        "consent_sharing": 1,
    }


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


def test_no_text_and_no_label_is_a_word_on_which_phone_networks_act(
    catalogues: Catalogues,
) -> None:
    """A number is sent where there are choices; but whatever looks like a word to send is one."""
    for tag in SHIPPED:
        for context, said in catalogues.texts[tag].items():
            assert list(invited(said)) == [] and not stops_all(said), (tag, context)


def test_safety_texts_leave_as_few_sms_even_with_a_long_name(catalogues: Catalogues) -> None:
    words = {"org": "Acorn House", "other": "Grace"}
    for tag in SHIPPED:
        for context in SAFETY:
            said = catalogues.fill(context, language=tag, words=words)
            assert count(said).parts <= SAFETY_PARTS, (tag, context)


def test_a_phone_that_others_read_shows_no_name_of_the_programme(flows: Library) -> None:
    """Whatever anybody with a shared phone may get, in the wording she would get it in."""
    for flow, step in steps(flows):
        never = step.when in OWN_PHONE_ONLY
        again = step.again if isinstance(step, Ask) else None
        labels = [option.label for option in step.options] if isinstance(step, Ask) else []
        for text in () if never else (step.discreet or step.text, again or "", *labels):
            words = text.casefold()
            name = f"{flow.name}.{step.key}"
            if name not in FOR_OTHER_PEOPLE:
                assert not any(word in words for word in TELLING_WORDS), name


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
