"""The main job, end to end over HTTP: a check-in goes out, she answers, staff are told."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.rows import (
    ROW_AMINA,
    ROW_FARAH,
    ROW_GRACE,
    ROW_LUWAM,
    ROW_SELAM,
    agree,
)
from tests.world import AMINA, GRACE, LUWAM, MONDAY, SELAM, World, open_world

# Of a plain turn, with BEGIN and COMMIT. PostgreSQL needs one more: it locks her row before it
# reads anything of her, where SQLite has a single writer anyway.
MOST_STATEMENTS = {"sqlite": 10, "postgresql": 11}


def test_the_next_tick_welcomes_everybody_by_approved_template(pair: World) -> None:
    pair.tick()
    hello = pair.newest(AMINA)
    assert hello.content_sid is not None
    assert "أمينة" in hello.body or "Amina" in hello.body
    assert [button.id for button in hello.shown.buttons] == [
        "t:welcome.right_number:yes",
        "t:welcome.right_number:wrong",
        "t:welcome.right_number:later",
    ]
    assert pair.one("select count(*) from check_in where flow = 'welcome' and state = 'asked'") == 2


def test_amina_agrees_and_her_weeks_are_planned(pair: World) -> None:
    pair.tick()
    agree(pair, AMINA, language="ar")
    assert pair.rows("select kind, given from consent order by id") == [
        ("messages", True),
        ("sensitive", True),
        ("sharing", True),
        ("goal_only", False),
    ]
    planned = pair.rows(
        "select flow, count(*) from check_in c join enrolment e on e.id = c.enrolment_id "
        "where e.role = 'mentee' and c.state = 'planned' group by flow order by flow"
    )
    assert dict(planned) == {
        "end_survey": 1,
        "goal_check_in": 14,  # in the week of the mid-point and of the end it takes their place
        "goal_setting": 1,
        "mid_point": 1,
        "session_confirm": 10,
        "session_remind": 10,
    }
    assert (
        pair.one(
            "select count(*) from conversation where state = 'open' and flow = 'welcome' "
            "and participant_id = (select id from participant where reference = 'A1')"
        )
        == 0
    )


def test_a_week_of_amina_from_goal_to_summary_in_arabic_digits(pair: World) -> None:
    pair.tick()
    agree(pair, AMINA, language="ar")
    pair.go_to(datetime(2026, 11, 17, 10, 1, tzinfo=UTC))
    pair.taps(AMINA, "work")
    pair.says(AMINA, "أريد أن أبدأ مشروع خياطة")
    assert "أريد أن أبدأ مشروع خياطة" in pair.newest(AMINA).body
    pair.taps(AMINA, "yes")
    pair.says(AMINA, "٢")
    pair.says(AMINA, "أسأل عن ماكينة")
    pair.taps(AMINA, "no")
    pair.taps(AMINA, "somewhat")  # how sure she feels, starting out
    assert pair.rows("select number, words, next_step from goal") == [
        (1, "أريد أن أبدأ مشروع خياطة", "أسأل عن ماكينة")
    ]
    pair.go_to(datetime(2026, 11, 17, 19, 16, tzinfo=UTC))
    for key in ("yes", "hour", "good"):  # her side of their first session
        pair.taps(AMINA, key)
    pair.go_to(datetime(2026, 11, 19, 10, 1, tzinfo=UTC))
    pair.taps(AMINA, "good")
    pair.says(AMINA, "٥")
    pair.taps(AMINA, "yes")
    assert pair.rows("select rating from goal_entry where kind = 'rating' order by id") == [
        (2,),
        (5,),
    ]
    assert pair.one(
        "select state from check_in where flow = 'goal_check_in' and slot = 'week-1'"
    ) == ("answered")
    assert (
        pair.one("select words from answer where step = 'rating' order by id desc limit 1") == "٥"
    )
    assert pair.alerts() == []


def test_grace_confirms_a_session_in_three_taps(pair: World) -> None:
    pair.tick()
    agree(pair, GRACE, language="en", mentor=True)
    pair.go_to(datetime(2026, 11, 16, 17, 31, tzinfo=UTC))
    pair.taps(GRACE, "yes")  # tomorrow's session is still OK
    first = pair.one("select min(due_at) from check_in where flow = 'session_confirm'")
    due = datetime.fromisoformat(str(first)) if isinstance(first, str) else first
    pair.go_to((due if due.tzinfo else due.replace(tzinfo=UTC)) + timedelta(minutes=1))
    assert "as planned" in pair.newest(GRACE).body
    assert "Amina" in pair.newest(GRACE).body
    pair.taps(GRACE, "yes")
    pair.taps(GRACE, "hour")
    pair.taps(GRACE, "good")
    assert pair.rows("select state, minutes from session where number = 1") == [("held", 60)]
    assert pair.rows("select role, met, minutes, feeling from session_report") == [
        ("mentor", "yes", 60, "good")
    ]
    assert "meeting 1 of 10" in pair.newest(GRACE).body
    assert "1 h" in pair.newest(GRACE).body
    assert "What went well with Amina?" in pair.newest(GRACE).body


def test_luwam_has_no_template_so_an_opener_goes_and_her_question_waits(
    world: World, tmp_path: Path
) -> None:
    world.enrol(tmp_path, [ROW_LUWAM])
    world.tick()
    opener = world.newest(LUWAM)
    assert opener.body.startswith("Hello Luwam")
    assert len(world.bodies(LUWAM)) == 1
    answers = world.taps(LUWAM, "open")
    assert len(answers) == 1
    assert "ሰላም" in answers[0] or "Luwam" in answers[0]
    assert world.one("select count(*) from answer") == 0


def test_selam_has_no_whatsapp_and_gets_numbered_text(world: World, tmp_path: Path) -> None:
    world.enrol(tmp_path, [ROW_GRACE, ROW_SELAM])
    world.tick()
    hello = world.newest(SELAM)
    assert hello.channel == "sms"
    assert "\n1 " in hello.body and "\n2 " in hello.body
    world.says(SELAM, "1", channel="sms")
    assert world.rows("select step, value from answer") == [("right_number", "yes")]


def test_without_any_template_or_sms_staff_get_a_task_and_an_approval_lets_it_go(
    database_url: str, tmp_path: Path
) -> None:
    with open_world(database_url, approved=False) as world:
        shelf = world.simulator.shelf
        shelf.auto_approve = False
        world.enrol(tmp_path, [ROW_LUWAM])
        world.tick()
        assert world.bodies(LUWAM) == []
        assert "no_route" in world.alerts()
        for sid in world.simulator.approvals:
            shelf.decide(sid, "approved")
        world.later(hours=1)
        assert len(world.bodies(LUWAM)) == 1


def test_the_same_message_ten_times_at_once_has_one_effect(pair: World) -> None:
    from concurrent.futures import ThreadPoolExecutor

    pair.tick()
    sid = pair.simulator.receive_from(AMINA, "1")
    with ThreadPoolExecutor(10) as pool:
        hooks = list(pool.map(lambda _: pair.simulator.repeat(sid), range(10)))
    assert {hook.status for hook in hooks} == {200}
    assert pair.one("select count(*) from message where direction = 'in'") == 1
    assert pair.one("select count(*) from answer") == 1


def test_amina_known_by_her_phone_is_known_by_whatsapps_own_name_too(pair: World) -> None:
    pair.tick()
    pair.taps(AMINA, "yes")
    pair.simulator.phone(AMINA).shows_number = False
    pair.taps(AMINA, "ar")
    assert (
        pair.one("select count(distinct participant_id) from message where direction = 'in'") == 1
    )
    assert "address_conflict" not in pair.alerts()


def test_a_tap_on_an_old_question_changes_that_answer_on_purpose(pair: World) -> None:
    pair.tick()
    agree(pair, AMINA, language="ar")
    pair.go_to(datetime(2026, 11, 17, 10, 1, tzinfo=UTC))
    pair.taps(AMINA, "skip")
    pair.taps(AMINA, "skip") if pair.newest(AMINA).shown else pair.says(AMINA, "تخطي")
    pair.go_to(datetime(2026, 11, 17, 19, 16, tzinfo=UTC))
    pair.taps(AMINA, "no")
    pair.taps(AMINA, "skip")  # what happened
    pair.taps(AMINA, "next_week")
    pair.go_to(datetime(2026, 11, 19, 10, 1, tzinfo=UTC))
    week = pair.newest(AMINA)
    pair.taps(AMINA, "good", on=week)
    answers = pair.taps(AMINA, "hard", on=week)
    assert len(answers) == 1
    values = pair.rows(
        "select value, replaced_at is null from answer where step = 'week' order by id"
    )
    assert [tuple(row) for row in values] == [("good", False), ("hard", True)]


def test_nothing_starts_at_night(pair: World) -> None:
    pair.go_to(MONDAY.replace(hour=21))
    assert pair.bodies(AMINA) == []
    pair.go_to(MONDAY.replace(hour=9) + timedelta(days=1))
    assert len(pair.bodies(AMINA)) == 1


def test_two_clocks_start_a_check_in_once(pair: World) -> None:
    from bot.actions.start import start_due

    first = start_due(pair.parts.house, now=pair.time)
    second = start_due(pair.parts.house, now=pair.time)
    assert first.get("started") == 2
    assert second.get("started") is None


def test_a_turn_is_one_commit_and_few_statements(pair: World) -> None:
    pair.tick()
    agree(pair, AMINA, language="ar")
    pair.go_to(datetime(2026, 11, 17, 10, 1, tzinfo=UTC))
    pair.taps(AMINA, "work")
    pair.says(AMINA, "أريد أن أتعلم")
    with statements(pair) as seen:
        pair.simulator.receive_from(AMINA, "نعم")  # a plain turn: an answer, the next question
    assert pair.one("select count(*) from answer where step = 'confirm'") == 1
    assert seen.count("COMMIT") == 1
    most = MOST_STATEMENTS[pair.parts.database.dialect]
    assert len(seen) <= most, "\n".join(seen)


@contextmanager
def statements(world: World) -> Iterator[list[str]]:
    """What the database is told, BEGIN and COMMIT too: on SQLite as the driver itself says it."""
    from sqlalchemy import event

    seen: list[str] = []
    engine = world.parts.database._writer
    told: dict[str, Callable[..., None]] = {
        "checkout": lambda driver, *_: driver.set_trace_callback(seen.append)
    }
    if engine.dialect.name != "sqlite":
        told = {
            "begin": lambda _: seen.append("BEGIN"),
            "before_cursor_execute": lambda *about: seen.append(str(about[2])),
            "commit": lambda _: seen.append("COMMIT"),
        }
    for name, listener in told.items():
        event.listen(engine, name, listener)
    yield seen
    for name, listener in told.items():
        event.remove(engine, name, listener)
    if "checkout" in told:
        with engine.connect() as connection:
            connection.connection.driver_connection.set_trace_callback(None)


def test_a_mentor_of_two_is_asked_about_each_session_one_after_the_other(
    world: World, tmp_path: Path
) -> None:
    world.enrol(tmp_path, [ROW_GRACE, ROW_AMINA, ROW_FARAH | {"mentor_id": "G1"}])
    world.tick()
    agree(world, GRACE, language="en", mentor=True)
    world.go_to(datetime(2026, 11, 17, 19, 20, tzinfo=UTC))
    asked = [body for body in world.bodies(GRACE) if "as planned" in body]
    assert len(asked) == 1
    for key in ("yes", "hour", "good"):
        world.taps(GRACE, key)
    for _ in ("what went well", "what next"):
        world.says(GRACE, "skip")
    world.taps(GRACE, "no")  # nothing that worries her
    world.later(minutes=1)
    asked = [body for body in world.bodies(GRACE) if "as planned" in body]
    assert len(asked) == 2
    assert {"Amina" in body for body in asked} == {True, False}
