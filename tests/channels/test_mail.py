"""E-mail to staff: what arrives, what each answer of a server means, no password in clear."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from bot.channels.mail import SmtpMail
from bot.errors import Unsent
from bot.simulator.mailbox import NOT_NOW, REFUSED, Letter, Mailbox, open_mailbox

NOW = datetime(2026, 11, 16, 10, tzinfo=UTC)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    found = open_mailbox(lambda: NOW)
    yield found
    found.close()


def send(url: str) -> None:
    SmtpMail(url, sender="bot@example.org", timeout=2).send(
        to="ruth@example.org", subject="New urgent item", text=".A line with a point, and ü"
    )


def test_an_email_arrives_as_it_was_written(mailbox: Mailbox) -> None:
    send(mailbox.url)
    assert mailbox.letters == [
        Letter(
            to="ruth@example.org",
            sender="bot@example.org",
            subject="New urgent item",
            text=".A line with a point, and ü",
            at=NOW,
        )
    ]


@pytest.mark.parametrize(("answer", "permanent"), [(REFUSED, True), (NOT_NOW, False)])
def test_a_refusal_says_whether_trying_again_helps(
    mailbox: Mailbox, answer: str, permanent: bool
) -> None:
    mailbox.answer = answer
    with pytest.raises(Unsent) as refused:
        send(mailbox.url)
    assert (refused.value.permanent, refused.value.code) == (permanent, int(answer[:3]))


def test_no_password_is_said_where_others_can_read_it(mailbox: Mailbox) -> None:
    url = mailbox.url.replace("smtp://", "smtp://ruth:secret-word@")
    with pytest.raises(Unsent) as refused:
        send(url)
    assert (refused.value.code, mailbox.letters) == (535, [])
    assert "secret-word" not in repr(SmtpMail(url, sender="x@example.org")) + str(refused.value)


def test_a_server_that_is_away_sent_nothing() -> None:
    with pytest.raises(Unsent) as refused:
        send("smtp://127.0.0.1:1")
    assert not refused.value.permanent
