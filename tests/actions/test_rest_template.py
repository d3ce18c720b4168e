"""What WhatsApp or Twilio refuses when it is sent: her message goes another way, and staff know."""

from collections.abc import Iterator

import pytest

from bot.actions.make_content import make_content
from bot.actions.templates import sync_templates
from bot.store.database import Database
from tests.actions.sending import Bed, catalogues, few, open_bed

MET = "session_confirm.met"
WORDS = {"name": "Amina", "other": "Grace", "when": "Tuesday"}
CHOICES = [("yes", "Yes"), ("no", "No"), ("moved", "We moved it")]
WEEK = [("good", "Good"), ("hard", "Hard")]


@pytest.fixture
def bed(database_url: str) -> Iterator[Bed]:
    with open_bed(database_url) as bed:
        sync_templates(
            bed.database, bed.channel, library=few(), catalogues=catalogues(), now=bed.now
        )
        yield bed


def look(bed: Bed) -> None:
    sync_templates(bed.database, bed.channel, library=few(), catalogues=catalogues(), now=bed.now)


def ask(bed: Bed, **more: object) -> int:
    amina = bed.person(wrote=False, **more)  # type: ignore[arg-type]
    bed.say(amina, MET, words=WORDS, choices=CHOICES, priority=1)
    return amina


def state(bed: Bed, key: str = f"{MET}@en_GB") -> str:
    return str(bed.rows("select state from template where key = :key", key=key)[0][0])


@pytest.mark.parametrize("verdict", ["rejected", "paused", "disabled"])
def test_a_refused_template_rests_and_an_opener_takes_its_place(bed: Bed, verdict: str) -> None:
    sid = bed.rows("select content_sid from template where key = :key", key=f"{MET}@en_GB")[0][0]
    bed.twilio.shelf.decide(sid, verdict, reason="PROMOTIONAL")
    amina = ask(bed)
    bed.settle_down(rounds=4)
    assert bed.sent_to(amina)[-1].body.startswith("Hello Amina, you have a message from Routes.")
    assert state(bed) == verdict
    openers = bed.rows("select state from template where key like 'standing.opener@%'")
    assert {row.state for row in openers} == {"approved"}
    subjects = {row.subject: row.detail for row in bed.rows("select subject, detail from alert")}
    assert subjects[f"template_trouble:{MET}@en_GB"].startswith(f"{MET}@en_GB: WhatsApp ")
    bed.forward(minutes=11)
    look(bed)
    reason = bed.rows("select reason from template where content_sid = :s", s=sid)[0][0]
    assert "PROMOTIONAL" in reason
    bed.twilio.shelf.decide(sid, "approved")
    bed.forward(days=1, minutes=1)
    look(bed)
    assert state(bed) == "approved"
    grace = ask(bed)
    bed.settle_down(rounds=2)
    assert bed.bodies(grace)[0].startswith("Hello Amina. Did you and Grace meet")


def test_where_nothing_is_approved_any_more_she_gets_an_sms(bed: Bed) -> None:
    for sid in list(bed.twilio.contents):
        bed.twilio.shelf.decide(sid, "disabled")
    amina = ask(bed, sms=True, fallback=True)
    bed.settle_down(rounds=6)
    assert bed.sent_to(amina)[-1].channel == "sms"
    assert bed.bodies(amina)[-1].endswith("1 Yes\n2 No\n3 We moved it")


@pytest.mark.parametrize("code", [20404, 21655])
def test_a_template_that_is_no_longer_there_is_made_anew(bed: Bed, code: int) -> None:
    sid = bed.rows("select content_sid from template where key = :key", key=f"{MET}@en_GB")[0][0]
    bed.twilio.shelf.delete(sid)
    bed.twilio.content_gone = code
    ask(bed)
    bed.settle_down(rounds=3)
    bed.forward(minutes=11)
    look(bed)
    look(bed)  # the first one finds that it has gone
    made = bed.rows(
        "select content_sid, name, state from template where key = :k", k=f"{MET}@en_GB"
    )
    assert made[0].content_sid not in (sid, None) and made[0].state == "approved"
    assert made[0].name.endswith("_v2")


def test_buttons_are_made_once_for_all_and_outlive_a_restart(bed: Bed, database_url: str) -> None:
    amina = bed.person()
    bed.queue(amina, "One?", choices=WEEK)
    bed.send()
    made = bed.rows("select content_sid from template where state = 'session'")
    other = Database(database_url)  # a second process, which did not know of it when it began
    make_content(other, bed.channel, key="session.buttons.2", now=bed.now)
    other.dispose()
    bed.forward(days=400)
    bed.change("update address set last_inbound_at = :now", now=bed.now.replace(tzinfo=None))
    bed.queue(amina, "Two?", choices=WEEK)
    bed.send()
    assert bed.rows("select content_sid from template where state = 'session'") == made
    assert bed.sent_to(amina)[-1].content_sid == made[0].content_sid


@pytest.mark.parametrize("code", [20404, 21655])
def test_deleted_buttons_are_numbers_at_once_and_made_anew_once(bed: Bed, code: int) -> None:
    amina = bed.person()
    bed.twilio.content_gone = code
    bed.queue(amina, "One?", choices=WEEK)
    bed.send()
    (first,) = bed.rows("select content_sid from template where state = 'session'")
    bed.twilio.shelf.delete(first.content_sid)
    bed.queue(amina, "Two?", choices=WEEK)
    bed.settle_down(rounds=3)
    bed.forward(minutes=11)
    bed.queue(amina, "Three?", choices=WEEK)
    bed.queue(amina, "Four?", choices=WEEK)
    bed.settle_down(rounds=4)
    looks = [bool(message.shown and message.shown.buttons) for message in bed.sent_to(amina)]
    assert looks == [True, False, True, True]
    names = [content.friendly_name for content in bed.twilio.contents.values()]
    assert names.count("session_buttons_2") == 1
