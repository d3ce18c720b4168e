"""Nobody is started with more often in seven days than her cap, all conversations together."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.living import THURSDAY, WEEK, Her, Living, Told, open_living
from tests.world import AMINA, BETH, GRACE, SELAM

HOUR = timedelta(hours=1)
SURVEYS = ("mid_point", "end_survey", "training_invite", "training_feedback")


@pytest.fixture
def world(database_url: str) -> Iterator[Living]:
    with open_living(database_url) as world:
        yield world


def busiest(told: list[Told]) -> int:
    """The most in any seven days."""
    moments = [one.at for one in told]
    return max(sum(start <= at < start + WEEK for at in moments) for start in moments)


def answered(world: Living) -> None:
    """She is not in the middle of anything."""
    world.change("update conversation set state = 'completed' where state = 'open'")
    world.change("update check_in set state = 'answered' where state = 'asked'")


def live_answering(world: Living, until: datetime) -> dict[str, int]:
    counts: dict[str, int] = {}
    while world.time < until:
        for name, count in world.live(min(world.time + HOUR, until)).items():
            counts[name] = counts.get(name, 0) + count
        answered(world)
    return counts


def test_the_fourth_message_of_a_week_waits_until_the_week_has_room(world: Living) -> None:
    amina = world.join(world.cohort(), AMINA)
    for hour, flow in enumerate(SURVEYS):
        world.plan(amina, flow, THURSDAY + hour * HOUR)
    world.change("update check_in set due_at = :at where flow = 'mid_point'", at=_naive(world))
    live_answering(world, THURSDAY + 4 * HOUR)
    assert len(world.told(amina)) == 3
    assert ("training_feedback", "planned", "") in world.check_ins(amina)
    live_answering(world, world.told(amina)[0].at + WEEK + HOUR)
    assert len(world.told(amina)) == 4 or world.check_ins(amina)[-1][2] == "cap"
    assert busiest(world.told(amina)) == 3


def _naive(world: Living) -> object:
    """Monday noon, as the database of this world keeps it in SQL of our own."""
    noon = datetime(2026, 11, 16, 12, tzinfo=UTC)
    sqlite = world.parts.database.dialect == "sqlite"
    return noon.strftime("%Y-%m-%d %H:%M:%S.000000") if sqlite else noon


def test_what_matters_most_goes_first_however_long_the_others_have_been_due(world: Living) -> None:
    amina = world.join(world.cohort(most_mentee=1), AMINA)
    world.plan(amina, "training_feedback", THURSDAY - 2 * HOUR)
    world.plan(amina, "goal_check_in", THURSDAY - HOUR)
    world.time = THURSDAY
    assert world.tick() == {"started": 1, "waiting": 1}
    assert world.contexts(amina) == ["goal_check_in.week"]


def test_what_finds_no_room_until_it_is_useless_is_skipped_and_counted(world: Living) -> None:
    amina = world.join(world.cohort(most_mentee=1), AMINA)
    world.plan(amina, "goal_check_in", THURSDAY)
    world.plan(amina, "training_feedback", THURSDAY + HOUR)
    counts = live_answering(world, THURSDAY + timedelta(days=4))
    assert counts["skipped"] == 1
    assert world.check_ins(amina)[1] == ("training_feedback", "skipped", "cap")


def test_a_welcome_is_never_too_much_and_takes_no_room(world: Living) -> None:
    amina = world.join(world.cohort(most_mentee=1), AMINA)
    world.change("delete from consent")
    world.plan(amina, "welcome", THURSDAY)
    world.plan(amina, "goal_check_in", THURSDAY + HOUR)
    world.time = THURSDAY
    world.tick()
    assert world.contexts(amina) == ["welcome.right_number"]
    world.change(
        "insert into consent (participant_id, kind, given, wording, language, channel, at) "
        "select participant_id, 'messages', :yes, '', 'en', 'whatsapp', started_at "
        "from conversation",
        yes=True,
    )
    answered(world)
    world.time = THURSDAY + HOUR
    world.tick()
    assert world.contexts(amina) == ["welcome.right_number", "goal_check_in.week"]


def test_replies_take_no_room(world: Living) -> None:
    amina = world.join(world.cohort(most_mentee=1), AMINA)
    world.says(AMINA, "hello")
    world.says(AMINA, "HELP")
    world.plan(amina, "goal_check_in", THURSDAY)
    world.time = THURSDAY
    assert world.tick() == {"started": 1}


def test_an_opener_and_what_it_opens_are_one_message(world: Living) -> None:
    amina = world.join(world.cohort(most_mentee=2), AMINA)
    world.plan(amina, "goal_check_in", THURSDAY)
    world.plan(amina, "mid_point", THURSDAY + HOUR)
    world.plan(amina, "training_feedback", THURSDAY + 2 * HOUR)
    world.time = THURSDAY
    world.tick()
    world.change(
        "insert into message (participant_id, conversation_id, direction, channel, kind, text, "
        "language, context, layout, state, attempts, error, at) select participant_id, "
        "conversation_id, 'out', '', 'text', 'Tap', 'en', 'standing.opener', '', 'handled', 0, '', "
        "at from message"
    )
    world.change(
        "insert into delivery (message_id, participant_id, token, state, mode, reason, priority, "
        "attempts, looked, not_before, sent_text, updated_at) select m.id, m.participant_id, 'x', "
        "'sent', 'opener', '', 1, 1, 0, d.not_before, '', d.updated_at from message m, delivery d "
        "where m.context = 'standing.opener'"
    )
    answered(world)
    world.live(THURSDAY + HOUR)
    assert len(world.talks(amina)) == 2, "there was room for one more"
    answered(world)
    world.live(THURSDAY + 2 * HOUR)
    assert len(world.talks(amina)) == 2


def test_what_was_withdrawn_before_it_left_takes_no_room(world: Living) -> None:
    amina = world.join(world.cohort(most_mentee=1), AMINA)
    world.plan(amina, "mid_point", THURSDAY)
    world.plan(amina, "goal_check_in", THURSDAY + HOUR)
    world.time = THURSDAY
    world.tick()
    world.change("update delivery set state = 'cancelled'")
    answered(world)
    world.live(THURSDAY + HOUR)
    assert len(world.talks(amina)) == 2


def mentor_of(world: Living, mentees: int) -> Her:
    cohort = world.cohort()
    grace = world.join(cohort, GRACE, role="mentor", name="Grace")
    for number in (AMINA, SELAM)[:mentees]:
        world.pair(grace, world.join(cohort, number))
    for hour in range(6):
        world.plan(grace, "mid_point_mentor", THURSDAY + hour * HOUR)
    return grace


@pytest.mark.parametrize(("mentees", "most"), [(1, 2), (2, 4)])
def test_a_mentor_has_her_two_messages_for_each_mentee(
    world: Living, mentees: int, most: int
) -> None:
    grace = mentor_of(world, mentees)
    live_answering(world, THURSDAY + timedelta(days=2))
    assert len(world.told(grace)) == most


def test_what_she_gets_in_one_cohort_counts_in_the_other(world: Living) -> None:
    old, new = world.cohort(most_mentee=2), world.cohort("Spring", most_mentee=2)
    amina = world.join(old, AMINA)
    world.change(
        "insert into enrolment (participant_id, cohort_id, role, state, end_reason, created_at) "
        "select participant_id, :new, role, state, '', created_at from enrolment",
        new=new,
    )
    later = int(world.one("select max(id) from enrolment"))
    for place, enrolment in enumerate((amina.enrolment_id, later) * 2):
        her = Her(amina.id, enrolment, AMINA)
        world.plan(her, SURVEYS[place], THURSDAY + place * HOUR)
    live_answering(world, THURSDAY + timedelta(days=2))
    assert len(world.told(amina)) == 2


def test_in_no_seven_days_of_a_crowded_programme_is_anybody_above_her_cap(world: Living) -> None:
    cohort = world.cohort()
    amina = world.join(cohort, AMINA)
    grace = world.join(cohort, BETH, role="mentor", name="Beth")
    world.pair(grace, amina)
    for day in range(28):
        at = THURSDAY + timedelta(days=day, hours=day % 5)
        world.plan(amina, ("goal_check_in", *SURVEYS)[day % 5], at)
        world.plan(grace, ("training_invite", "mid_point_mentor")[day % 2], at)
    step = timedelta(hours=3)
    while world.time < THURSDAY + timedelta(days=30):
        world.live(world.time + step, step=step)
        if world.time.day % 3:  # at times she lets a question lie, and is reminded of it
            answered(world)
    assert busiest(world.told(amina)) == 3
    assert busiest(world.told(grace)) == 2
    assert len(world.told(amina)) > 10
