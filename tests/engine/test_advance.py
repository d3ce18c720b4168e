"""The engine: what a turn makes happen, on real flows. No database, no language, no clock."""

from bot.engine import advance
from bot.engine.events import Answered, Asked, Finished, Flagged, Position, Said, Turn
from bot.engine.facts import Snapshot
from bot.engine.flow import Ask, Audience, Flow, Option, Say
from bot.engine.understand import Heard, Reading
from conversations.goal_check_in import flow as goal_check_in
from conversations.goal_setting import flow as goal_setting
from conversations.session_confirm import flow as session_confirm
from conversations.welcome import flow as welcome

NEW = Snapshot(languages=(("ar", "العربية"), ("en", "English")))
WITH_GOAL = Snapshot(goals=1, first_rating=2, last_rating=5)
UNCLEAR = Reading(Heard.UNCLEAR)


def play(flow: Flow, known: Snapshot, *readings: Reading) -> list[Turn]:
    """Every turn of a conversation that hears these readings one after another."""
    turns = [advance.begin(flow, known)]
    for reading in readings:
        position = turns[-1].position
        assert position is not None, "the conversation was over before"
        turns.append(advance.reply(flow, position, reading, known))
    return turns


def asked(turn: Turn) -> str | None:
    return next((event.step for event in turn.events if isinstance(event, Asked)), None)


def said(turn: Turn) -> list[str]:
    return [event.context for event in turn.events if isinstance(event, Said)]


def flags(turn: Turn) -> list[str]:
    return [event.kind for event in turn.events if isinstance(event, Flagged)]


def option(place: int) -> Reading:
    return Reading(Heard.OPTION, place)


def test_a_conversation_begins_with_its_first_question() -> None:
    turn = advance.begin(goal_check_in, WITH_GOAL)
    assert turn.events == (Asked(step="week", context="goal_check_in.week"),)
    assert turn.position is not None and turn.position.step == "week"


def test_an_option_is_stored_by_its_key_and_the_next_question_follows() -> None:
    turn = play(goal_check_in, WITH_GOAL, option(1))[-1]
    assert turn.events[0] == Answered(step="week", value="good")
    assert asked(turn) == "rating"


def test_a_woman_without_a_goal_is_not_asked_to_rate_one() -> None:
    turn = play(goal_check_in, Snapshot(), option(2))[-1]
    assert asked(turn) is None
    assert said(turn) == ["goal_check_in.thanks"]
    assert turn.events[-1] == Finished()


def test_zero_is_a_rating_and_not_a_skip() -> None:
    turn = play(goal_check_in, WITH_GOAL, option(1), Reading(Heard.NUMBER, 0))[-1]
    assert isinstance(turn.events[0], Answered)
    assert (turn.events[0].number, turn.events[0].skipped) == (0, False)


def test_a_rating_that_fell_by_two_asks_what_made_it_hard() -> None:
    fell = play(goal_check_in, WITH_GOAL, option(1), Reading(Heard.NUMBER, 3))[-1]
    steady = play(goal_check_in, WITH_GOAL, option(1), Reading(Heard.NUMBER, 4))[-1]
    assert asked(fell) == "barriers"
    assert asked(steady) is None


def test_a_rating_above_the_first_is_quoted_back() -> None:
    turn = play(goal_check_in, WITH_GOAL, option(1), Reading(Heard.NUMBER, 7))[-1]
    assert said(turn) == ["goal_check_in.nearer"]


def test_a_shared_phone_never_shows_the_list_of_barriers() -> None:
    shared = Snapshot(goals=1, first_rating=2, last_rating=5, discreet=True)
    turn = play(goal_check_in, shared, option(3), Reading(Heard.NUMBER, 5))[-1]
    assert asked(turn) == "call"


def test_several_barriers_are_one_answer_and_lead_to_one_question_about_the_first() -> None:
    turns = play(
        goal_check_in,
        WITH_GOAL,
        option(3),
        Reading(Heard.NUMBER, 5),
        Reading(Heard.OPTION, (1, 4)),
    )
    answered = turns[-1].events[0]
    assert isinstance(answered, Answered)
    assert (answered.value, answered.sensitive) == ("travel,housing", True)
    assert flags(turns[-1]) == ["barrier_travel", "barrier_housing"]
    assert asked(turns[-1]) == "b_housing"


def test_a_hard_week_without_a_barrier_leads_to_the_offer_of_a_call() -> None:
    skipped = Reading(Heard.SKIP)
    turns = play(goal_check_in, WITH_GOAL, option(3), Reading(Heard.NUMBER, 5), skipped)
    assert asked(turns[2]) == "barriers"
    assert asked(turns[3]) == "call"


def test_wanting_a_call_tells_staff() -> None:
    turns = play(goal_check_in, Snapshot(), option(3), Reading(Heard.SKIP), Reading(Heard.YES))
    assert flags(turns[-1]) == ["wants_call"]


def test_a_skipped_question_is_an_answer_that_says_skipped() -> None:
    turn = play(goal_check_in, WITH_GOAL, Reading(Heard.SKIP))[-1]
    assert isinstance(turn.events[0], Answered)
    assert turn.events[0].skipped
    assert turn.events[0].value == ""


def test_wrong_answers_climb_the_ladder_and_then_a_person_reads_and_it_moves_on() -> None:
    turns = play(goal_check_in, WITH_GOAL, UNCLEAR, UNCLEAR, UNCLEAR)
    wordings = [event.wording for t in turns[:3] for event in t.events if isinstance(event, Asked)]
    assert wordings == ["first", "again", "numbered"]
    assert said(turns[3]) == ["standing.person_reads"]
    assert flags(turns[3]) == ["not_understood"]
    assert asked(turns[3]) == "rating"


def test_the_ladder_starts_anew_at_the_next_question() -> None:
    turn = play(goal_check_in, WITH_GOAL, UNCLEAR, option(1))[-1]
    assert turn.position is not None
    assert turn.position.tries == 0


def test_consent_that_was_never_understood_is_not_consent() -> None:
    turns = play(welcome, NEW, Reading(Heard.YES), option(1), UNCLEAR, UNCLEAR, UNCLEAR)
    assert said(turns[-1]) == ["standing.person_reads", "welcome.unclear"]
    assert turns[-1].position is None
    assert not any(isinstance(event, Answered) for event in turns[-1].events)


def test_a_skip_or_a_soft_answer_at_consent_asks_again() -> None:
    turn = play(welcome, NEW, Reading(Heard.YES), option(1), Reading(Heard.SKIP))[-1]
    assert asked(turn) == "consent"


def test_saying_no_to_consent_ends_kindly_and_tells_staff() -> None:
    turn = play(welcome, NEW, Reading(Heard.YES), option(1), Reading(Heard.NO))[-1]
    assert turn.events[0] == Answered(step="consent", value="no", means="consent_messages")
    assert flags(turn) == ["declined"]
    assert said(turn) == ["welcome.declined"]


def test_a_mentor_hears_the_mentors_texts_and_is_not_asked_about_her_phone() -> None:
    mentor = Snapshot(role="mentor", languages=NEW.languages)
    turns = play(welcome, mentor, Reading(Heard.YES), option(2), Reading(Heard.YES))
    assert said(turns[2]) == [
        "welcome.helper_mentor",
        "welcome.rights",
        "welcome.no_private_details",
    ]
    assert said(turns[3]) == ["welcome.ready_mentor"]


def test_the_language_is_chosen_by_number_and_zero_is_another_language() -> None:
    chosen = play(welcome, NEW, Reading(Heard.YES), option(1))[-1]
    other = play(welcome, NEW, Reading(Heard.YES), Reading(Heard.HELP))[-1]
    assert chosen.events[0] == Answered(step="language", value="ar", means="language")
    assert flags(other) == ["other_language"]
    assert asked(other) == "consent"


def test_a_later_at_the_first_contact_is_a_choice_of_the_question() -> None:
    turn = play(welcome, NEW, Reading(Heard.LATER))[-1]
    assert turn.events[0] == Answered(step="right_number", value="later", means="right_number")
    assert said(turn) == ["welcome.later"]


def test_up_to_three_goals_each_in_her_own_words() -> None:
    words, yes = Reading(Heard.TEXT, "أريد أن أتعلم السياقة"), Reading(Heard.YES)
    turns = play(
        goal_setting,
        Snapshot(goals=0),
        option(4),
        words,
        yes,
        Reading(Heard.NUMBER, 2),
        Reading(Heard.SKIP),
        yes,
    )
    assert asked(turns[-1]) == "words"
    third = play(
        goal_setting,
        Snapshot(goals=3),
        option(4),
        words,
        yes,
        Reading(Heard.NUMBER, 2),
        Reading(Heard.SKIP),
    )
    assert said(third[-1]) == ["goal_setting.thanks"]


def test_a_goal_told_by_voice_is_kept_and_never_quoted() -> None:
    start = play(goal_setting, Snapshot(), option(1))[-1]
    assert start.position is not None
    turn = advance.reply(
        goal_setting, start.position, Reading(Heard.TEXT, ""), Snapshot(), spoken=True
    )
    assert asked(turn) == "rating"


def test_her_own_words_are_not_kept_in_the_position() -> None:
    turns = play(goal_setting, Snapshot(), option(1), Reading(Heard.TEXT, "my secret plan"))
    assert "my secret plan" not in repr(turns[-1].position)


def test_words_asked_again_forget_what_came_after_them() -> None:
    words, yes = Reading(Heard.TEXT, "to drive"), Reading(Heard.YES)
    turns = play(goal_setting, Snapshot(), option(4), words, option(2), words)
    assert turns[-1].position is not None
    assert "confirm" not in dict(turns[-1].position.answers)
    assert asked(play(goal_setting, Snapshot(), option(4), words, yes)[-1]) == "rating"


def test_consent_is_asked_again_with_everything_she_agrees_to() -> None:
    at = play(welcome, NEW, Reading(Heard.YES), option(1))[-1].position
    assert at is not None
    assert [said.context for said in advance.lead(welcome, at, NEW)] == [
        "welcome.helper",
        "welcome.rights",
        "welcome.not_shared",
    ]


def test_wanting_to_change_a_goal_asks_for_the_words_again() -> None:
    turns = play(goal_setting, Snapshot(), option(1), Reading(Heard.TEXT, "drive"), option(2))
    assert asked(turns[-1]) == "words"


def test_a_mentor_confirms_a_session_in_three_taps() -> None:
    mentor = Snapshot(role="mentor")
    turns = play(session_confirm, mentor, Reading(Heard.YES), option(3), option(1))
    assert turns[2].events[0] == Answered(
        step="minutes", value="hour", number=60, means="session_minutes"
    )
    assert said(turns[3]) == ["session_confirm.count"]


def test_a_length_of_time_in_words_is_an_answer_too() -> None:
    turns = play(
        session_confirm, Snapshot(role="mentor"), Reading(Heard.YES), Reading(Heard.DURATION, 75)
    )
    assert isinstance(turns[-1].events[0], Answered)
    assert turns[-1].events[0].number == 75
    assert asked(turns[-1]) == "feeling"


def test_more_than_an_hour_is_asked_for_in_minutes() -> None:
    turns = play(session_confirm, Snapshot(role="mentor"), Reading(Heard.YES), option(4))
    assert asked(turns[-1]) == "more"


def test_a_step_that_has_gone_ends_the_conversation_as_outdated() -> None:
    gone = Position(flow="goal_check_in", version=0, step="a step of last year")
    turn = advance.reply(goal_check_in, gone, option(1), WITH_GOAL)
    assert turn == Turn(events=(Finished(state="outdated"),), position=None)
    assert advance.question(goal_check_in, gone, WITH_GOAL) is None


def test_texts_that_lead_to_each_other_cannot_run_for_ever() -> None:
    flow = Flow(
        name="loop",
        version=1,
        audience=Audience.MENTEE,
        purpose="",
        steps=(
            Say(key="one", text="one"),
            Say(key="two", text="two", goto="one"),
        ),
    )
    assert advance.begin(flow, Snapshot()).position is None


def test_a_tap_needs_no_guessing() -> None:
    flow = Flow(
        name="f",
        version=1,
        audience=Audience.MENTEE,
        purpose="",
        steps=(
            Ask(
                key="q", text="?", options=(Option(key="a", label="A"), Option(key="b", label="B"))
            ),
        ),
    )
    at = Position(flow="f", version=1, step="q")
    assert advance.tap(flow, at, "b", Snapshot()) == option(2)
    assert advance.tap(flow, at, "skip", Snapshot()) == Reading(Heard.SKIP)
    assert advance.tap(flow, at, "nothing", Snapshot()) == UNCLEAR


def test_pair_trouble_is_asked_when_it_is_due_and_leads_to_the_offer_of_a_break() -> None:
    third = Snapshot(facts=frozenset({"pair_due"}))
    turns = play(goal_check_in, third, option(1), option(3), option(1))
    assert asked(turns[1]) == "pair"
    assert flags(turns[2]) == ["pair_trouble"]
    assert asked(turns[2]) == "pair_pause"
    assert flags(turns[3]) == ["wants_pair_pause"]


def test_pair_trouble_waits_for_a_week_that_was_not_hard() -> None:
    third = Snapshot(facts=frozenset({"pair_due"}), discreet=True)
    turns = play(goal_check_in, third, option(3), Reading(Heard.NO))
    assert asked(turns[1]) == "call"
    assert asked(turns[2]) is None
