"""A small cohort lives through its whole programme; and each rule finds what breaks it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from bot.commands.rehearse import rehearse
from bot.errors import Refused
from bot.simulator.cohort import invent
from bot.simulator.evidence import TABLES, Evidence
from bot.simulator.invariants import broken
from bot.simulator.rehearse import opened, run
from bot.simulator.rehearsing import Rehearsing
from bot.simulator.witness import Given, Seen, Wish

SEED = 1

pytestmark = pytest.mark.timeout(600)  # weeks of a life, on a machine that may be busy


def test_a_small_cohort_lives_through_its_programme_and_every_rule_holds(
    database_url: str,
) -> None:
    weeks: list[str] = []
    told = run(pairs=2, weeks=6, seed=SEED, database_url=database_url, say=weeks.append)
    assert [str(one) for one in told.broken] == []
    assert len(weeks) == 6
    assert told.figures["messages_received"] > 100
    assert told.figures["hours"]
    assert told.figures["surveys"]["end_survey"] > 0
    with pytest.raises(Refused, match="needs an empty one"):
        run(pairs=1, weeks=6, seed=SEED, database_url=database_url, say=weeks.append)


def test_the_command_prints_and_writes_what_happened(tmp_path: Path) -> None:
    file, kept = tmp_path / "figures.json", tmp_path / "kept.sqlite3"
    arguments = ["--pairs", "1", "--weeks", "6", "--json", str(file), "--keep", str(kept)]
    result = CliRunner().invoke(rehearse, arguments)
    assert result.exit_code == 0, result.output
    assert "Week  6 of 6" in result.output
    assert result.output.rstrip().endswith("Everything held.")
    assert json.loads(file.read_text(encoding="utf-8"))["weeks"] == 6
    assert kept.exists()
    assert CliRunner().invoke(rehearse, arguments).exit_code == 1, "it is there already"


def test_a_seed_invents_the_same_people_and_another_seed_others() -> None:
    assert invent(pairs=20, seed=3) == invent(pairs=20, seed=3)
    assert invent(pairs=20, seed=3) != invent(pairs=20, seed=4)


def test_twenty_pairs_have_a_number_each_and_a_mentor_with_two_mentees() -> None:
    people = invent(pairs=20, seed=SEED).people
    numbers = [person.number for person in people]
    mentors = [person.mentor for person in people if person.mentor]
    assert len(numbers) == len(set(numbers))
    assert all(number.startswith("+447700900") for number in numbers)
    assert max(mentors.count(one) for one in mentors) >= 2
    assert {person.language for person in people} == {"en", "ar", "fa", "ti"}


@pytest.fixture(scope="module")
def lived() -> Iterator[Rehearsing]:
    """One pair's few weeks, in which every rule held."""
    with opened(pairs=1, weeks=6, seed=SEED) as rehearsing:
        rehearsing.begin()
        rehearsing.live(report=lambda _: None)
        assert [str(one) for one in broken(Evidence(rehearsing))] == []
        yield rehearsing


@pytest.fixture
def evidence(lived: Rehearsing) -> Iterator[Evidence]:
    """What those weeks left behind; what a test adds to the witness is taken back."""
    witness, found = lived.witness, Evidence(lived)
    kept = (list(witness.given), list(witness.wishes), list(witness.harm))
    seen = {person: list(states) for person, states in witness.seen.items()}
    yield found
    witness.given, witness.wishes, witness.harm = kept
    witness.seen = seen
    witness.gone, witness.held_everything = {}, []


def rules(evidence: Evidence) -> set[str]:
    return {one.rule for one in broken(evidence)}


def test_a_message_after_stop_is_found(evidence: Evidence) -> None:
    first = evidence.sent_to["W-001"][0]
    stop = Wish(reference="W-001", number=first.number, at=first.at, what="stop")
    evidence.witness.wishes.append(stop)
    assert rules(evidence) == {"written to after STOP"}


def test_a_message_on_days_that_she_keeps_free_is_found(evidence: Evidence) -> None:
    first = evidence.sent_to["W-001"][0]
    wish = Wish(
        reference="W-001",
        number=first.number,
        at=first.at - timedelta(days=1),
        what="hold_backs",
        names=("half_terms",),
    )
    evidence.witness.wishes.append(wish)
    assert rules(evidence) == {"written to in quiet hours"}


def test_what_is_started_while_she_is_held_is_found(evidence: Evidence) -> None:
    first = evidence.sent_to["W-001"][0]
    held = Seen(at=first.at - timedelta(hours=1), state="active", paused_until=None, held=True)
    evidence.witness.seen[first.participant_id] = [held]
    assert rules(evidence) == {"started while she was away"}


def test_what_is_started_while_everything_is_held_is_found(evidence: Evidence) -> None:
    evidence.witness.held_everything = [(evidence.sent[0].at, evidence.ended)]
    assert rules(evidence) == {"started while everything was held"}


def test_a_message_to_a_number_that_was_not_hers_is_found(evidence: Evidence) -> None:
    first = evidence.sent_to["W-001"][0]
    evidence.witness.gone = {first.number: first.at}
    assert rules(evidence) == {"written to a number that was not hers"}


def test_an_answer_that_was_not_kept_is_found(evidence: Evidence) -> None:
    sid = next(iter(evidence.inbound))
    lost = Given(sid=sid, reference="W-001", flow="menu", step="need", value="person")
    evidence.witness.given.append(lost)
    assert rules(evidence) == {"an answer is lost or changed"}


def test_harm_that_raised_no_alert_is_found(evidence: Evidence) -> None:
    evidence.witness.harm.append((next(iter(evidence.inbound)), "W-001", "harm_red"))
    assert rules(evidence) == {"no alert about harm"}


def test_words_that_turn_up_on_another_phone_are_found(evidence: Evidence) -> None:
    evidence.witness.coined["qubabababababax"] = ("W-001", "mid_point.change")
    *others, last = evidence.sent
    evidence.sent = (*others, replace(last, reference="M-001", body="She said qubabababababax."))
    assert rules(evidence) == {"told what another one said"}


def test_a_message_that_was_not_kept_is_found(evidence: Evidence) -> None:
    some = next(iter(evidence.inbound.values()))
    evidence.inbound = {**evidence.inbound, "SM-lost": some}
    assert rules(evidence) == {"a message of hers is kept not once"}


def test_more_than_her_cap_is_found(evidence: Evidence) -> None:
    one = next(sent for sent in evidence.sent if sent.started and sent.flow == "goal_setting")
    again = [replace(one, at=one.at + timedelta(minutes=n), body=str(n)) for n in range(1, 4)]
    evidence.sent = (*evidence.sent, *again)
    assert rules(evidence) == {"above her cap"}


def test_the_same_sentence_twice_is_found(evidence: Evidence) -> None:
    *others, last = evidence.sent
    evidence.sent = (*others, last, replace(last, at=last.at + timedelta(minutes=1), started=False))
    assert rules(evidence) == {"the same sentence twice"}


FALSIFIED: dict[str, tuple[str, dict[str, object], dict[str, object]]] = {
    "a session is not settled": ("Session", {"settled_at": None}, {"state": "held"}),
    "a check-in was left behind": ("CheckIn", {"state": "asked"}, {"state": "answered"}),
    "skipped without a reason": ("CheckIn", {"state": "skipped"}, {"state": "answered"}),
    "several conversations are held": ("Conversation", {"state": "held"}, {"state": "completed"}),
    "a message was parked": ("Message", {"state": "parked"}, {"direction": "in"}),
    "sent, and not in the database": ("Delivery", {"sid": None}, {"id": 1}),
    "sent by the database alone": ("Delivery", {"sid": "SM-of-nobody"}, {"id": 1}),
    "nobody knows whether it was sent": ("Delivery", {"state": "unknown"}, {"id": 1}),
}


@contextmanager
def falsified(
    lived: Rehearsing, *, name: str, values: dict[str, object], which: dict[str, object]
) -> Iterator[None]:
    """Rows of that model changed behind the product's back, and put back afterwards."""
    rows, database = TABLES[name], lived.parts.database
    of_those = [rows.c[column] == value for column, value in which.items()]
    with database.transaction() as db:
        found = db.execute(select(rows.c.id, *(rows.c[key] for key in values)).where(*of_those))
        before = [dict(row._mapping) for row in found]
        db.execute(update(rows).where(*of_those).values(**values))
    try:
        yield
    finally:
        with database.transaction() as db:
            for row in before:
                db.execute(update(rows).where(rows.c.id == row.pop("id")).values(**row))


@pytest.mark.parametrize("rule", FALSIFIED)
def test_what_the_database_claims_afterwards_is_held_against_the_rules(
    rule: str, lived: Rehearsing
) -> None:
    name, values, which = FALSIFIED[rule]
    with falsified(lived, name=name, values=values, which=which):
        assert rule in rules(Evidence(lived))
    assert rules(Evidence(lived)) == set()


def test_hours_that_do_not_add_up_are_found(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.simulator.invariants.read_impact_rows", lambda *_, **__: None)
    assert rules(evidence) == {"hours do not add up"}
