"""Spoken prompts: who hears a recording before she reads, who never does, and what a failed one
may not do. Over HTTP: the simulated Twilio fetches from the bot as Twilio would."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.actions.claim import Job, claim_next
from bot.actions.compose import Desk, Voice
from bot.actions.forget import forget
from bot.actions.keep_recording import keep_recording
from bot.actions.last_look import may_still_go
from bot.actions.reconcile import reconcile
from bot.actions.say import is_on_its_way, queue
from bot.actions.send import SPARE
from bot.simulator.records import Message
from bot.spoken_texts import digest
from tests.channels import sounds
from tests.rows import ROW_AMINA
from tests.world import AMINA, World, open_world

DIGEST = "select digest from recording"
STEP = "goal_check_in.step"
YES_NO = (("yes", "نعم"), ("no", "لا"))


class Spoken(World):
    """Amina likes to listen, has just written, and one question is recorded in Arabic."""

    def change(self, sql: str, **values: object) -> None:
        with self.parts.database.transaction() as db:
            db.execute(text(sql), values)

    def record(self, context: str = STEP, *, language: str = "ar", data: bytes = b"") -> None:
        house = self.parts.house
        keep_recording(
            house,
            context=context,
            language=language,
            read=digest(house.library, house.catalogues, context=context, language=language),
            data=data or sounds.ogg(),
            media=self.settings.media_folder,
            staff_id=self.one("select id from staff"),
            now=self.time,
        )

    def say(self, context: str = STEP, *, joined: str = "", **more: object) -> int:
        """Queue that text for Amina, as a conversation would."""
        said = self.parts.catalogues.text(context.removesuffix("+"), "ar")
        values = {"choices": YES_NO, "language": "ar", "address_id": None, "now": self.time}
        with self.parts.database.transaction() as db:
            return queue(
                db,
                participant_id=self.one("select id from participant"),
                text=joined + said,
                context=context,
                **(values | more),  # type: ignore[arg-type]
            )

    def settle_down(self) -> None:
        for _ in range(2):
            self.tick()
            reconcile(self.parts.database, self.clock.channel, now=self.time)
            self.later(minutes=2)

    def heard(self) -> list[str]:
        """What her phone got from us, in order: a recording, or words."""
        return [_kind(each) for each in self.simulator.sent_to(AMINA) if each.status != "failed"]

    def states(self) -> list[tuple[str, str]]:
        return [tuple(row) for row in self.rows("select mode, state from delivery order by id")]


def _kind(message: Message) -> str:
    return message.media[0].content_type if message.media else "words"


@pytest.fixture
def spoken(database_url: str, tmp_path: Path) -> Iterator[Spoken]:
    with open_world(database_url) as world:
        world.__class__ = Spoken
        assert isinstance(world, Spoken)
        world.enrol(tmp_path, [{**ROW_AMINA, "mentor_id": ""}])
        world.change("delete from check_in")
        world.change("update participant set listens = 'listen', state = 'active'")
        world.change("update address set last_inbound_at = :now", now=str(world.time)[:26])
        world.simulator.webhook_url = None
        world.simulator.receive_from(AMINA, "hello")
        world.record()
        yield world


def test_she_who_listens_hears_it_first_then_reads_it_with_its_buttons_once(
    spoken: Spoken,
) -> None:
    spoken.say()
    spoken.settle_down()
    assert spoken.heard() == ["audio/ogg", "words"]
    sound, words = spoken.simulator.sent_to(AMINA)
    assert sound.body == "" and sound.media[0].data == sounds.ogg()
    assert words.shown is not None and [each.title for each in words.shown.buttons] == ["نعم", "لا"]
    assert spoken.states() == [("session", "read"), ("audio", "read")]
    assert spoken.rows("select kind, context, recording_id is null from message order by id") == [
        ("text", STEP, 0),
        ("audio", "", 0),
    ]
    spoken.say(f"{STEP}+", joined="شكرا\n\n")
    spoken.settle_down()
    assert spoken.heard() == ["audio/ogg", "words"] * 2, "a question after a text is spoken, too"
    forget(
        spoken.parts.house,
        spoken.clock.channel,
        participant_id=1,
        key="a key of the tests",
        media=spoken.settings.media_folder,
        now=spoken.time,
    )
    assert spoken.rows("select id from message where participant_id = 1") == []
    spoken.clock.copies()
    assert spoken.clock.channel.copies(address=f"whatsapp:{AMINA}") == (), "nor at Twilio"
    assert spoken.one("select count(*) from recording") == 1, "it is nobody's"


def test_nobody_hears_it_who_reads_shares_her_phone_or_whose_text_has_changed(
    spoken: Spoken,
) -> None:
    for but, other, back in (
        ("update participant set listens = :v", "read", "both"),
        ("update participant set listens = :v", "", "both"),
        ("update participant set discreet = (:v = 'yes')", "yes", "no"),
        ("update participant set doubted_at = :v", "2020-01-01 00:00:00", None),
        ("update recording set digest = :v", "of other words", spoken.one(DIGEST)),
        ("update recording set language = :v", "fa", "ar"),
        ("update recording set context = :v", "goal_check_in.rating", STEP),
    ):
        spoken.change(but, v=other)
        spoken.say()
        spoken.settle_down()
        assert spoken.heard()[-1] == "words", but
        assert spoken.rows("select id from message where kind = 'audio'") == [], but
        spoken.change(but, v=back)
    spoken.say()
    spoken.settle_down()
    assert spoken.heard()[-2:] == ["audio/ogg", "words"], "who reads and listens hears it, too"


def test_nothing_that_answers_harm_is_spoken_and_nothing_outside_the_window_or_by_sms(
    spoken: Spoken,
) -> None:
    house = spoken.parts.house

    def says(context: str) -> str:
        return digest(house.library, house.catalogues, context=context, language="ar")

    for context in ("standing.harm_red", "is_it_you.part", "goal_check_in.rating.discreet"):
        spoken.change("update recording set context = :c, digest = :d", c=context, d=says(context))
        spoken.say(context, choices=None)
        spoken.settle_down()
    assert spoken.rows("select id from message where kind = 'audio'") == []
    spoken.change("update recording set context = :c, digest = :d", c=STEP, d=says(STEP))
    spoken.change("update address set last_inbound_at = '2026-11-01 10:00:00'")
    spoken.say()
    spoken.settle_down()
    spoken.change("update delivery set state = 'cancelled' where state in ('queued', 'waiting')")
    first = spoken.one("select min(id) from address")  # the other is the name of her account
    sms = "update address set channel = 'sms', address = :n, fallback = true where id = :i"
    spoken.change(sms, n=AMINA, i=first)
    spoken.change("update address set state = 'unusable' where id <> :i", i=first)
    spoken.simulator.phone(AMINA).sms = True
    spoken.say()
    spoken.settle_down()
    assert "sms" in [mode for mode, _ in spoken.states()]
    assert spoken.rows("select id from message where kind = 'audio'") == []


def test_her_call_for_a_person_is_answered_and_spoken_within_the_pace_of_another_message(
    spoken: Spoken,
) -> None:
    spoken.say("goal_check_in.thanks", choices=None)
    spoken.clock.send()
    spoken.record("standing.help")
    spoken.say("standing.help", choices=None)
    spoken.clock.send()
    assert spoken.heard() == ["words", "audio/ogg", "words"], "a safe reply waits for no pace"
    spoken.settle_down()
    assert spoken.heard() == ["words", "audio/ogg", "words"]
    assert [mode for mode, _ in spoken.states()] == ["text", "text", "audio"]
    assert spoken.alerts() == []


@pytest.mark.parametrize(
    "trick",
    [
        {"kind": "failed", "code": 63019},
        {"kind": "failed", "code": 63024},
        {"kind": "429", "retry_after": 3600},
        {"kind": "500"},
        {"kind": "drop_after_accepting"},
        {"kind": "wrong_sid"},
    ],
    ids=lambda trick: f"{trick['kind']}-{trick.get('code', '')}",
)
def test_a_recording_that_fails_or_is_in_doubt_holds_nothing_back_and_is_not_tried_again(
    spoken: Spoken, trick: dict[str, Any]
) -> None:
    spoken.say()
    spoken.simulator.misbehave(**trick)
    spoken.clock.send()
    took = [_kind(each) for each in spoken.simulator.sent_to(AMINA)]
    taken = trick["kind"] in ("failed", "wrong_sid")  # until it fails the usual pace is kept
    assert took.count("words") == (0 if taken else 1), "at once where it was not taken"
    spoken.tick()
    took = [_kind(each) for each in spoken.simulator.sent_to(AMINA)]
    assert took.count("words") == 1, "whatever became of the recording"
    spoken.settle_down()
    assert [_kind(each) for each in spoken.simulator.sent_to(AMINA)] == took, "and nothing twice"
    assert spoken.states()[0] == ("session", "read")
    assert [mode for mode, _ in spoken.states()] == ["session", "audio"]
    told = spoken.rows("select kind, detail, participant_id from alert where kind <> 'no_route'")
    expected = [("recording_trouble", f"{STEP}@ar: code 63019", None)]
    assert told == (expected if trick.get("code") == 63019 else [])


def test_a_sender_that_died_with_a_recording_in_hand_leaves_the_text_to_the_next(
    spoken: Spoken,
) -> None:
    spoken.say(choices=None)
    desk = Desk(
        catalogues=spoken.parts.catalogues,
        charity="Routes",
        senders=spoken.clock.channel.senders,
        owner="one that dies",
        zone=spoken.parts.house.zone,
        voice=Voice(library=spoken.parts.library, links=spoken.clock.links),
    )
    database = spoken.parts.database

    def claim() -> int:
        with database.transaction() as db:
            job = claim_next(db, desk, now=spoken.time)
        assert isinstance(job, Job) and job.outbound.media_url is not None
        return job.delivery_id

    assert may_still_go(database, delivery_id=claim(), now=spoken.time)
    said = spoken.one("select text from message where kind = 'text' and direction = 'out'")
    with database.reading() as db:  # ten messages of hers are answered once all the same
        assert is_on_its_way(db, participant_id=1, address_id=None, text=said, now=spoken.time)
    spoken.settle_down()
    assert spoken.heard() == ["words"]
    assert spoken.states() == [("text", "read"), ("audio", "failed")]
    spoken.say(choices=None)
    claimed = claim()
    spoken.change("update participant set listens = 'read'")
    assert not may_still_go(database, delivery_id=claimed, now=spoken.time), "she turned to reading"
    spoken.settle_down()
    assert spoken.heard() == ["words"] * 2


def test_what_cannot_be_fetched_fails_alone_and_near_the_days_end_only_texts_go(
    spoken: Spoken,
) -> None:
    for path in (spoken.settings.media_folder / "recordings").iterdir():
        path.unlink()
    spoken.say()
    spoken.settle_down()
    assert spoken.heard() == ["words"]
    assert spoken.alerts() == ["recording_trouble"]
    assert spoken.one("select detail from alert") == f"{STEP}@ar: code 63019"
    spoken.record()
    spoken.clock.parts = replace(
        spoken.parts, settings=replace(spoken.settings, most_messages=SPARE)
    )
    spoken.say()
    spoken.settle_down()
    assert spoken.heard() == ["words", "words"]
