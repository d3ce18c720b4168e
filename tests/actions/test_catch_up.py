"""What came in while nobody listened is pulled, in order, once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from bot.actions.catch_up import catch_up
from bot.actions.receive import receive
from bot.channels.base import Inbound
from bot.store.models import Message
from tests.actions.sending import Bed, open_bed
from tests.quick import open_quick
from tests.rows import ROW_AMINA, ROW_GRACE
from tests.webhook import form, post
from tests.world import AMINA


@pytest.fixture
def bed(database_url: str) -> Iterator[Bed]:
    with open_bed(database_url) as bed:
        yield bed


def pull(bed: Bed) -> list[Inbound]:
    got: list[Inbound] = []

    def receive(inbound: Inbound) -> None:
        got.append(inbound)
        with bed.database.transaction() as db:
            db.add(
                Message(
                    direction="in",
                    channel=inbound.channel,
                    external_id=inbound.external_id,
                    text=inbound.text,
                    at=bed.now,
                )
            )

    bed.forward(minutes=3)  # else a webhook may still be on its way
    assert catch_up(bed.database, bed.channel, receive, now=bed.now) == len(got)
    return got


def number_of(bed: Bed, person: int) -> str:
    return str(bed.rows("select reference from participant where id = :p", p=person)[0][0])


def test_thirty_messages_of_an_hour_without_us_arrive_in_order_and_once(bed: Bed) -> None:
    amina = number_of(bed, bed.person(wrote=False))
    assert pull(bed) == []
    for part in range(30):
        bed.forward(minutes=2)
        bed.twilio.receive_from(amina, f"Part {part}")
    got = pull(bed)
    assert [inbound.text for inbound in got] == [f"Part {part}" for part in range(30)]
    assert {(inbound.channel, inbound.address) for inbound in got} == {
        ("whatsapp", f"whatsapp:{amina}")
    }
    assert pull(bed) == []


def test_thirty_messages_come_once_though_the_sweep_dies_is_doubled_and_meets_a_webhook(
    database_url: str, tmp_path: Path
) -> None:
    """It dies after the twelfth. Then two sweeps at once, and the webhook of one of them, late."""
    with open_quick(database_url) as world:
        world.enrol(tmp_path, [ROW_GRACE, ROW_AMINA])
        world.simulator.misbehave("lost_webhook", times=30)
        sids = []
        for part in range(30):
            world.time += timedelta(minutes=2)
            sids.append(world.simulator.receive_from(AMINA, f"Part {part}"))
        world.time += timedelta(minutes=3)
        handed = count(1)

        def dies(inbound: Inbound) -> None:
            if next(handed) > 12:
                raise SystemExit
            receive(world.parts.house, inbound, now=world.time)

        with pytest.raises(SystemExit):
            catch_up(world.parts.database, world.clock.channel, dies, now=world.time)
        late = form("Part 20", MessageSid=sids[20])
        with ThreadPoolExecutor(3) as pool:
            sweeps = [pool.submit(world.clock.catch_up) for _ in range(2)]
            answered = pool.submit(post, world, late)
        assert [each.result() for each in sweeps] == [None, None]
        assert answered.result().status == 200
        came = world.rows(
            "select text, external_id from message where direction = 'in' order by id"
        )
        in_order = [row[0] for row in came if row[0] != "Part 20"]
        assert in_order == [f"Part {part}" for part in range(30) if part != 20]
        assert sorted(row[1] for row in came) == sorted(sids)
        before = world.one("select count(*) from message")
        world.clock.catch_up()
        assert world.one("select count(*) from message") == before
        assert world.one("select count(*) from message where state = 'parked'") == 0


def test_what_has_only_just_been_sent_is_left_to_its_webhook_which_knows_what_was_tapped(
    bed: Bed,
) -> None:
    amina = number_of(bed, bed.person(wrote=False))
    bed.twilio.receive_from(amina, "just now")
    assert catch_up(bed.database, bed.channel, lambda _: None, now=bed.now) == 0
    (inbound,) = pull(bed)
    assert inbound.text == "just now" and inbound.sent_at is not None


def test_what_we_know_already_is_not_handed_over_again(bed: Bed) -> None:
    amina = number_of(bed, bed.person(wrote=False))
    sid = bed.twilio.receive_from(amina, "known")
    with bed.database.transaction() as db:
        db.add(
            Message(direction="in", channel="whatsapp", external_id=sid, text="known", at=bed.now)
        )
    bed.twilio.receive_from(amina, "missed")
    assert [inbound.text for inbound in pull(bed)] == ["missed"]


def test_both_senders_are_looked_at_and_our_own_messages_are_not(bed: Bed) -> None:
    person = bed.person(sms=True)
    amina = number_of(bed, person)
    pull(bed)
    bed.queue(person, "From us.")
    bed.send()
    bed.forward(minutes=1)
    bed.twilio.receive_from(amina, "by sms", channel="sms")
    bed.forward(minutes=1)
    bed.twilio.receive_from(amina, "by whatsapp")
    assert [(inbound.channel, inbound.text) for inbound in pull(bed)] == [
        ("sms", "by sms"),
        ("whatsapp", "by whatsapp"),
    ]


def test_a_voice_note_comes_with_the_address_of_its_sound(bed: Bed) -> None:
    amina = number_of(bed, bed.person(wrote=False))
    bed.twilio.receive_from(amina, media=[("audio/ogg", b"OggS")])
    (inbound,) = pull(bed)
    assert (inbound.kind, inbound.text) == ("media", "")
    assert inbound.media[0].content_type == "audio/ogg"
    assert "/2010-04-01/Accounts/AC" in inbound.media[0].url
    assert "/Media/ME" in inbound.media[0].url


def test_when_the_list_does_not_answer_the_next_sweep_goes_as_far_back(bed: Bed) -> None:
    amina = number_of(bed, bed.person(wrote=False))
    pull(bed)
    bed.forward(hours=2)
    bed.twilio.receive_from(amina, "during the outage")
    bed.forward(hours=2)
    bed.twilio.misbehave("503", on="list")
    assert pull(bed) == []
    bed.forward(hours=2)
    assert [inbound.text for inbound in pull(bed)] == ["during the outage"]


def test_a_message_that_the_last_sweep_just_missed_is_still_found(bed: Bed) -> None:
    amina = number_of(bed, bed.person(wrote=False))
    bed.twilio.receive_from(amina, "as the list was read")
    bed.forward(minutes=2)
    bed.change("insert into mark (name, at, value) values ('inbound_swept', :now, '')", now=at(bed))
    bed.forward(minutes=2)
    assert [inbound.text for inbound in pull(bed)] == ["as the list was read"]


def at(bed: Bed) -> object:
    """Now, as this database keeps it."""
    return bed.now if bed.database.dialect == "postgresql" else f"{bed.now:%Y-%m-%d %H:%M:%S.%f}"
