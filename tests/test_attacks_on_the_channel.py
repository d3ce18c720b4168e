"""What reaches us late, torn from what it belonged to, or from an account that may be another's:
never a yes, never her question on another phone, and never a cry that is lost.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot.actions.receive import receive
from bot.actions.take_up import take_up
from bot.channels.twilio_inbound import read_message
from bot.simulator.phones import PLACE
from bot.store.inbox import set_down, waiting
from tests.quick import Quick, open_quick
from tests.rows import ROW_AMINA, ROW_GRACE, agree
from tests.test_doors import change
from tests.test_what_counts import replied
from tests.test_who_reads import WATCHED
from tests.webhook import form
from tests.world import AMINA

SIDS = count(9000)
SAFE = "select count(*) from alert_step where kind = 'safe_to_write'"
STATE = "select state from participant where reference = 'A1'"
HERS = "(select id from participant where reference = 'A1')"
USABLE = "select count(*) from address where state = 'usable'"
CONSENTS = "select count(*) from consent"
ANOTHER = "GB.Another1"


@pytest.fixture
def asked(database_url: str, tmp_path: Path) -> Iterator[Quick]:
    """Amina is asked whether this is her number."""
    with open_quick(database_url) as world:
        world.enrol(tmp_path, [ROW_GRACE, ROW_AMINA | {"language": "en"}])
        world.tick()
        world.read()
        yield world


@pytest.fixture
def world(asked: Quick) -> Quick:
    """She has agreed to everything, by an account of WhatsApp that we have learnt."""
    agree(asked, AMINA, language="en")
    return asked


def arrives(
    world: Quick, words: str, *, minutes: int = 0, read: bool = True, **more: Any
) -> list[str]:
    """It reaches us now, and she had sent it so many minutes from now."""
    before = len(world.said_to(AMINA))
    if read:
        world.read()
    account = world.settings.twilio_account_sid
    fields = form(words, number=AMINA) | {"AccountSid": account}
    fields |= {"MessageSid": f"SM{next(SIDS):032x}"}
    inbound = read_message(fields, account_sid=account, senders={fields["To"]})
    more = {"user_id": None, "sent_at": world.time + timedelta(minutes=minutes)} | more
    inbound = replace(inbound, **more)
    receive(world.parts.house, inbound, now=world.time)
    return [message.body for message in world.said_to(AMINA)[before:]]


def test_a_yes_from_before_her_cry_does_not_say_that_it_is_safe_to_write(world: Quick) -> None:
    world.says(AMINA, "HELP")
    helped = world.newest(AMINA).id
    world.says(AMINA, "my husband hits me")
    cried = world.newest(AMINA).id
    assert arrives(world, "yes", minutes=-5) == []
    assert arrives(world, "yes", pulled=True) == [], "perhaps a tap on an older question"
    for other in (world.said_to(AMINA)[0].id, helped):
        assert replied(world, "yes", to=other) == []
    assert world.one(SAFE) == 0 and "wrote_while_held" in world.alerts()
    replied(world, "yes", to=cried)
    assert world.one(SAFE) == 1


def test_nor_does_a_yes_from_an_account_that_may_be_another_s(world: Quick) -> None:
    world.says(AMINA, "my husband hits me")
    for _ in range(2):
        assert arrives(world, "yes", user_id=f"whatsapp:{ANOTHER}") == []
    assert world.one(SAFE) == 0
    assert {"address_conflict", "wrote_while_held"} <= set(world.alerts())


def test_a_start_from_before_her_stop_opens_nothing_and_a_person_reads_it(world: Quick) -> None:
    world.says(AMINA, "STOP")
    for carrier in (None, "START"):
        assert arrives(world, "START", minutes=-5, opt_out=carrier) == []
        assert world.one(STATE) == "stopped"
    assert world.one(f"{USABLE} and participant_id = {HERS}") == 0
    assert "wrote_to_us" in world.alerts()
    arrives(world, "START")
    assert world.one(STATE) == "active"


def test_a_number_about_another_question_never_ends_the_messages(world: Quick) -> None:
    world.says(AMINA, "leave")
    place = 1 + list(world.newest(AMINA).labels).index("only")
    arrives(world, str(place), minutes=-5)
    assert world.one(STATE) == "active"
    world.says(AMINA, str(place))
    assert world.one(STATE) == "stopped"


def test_a_pulled_yes_agrees_to_nothing_for_it_may_have_been_a_tap_elsewhere(asked: Quick) -> None:
    asked.taps(AMINA, "yes")
    asked.taps(AMINA, "en")
    assert arrives(asked, "yes", pulled=True), "asked again"
    assert asked.one(CONSENTS) == 0
    asked.says(AMINA, "yes")
    assert asked.one(CONSENTS) == 1


def test_what_she_wants_is_heard_beside_a_question_of_consent_and_no_yes(asked: Quick) -> None:
    asked.taps(AMINA, "yes")
    asked.taps(AMINA, "en")
    asked.says(AMINA, "HELP")
    told = asked.newest(AMINA).id
    replied(asked, "yes", to=told)
    assert asked.one(CONSENTS) == 0
    replied(asked, "delete my data", to=told)
    flow = "select flow from conversation where state = 'open'"
    assert asked.one(f"{flow} and participant_id = {HERS}") == "delete_data"


def test_a_question_in_reply_to_an_older_question_is_no_answer_to_it(asked: Quick) -> None:
    older = asked.newest(AMINA).id
    agree(asked, AMINA, language="en")
    asked.says(AMINA, "menu")
    assert not any("closed" in said for said in replied(asked, "Later?", to=older))
    assert "wrote_to_us" in asked.alerts()


def test_a_place_with_words_is_an_alert_of_its_own(asked: Quick) -> None:
    asked.says(AMINA, "I am here, come", extra=PLACE)
    assert "sent_place" in asked.alerts()


def test_start_says_no_question_of_hers_to_another_account(asked: Quick) -> None:
    question = asked.newest(AMINA).body
    arrives(asked, "hello", user_id="whatsapp:GB.Hers1")
    for _ in range(2):
        said = arrives(asked, "START", user_id=f"whatsapp:{ANOTHER}")
        assert not any(line and line in one for one in said for line in question.split("\n")), said
    assert "doubted" in asked.alerts()


def test_a_stranger_s_account_that_turns_up_at_her_number_is_asked_about_once(
    world: Quick,
) -> None:
    arrives(world, "hello", address=f"whatsapp:{ANOTHER}")
    assert "doubted" not in world.alerts()
    for _ in range(2):
        arrives(world, "what was my goal?", user_id=f"whatsapp:{ANOTHER}")
    assert {"doubted", "address_conflict"} <= set(world.alerts())
    asked = "select count(*) from alert where kind = 'address_conflict'"
    assert world.one(asked) == 1


def test_the_answer_to_a_cry_still_goes_when_doubt_begins_right_after_it(world: Quick) -> None:
    world.says(AMINA, "my husband hits me")
    answer = world.newest(AMINA).id
    arrives(world, "hello", user_id=f"whatsapp:{ANOTHER}", read=False)
    assert "doubted" in world.alerts()
    state = "select state from delivery where message_id = :answer"
    assert world.one(state, answer=answer) == "queued"


def test_start_after_a_month_on_a_watched_phone_asks_first_who_reads(world: Quick) -> None:
    change(world, WATCHED)
    world.time += timedelta(days=31)
    (said,) = arrives(world, "START")
    assert "Which time of day did you choose" in said


def test_files_that_cannot_be_read_hold_nothing_back(asked: Quick, tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    for number in range(3):
        set_down(folder, {}, sid=f"SM{number}", key="k" * 32, now=asked.time)
    later = asked.time + timedelta(minutes=1)
    set_down(folder, {"Body": "I am not safe"}, sid="SM9", key="", now=later)
    read = read_message(
        form("x") | {"AccountSid": "AC"}, account_sid="AC", senders={form("x")["To"]}
    )
    found: list[str] = []

    def receive_it(inbound: Any) -> None:
        found.append(inbound.text)

    taken = take_up(
        folder, lambda fields: replace(read, text=fields["Body"]), receive_it, key="", limit=1
    )
    assert (taken, found) == (1, ["I am not safe"])
    assert len(waiting(folder)) == 3
