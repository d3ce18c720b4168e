"""What leaves, which way, in which order, and what becomes of it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.actions.release import release_waiting
from bot.actions.templates import sync_templates
from bot.store.pages.alerts import alerts_closed
from bot.store.sight import EVERYTHING
from tests.actions.sending import MONDAY, Bed, catalogues, library, open_bed

WEEK = [("good", "Good"), ("ok", "OK"), ("hard", "Hard"), ("skip", "Skip")]


@pytest.fixture
def bed(database_url: str) -> Iterator[Bed]:
    with open_bed(database_url) as bed:
        yield bed


def sync(bed: Bed) -> int:
    return sync_templates(
        bed.database, bed.channel, library=library(), catalogues=catalogues(), now=bed.now
    )


def test_a_reply_within_the_window_is_sent_and_delivered(bed: Bed) -> None:
    amina = bed.person()
    message = bed.queue(amina, "Thank you.")
    assert bed.send() == 1
    assert bed.delivery(message).state == "accepted"
    bed.deliver()
    assert bed.bodies(amina) == ["Thank you."]
    found = bed.delivery(message)
    assert (found.state, found.mode, found.reason) == ("read", "text", "window open")
    assert found.lease_until is None and found.sid.startswith("SM")


def test_a_question_has_buttons_whose_payload_names_the_message(bed: Bed) -> None:
    amina = bed.person()
    message = bed.queue(amina, "How was your week?", choices=WEEK)
    bed.send()
    shown = bed.sent_to(amina)[0].shown
    assert [(button.id, button.title) for button in shown.buttons] == [
        (f"{message}:good", "Good"),
        (f"{message}:ok", "OK"),
        (f"{message}:hard", "Hard"),
    ]
    assert shown.body == "How was your week?\n0 Skip"


def test_a_long_list_of_choices_is_a_list_and_contents_are_made_once(bed: Bed) -> None:
    amina, grace = bed.person(), bed.person()
    choices = [(f"k{n}", f"Choice {n}") for n in range(5)]
    for person in (amina, grace):
        bed.queue(person, "Which one?", choices=choices)
    bed.send()
    assert len(bed.sent_to(amina)[0].shown.rows) == 5
    assert bed.sent_to(amina)[0].shown.list_label == "Choose"
    assert bed.rows("select key, state from template") == [("session.list.5", "session")]
    assert len(bed.twilio.contents) == 1


def test_where_contents_cannot_be_made_the_choices_are_numbered(bed: Bed) -> None:
    amina = bed.person()
    bed.twilio.misbehave("503", on="content")
    bed.queue(amina, "How was your week?", choices=WEEK)
    bed.send()
    assert bed.bodies(amina) == ["How was your week?\n1 Good\n2 OK\n3 Hard\n0 Skip"]
    bed.forward(minutes=11)
    bed.queue(amina, "And now?", choices=WEEK)
    bed.send()
    assert bed.sent_to(amina)[1].shown.buttons


def test_a_content_that_has_gone_is_replaced_by_numbers_and_made_anew_later(bed: Bed) -> None:
    amina = bed.person()
    bed.queue(amina, "One?", choices=WEEK)
    bed.send()
    bed.change("update template set content_sid = 'HX' || substr(content_sid, 4) || '0'")
    bed.forward(seconds=7)
    bed.queue(amina, "Two?", choices=WEEK)
    bed.send()
    assert bed.bodies(amina)[1].startswith("Two?\n1 Good")
    assert "template_trouble" in bed.alerts()


def test_sms_gets_numbers_and_straight_quotes(bed: Bed) -> None:
    selam = bed.person(whatsapp=False, sms=True)
    bed.queue(selam, "How’s your week?", choices=WEEK)
    bed.send()
    assert bed.bodies(selam) == ["How's your week?\n1 Good\n2 OK\n3 Hard\n0 Skip"]


def test_replies_go_before_check_ins(bed: Bed) -> None:
    amina, grace = bed.person(), bed.person()
    bed.queue(amina, "A check-in.", priority=1)
    bed.queue(grace, "A reply.", priority=0)
    bed.send(limit=1)
    assert (bed.bodies(grace), bed.bodies(amina)) == (["A reply."], [])


def test_one_persons_messages_leave_one_at_a_time_and_in_order(bed: Bed) -> None:
    amina = bed.person()
    for number in range(6):
        bed.queue(amina, f"Part {number}.")
    for _ in range(6):
        bed.send()
        bed.forward(seconds=7)
    assert bed.bodies(amina) == [f"Part {number}." for number in range(6)]


def test_nothing_overtakes_a_message_that_is_tried_again(bed: Bed) -> None:
    amina = bed.person()
    bed.queue(amina, "First.")
    bed.twilio.misbehave("429", retry_after=20)
    bed.send()
    bed.queue(amina, "Second.")
    assert bed.send() == 0
    bed.forward(seconds=30)
    bed.send()
    bed.forward(seconds=7)
    bed.send()
    assert bed.bodies(amina) == ["First.", "Second."]


def test_retry_after_is_honoured(bed: Bed) -> None:
    amina = bed.person()
    bed.queue(amina)
    bed.twilio.misbehave("429", retry_after=300)
    bed.send()
    bed.forward(seconds=290)
    assert bed.send() == 0
    bed.forward(seconds=20)
    assert bed.send() == 1
    assert len(bed.sent_to(amina)) == 1


def test_what_is_too_late_is_cancelled_and_never_sent(bed: Bed) -> None:
    amina = bed.person()
    message = bed.queue(amina, expires_at=bed.now)
    bed.send()
    found = bed.delivery(message)
    assert (found.state, found.reason, bed.sent_to(amina)) == ("cancelled", "expired", [])


@pytest.mark.parametrize("state", ["stopped", "left"])
def test_someone_who_stopped_or_left_gets_nothing_but_the_last_word(bed: Bed, state: str) -> None:
    amina = bed.person(state=state)
    bed.queue(amina, "How was your week?", context="goal_check_in.week")
    bed.queue(amina, "No more messages.", context="standing.stopped")
    bed.send()
    assert bed.bodies(amina) == ["No more messages."]
    assert bed.states()[0] == "cancelled"


def test_someone_who_is_held_gets_only_the_safe_reply(bed: Bed) -> None:
    amina = bed.person(held_at=MONDAY)
    bed.queue(amina, "How was your week?")
    bed.queue(amina, "Thanks, got it.", context="standing.harm_red.discreet")
    bed.send()
    assert bed.bodies(amina) == ["Thanks, got it."]
    assert bed.rows("select reason from delivery order by id")[0] == ("held",)


def test_without_template_and_sms_it_waits_and_staff_are_told_once(bed: Bed) -> None:
    amina = bed.person(wrote=False)
    message = bed.queue(amina, priority=1)
    bed.send()
    bed.forward(minutes=61)
    bed.send()
    assert bed.delivery(message).state == "queued"
    assert bed.alerts() == ["no_route"]
    assert bed.rows("select times from alert") == [(1,)]


def test_staff_who_closed_it_do_not_hear_of_it_again_every_hour(bed: Bed) -> None:
    amina = bed.person(wrote=False)
    bed.queue(amina, priority=1)
    for _ in range(3):
        bed.send()
        bed.change("update alert set state = 'closed'")
        bed.forward(minutes=61)
    assert bed.alerts() == ["no_route"]


def test_what_could_be_sent_after_all_closes_its_alert_by_itself(bed: Bed) -> None:
    amina, grace = bed.person(wrote=False), bed.person(wrote=False, language="ti")
    for person in (amina, grace):
        bed.say(person, "goal_check_in.week", words={"name": "Amina"}, priority=1)
    bed.send()
    bed.change("update alert set note = 'Ruth rings.', state = 'noted' where participant_id = :p",
               p=amina)  # fmt: skip
    assert bed.alerts() == ["no_route", "no_route"]
    bed.change("update address set last_inbound_at = :now where participant_id = :p",
               now=bed.now.replace(tzinfo=None), p=amina)  # fmt: skip
    bed.forward(minutes=61)
    bed.send()
    found = bed.rows("select state, note, closed_by from alert order by participant_id")
    assert found == [
        ("closed", "Ruth rings. It could be sent after all.", None),
        ("open", "", None),
    ]
    with bed.database.reading() as db:
        closed = alerts_closed(db, sight=EVERYTHING)
    assert [(row.participant_id, row.closed_by) for row in closed] == [(amina, "")]
    assert closed[0].closed_at is not None and closed[0].closed_at >= bed.now


def test_another_message_that_gets_through_leaves_the_alert_open(bed: Bed) -> None:
    amina = bed.person(wrote=False)
    bed.queue(amina, "How was your week?", priority=1)
    bed.send()
    bed.change("update address set last_inbound_at = :now", now=bed.now.replace(tzinfo=None))
    bed.queue(amina, "Thank you.")
    bed.send()
    assert bed.rows("select state from alert") == [("open",)]


def test_an_approval_lets_what_waited_for_it_go(bed: Bed) -> None:
    amina = bed.person(wrote=False, language="ar", name="أمينة")
    words = {"name": "أمينة"}
    bed.say(
        amina, "goal_check_in.week", language="ar", words=words, priority=1, choices=arabic_week()
    )
    bed.send()
    assert bed.alerts() == ["no_route"]
    assert sync(bed) > 0
    assert bed.send() == 1
    bed.deliver()
    sent = bed.sent_to(amina)[0]
    assert sent.status in ("delivered", "read")
    assert sent.body.startswith(catalogues().fill("goal_check_in.week", language="ar", words=words))
    assert [button.id for button in sent.shown.buttons] == [
        "t:goal_check_in.week:good",
        "t:goal_check_in.week:ok",
        "t:goal_check_in.week:hard",
    ]


def arabic_week() -> list[tuple[str, str]]:
    text = catalogues().text
    options = [(key, text(f"goal_check_in.week.{key}", "ar")) for key in ("good", "ok", "hard")]
    return [*options, ("skip", text("standing.or_skip", "ar"))]


def test_where_whatsapp_has_no_template_of_her_language_an_opener_goes_first(bed: Bed) -> None:
    luwam = bed.person(wrote=False, language="ti", name="Luwam")
    sync(bed)
    message = bed.say(
        luwam, "goal_check_in.week", language="ti", words={"name": "Luwam"}, priority=1
    )
    bed.send()
    bed.deliver()
    opener = bed.sent_to(luwam)[0]
    sentence = catalogues().text("standing.opener_sentence", "ti")
    assert opener.body.startswith("Hello Luwam, you have a message from Routes.")
    assert sentence in opener.body
    assert [button.id for button in opener.shown.buttons] == ["t:standing.opener:open"]
    assert bed.delivery(message).state == "waiting"
    assert len(bed.sent_to(luwam)) == 1

    number = opener.to.removeprefix("whatsapp:")
    bed.twilio.receive_from(number, "Continue")
    bed.change("update address set last_inbound_at = :now", now=bed.now.replace(tzinfo=None))
    with bed.database.transaction() as db:
        assert release_waiting(db, participant_id=luwam, now=bed.now) == 1
    bed.send()
    assert bed.bodies(luwam)[1].startswith(
        catalogues().fill("goal_check_in.week", language="ti", words={"name": "Luwam"})
    )


def test_a_second_message_waits_for_the_same_opener(bed: Bed) -> None:
    luwam = bed.person(wrote=False, language="ti", name="Luwam")
    sync(bed)
    bed.queue(luwam, "ሰላም", language="ti", priority=1)
    bed.queue(luwam, "ሰላም ዳግማይ", language="ti", priority=1)
    bed.send()
    bed.forward(seconds=7)
    bed.send()
    assert len(bed.sent_to(luwam)) == 1
    assert bed.states() == ["waiting", "waiting", "accepted"]


def test_an_opener_that_cannot_be_sent_any_more_lets_go_what_waits_behind_it(bed: Bed) -> None:
    luwam = bed.person(wrote=False, language="ti", name="Luwam", sms=True, fallback=True)
    asmeret = bed.person(wrote=False, language="ti", name="Asmeret")
    sync(bed)
    for person in (luwam, asmeret):
        bed.queue(person, "ሰላም", language="ti", priority=1)
    bed.twilio.misbehave("429", times=2, retry_after=60)
    bed.send()
    assert sorted(bed.states()) == ["queued", "queued", "waiting", "waiting"]
    bed.change("update template set state = 'paused' where state = 'approved'")
    bed.forward(minutes=2)
    bed.send()
    assert [message.channel for message in bed.sent_to(luwam)] == ["sms"]
    assert bed.sent_to(asmeret) == []
    assert bed.rows("select kind, participant_id from alert") == [("no_route", asmeret)]


def test_an_opener_that_expires_unsent_lets_go_what_waits_behind_it(bed: Bed) -> None:
    luwam = bed.person(wrote=False, language="ti", name="Luwam")
    sync(bed)
    bed.queue(luwam, "ሰላም", language="ti", priority=1, expires_at=bed.now + timedelta(hours=1))
    later = bed.queue(luwam, "ሰላም ዳግማይ", language="ti", priority=1)
    bed.twilio.misbehave("429", retry_after=7200)
    bed.send()
    bed.send()
    assert bed.delivery(later).state == "waiting"
    bed.forward(minutes=90)
    bed.send()
    assert [message.shown.buttons[0].id for message in bed.sent_to(luwam)] == [
        "t:standing.opener:open"
    ]


def test_an_opener_that_is_tried_again_later_is_the_only_one(bed: Bed) -> None:
    luwam = bed.person(wrote=False, language="ti", name="Luwam")
    sync(bed)
    bed.queue(luwam, "ሰላም", language="ti", priority=1)
    bed.twilio.misbehave("429", retry_after=1800)
    bed.send()
    bed.queue(luwam, "ሰላም ዳግማይ", language="ti", priority=1)
    bed.send()
    assert sorted(bed.states()) == ["queued", "waiting", "waiting"]
    bed.forward(minutes=31)
    bed.send()
    assert len(bed.sent_to(luwam)) == 1


def test_on_a_shared_phone_the_opener_says_nothing_of_the_charity(bed: Bed) -> None:
    luwam = bed.person(wrote=False, language="ti", name="Luwam", discreet=True)
    sync(bed)
    bed.queue(luwam, "ሰላም", language="ti", priority=1)
    bed.send()
    assert bed.bodies(luwam)[0].startswith("Hello Luwam, you have a message. Tap")
