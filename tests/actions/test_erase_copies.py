"""Twilio's own copies go once nobody can need them there, and never before."""

from datetime import timedelta
from typing import cast

from bot.actions.erase_copies import erase_copies, erase_leftovers, keep_leftovers
from bot.actions.fetch_media import fetch_media
from bot.channels.base import Channel, Unsure
from bot.channels.media import Fetched
from bot.store.models import Media
from tests.world import AMINA, World

DAY = timedelta(hours=24)


def erase(world: World, *, older_than: timedelta | None = DAY) -> int:
    return erase_copies(
        world.parts.database, world.clock.channel, older_than=older_than, now=world.time
    )


def held(world: World) -> list[str]:
    """What Twilio holds of the talk with her."""
    return [one.body for one in world.simulator.messages if one.phone and one.phone.number == AMINA]


def states(world: World) -> set[str]:
    return {row[0] for row in world.rows("select channel_copy from delivery where sid is not null")}


def test_a_day_after_it_arrived_twilio_holds_nothing_and_her_phone_and_we_do(pair: World) -> None:
    pair.tick()
    pair.says(AMINA, "hello, who are you?")
    pair.simulator.settle()
    there = len(held(pair))
    assert there >= 3
    pair.time += timedelta(hours=23)
    assert erase(pair) == 0
    pair.time += timedelta(hours=2)
    assert erase(pair) >= there
    assert held(pair) == [] and states(pair) == {"gone"}
    assert len(pair.bodies(AMINA)) >= 2  # on her phone nobody can delete it
    assert pair.one("select count(*) from message where text = 'hello, who are you?'") == 1
    pair.clock.catch_up()
    pair.clock.reconcile()
    assert pair.one("select count(*) from message where direction = 'in'") == 1
    assert erase(pair) == 0


def test_what_is_not_final_or_in_doubt_is_left_alone(pair: World) -> None:
    """A phone that is switched off; and a send of which nobody knows whether it was taken."""
    pair.simulator.phone(AMINA).online = False
    pair.tick()
    pair.time += timedelta(days=3)
    erase(pair)
    assert len(held(pair)) == 1
    pair.simulator.phone(AMINA).online = True
    pair.simulator.misbehave("hang_after_accepting", seconds=0.01)
    pair.simulator.receive_from(AMINA, "yes")
    pair.clock.send()
    assert pair.one("select count(*) from delivery where state = 'unknown'") == 1
    pair.time += timedelta(days=3)
    before = len(pair.simulator.sent_to(AMINA))
    erase(pair)
    for _ in range(3):
        pair.time += timedelta(minutes=6)
        pair.clock.reconcile()
        pair.clock.send()
    assert len(pair.simulator.sent_to(AMINA)) == before  # found in Twilio's list, not sent again
    assert pair.one("select count(*) from delivery where state = 'unknown'") == 0


def test_a_voice_note_stays_there_until_it_is_fetched_or_given_up(pair: World) -> None:
    pair.tick()
    pair.says(AMINA, "", media=[("audio/ogg", b"OggS")])
    pair.simulator.settle()
    message = pair.one("select id from message where kind = 'media'")
    was = fetching(pair, "waiting")  # the clock has fetched it already

    def gone() -> str:
        return str(pair.one("select channel_copy from message where id = :id", id=message))

    pair.time += timedelta(days=2)
    erase(pair)
    assert gone() == ""
    assert (was, fetching(pair, "kept")) == ("kept", "waiting")
    erase(pair)
    assert gone() == "gone"


def fetching(pair: World, state: str) -> str:
    """The one attachment is now in that state; what it was."""
    with pair.parts.database.transaction() as db:
        one = db.get_one(Media, pair.one("select id from media"))
        was, one.state = one.state, state
        db.add(one)
    return was


def test_switched_off_nothing_is_erased_but_what_is_forgotten_here(pair: World) -> None:
    pair.tick()
    pair.simulator.settle()
    pair.time += timedelta(days=9)
    assert erase(pair, older_than=None) == 0
    assert len(held(pair)) == 1


def test_trouble_at_twilio_ends_the_round_and_the_next_one_goes_on(pair: World) -> None:
    pair.tick()
    pair.simulator.settle()
    pair.time += timedelta(days=2)
    pair.simulator.misbehave("429", on="delete", retry_after=1)
    assert erase(pair) <= 1
    erase(pair)
    assert held(pair) == [] and "copies_left" not in pair.alerts()


def test_while_nothing_answers_over_there_the_others_do_not_wait_for_it_one_by_one(
    pair: World,
) -> None:
    class Silent:
        asked = 0

        def erase(self, external_id: str) -> bool:
            self.asked += 1
            raise Unsure

    silent, database = Silent(), pair.parts.database
    with database.transaction() as db:
        keep_leftovers(db, ("SM1", "SM2", "SM3"), erasure_id=None, now=pair.time)
    assert erase_leftovers(database, cast(Channel, silent), now=pair.time) == 0
    assert silent.asked == 1
    assert pair.rows("select attempts, reason from leftover") == [(1, "no answer")] * 3


def test_a_process_that_is_stopping_begins_no_further_fetch(pair: World) -> None:
    pair.tick()
    for _ in range(2):
        pair.simulator.receive_from(AMINA, "", media=[("audio/ogg", b"OggS")])
    fetched: list[str] = []

    def fetch(url: str) -> Fetched:
        fetched.append(url)
        return Fetched(data=b"OggS", content_type="audio/ogg")

    fetch_media(
        pair.parts.database,
        fetch,
        folder=pair.settings.media_folder,
        now=pair.time,
        stopping=lambda: bool(fetched),
    )
    assert len(fetched) == 1
