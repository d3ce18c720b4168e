"""Nothing is lost and nothing doubled, whatever Twilio does in the middle of a call."""

import random
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.actions.claim import claim_next
from bot.actions.compose import Desk
from bot.actions.send import LONDON
from tests.actions.sending import Bed, catalogues, open_bed


@pytest.fixture
def bed(database_url: str) -> Iterator[Bed]:
    with open_bed(database_url, judged=False) as bed:
        yield bed


def desk_of(bed: Bed, *, owner: str) -> Desk:
    return Desk(
        catalogues=catalogues(),
        charity="Routes",
        senders=bed.channel.senders,
        owner=owner,
        zone=LONDON,
    )


TRICKS = [
    "500_after_accepting", "503_after_accepting", "drop_after_accepting", "half_json", "wrong_sid",
    "500", "503", "drop_before", "429", "early_callbacks", "duplicate_callbacks",
    "reorder_callbacks", "late_callbacks", "lost_callbacks", "stray_callbacks", "lagging_read",
]  # fmt: skip


def test_what_twilio_did_not_take_is_looked_for_twice_and_then_sent_again(bed: Bed) -> None:
    amina = bed.person()
    message = bed.queue(amina, "Hello.")
    bed.twilio.misbehave("500")
    bed.send()
    assert bed.delivery(message).state == "unknown"
    bed.forward(seconds=31)
    bed.reconcile()
    assert (bed.delivery(message).state, bed.delivery(message).looked) == ("unknown", 1)
    assert bed.send() == 0
    bed.forward(seconds=61)
    bed.reconcile()
    assert bed.delivery(message).state == "queued"
    bed.send()
    assert bed.bodies(amina) == ["Hello."]
    assert bed.delivery(message).attempts == 2


def test_what_it_did_take_is_known_by_its_own_id_from_the_list(bed: Bed) -> None:
    amina = bed.person()
    bed.queue(amina, "Before.")
    bed.send()
    message = bed.queue(amina, "Hello.")
    bed.twilio.misbehave("500_after_accepting")
    bed.twilio.misbehave("lost_callbacks", times=9)
    bed.send()
    bed.settle_down(rounds=4)
    assert bed.bodies(amina) == ["Before.", "Hello."]
    assert bed.delivery(message).sid == bed.sent_to(amina)[1].sid


def test_an_unasked_message_is_looked_for_five_minutes_apart(bed: Bed) -> None:
    amina = bed.person()
    message = bed.queue(amina, "How was your week?", priority=1)
    bed.twilio.misbehave("500")
    bed.send()
    bed.forward(seconds=45)
    bed.reconcile()
    assert bed.delivery(message).looked == 1
    bed.forward(minutes=4)
    bed.reconcile()
    assert bed.delivery(message).state == "unknown"
    bed.forward(seconds=61)
    bed.reconcile()
    assert bed.delivery(message).state == "queued"


def test_nobody_looks_before_the_list_can_know(bed: Bed) -> None:
    amina = bed.person()
    message = bed.queue(amina, "Hello.")
    bed.twilio.misbehave("500")
    bed.send()
    bed.forward(seconds=5)
    bed.reconcile()
    assert bed.delivery(message).looked == 0


def test_a_receipt_with_our_token_settles_what_nobody_answered(bed: Bed) -> None:
    amina = bed.person()
    message = bed.queue(amina, "Hello.")
    bed.twilio.misbehave("drop_after_accepting")
    bed.twilio.misbehave("unlisted")
    bed.send()
    assert bed.delivery(message).state == "unknown"
    bed.deliver()
    assert bed.delivery(message).state in ("delivered", "read")
    bed.settle_down(rounds=4)
    assert bed.bodies(amina) == ["Hello."]


def test_a_receipt_that_comes_before_the_answer_is_not_undone_by_it(bed: Bed) -> None:
    amina = bed.person()
    message = bed.queue(amina, "Hello.")
    bed.twilio.misbehave("early_callbacks")
    bed.send()
    found = bed.delivery(message)
    assert (found.state, found.sid) == ("read", bed.sent_to(amina)[0].sid)


def test_an_answer_about_another_message_is_put_right_by_the_receipt(bed: Bed) -> None:
    amina, grace = bed.person(), bed.person()
    bed.twilio.misbehave("wrong_sid", times=2)
    for person in (amina, grace):
        bed.queue(person, "Hello.")
    bed.settle_down(rounds=4)
    for person in (amina, grace):
        (shown,) = bed.sent_to(person)
        assert bed.rows("select state from delivery where sid = :sid", sid=shown.sid) == [("read",)]


def test_two_equal_texts_are_told_apart_by_what_is_known_already(bed: Bed) -> None:
    amina = bed.person()
    bed.queue(amina, "Thank you.")
    bed.send()
    bed.forward(seconds=7)
    second = bed.queue(amina, "Thank you.")
    bed.twilio.misbehave("drop_before")
    bed.send()
    bed.settle_down(rounds=4)
    assert bed.bodies(amina) == ["Thank you.", "Thank you."]
    assert bed.delivery(second).attempts == 2


def test_buttons_are_recognised_in_the_list_by_their_text(bed: Bed) -> None:
    amina = bed.person()
    bed.queue(amina, "Ready?", choices=[("yes", "Yes"), ("no", "No")])
    bed.twilio.misbehave("drop_after_accepting")
    bed.twilio.misbehave("lost_callbacks", times=9)
    bed.send()
    bed.settle_down(rounds=4)
    assert len(bed.sent_to(amina)) == 1
    assert bed.states() == ["read"]


@pytest.mark.parametrize("taken", [True, False])
def test_a_sender_killed_in_mid_call_leaves_neither_a_gap_nor_a_double(
    bed: Bed, taken: bool
) -> None:
    amina = bed.person()
    message = bed.queue(amina, "Hello.")
    desk = desk_of(bed, owner="dead")
    with bed.database.transaction() as db:
        job = claim_next(db, desk, now=bed.now)
    if taken:
        bed.channel.send(job.outbound)  # type: ignore[union-attr]
        bed.twilio.misbehave("lost_callbacks", times=9)
    bed.forward(seconds=30)
    bed.reconcile()
    assert bed.delivery(message).state == "sending"  # its lease still holds
    bed.forward(seconds=31)
    bed.settle_down(rounds=5)
    assert bed.bodies(amina) == ["Hello."]


def test_while_the_list_does_not_answer_nothing_is_sent_again(bed: Bed) -> None:
    amina = bed.person()
    message = bed.queue(amina, "Hello.")
    bed.twilio.misbehave("503_after_accepting")
    bed.twilio.misbehave("lost_callbacks", times=9)
    bed.twilio.misbehave("503", on="list", times=3)
    bed.send()
    for _ in range(3):
        bed.forward(minutes=2)
        bed.reconcile()
        bed.send()
    assert (bed.delivery(message).state, bed.alerts()) == ("unknown", ["channel_trouble"])
    bed.settle_down(rounds=3)
    assert bed.bodies(amina) == ["Hello."]


def test_a_message_in_doubt_holds_back_her_next_one(bed: Bed) -> None:
    amina = bed.person()
    bed.queue(amina, "First.")
    bed.twilio.misbehave("500")
    bed.send()
    bed.queue(amina, "Second.")
    assert bed.send() == 0
    bed.settle_down(rounds=5)
    assert bed.bodies(amina) == ["First.", "Second."]


def test_a_reply_does_not_wait_for_a_check_in_in_doubt(bed: Bed) -> None:
    amina = bed.person()
    check_in = bed.queue(amina, "How was your week?", priority=1)
    bed.twilio.misbehave("500")
    bed.send()
    bed.queue(amina, "Thank you.")
    bed.queue(amina, "Another question.", priority=1)
    bed.forward(seconds=7)
    assert bed.send() == 1
    assert bed.bodies(amina) == ["Thank you."]
    assert bed.delivery(check_in).state == "unknown"


@pytest.mark.parametrize("key", ["harm_red", "harm_amber.discreet", "help", "stopped"])
def test_a_safe_reply_waits_for_nothing_in_doubt(bed: Bed, key: str) -> None:
    amina = bed.person()
    bed.queue(amina, "First.")
    bed.twilio.misbehave("500")
    bed.send()
    bed.queue(amina, "Second.")
    bed.queue(amina, "You matter.", context=f"standing.{key}")
    assert bed.send() == 1
    assert bed.bodies(amina) == ["You matter."]


def test_a_safe_reply_does_not_wait_for_a_reply_that_is_tried_again(bed: Bed) -> None:
    amina = bed.person()
    bed.queue(amina, "First.")
    bed.twilio.misbehave("429", retry_after=200)
    bed.send()
    bed.queue(amina, "You matter.", context="standing.harm_red")
    bed.send()
    assert bed.bodies(amina) == ["You matter."]


def test_a_reply_that_passed_it_is_not_taken_for_a_message_of_unknown_text(bed: Bed) -> None:
    amina = bed.person()
    check_in = bed.queue(amina, "How was your week?", priority=1)
    bed.twilio.misbehave("500")
    bed.send()
    bed.change("update delivery set sent_text = ''")  # an older template stood in
    bed.forward(seconds=20)
    reply = bed.queue(amina, "Thank you.")
    bed.twilio.misbehave("drop_after_accepting")
    bed.twilio.misbehave("lost_callbacks", times=9)
    bed.send()
    bed.forward(seconds=15)
    bed.reconcile()  # for the check-in only: the reply is too young
    bed.settle_down(rounds=9)
    assert bed.bodies(amina) == ["Thank you.", "How was your week?"]
    shown = bed.sent_to(amina)
    assert [bed.delivery(each).sid for each in (reply, check_in)] == [each.sid for each in shown]


def test_someone_who_stops_while_a_message_is_in_doubt_does_not_get_it(bed: Bed) -> None:
    amina = bed.person()
    bed.queue(amina, "Hello.")
    bed.twilio.misbehave("500")
    bed.send()
    bed.change("update participant set state = 'stopped'")
    bed.settle_down(rounds=5)
    assert (bed.sent_to(amina), bed.states()) == ([], ["cancelled"])


def test_six_times_in_doubt_and_staff_take_over(bed: Bed) -> None:
    amina = bed.person()
    bed.queue(amina, "Hello.")
    bed.twilio.misbehave("500", times=99)
    bed.settle_down(rounds=30)
    assert (bed.states(), bed.sent_to(amina)) == (["failed"], [])
    assert "undelivered" in bed.alerts()


@pytest.mark.parametrize("seed", range(2))
def test_under_any_mix_of_faults_nothing_is_lost_and_nothing_doubled(
    database_url: str, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311
    with open_bed(database_url, judged=False) as bed:
        people = [bed.person(name=f"P{number}") for number in range(6)]
        wanted: dict[int, list[str]] = {person: [] for person in people}
        for part in range(4):
            for person in people:
                wanted[person].append(f"Part {part}.")
                bed.queue(person, f"Part {part}.")
            for _ in range(5):
                bed.twilio.misbehave(chance.choice(TRICKS), copies=3)
            if chance.random() < 0.5:
                bed.twilio.misbehave("503", on="list")
            bed.settle_down(rounds=2)
        bed.twilio.behave()
        bed.settle_down(rounds=9, minutes=3)
        bed.twilio.release_callbacks()
        lost = sum(bed.bodies(p).count(t) == 0 for p in people for t in wanted[p])
        doubled = sum(bed.bodies(p).count(t) > 1 for p in people for t in wanted[p])
        assert (lost, doubled) == (0, 0)
        for person in people:
            assert bed.bodies(person) == wanted[person]
        assert set(bed.states()) <= {"accepted", "sent", "delivered", "read"}


def test_an_expired_lease_of_a_clock_that_was_set_back_is_not_taken(bed: Bed) -> None:
    amina = bed.person()
    message = bed.queue(amina, "Hello.")
    desk = desk_of(bed, owner="slow")
    with bed.database.transaction() as db:
        assert claim_next(db, desk, now=bed.now) is not None
    bed.now -= timedelta(hours=2)
    bed.reconcile()
    assert bed.send() == 0
    with bed.database.reading() as db:
        found = db.execute(text("select state from delivery where message_id = :m"), {"m": message})
        assert found.scalar() == "sending"
