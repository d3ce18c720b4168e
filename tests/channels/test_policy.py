"""Which way a message goes: the whole table, one line a case."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.policy import Matter, Person, Route, Way, choose, may_use_sms, window_open

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
OPEN = NOW - timedelta(hours=1)
CLOSED = NOW - timedelta(days=3)

HERE = Way(id=1, channel="whatsapp", last_inbound_at=OPEN)
AWAY = replace(HERE, last_inbound_at=CLOSED)
NEVER = replace(HERE, last_inbound_at=None)
SMS = Way(id=2, channel="sms", fallback=True)
UNASKED, REFUSED = replace(SMS, fallback=None), replace(SMS, fallback=False)
WRITES_SMS = replace(UNASKED, last_inbound_at=OPEN)
ACTIVE = Person()
SOON = NOW + timedelta(hours=2)
TRIPPED = replace(HERE, rests="sender", until=SOON)
LIMITED = replace(HERE, rests="started", until=SOON)

CHECK_IN = Matter(context="goal_check_in.week", interactive=True)
REPLY = Matter(context="goal_check_in.warm", reply=True, address_id=1)

TABLE: list[tuple[str, Person | None, list[Way], Matter, str, int | None]] = [
    # Inside the window
    ("buttons inside the window", ACTIVE, [HERE, SMS], CHECK_IN, "session", 1),
    ("plain text inside the window", ACTIVE, [HERE], REPLY, "text", 1),
    ("no template within it", ACTIVE, [HERE], replace(CHECK_IN, template=True), "session", 1),
    # Outside it
    ("her own template", ACTIVE, [AWAY, SMS], replace(CHECK_IN, template=True, opener=True),
     "template", 1),
    ("first contact by template", ACTIVE, [NEVER], replace(CHECK_IN, template=True), "template", 1),
    ("an opener where there is none", ACTIVE, [AWAY, SMS], replace(CHECK_IN, opener=True),
     "opener", 1),
    ("never two openers", ACTIVE, [AWAY], replace(CHECK_IN, opener=True, opener_out=True),
     "wait", 1),
    ("SMS while nothing is approved", ACTIVE, [AWAY, SMS], CHECK_IN, "sms", 2),
    ("a task for staff at last", ACTIVE, [AWAY], CHECK_IN, "task", None),
    ("a late reply opens as well", ACTIVE, [AWAY], replace(REPLY, opener=True), "opener", 1),
    ("a late reply goes by SMS if it can", ACTIVE, [AWAY, SMS], REPLY, "sms", 2),
    # Channels
    ("SMS only", ACTIVE, [SMS], CHECK_IN, "sms", 2),
    ("an SMS is answered by SMS", ACTIVE, [HERE, SMS], replace(REPLY, address_id=2), "sms", 2),
    ("by SMS after WhatsApp failed", ACTIVE, [HERE, SMS], replace(CHECK_IN, wish="sms"), "sms", 2),
    ("a wish for SMS without one", ACTIVE, [HERE], replace(CHECK_IN, wish="sms"), "session", 1),
    ("no address at all", ACTIVE, [], CHECK_IN, "task", None),
    # SMS only where she allows it, has nothing else, or writes by it herself
    ("not asked: no SMS, but a task", ACTIVE, [AWAY, UNASKED], CHECK_IN, "task", None),
    ("refused: no SMS, but a task", ACTIVE, [AWAY, REFUSED], CHECK_IN, "task", None),
    ("not asked, and not on WhatsApp any more", ACTIVE,
     [replace(AWAY, state="unusable"), UNASKED], CHECK_IN, "task", None),
    ("not asked, and she blocked us there", ACTIVE,
     [replace(AWAY, state="stopped"), UNASKED], CHECK_IN, "task", None),
    ("not asked, and WhatsApp failed", ACTIVE, [AWAY, UNASKED], replace(CHECK_IN, wish="sms"),
     "task", None),
    ("no harm by an SMS she did not allow", Person(held=True),
     [replace(HERE, state="unusable"), UNASKED],
     replace(REPLY, context="standing.harm_red"), "task", None),
    ("her only channel needs no asking", ACTIVE, [UNASKED], CHECK_IN, "sms", 2),
    ("a WhatsApp that is not hers is no channel of hers", ACTIVE,
     [replace(HERE, state="wrong"), UNASKED], CHECK_IN, "sms", 2),
    ("where she wrote last she may be answered", ACTIVE, [AWAY, WRITES_SMS], CHECK_IN, "sms", 2),
    ("but not where she said no", ACTIVE, [AWAY, replace(WRITES_SMS, fallback=False)], CHECK_IN,
     "task", None),
    ("her SMS itself is answered, whatever she said", ACTIVE, [AWAY, REFUSED],
     replace(REPLY, address_id=2), "sms", 2),
    # Her hours, and the other one of her pair
    ("not at her hour", ACTIVE, [HERE], replace(CHECK_IN, quiet_until=SOON), "later", None),
    ("at her hour", ACTIVE, [HERE], replace(CHECK_IN, quiet_until=NOW), "session", 1),
    ("a reply has no hours", ACTIVE, [HERE], replace(REPLY, quiet_until=SOON), "text", 1),
    ("nothing begins with the other of somebody held", ACTIVE, [HERE],
     replace(CHECK_IN, other_held=True), "later", None),
    ("who stopped is stopped at night, too", Person(state="stopped"), [HERE],
     replace(CHECK_IN, quiet_until=SOON), "stop", None),
    # Our senders after trouble
    ("what can wait waits for our sender", ACTIVE, [TRIPPED, SMS], CHECK_IN, "later", None),
    ("a reply goes by SMS meanwhile", ACTIVE, [TRIPPED, SMS], REPLY, "sms", 2),
    ("what is soon useless goes by SMS", ACTIVE, [TRIPPED, SMS],
     replace(CHECK_IN, expires_at=SOON), "sms", 2),
    ("what stays useful waits", ACTIVE, [TRIPPED, SMS],
     replace(CHECK_IN, expires_at=SOON + timedelta(hours=1)), "later", None),
    ("a reply waits where she allows no SMS", ACTIVE, [TRIPPED, UNASKED], REPLY, "later", None),
    ("and where SMS has trouble, too", ACTIVE,
     [TRIPPED, replace(SMS, rests="sender", until=SOON)], REPLY, "later", None),
    ("SMS only waits for its own sender", ACTIVE,
     [replace(SMS, rests="sender", until=SOON)], CHECK_IN, "later", None),
    ("a safe reply is tried all the same", Person(held=True), [TRIPPED, SMS],
     replace(REPLY, context="standing.harm_red"), "text", 1),
    ("by SMS, too", Person(held=True), [replace(SMS, rests="sender", until=SOON)],
     replace(REPLY, context="standing.harm_red", address_id=2), "sms", 2),
    ("a safe reply that comes too late for the window waits for no opener: held, she gets none",
     Person(held=True), [AWAY, UNASKED],
     replace(REPLY, context="standing.harm_red", opener=True), "task", None),
    ("nor for one that went before", Person(held=True), [AWAY, SMS],
     replace(REPLY, context="standing.harm_red", opener=True, opener_out=True), "sms", 2),
    ("where only beginnings are limited, answers go", ACTIVE, [LIMITED], REPLY, "text", 1),
    ("and what begins waits", ACTIVE, [replace(LIMITED, last_inbound_at=CLOSED), SMS],
     replace(CHECK_IN, template=True), "later", None),
    ("an opener waits, too", ACTIVE, [replace(LIMITED, last_inbound_at=CLOSED)],
     Matter(context="standing.opener", template=True), "later", None),
    ("after enough people of a day the next gets an SMS", ACTIVE,
     [replace(AWAY, rests="people", until=SOON), SMS], replace(CHECK_IN, template=True), "sms", 2),
    ("or waits, where she allows none", ACTIVE,
     [replace(AWAY, rests="people", until=SOON), UNASKED], replace(CHECK_IN, opener=True),
     "later", None),
    # Addresses that must not be used
    ("stopped there", ACTIVE, [replace(HERE, state="stopped")], CHECK_IN, "task", None),
    ("not her number", ACTIVE, [replace(HERE, state="wrong"), SMS], CHECK_IN, "sms", 2),
    ("not on WhatsApp", ACTIVE, [replace(HERE, state="unusable"), SMS], CHECK_IN, "sms", 2),
    ("stopped where she wrote from", ACTIVE, [replace(HERE, state="stopped"), SMS], REPLY,
     "sms", 2),
    # People who must not be written to
    ("stopped", Person(state="stopped"), [HERE], CHECK_IN, "stop", None),
    ("left", Person(state="left"), [HERE], REPLY, "stop", None),
    ("held", Person(held=True), [HERE], REPLY, "stop", None),
    ("paused: no check-in", Person(state="paused"), [HERE], CHECK_IN, "stop", None),
    ("paused: she is answered", Person(state="paused"), [HERE], REPLY, "text", 1),
    # What is said all the same
    ("the safe reply while held", Person(held=True), [HERE],
     replace(REPLY, context="standing.harm_red"), "text", 1),
    ("its harmless wording", Person(held=True), [HERE],
     replace(REPLY, context="standing.harm_amber.discreet"), "text", 1),
    ("the answer to STOP", Person(state="stopped"), [replace(HERE, state="stopped")],
     replace(REPLY, context="standing.stopped"), "text", 1),
    ("help after STOP", Person(state="stopped"), [HERE],
     replace(REPLY, context="standing.help"), "text", 1),
    ("stopped elsewhere is not where she wrote from", Person(held=True),
     [replace(HERE, id=3, state="stopped")], replace(REPLY, context="standing.harm_red"),
     "task", None),
    ("the last word to a wrong number", ACTIVE, [replace(HERE, state="wrong")],
     replace(REPLY, context="welcome.wrong"), "text", 1),
    ("but to no other wrong number", ACTIVE, [replace(HERE, id=3, state="wrong")],
     replace(REPLY, context="welcome.wrong"), "task", None),
    ("no harm told to a wrong number by SMS", Person(held=True),
     [HERE, replace(SMS, state="wrong")],
     replace(REPLY, context="standing.harm_red", wish="sms"), "text", 1),
    ("nor to a stopped one she did not use", Person(held=True),
     [HERE, replace(SMS, state="stopped")],
     replace(REPLY, context="standing.harm_red", wish="sms"), "text", 1),
    ("her harm is not answered at a wrong number", Person(held=True),
     [replace(HERE, state="wrong")], replace(REPLY, context="standing.harm_red"), "task", None),
    ("never where the channel says it cannot", Person(held=True),
     [replace(HERE, state="unusable")], replace(REPLY, context="standing.harm_red"), "task", None),
    # Strangers
    ("a stranger is answered", None, [HERE], replace(REPLY, context="standing.unknown_sender"),
     "text", 1),
    ("and so is his harm where she once was", None, [replace(HERE, state="wrong")],
     replace(REPLY, context="standing.harm_red"), "text", 1),
    # Openers themselves
    ("an opener", ACTIVE, [AWAY], Matter(context="standing.opener", template=True), "opener", 1),
    ("an opener when she wrote first", ACTIVE, [HERE],
     Matter(context="standing.opener.discreet", template=True), "stop", None),
    ("an opener that is approved no more", ACTIVE, [AWAY], Matter(context="standing.opener"),
     "stop", None),
    ("an opener never goes by SMS", ACTIVE, [SMS], Matter(context="standing.opener", template=True),
     "stop", None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("person", "ways", "matter", "kind", "address"),
    [case[1:] for case in TABLE],
    ids=[case[0] for case in TABLE],
)
def test_the_way_is(
    person: Person | None, ways: list[Way], matter: Matter, kind: str, address: int | None
) -> None:
    route = choose(person=person, ways=ways, matter=matter, now=NOW)
    assert (route.kind, route.address_id) == (kind, address)
    assert route.reason and (kind != "later" or route.until is not None)


def test_the_window_is_closed_ten_minutes_early() -> None:
    last = replace(HERE, last_inbound_at=NOW)
    assert window_open(last, now=NOW + timedelta(hours=23, minutes=49, seconds=59))
    assert not window_open(last, now=NOW + timedelta(hours=23, minutes=50))
    assert not window_open(NEVER, now=NOW)


def test_of_two_whatsapp_addresses_the_one_she_used_last_is_used() -> None:
    older, newer = (
        replace(HERE, id=5, last_inbound_at=NOW - timedelta(hours=9)),
        replace(HERE, id=6),
    )
    route = choose(person=ACTIVE, ways=[older, newer], matter=CHECK_IN, now=NOW)
    assert route.address_id == 6


def test_a_phone_number_goes_before_whatsapps_own_name_for_her() -> None:
    name = replace(NEVER, id=1, kind="user_id")
    number = replace(NEVER, id=2)
    matter = replace(CHECK_IN, template=True)
    assert choose(person=ACTIVE, ways=[name, number], matter=matter, now=NOW).address_id == 2


WAYS = st.builds(
    Way,
    id=st.integers(1, 5),
    channel=st.sampled_from(["whatsapp", "sms"]),
    state=st.sampled_from(["usable", "stopped", "wrong", "unusable"]),
    last_inbound_at=st.sampled_from([None, OPEN, CLOSED]),
    fallback=st.sampled_from([None, True, False]),
    rests=st.sampled_from(["", "", "sender", "started", "people"]),
    until=st.just(SOON),
)
MATTERS = st.builds(
    Matter,
    context=st.sampled_from(["goal_check_in.week", "standing.noted", "welcome.consent", ""]),
    reply=st.booleans(),
    address_id=st.none() | st.integers(1, 5),
    wish=st.sampled_from(["", "sms"]),
    interactive=st.booleans(),
    template=st.booleans(),
    opener=st.booleans(),
    opener_out=st.booleans(),
)


@given(ways=st.lists(WAYS, max_size=4, unique_by=lambda way: way.id), matter=MATTERS)
def test_only_usable_addresses_get_anything_and_free_text_only_within_the_window(
    ways: list[Way], matter: Matter
) -> None:
    route = choose(person=ACTIVE, ways=ways, matter=matter, now=NOW)
    used = next((way for way in ways if way.id == route.address_id), None)
    assert used is None or used.state == "usable"
    if route.kind in ("session", "text"):
        assert used is not None and used.channel == "whatsapp" and window_open(used, now=NOW)
    if route.kind == "sms":
        assert used is not None and used.channel == "sms"
        assert used.id == matter.address_id or may_use_sms(used, ways)
    if route.kind in ("template", "opener"):
        assert used is not None and not used.rests


@given(
    ways=st.lists(WAYS, max_size=4, unique_by=lambda way: way.id),
    matter=MATTERS,
    context=st.sampled_from(["standing.harm_red", "standing.help", "standing.stopped"]),
)
def test_a_safe_reply_goes_only_to_usable_addresses_and_to_where_she_wrote_from(
    ways: list[Way], matter: Matter, context: str
) -> None:
    matter = replace(matter, context=context)
    route = choose(person=Person(held=True), ways=ways, matter=matter, now=NOW)
    used = next((way for way in ways if way.id == route.address_id), None)
    assert used is None or used.state in ("usable", "stopped")
    assert used is None or used.state == "usable" or used.id == matter.address_id


@given(
    state=st.sampled_from(["stopped", "left"]),
    ways=st.lists(WAYS, max_size=4, unique_by=lambda way: way.id),
    matter=MATTERS,
)
def test_whoever_stopped_or_left_gets_no_conversation_whatever_else_is_true(
    state: str, ways: list[Way], matter: Matter
) -> None:
    route = choose(person=Person(state=state), ways=ways, matter=matter, now=NOW)
    assert route == Route(kind="stop", reason=state)
