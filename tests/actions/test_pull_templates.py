"""Our list of templates and Twilio's brought together: after a loss, a delete, from a shell."""

from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result

from bot.actions.make_content import make_content
from bot.actions.pull_templates import Pulled, pull_templates
from bot.actions.survey_templates import survey_templates
from bot.actions.templates import plan_templates, sync_templates
from bot.cli import commands
from bot.errors import Refused
from tests.actions.sending import ACCOUNT, TOKEN, WHATSAPP_FROM, Bed, catalogues, few, open_bed


@pytest.fixture
def bed(database_url: str) -> Iterator[Bed]:
    with open_bed(database_url) as bed:
        yield bed


def sync(bed: Bed) -> int:
    return sync_templates(
        bed.database, bed.channel, library=few(), catalogues=catalogues(), now=bed.now
    )


def pull(bed: Bed) -> Pulled:
    return pull_templates(
        bed.database, bed.channel, library=few(), catalogues=catalogues(), now=bed.now
    )


def names(bed: Bed) -> list[str]:
    """Of everything at Twilio, doubles and all."""
    return sorted(content.friendly_name for content in bed.twilio.contents.values())


def test_after_a_lost_database_nothing_is_sent_in_twice(
    bed: Bed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.twilio.CONTENTS_PAGE", 5)  # so that the list has pages
    sync(bed)
    make_content(bed.database, bed.channel, key="session.buttons.2", now=bed.now)
    before = names(bed)
    bed.change("delete from template")
    pulled = pull(bed)
    assert sorted(pulled.adopted) == before and pulled.foreign == ()
    assert sync(bed) == len(plan_templates(few(), catalogues()))
    assert names(bed) == before
    assert bed.rows("select state from template where key = 'session.buttons.2'")[0][0] == "session"


def test_the_clock_knows_ours_again_even_when_nobody_pulls(bed: Bed) -> None:
    sync(bed)
    before = names(bed)
    bed.change("delete from template")
    assert sync(bed) == len(before) and names(bed) == before


def test_what_was_made_when_the_process_died_is_not_made_twice(bed: Bed) -> None:
    bed.twilio.misbehave("pending_template", times=99)
    sync(bed)
    before = names(bed)
    bed.change("update template set content_sid = null, state = 'unsubmitted'")
    bed.forward(minutes=6)
    sync(bed)
    assert names(bed) == before


def test_what_is_not_ours_is_listed_and_left_alone(bed: Bed) -> None:
    theirs = bed.twilio.shelf.create(
        {"friendly_name": "autumn_sale", "language": "en", "types": {"twilio/text": {"body": "Hi"}}}
    )
    sync(bed)
    pulled = pull(bed)
    assert [held.name for held in pulled.foreign] == ["autumn_sale"]
    assert theirs.sid in bed.twilio.contents
    assert bed.rows("select id from template where name = 'autumn_sale'") == []


def test_a_template_that_was_deleted_is_made_again_under_a_new_name(bed: Bed) -> None:
    sync(bed)
    row = bed.rows("select content_sid, name from template where key = 'goal_check_in.week@ar'")[0]
    bed.twilio.shelf.delete(row.content_sid)
    assert pull(bed).gone == (row.name,)
    assert sync(bed) == len(plan_templates(few(), catalogues()))
    assert f"{row.name}_v2" in names(bed) and row.name not in names(bed)
    assert bed.alerts() == ["template_trouble"]
    bed.change("delete from template")
    assert f"{row.name}_v2" in pull(bed).adopted


def test_a_list_that_lags_behind_makes_nothing_twice(bed: Bed) -> None:
    sync(bed)
    before = names(bed)
    held = bed.channel.contents
    bed.channel.contents = lambda: held()[3:]  # type: ignore[method-assign]
    assert pull(bed).gone == ()
    sync(bed)
    assert names(bed) == before


def test_what_whatsapp_says_now_is_written_down_with_why_and_what_to_do(bed: Bed) -> None:
    sync(bed)
    sid = bed.rows("select content_sid from template where key = 'goal_check_in.week@fa'")[0][0]
    bed.twilio.shelf.decide(sid, "rejected", reason="TAG_CONTENT_MISMATCH")
    pull(bed)
    detail = bed.rows("select detail from alert")[0][0]
    assert detail.startswith("goal_check_in.week@fa: WhatsApp refused it, since WhatsApp takes the")
    assert "another language" in detail and "Reword it" in detail
    with bed.database.reading() as db:
        found = survey_templates(db, library=few(), catalogues=catalogues())
    one = next(each for each in found if each.wording.key == "goal_check_in.week@fa")
    assert (one.state, one.meanwhile) == ("rejected", "fa")


def test_a_move_to_marketing_is_told_once_with_what_it_means(bed: Bed) -> None:
    sync(bed)
    sid = bed.rows("select content_sid from template where key = 'goal_check_in.week@ar'")[0][0]
    bed.twilio.shelf.decide(sid, "approved", category="utility")  # as its events write it
    bed.forward(days=1, minutes=1)
    sync(bed)
    assert bed.alerts() == []
    bed.twilio.shelf.decide(sid, "approved", category="MARKETING")
    for _ in range(2):
        bed.forward(days=1, minutes=1)
        sync(bed)
    found = bed.rows("select category, state from template where content_sid = :sid", sid=sid)[0]
    assert (found.category, found.state) == ("MARKETING", "approved")
    alert = bed.rows("select detail, times from alert")[0]
    assert "counts it as marketing, which costs more" in alert.detail and alert.times == 1


def test_a_rejection_that_staff_had_reviewed_is_used_again(bed: Bed) -> None:
    bed.twilio.misbehave("reject_template")
    sync(bed)
    sid = bed.rows("select content_sid from template where state = 'rejected'")[0][0]
    bed.twilio.shelf.decide(sid, "approved")
    bed.forward(days=1, minutes=1)
    assert sync(bed) == len(plan_templates(few(), catalogues()))


def test_from_a_shell_they_are_planned_pushed_listed_and_pulled(
    bed: Bed, database_url: str
) -> None:
    settings = {
        "PUBLIC_URL": "http://localhost:8000",
        "SECRET_KEY": "a long enough secret",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_WHATSAPP_FROM": WHATSAPP_FROM,
        "TWILIO_API_BASE": bed.twilio.base_url,
        "DATABASE_URL": database_url,
    }

    def bot(*arguments: str) -> Result:
        return CliRunner().invoke(commands, ["templates", *arguments], env=settings)

    planned = bot("plan")
    assert (planned.exit_code, bed.twilio.calls) == (0, [])
    assert "[Good] t:goal_check_in.week:good" in planned.output
    assert "not written down yet" in bot().output
    bed.twilio.misbehave("reject_template", reason="PROMOTIONAL")
    assert "not written down yet -> approved" in bot("push").output
    again = bot("push").output
    assert again.startswith("0 moved on, ")
    listed = bot("status").output
    assert "\trejected\tWhatsApp takes it for advertising\t" in listed and bot().output == listed
    assert "ti\tWhatsApp approves nothing in it: an opener in en" in listed
    assert "0 known again, 0 gone, 0 not ours." in bot("pull").output
    bed.twilio.auth_token = "another"
    for command in ("push", "pull"):
        with pytest.raises(Refused, match="Twilio did not say what it holds: "):
            raise bot(command).exception or AssertionError(command)
    settings |= {"TWILIO_WHATSAPP_FROM": "", "TWILIO_SMS_FROM": "60777"}
    assert "set TWILIO_WHATSAPP_FROM" in str(bot("push").exception)
