"""The ledger of consents: what she said, to what, in which words; and what follows from it.

A yes is as easily taken back as given. Without one nothing sensitive is kept, and nothing of hers
goes into any text to her mentor.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.actions.keep_only_agreed import READ_WITHIN, keep_only_agreed, sensitive_steps
from bot.actions.withdraw import KINDS, withdraw_for_her
from bot.errors import Refused
from bot.programme.impact import impact
from bot.programme.quotes import quotes
from bot.store.impact import read_impact_rows
from bot.store.pages import talk
from bot.store.sight import EVERYTHING
from bot.store.weeks import read_week_rows
from tests.people import ruth
from tests.quick import Quick, open_quick
from tests.rows import ROW_AMINA, ROW_GRACE, agree
from tests.test_doors import change, state
from tests.world import AMINA, GRACE, MONDAY

BOT = Path(__file__).parent.parent / "bot"
# Whoever reads or writes answers. Another one must be thought about here, and in the walk below.
USES_ANSWERS = {
    *("actions/apply.py", "actions/change.py", "actions/keep_only_agreed.py", "rehearsal.py"),
    *("store/impact.py", "store/known.py", "store/ladder.py", "store/weeks.py"),
    *("store/pages/talk.py", "actions/watch_signs.py"),  # signs: only whether a week was hard
}
# They take everything of hers, or hand it all to her: no use that her consent limits
ERASURE = {"store/hers.py", "store/kept.py", "store/keeping.py", "store/export.py"}
TOLD = "my landlord of Elm Road"  # what she says of herself, to a sensitive question
LEDGER = "select kind, given, how, reply from consent where participant_id = :her order by id"


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[Quick]:
    """Amina and Grace have agreed to everything."""
    with open_quick(database_url) as world:
        world.enrol(tmp_path, [ROW_GRACE, ROW_AMINA | {"language": "en"}])
        world.tick()
        agree(world, AMINA, language="en")
        agree(world, GRACE, language="en", mentor=True)
        yield world


def hers(world: Quick) -> int:
    return int(world.one("select id from participant where reference = 'A1'"))


def newest(world: Quick, kind: str) -> Any:
    rows = world.rows(
        "select given from consent where kind = :kind and participant_id = :her "
        "order by id desc limit 1",
        kind=kind,
        her=hers(world),
    )
    return bool(rows[0][0]) if rows else None


def sets_a_goal(world: Quick, words: str = "Learn to sew") -> None:
    """Her mentor hears of it a day later."""
    with world.parts.database.transaction() as db:
        db.execute(text("update check_in set state = 'skipped', reason = 'x' where flow <> 'x'"))
        db.execute(
            text(
                "insert into goal (enrolment_id, number, focus, words, language, next_step, state, "
                "created_at) select id, 1, 'work', :words, 'en', '', 'active', created_at "
                "from enrolment where role = 'mentee'"
            ),
            {"words": words},
        )
        db.execute(
            text(
                "insert into check_in (enrolment_id, flow, slot, due_at, state, reason, goal_id) "
                "select e.id, 'goal_shared', 'goal-1', e.created_at, 'planned', '', "
                "(select max(id) from goal) from enrolment e where e.role = 'mentor'"
            )
        )


def has_a_hard_week(world: Quick) -> None:
    """She names two barriers, and says more of one."""
    world.time += timedelta(days=3)
    change(world, "update check_in set state = 'skipped', reason = 'x' where state = 'planned'")
    change(
        world,
        "insert into check_in (enrolment_id, flow, slot, due_at, state, reason) select id, "
        "'goal_check_in', 'week-90', :now, 'planned', '' from enrolment where role = 'mentee'",
        now=world.time.isoformat(sep=" "),
    )
    world.tick()
    world.taps(AMINA, "hard")
    world.says(AMINA, "10")  # something else
    world.says(AMINA, TOLD)


# --- the ledger ---------------------------------------------------------------------------------


def test_each_consent_keeps_what_she_read_and_what_she_said(world: Quick) -> None:
    rows = world.rows(
        "select c.kind, c.given, c.how, c.language, c.channel, c.reply, m.direction, q.text, "
        "c.wording from consent c join message m on m.id = c.message_id "
        "join message q on q.id = c.prompt_id where c.participant_id = :her order by c.id",
        her=hers(world),
    )
    assert [(row[0], bool(row[1])) for row in rows] == [
        ("messages", True),
        ("sensitive", True),
        ("sharing", True),
        ("goal_only", False),
    ]
    for row in rows:
        assert row[2:5] == ("asked", "en", "whatsapp") and row[6] == "in"
    assert [row[5] for row in rows] == ["Yes"] * 4
    assert "Is it OK to start?" in rows[0][7] and "Home Office" in rows[0][7]
    assert "health or family" in rows[1][7]
    assert [row[8] for row in rows][:2] == ["welcome.consent v3", "welcome.sensitive v3"]


def test_nothing_in_the_code_ever_changes_a_line_of_it() -> None:
    written = [path.read_text(encoding="utf-8") for path in (BOT / "actions").glob("*.py")]
    assert not [code for code in written if "update(_CONSENT" in code or "update(CONSENT" in code]


@pytest.mark.parametrize(
    "said", ["👍", "🙏", "ok?", "ان شاء الله", "انشالله", "inshallah", "maybe"]
)
def test_what_is_only_polite_is_no_consent(database_url: str, tmp_path: Path, said: str) -> None:
    with open_quick(database_url) as world:
        world.enrol(tmp_path, [ROW_GRACE, ROW_AMINA])
        world.tick()
        world.taps(AMINA, "yes")
        world.taps(AMINA, "ar")
        world.says(AMINA, said)
        assert world.one("select count(*) from consent") == 0


def test_in_two_taps_nothing_of_hers_is_shared(world: Quick) -> None:
    world.says(AMINA, "my data")
    world.taps(AMINA, "change")
    world.taps(AMINA, "not_shared")
    assert [newest(world, kind) for kind in ("sharing", "goal_only", "quote")] == [False] * 3
    assert (newest(world, "messages"), newest(world, "sensitive")) == (True, True)
    assert world.rows(LEDGER, her=hers(world))[-1] == (
        "quote",
        False,
        "asked",
        "Share nothing of mine",
    )


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Do not share my goal"),
        ("ar", "لا تشاركوا هدفي"),
        ("fa", "به راهنمایم نگویید"),
        ("ti", "ንመካሪተይ ኣይትንገሩ"),
    ],
)
def test_do_not_share_in_her_own_words_is_enough(world: Quick, language: str, words: str) -> None:
    change(world, "update participant set language = :to", to=language)
    said = world.parts.catalogues.text("standing.not_shared", language)
    assert world.says(AMINA, words) == [said]
    assert newest(world, "sharing") is False
    assert world.rows(LEDGER, her=hers(world))[-1] == ("quote", False, "said", words)


def test_no_messages_any_more_is_a_no_and_a_stop_and_start_asks_anew(world: Quick) -> None:
    world.says(AMINA, "my data")
    world.taps(AMINA, "change")
    world.taps(AMINA, "no_messages")
    assert (newest(world, "messages"), state(world)) == (False, "stopped")
    world.says(AMINA, "START")
    planned = "select count(*) from check_in where flow = 'welcome' and state = 'planned'"
    assert world.one(planned) == 1


def test_she_may_say_yes_again_when_asked_anew(world: Quick) -> None:
    for sensitive, sharing in (("no", "no"), ("yes", "goal_only")):
        world.says(AMINA, "my data")
        world.taps(AMINA, "change")
        world.taps(AMINA, "anew")
        world.taps(AMINA, sensitive)
        world.taps(AMINA, sharing)
        assert newest(world, "sensitive") is (sensitive == "yes")
        assert newest(world, "goal_only") is (sharing == "goal_only")


def test_staff_write_down_a_no_and_never_a_yes(world: Quick) -> None:
    who, now = hers(world), world.time
    with world.parts.database.transaction() as db:
        staff = ruth(db).id
        for kind in KINDS:
            given = newest(world, kind)
            if given is not True:
                with pytest.raises(Refused):
                    withdraw_for_her(
                        db, participant_id=who, kind=kind, why="phone", staff_id=staff, now=now
                    )
        with pytest.raises(Refused):
            withdraw_for_her(
                db, participant_id=who, kind="sharing", why="a guess", staff_id=staff, now=now
            )
        withdraw_for_her(
            db, participant_id=who, kind="sharing", why="phone", staff_id=staff, now=now
        )
    last = world.rows("select kind, given, how, why, staff_id from consent order by id desc")[0]
    assert last == ("sharing", False, "staff", "phone", staff)
    audited = "select action, detail from audit_entry order by id desc limit 1"
    assert world.rows(audited) == [("consent withdrawn", "sharing phone")]


# --- sharing ------------------------------------------------------------------------------------


def test_a_goal_that_she_shares_is_told_to_her_mentor(world: Quick) -> None:
    sets_a_goal(world)
    world.time += timedelta(days=1)
    world.tick()
    assert "Learn to sew" in world.bodies(GRACE)[-1]


@pytest.mark.parametrize("how", ["do not share", "DELETE", "held", "stopped"])
@pytest.mark.parametrize("when", ["planned", "queued"])
def test_a_goal_is_held_back_when_she_takes_it_back_or_wants_it_deleted(
    world: Quick, how: str, when: str
) -> None:
    """Also while she has stopped, or a concern holds her: nothing is said to her then."""
    sets_a_goal(world)
    world.time += timedelta(days=1)
    if when == "queued":
        world.tick()
        change(
            world, "update delivery set state = 'queued' where id = (select max(id) from delivery)"
        )
    if how == "held":
        change(world, "update participant set held_at = created_at where reference = 'A1'")
    if how == "stopped":
        change(world, "update participant set state = 'stopped' where reference = 'A1'")
    world.simulator.receive_from(AMINA, how if how.islower() and " " in how else "DELETE")
    if how == "DELETE":
        world.taps(AMINA, "yes")
    told = (
        "select count(*) from delivery d join message m on m.id = d.message_id "
        "where m.text like '%sew%' and d.state in ('queued', 'waiting', 'sending')"
    )
    assert world.one(told) == 0
    before = len(world.bodies(GRACE))
    world.time += timedelta(hours=3)
    world.tick()
    assert [body for body in world.bodies(GRACE)[before:] if "sew" in body] == []
    assert (
        world.one("select count(*) from conversation where flow = 'goal_shared' and state = 'open'")
        == 0
    )


def test_a_goal_set_after_she_asked_for_deletion_waits_for_a_person(world: Quick) -> None:
    world.says(AMINA, "DELETE")
    world.taps(AMINA, "yes")
    sets_a_goal(world)
    world.time += timedelta(days=1)
    world.tick()
    assert not [body for body in world.bodies(GRACE) if "sew" in body]


def test_only_one_conversation_tells_a_mentor_of_a_goal(world: Quick) -> None:
    """What else a mentor reads names her mentee, and nothing that she said."""
    hers_only = ("{goal}", "{goal_2}", "{goal_3}", "{first}", "{now}")
    telling = {
        name
        for name, flow in world.parts.library.flows.items()
        for text_ in flow.texts()
        if flow.audience.value == "mentor" and any(word in text_.english for word in hers_only)
    }
    assert telling == {"goal_shared"}


# --- sensitive ----------------------------------------------------------------------------------


def test_whoever_uses_answers_is_known() -> None:
    found = {
        str(path.relative_to(BOT))
        for path in BOT.rglob("*.py")
        if "table(Answer)" in path.read_text(encoding="utf-8")
    }
    known = USES_ANSWERS | ERASURE | {"bench/checks.py", "simulator/rehearse.py"}
    assert found - known == set()


@pytest.mark.parametrize("consent", ["given", "no", "skipped", "withdrawn", "by staff"])
def test_every_use_of_a_sensitive_answer_follows_her_consent(world: Quick, consent: str) -> None:
    who = hers(world)
    if consent in ("no", "skipped"):
        change(world, "delete from consent where kind = 'sensitive'")
    if consent == "no":
        change(
            world,
            "insert into consent (participant_id, kind, given, wording, language, channel, at) "
            "select participant_id, 'sensitive', false, wording, language, channel, at "
            "from consent where kind = 'messages' and participant_id = :her",
            her=str(who),
        )
    has_a_hard_week(world)
    alerts = world.alerts()
    assert "barrier_other" in alerts  # the task of staff: someone reads what she wrote
    if consent == "withdrawn":
        world.says(AMINA, "my data")
        world.taps(AMINA, "change")
        world.taps(AMINA, "not_private")
    elif consent == "by staff":
        with world.parts.database.transaction() as db:
            staff = ruth(db).id
            withdraw_for_her(
                db,
                participant_id=who,
                kind="sensitive",
                why="in_person",
                staff_id=staff,
                now=world.time,
            )
    kept = consent == "given"
    start = MONDAY.replace(hour=0)
    with world.parts.database.reading() as db:
        week = read_week_rows(
            db, start=start, end=start + timedelta(days=7), now=world.time, sight=EVERYTHING
        )
        cohort = read_impact_rows(db, cohort_id=1)
        answers = talk.answers(db, participant_id=who, sight=EVERYTHING)
        said = talk.messages(db, participant_id=who, sight=EVERYTHING)
    assert cohort is not None
    in_week = [row for row in week.answers if row.step == "barriers"]
    in_report = [row for row in cohort.said if row.step == "barriers" and not row.skipped]
    on_page = [row for row in answers if row.sensitive and (row.value or row.words)]
    in_talk = [row for row in said if row.step in ("barriers", "b_other") and row.value]
    assert [bool(rows) for rows in (in_week, in_report, on_page, in_talk)] == [kept] * 4
    barriers = [line for line in vars(impact(cohort)).values() if "other" in str(line).split()]
    assert kept or barriers == []
    assert not [quote for quote in quotes(cohort) if TOLD in quote.words]
    words = world.rows("select value, words from answer where participant_id = :her", her=who)
    assert any(TOLD in value or TOLD in own for value, own in words) is kept


def test_what_she_wrote_is_emptied_once_a_person_had_a_week_to_read_it(world: Quick) -> None:
    change(world, "delete from consent where kind = 'sensitive'")
    has_a_hard_week(world)
    hers_text = "select count(*) from message where text like '%Elm Road%'"
    remembered = "select answers from conversation where flow = 'goal_check_in'"

    def night() -> int:
        house = world.parts.house
        return keep_only_agreed(house.database, house.library, now=world.time)

    assert (night(), world.one(hers_text)) == (0, 1)
    world.time += READ_WITHIN + timedelta(days=1)
    world.tick()
    night()
    assert world.one(hers_text) == 1, "the alert about it is still open"
    change(world, "update alert set state = 'closed'")
    assert (night() > 0, world.one(hers_text)) == (True, 0)
    assert "b_other" not in str(world.rows(remembered)) and "hard" in str(world.rows(remembered))
    assert night() == 0


def test_what_she_agreed_to_is_never_emptied(world: Quick) -> None:
    has_a_hard_week(world)
    change(world, "update alert set state = 'closed'")
    world.time += 2 * READ_WITHIN
    house = world.parts.house
    assert keep_only_agreed(house.database, house.library, now=world.time) == 0
    assert world.one("select count(*) from message where text like '%Elm Road%'") == 1


def test_the_sensitive_questions_are_those_about_her_life(world: Quick) -> None:
    steps = sensitive_steps(world.parts.library)
    assert {"barriers", "b_other", "b_low", "pair"} <= steps["goal_check_in"]
    assert set(steps) == {"goal_check_in", "mid_point", "menu", "welcome", "mentor_reflection"}
