"""What the pages read: only what still counts, and never one query for each person."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import Engine, event
from sqlmodel import col, select, update

from bot.parts import Parts
from bot.store.models import (
    Address,
    Alert,
    Answer,
    Enrolment,
    Message,
    Pairing,
    Participant,
    SignIn,
)
from tests.web.cohort import NOW, WEEK, Cast
from tests.web.conftest import Clock
from tests.web.page import Browser
from tests.web.rows import kept


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements sent to any database meanwhile."""
    statements: list[str] = []

    def count(_: object, __: object, statement: str, *___: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            statements.append(statement)

    event.listen(Engine, "before_cursor_execute", count)
    yield statements
    event.remove(Engine, "before_cursor_execute", count)


def more_people(parts: Parts, *, number: int) -> None:
    with parts.database.transaction() as db:
        enrolled = db.exec(select(Enrolment).where(Enrolment.role == "mentee")).first()
        assert enrolled is not None
        for place in range(number):
            person = kept(
                db,
                Participant(
                    reference=f"X{place}", name=f"Mentee {place}", language="ar", created_at=NOW
                ),
            )
            kept(
                db,
                Enrolment(
                    participant_id=person,
                    cohort_id=enrolled.cohort_id,
                    role="mentee",
                    created_at=NOW,
                ),
            )
            kept(
                db,
                Address(
                    participant_id=person,
                    channel="sms",
                    address=f"+4477009{place:05d}",
                    last_inbound_at=NOW,
                    created_at=NOW,
                ),
            )
            kept(
                db,
                Alert(
                    kind="voice",
                    level="green",
                    subject=f"voice:{person}",
                    participant_id=person,
                    opened_at=NOW,
                    last_at=NOW,
                ),
            )
            db.add(
                Message(
                    participant_id=person,
                    direction="in",
                    channel="sms",
                    external_id=f"SMx{place}",
                    text="hello",
                    at=NOW - timedelta(minutes=place),
                )
            )


@pytest.mark.parametrize(
    "address", [f"/weeks/{WEEK}", "/people", "/people/1", "/strangers/1", "/alerts"]
)
def test_a_page_asks_as_often_for_many_people_as_for_few(
    ruth: Browser, parts: Parts, address: str
) -> None:
    ruth.get(address)
    with counted() as few:
        ruth.get(address)
    more_people(parts, number=20)
    with counted() as many:
        ruth.get(address)
    assert len(many) == len(few), "no query in a loop"
    assert len(few) <= 26, "a fixed number, with the gate, the log and the line above every page"


def test_an_answer_that_she_changed_counts_no_more(ruth: Browser, parts: Parts, cast: Cast) -> None:
    with parts.database.transaction() as db:
        db.exec(update(Answer).values(replaced_at=NOW))
    assert "Nobody has told us of a hard week" in ruth.get(f"/weeks/{WEEK}").text
    assert "Understood as" not in ruth.get(f"/people/{cast.amina}").text


def test_a_skipped_answer_says_nothing_about_her_week(ruth: Browser, parts: Parts) -> None:
    with parts.database.transaction() as db:
        db.exec(update(Answer).values(skipped=True))
    assert "Nobody has told us of a hard week" in ruth.get(f"/weeks/{WEEK}").text


def test_a_pairing_that_ended_is_neither_quiet_nor_behind(ruth: Browser, parts: Parts) -> None:
    with parts.database.transaction() as db:
        db.exec(update(Pairing).values(state="ended"))
    page = ruth.get(f"/weeks/{WEEK}")
    assert "have not met" not in page.text
    assert "behind plan" not in page.text


def test_somebody_who_left_is_on_no_list_of_the_week(
    ruth: Browser, parts: Parts, cast: Cast
) -> None:
    with parts.database.transaction() as db:
        db.exec(
            update(Enrolment)
            .where(col(Enrolment.participant_id) == cast.selam)
            .values(state="left")
        )
    assert "Selam has not written" not in ruth.get(f"/weeks/{WEEK}").text
    assert "left" in ruth.get("/people").text


def test_moving_about_writes_no_row_for_every_click(
    ruth: Browser, parts: Parts, clock: Clock
) -> None:
    with parts.database.reading() as db:
        before = db.exec(select(SignIn.seen_at)).one()
    for _ in range(3):
        clock.forward(seconds=15)
        ruth.get("/people")
    with parts.database.reading() as db:
        assert db.exec(select(SignIn.seen_at)).one() == before
