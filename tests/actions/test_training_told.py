"""A training as it is told: invited the day before, there by the word on the slide, asked after."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.actions.attend import Tick, tick_list
from bot.actions.change_training import (
    Draft,
    add_training,
    change_training,
    problems,
    remove_training,
)
from bot.actions.plan_training import plan_trainings_of
from bot.errors import Refused
from bot.store.models import Staff
from tests.quick import Quick, open_quick
from tests.rows import ROW_AMINA, ROW_GRACE
from tests.world import AMINA, BETH, GRACE

THURSDAY = datetime(2026, 11, 26, 18, 0, tzinfo=UTC)
THE_DAY_BEFORE = datetime(2026, 11, 25, 10, 1, tzinfo=UTC)
WRITTEN_DOWN = "Thank you. I have written down that you were there."
ROW_BETH = {
    "id": "B1",
    "role": "mentor",
    "name": "Beth",
    "language": "en",
    "whatsapp": BETH,
    "cohort": "Winter",
    "cohort_start": "2026-11-16",
}


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[Quick]:
    """Grace and Amina in one cohort, Beth in another; all agreed, and nothing else is planned."""
    with open_quick(database_url) as world:
        world.enrol(tmp_path, [ROW_GRACE, {**ROW_AMINA, "language": "en"}, ROW_BETH])
        with world.parts.database.transaction() as db:
            db.add(Staff(email="ruth@example.org", name="Ruth", created_at=world.time))
        agreed(world)
        yield world


def change(world: Quick, sql: str, **values: object) -> None:
    with world.parts.database.transaction() as db:
        db.execute(text(sql), values)


def agreed(world: Quick) -> None:
    """Whoever has not said so yet agrees to messages."""
    change(world, "update check_in set state = 'skipped' where training_id is null")
    change(
        world,
        "insert into consent (participant_id, kind, given, wording, language, channel, at) "
        "select id, 'messages', true, 'x', 'en', 'whatsapp', created_at from participant "
        "where id not in (select participant_id from consent)",
    )


def draft(**more: object) -> Draft:
    usual: dict[str, object] = {
        "title": "Listening",
        "audience": "mentor",
        "starts_at": THURSDAY,
        "minutes": 120,
        "word": "Lantern",
    }
    return Draft(**(usual | more))  # type: ignore[arg-type]


def planned(world: Quick, *, cohort: str = "Autumn", **more: object) -> int:
    """A training of that cohort, as staff add it."""
    cohort_id = world.one("select id from cohort where name = :name", name=cohort)
    with world.parts.database.transaction() as db:
        return add_training(
            db, cohort_id=cohort_id, draft=draft(**more), staff_id=1, now=world.time
        )


def changed(world: Quick, training_id: int, **more: object) -> int:
    with world.parts.database.transaction() as db:
        return change_training(
            db, training_id=training_id, draft=draft(**more), staff_id=1, now=world.time
        )


def ticked(world: Quick, training_id: int, reference: str, tick: Tick) -> int:
    with world.parts.database.transaction() as db:
        return tick_list(
            db,
            training_id=training_id,
            ticks={enrolment(world, reference): tick},
            staff_id=1,
            now=world.time,
        )


def enrolment(world: Quick, reference: str) -> int:
    found: int = world.one(
        "select e.id from enrolment e join participant p on p.id = e.participant_id "
        "where p.reference = :reference",
        reference=reference,
    )
    return found


def there(world: Quick, reference: str = "G1") -> list[tuple[int, str]]:
    found = world.rows(
        "select minutes, source from attendance where enrolment_id = :her and minutes is not null",
        her=enrolment(world, reference),
    )
    return [tuple(row) for row in found]


def about(world: Quick, flow: str, reference: str = "G1") -> list[tuple[str, str]]:
    """(state, when it is due) of what is planned for her."""
    found = world.rows(
        "select state, due_at from check_in where flow = :flow and enrolment_id = :her order by id",
        flow=flow,
        her=enrolment(world, reference),
    )
    return [(state, str(due_at)[:16]) for state, due_at in found]


def test_she_is_invited_the_day_before_comes_sends_the_word_and_her_hours_count(
    world: Quick,
) -> None:
    planned(world)
    assert world.go_to(THE_DAY_BEFORE - timedelta(minutes=5)) == {}
    world.go_to(THE_DAY_BEFORE)
    assert "Thursday 26 November" in world.newest(GRACE).body
    assert world.bodies(AMINA) == [], "it is for mentors"
    world.taps(GRACE, "yes")
    assert [tuple(row) for row in world.rows("select coming, minutes from attendance")] == [
        ("yes", None)
    ]
    world.go_to(THURSDAY + timedelta(minutes=5))
    assert world.says(GRACE, " lantern ") == [WRITTEN_DOWN]
    assert there(world) == [(120, "word")]
    assert world.alerts() == []
    world.go_to(datetime(2026, 11, 27, 9, 1, tzinfo=UTC))
    assert "How useful was the training?" in world.newest(GRACE).body
    world.taps(GRACE, "very")
    assert world.one("select useful from attendance") == "very"


def test_who_was_not_there_is_not_asked_how_it_was(world: Quick) -> None:
    planned(world)
    world.go_to(THE_DAY_BEFORE)
    world.taps(GRACE, "no")
    world.go_to(datetime(2026, 11, 27, 9, 1, tzinfo=UTC))
    assert about(world, "training_feedback") == []


@pytest.mark.parametrize(
    ("minutes", "counts"),
    [(-31, False), (-30, True), (0, True), (299, True), (300, True), (301, False)],
)
def test_the_word_counts_from_half_an_hour_before_to_three_hours_after(
    world: Quick, minutes: int, counts: bool
) -> None:
    planned(world)
    world.time = THURSDAY + timedelta(minutes=minutes)
    said = world.says(GRACE, "lantern")
    assert there(world) == ([(120, "word")] if counts else [])
    assert (said == [WRITTEN_DOWN]) is counts
    assert world.alerts() == ([] if counts else ["wrote_to_us"]), "else it is an ordinary message"


def test_the_word_leaves_an_open_question_open_and_does_not_answer_it(world: Quick) -> None:
    planned(world)
    world.go_to(THE_DAY_BEFORE)
    invitation = world.newest(GRACE)
    world.time = THURSDAY
    before = world.rows("select state, step, tries from conversation")
    assert world.says(GRACE, "Lantern") == [WRITTEN_DOWN]
    assert world.rows("select state, step, tries from conversation") == before
    assert before[0][0] == "open"
    assert world.one("select count(*) from answer") == 0
    world.taps(GRACE, "part", on=invitation)
    found = world.rows("select coming, minutes, source from attendance")
    assert [tuple(row) for row in found] == [("part", 120, "word")]


def test_the_word_sent_twice_counts_once_and_is_answered_twice(world: Quick) -> None:
    planned(world)
    world.time = THURSDAY
    assert world.says(GRACE, "lantern") == [WRITTEN_DOWN]
    assert world.says(GRACE, "LANTERN!") == [WRITTEN_DOWN]
    assert there(world) == [(120, "word")]
    assert len(about(world, "training_feedback")) == 1


def test_another_cohorts_word_does_nothing(world: Quick) -> None:
    planned(world, cohort="Winter")
    world.time = THURSDAY
    assert WRITTEN_DOWN not in world.says(GRACE, "lantern")
    assert there(world) == []
    assert world.says(BETH, "lantern") == [WRITTEN_DOWN]
    assert there(world, "B1") == [(120, "word")]


def test_the_word_of_a_training_for_mentees_counts_for_no_mentor(world: Quick) -> None:
    planned(world, audience="mentee")
    world.time = THURSDAY
    world.says(GRACE, "lantern")
    world.says(AMINA, "lantern")
    assert (there(world), there(world, "A1")) == ([], [(120, "word")])


@pytest.mark.parametrize("sent", ["lanterns", "a lantern", "lanten", "the word is lantern"])
def test_only_the_whole_word_as_it_is_written_counts(world: Quick, sent: str) -> None:
    planned(world)
    world.time = THURSDAY
    world.says(GRACE, sent)
    assert there(world) == []


@pytest.mark.parametrize(
    ("word", "sent"),
    [("Café", "CAFE"), ("فانوس", "فَانُوس"), ("መብራህቲ", "መብራህቲ"), ("Straße", "strasse")],
)
def test_case_accents_and_vowel_signs_do_not_matter(world: Quick, word: str, sent: str) -> None:
    planned(world, word=word)
    world.time = THURSDAY
    world.says(GRACE, sent)
    assert there(world) == [(120, "word")]


def test_who_has_stopped_messages_is_counted_in_silence(world: Quick) -> None:
    planned(world)
    world.says(GRACE, "STOP")
    world.time = THURSDAY
    assert world.says(GRACE, "lantern") == []
    assert there(world) == [(120, "word")]


def test_staff_tick_the_list_and_she_is_asked_how_it_was(world: Quick) -> None:
    training_id = planned(world, word="")
    world.time = THURSDAY + timedelta(hours=3)
    assert ticked(world, training_id, "G1", Tick(was=None, minutes=90)) == 1
    assert there(world) == [(90, "staff")]
    assert about(world, "training_feedback") == [("planned", "2026-11-27 09:00")]
    assert ticked(world, training_id, "G1", Tick(was=90, minutes=None)) == 1
    assert there(world) == []
    assert [state for state, _ in about(world, "training_feedback")] == ["skipped"]
    assert ticked(world, training_id, "G1", Tick(was=None, minutes=120)) == 1
    assert [state for state, _ in about(world, "training_feedback")] == ["planned"]
    recorded = "select detail from audit_entry where action = 'attendance' order by id"
    assert [row[0].split()[1] for row in world.rows(recorded)] == ["90", "not", "120"]


def test_a_word_sent_while_staff_looked_at_the_list_is_not_lost(world: Quick) -> None:
    training_id = planned(world)
    world.time = THURSDAY
    world.says(GRACE, "lantern")
    assert ticked(world, training_id, "G1", Tick(was=None, minutes=None)) == 0
    assert there(world) == [(120, "word")]


def test_what_staff_ticked_stays_when_she_sends_the_word_after(world: Quick) -> None:
    training_id = planned(world)
    world.time = THURSDAY
    ticked(world, training_id, "G1", Tick(was=None, minutes=45))
    assert world.says(GRACE, "lantern") == [WRITTEN_DOWN]
    assert there(world) == [(45, "staff")]


def test_a_list_ticked_weeks_later_asks_nobody(world: Quick) -> None:
    training_id = planned(world, word="")
    world.time = THURSDAY + timedelta(days=8)
    ticked(world, training_id, "G1", Tick(was=None, minutes=120))
    assert about(world, "training_feedback") == []


def test_a_changed_training_is_planned_anew_where_nothing_was_sent(world: Quick) -> None:
    training_id = planned(world, audience="everyone")
    assert about(world, "training_invite") == [("planned", "2026-11-25 10:00")]
    week_later = THURSDAY + timedelta(weeks=1)
    assert changed(world, training_id, audience="everyone", starts_at=week_later) == 0
    assert about(world, "training_invite") == [("planned", "2026-12-02 10:00")]
    assert changed(world, training_id, audience="mentee", starts_at=week_later) == 0
    assert [state for state, _ in about(world, "training_invite")] == ["skipped"]
    assert about(world, "training_invite", "A1") == [("planned", "2026-12-02 10:00")]


def test_who_was_invited_already_is_not_invited_again_and_staff_are_told(world: Quick) -> None:
    training_id = planned(world)
    world.go_to(THE_DAY_BEFORE)
    assert changed(world, training_id, title="Another name") == 0, "its time is what it was"
    assert changed(world, training_id, starts_at=THURSDAY + timedelta(days=7)) == 1
    assert about(world, "training_invite") == [("asked", "2026-11-25 10:00")]
    world.go_to(THURSDAY + timedelta(days=6))
    assert len(world.bodies(GRACE)) == 1


def test_a_corrected_length_counts_for_whoever_sent_the_word(world: Quick) -> None:
    training_id = planned(world)
    world.time = THURSDAY
    world.says(GRACE, "lantern")
    changed(world, training_id, minutes=150)
    assert there(world) == [(150, "word")]


def test_a_removed_training_invites_nobody_and_the_next_one_does(world: Quick) -> None:
    first = planned(world)
    world.go_to(THE_DAY_BEFORE)
    invitation = world.newest(GRACE)
    with world.parts.database.transaction() as db:
        assert remove_training(db, training_id=first, staff_id=1, now=world.time) == 1
    world.taps(GRACE, "yes", on=invitation)
    assert world.one("select count(*) from attendance") == 0
    planned(world, starts_at=THURSDAY + timedelta(days=7))
    assert [state for state, _ in about(world, "training_invite")] == ["answered", "planned"]


def test_a_training_that_somebody_was_at_is_not_removed(world: Quick) -> None:
    training_id = planned(world)
    world.time = THURSDAY
    world.says(GRACE, "lantern")
    with pytest.raises(Refused), world.parts.database.transaction() as db:
        remove_training(db, training_id=training_id, staff_id=1, now=world.time)


def test_whoever_joins_later_is_invited_too(world: Quick, tmp_path: Path) -> None:
    planned(world)
    world.go_to(THE_DAY_BEFORE - timedelta(days=2))
    late = {**ROW_GRACE, "id": "H1", "name": "Harriet", "whatsapp": "+447700900207"}
    world.enrol(tmp_path, [late])
    agreed(world)
    with world.parts.database.transaction() as db:
        plan_trainings_of(db, enrolment_id=enrolment(world, "H1"), now=world.time)
        plan_trainings_of(db, enrolment_id=enrolment(world, "B1"), now=world.time)
    assert about(world, "training_invite", "H1") == [("planned", "2026-11-25 10:00")]
    assert about(world, "training_invite", "B1") == []


def test_who_agreed_in_another_cohort_is_invited_when_she_joins(
    world: Quick, tmp_path: Path
) -> None:
    """She is not welcomed again, so nothing else would plan it."""
    planned(world)
    world.enrol(tmp_path, [{**ROW_BETH, "cohort": "Autumn"}])
    found = world.rows(
        "select state, due_at from check_in where flow = 'training_invite' "
        "and enrolment_id = (select max(id) from enrolment)"
    )
    assert [(state, str(due_at)[:16]) for state, due_at in found] == [
        ("planned", "2026-11-25 10:00")
    ]


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("ok", "Please choose a word of at least three letters."),
        ("sun flower", "Please choose one word, without spaces or signs."),
        ("room7", "A number could be an answer. Please choose a word."),
        ("سبعة", "That word already means something to the bot. Please choose another."),
        ("help", "That word already means something to the bot. Please choose another."),
        ("توقف", "That word already means something to the bot. Please choose another."),
        ("Tuesday", "That word already means something to the bot. Please choose another."),
        ("Tigrinya", "That word already means something to the bot. Please choose another."),
        ("Umbrella", "That word could be an answer to one of our questions."),
        ("Course", "That word could be an answer to one of our questions."),
        ("reading", ""),
        ("part", "That word could be an answer to one of our questions."),  # "A part of it"
        ("LANTERN", "Another training of this cohort has that word on the same day."),
        ("kettle", ""),
        ("", ""),
    ],
)
def test_staff_hear_in_a_sentence_why_a_word_will_not_do(
    world: Quick, word: str, sentence: str
) -> None:
    planned(world)
    house = world.parts.house
    later = draft(word=word, starts_at=THURSDAY - timedelta(hours=6))
    with world.parts.database.reading() as db:
        found = problems(db, house=house, cohort_id=1, draft=later, now=world.time)
        another = problems(db, house=house, cohort_id=2, draft=draft(), now=world.time)
    assert found.get("word", "").startswith(sentence) and bool(found) is bool(sentence)
    assert another == {}
