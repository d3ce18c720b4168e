"""What has been kept long enough goes by night, kind by kind; never with an open concern."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.actions.alert import raise_alert
from bot.actions.end_enrolment import end_enrolment
from bot.actions.retain import NIGHTLY, forget_each, retain, retain_nightly, would_go
from bot.kept_for import cutoffs
from bot.parts import Parts, build_parts
from bot.settings import Settings
from bot.store.models import (
    Address,
    Alert,
    Answer,
    Conversation,
    Delivery,
    Goal,
    GoalEntry,
    Media,
    Message,
    Receipt,
    SignInLink,
)
from tests.people import NOW, address, amina, consent, enrolment, grace, keep, pairing, ruth

SETTINGS: dict[str, Any] = {
    "public_url": "http://127.0.0.1:1",
    "secret_key": "a secret of the tests, long enough",
    "twilio_account_sid": "AC" + "5" * 32,
    "twilio_auth_tokens": ("token",),
}


@pytest.fixture
def parts(database_url: str, tmp_path: Path) -> Iterator[Parts]:
    """Amina and Grace; Amina has left on NOW, and Grace goes on."""
    made = build_parts(Settings(**SETTINGS, database_url=database_url))
    with made.database.transaction() as db:
        her, mentor = amina(db), grace(db)
        pairing(db, her, mentor)
        staff = ruth(db)
        for person, words in ((her, "her own words"), (mentor, "a mentor's words")):
            _talk(db, person, words)
        end_enrolment(
            db,
            enrolment_id=enrolment(db, her).id or 0,
            state="left",
            reason="moved",
            staff_id=staff.id,
            now=NOW,
        )
        keep(db, SignInLink(staff_id=staff.id, token_hash="h", expires_at=NOW))
    (tmp_path / "amina.ogg").write_bytes(b"OggS")
    yield made
    made.database.dispose()


def _talk(db: Any, person: Any, words: str) -> None:
    here = enrolment(db, person)
    talk = keep(
        db,
        Conversation(
            participant_id=person.id, enrolment_id=here.id, flow="goal_check_in", version=1,
            step="win", answers={"win": words}, state="completed", started_at=NOW, updated_at=NOW,
        ),
    )  # fmt: skip
    yes = keep(db, Message(participant_id=person.id, direction="in", text="yes, I agree", at=NOW))
    consent(db, person, plan=False).message_id = yes.id
    said = keep(
        db,
        Message(
            participant_id=person.id, conversation_id=talk.id, direction="in", channel="whatsapp",
            external_id=f"SM{person.id:032x}", text=words, at=NOW,
        ),
    )  # fmt: skip
    sent = keep(
        db,
        Delivery(
            message_id=said.id, participant_id=person.id, address_id=address(db, person).id,
            state="read", token=f"t{person.id}", sid=f"SM{person.id:031x}f", sent_text=words,
            channel_copy="gone", not_before=NOW, updated_at=NOW,
        ),
    )  # fmt: skip
    keep(db, Receipt(sid=sent.sid, status="read", delivery_id=sent.id, at=NOW))
    media = Media(message_id=said.id, number=0, state="kept", not_before=NOW, updated_at=NOW)
    media.file = f"{person.name.lower()}.ogg"
    keep(db, media)
    about = {"conversation_id": talk.id, "participant_id": person.id, "enrolment_id": here.id}
    rated = keep(
        db,
        Answer(**about, flow="goal_check_in", step="rating", value="7", number=7, words="٧",
               language="ar", at=NOW),
    )  # fmt: skip
    keep(
        db,
        Answer(**about, flow="goal_check_in", step="win", value=words, words=words, language="ar",
               at=NOW),
    )  # fmt: skip
    goal = keep(
        db, Goal(enrolment_id=here.id, number=1, words=words, language="ar", created_at=NOW)
    )
    keep(db, GoalEntry(goal_id=goal.id, kind="rating", rating=7, answer_id=rated.id, at=NOW))


def later(parts: Parts, folder: Path, *, days: float) -> None:
    now = NOW + timedelta(days=days)
    ends = cutoffs(parts.settings, now=now)
    retain(parts.house, ends, key=SETTINGS["secret_key"], media=folder, now=now)


def rows(parts: Parts, sql: str) -> list[Any]:
    with parts.database.reading() as db:
        return [tuple(row) for row in db.execute(text(sql))]


def words(parts: Parts) -> list[str]:
    """Every text that somebody wrote."""
    return sorted(
        row[0]
        for sql in (
            "select text from message",
            "select sent_text from delivery",
            "select words from answer",
            "select value from answer",
            "select words from goal",
        )
        for row in rows(parts, sql)
        if row[0]
    )


def test_words_go_six_months_after_the_end_and_not_a_day_before(
    parts: Parts, tmp_path: Path
) -> None:
    later(parts, tmp_path, days=180)
    assert words(parts).count("her own words") == 4  # the delivery was let go of before
    assert (tmp_path / "amina.ogg").exists()
    later(parts, tmp_path, days=182)
    assert words(parts) == sorted(
        ["a mentor's words"] * 4 + ["7", "7", "٧", "yes, I agree", "yes, I agree"]  # ٧ is Grace's
    )
    blanked = "select count(*) from message where blanked_at is not null"
    assert rows(parts, blanked) == [(1,)]
    assert rows(parts, "select state, file from media order by id")[0] == ("gone", "")
    assert not (tmp_path / "amina.ogg").exists()
    hers = rows(parts, "select name, reference, safe_word from participant order by id")
    assert hers == [("AMINA", "AMINA", ""), ("Grace", "GRACE", "")]
    assert rows(parts, "select answers from conversation order by id")[0][0] in ("{}", {})


def test_ratings_stay_three_years_without_a_name_and_then_go(parts: Parts, tmp_path: Path) -> None:
    later(parts, tmp_path, days=1090)
    assert rows(parts, "select count(*) from answer where number = 7") == [(2,)]
    later(parts, tmp_path, days=1097)
    assert rows(parts, "select participant_id from answer where number = 7") == [(2,)]  # Grace's
    assert rows(parts, "select count(*) from goal") == [(1,)]
    assert rows(parts, "select count(*) from consent") == [(2,)]


def test_a_part_that_nobody_ended_is_over_with_its_cohort(parts: Parts, tmp_path: Path) -> None:
    """Sixteen weeks, the follow-up half a year later, and then the six months of words."""
    later(parts, tmp_path, days=(16 + 26) * 7 + 150)
    assert "a mentor's words" in words(parts)
    later(parts, tmp_path, days=(16 + 26) * 7 + 190)
    assert "a mentor's words" not in words(parts)


def test_after_six_years_a_person_is_forgotten_and_only_a_fingerprint_stays(
    parts: Parts, tmp_path: Path
) -> None:
    later(parts, tmp_path, days=2190)
    assert rows(parts, "select count(*) from consent") == [(2,)]
    later(parts, tmp_path, days=2193)
    assert rows(parts, "select name from participant order by id")[0] == ("Forgotten",)
    assert rows(parts, "select count(*) from consent") == [(1,)]
    assert rows(parts, "select count(*) from do_not_contact") == [(1,)]
    assert rows(parts, "select count(*) from erasure") == [(1,)]


@pytest.mark.parametrize("cries", [False, True])
def test_who_cries_for_help_while_others_are_forgotten_is_not(parts: Parts, cries: bool) -> None:
    now = NOW + timedelta(days=2400)
    if cries:
        with parts.database.transaction() as db:
            raise_alert(db, kind="harm_red", subject="s", participant_id=1, now=now)
    ends = cutoffs(parts.settings, now=now)
    assert forget_each(parts.house, [1], ends, key="k" * 16, now=now) == (0 if cries else 1)
    assert (("Amina",) in rows(parts, "select name from participant")) is cries


@pytest.mark.parametrize("why", ["hold", "held", "concern", "record"])
def test_nothing_of_an_open_concern_or_a_hold_ever_goes(
    parts: Parts, tmp_path: Path, why: str
) -> None:
    changes = {
        "hold": "update participant set legal_hold = 'the police' where name = 'Amina'",
        "held": "update participant set held_at = created_at where name = 'Amina'",
    }
    with parts.database.transaction() as db:
        if why in changes:
            db.execute(text(changes[why]))
        else:
            said = db.execute(
                text("select id from message where text = 'her own words'")
            ).scalar_one()
            state = "noted" if why == "concern" else "closed"
            closed = NOW if state == "closed" else None
            keep(
                db,
                Alert(
                    kind="harm_amber", level="amber", subject="s", state=state,
                    note="what staff did", participant_id=1, message_id=said, opened_at=NOW,
                    last_at=NOW, closed_at=closed,
                ),
            )  # fmt: skip
    later(parts, tmp_path, days=2400)
    assert ("Amina",) in rows(parts, "select name from participant")
    assert rows(parts, "select count(*) from message where text = 'her own words'") == [(1,)]
    if why == "record":  # closed: her other words go, the record stays for seven years
        assert rows(parts, "select note from alert where kind = 'harm_amber'") == [
            ("what staff did",)
        ]
        later(parts, tmp_path, days=2560)
        assert rows(parts, "select count(*) from alert where kind = 'harm_amber'") == [(0,)]
        assert words(parts) == []
    else:
        assert rows(parts, "select count(*) from goal where words = 'her own words'") == [(1,)]


def test_deliveries_strangers_and_old_links_go_after_ninety_days(
    parts: Parts, tmp_path: Path
) -> None:
    with parts.database.transaction() as db:
        unknown = keep(db, Address(channel="sms", address="+447700900999", created_at=NOW))
        stopped = keep(
            db, Address(channel="sms", address="+447700900998", state="stopped", created_at=NOW)
        )
        for one in (unknown, stopped):
            said = keep(db, Message(address_id=one.id, direction="in", text="who is this?", at=NOW))
        subject = {"subject": "s", "message_id": said.id, "opened_at": NOW, "last_at": NOW}
        keep(db, Alert(kind="unknown_sender", level="green", **subject))
    later(parts, tmp_path, days=89)
    assert rows(parts, "select count(*) from delivery") == [(2,)]
    assert rows(parts, "select count(*) from message where text = 'who is this?'") == [(2,)]
    later(parts, tmp_path, days=91)
    for table in ("delivery", "receipt", "sign_in_link"):
        assert rows(parts, f"select count(*) from {table}") == [(0,)], table  # noqa: S608
    assert rows(parts, "select count(*) from message where text = 'who is this?'") == [(0,)]
    assert rows(parts, "select address from address where participant_id is null") == [
        ("+447700900998",)
    ]


def test_a_delivery_is_kept_while_twilio_still_holds_its_copy(parts: Parts, tmp_path: Path) -> None:
    with parts.database.transaction() as db:
        db.execute(text("update delivery set channel_copy = ''"))
    later(parts, tmp_path, days=91)
    assert rows(parts, "select count(*) from delivery") == [(2,)]


def test_a_dry_run_counts_what_would_go_and_changes_nothing(parts: Parts, tmp_path: Path) -> None:
    now = NOW + timedelta(days=182)
    ends = cutoffs(parts.settings, now=now)
    seen = would_go(parts.house, ends, now=now)
    assert "her own words" in words(parts)
    assert seen["words"]["message (blanked)"] == 1
    assert seen["deliveries"] == {"receipt": 2}  # and, once these are gone, what they tell of
    done = retain(parts.house, ends, key="k" * 16, media=tmp_path, now=now)
    assert done["words"] == seen["words"]
    again = retain(parts.house, ends, key="k" * 16, media=tmp_path, now=now)
    assert not any(again.values())


def test_a_file_of_nobodys_goes_and_one_that_a_row_names_stays(
    parts: Parts, tmp_path: Path
) -> None:
    """It was being fetched while she was forgotten."""
    orphan, named, other = tmp_path / ("a" * 32), tmp_path / ("b" * 32), tmp_path / "notes.txt"
    for path in (orphan, tmp_path / f"{'c' * 32}.part", named, other):
        path.write_bytes(b"OggS")
    with parts.database.transaction() as db:
        db.execute(text("update media set file = :name where id = 1"), {"name": named.name})
    later(parts, tmp_path, days=1)
    left = {path.name for path in tmp_path.iterdir() if path.suffix not in (".sqlite3", ".ogg")}
    assert {named.name, other.name} <= left and not left & {orphan.name, f"{'c' * 32}.part"}


def test_it_happens_once_in_a_night_at_a_quiet_hour(parts: Parts, tmp_path: Path) -> None:
    def at(moment: datetime) -> bool:
        ends = cutoffs(parts.settings, now=moment)
        done = retain_nightly(parts.house, ends, key="k" * 16, media=tmp_path, now=moment)
        return done is not None

    night = datetime(2026, 12, 1, 3, 5, tzinfo=UTC)
    assert [at(night - timedelta(hours=1)), at(night), at(night + timedelta(minutes=30))] == [
        False,
        True,
        False,
    ]
    assert at(night + timedelta(days=1))
    assert rows(parts, f"select count(*) from mark where name = '{NIGHTLY}'") == [(1,)]  # noqa: S608
