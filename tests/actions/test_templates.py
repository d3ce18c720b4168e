"""The wordings that WhatsApp must approve, from the conversations to the approval and back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.actions.send import send_due
from bot.actions.templates import plan_templates, sync_templates
from bot.catalogues import Catalogues
from bot.channels.wording import problems
from tests.actions.sending import Bed, catalogues, few, library, open_bed


@pytest.fixture
def bed(database_url: str) -> Iterator[Bed]:
    with open_bed(database_url) as bed:
        yield bed


def sync(bed: Bed, *, said: Catalogues | None = None) -> int:
    return sync_templates(
        bed.database, bed.channel, library=few(), catalogues=said or catalogues(), now=bed.now
    )


def reworded(context: str, language: str, text: str) -> Catalogues:
    """The catalogues with one text changed."""
    texts = {tag: dict(known) for tag, known in catalogues().texts.items()}
    texts[language][context] = text
    return replace(catalogues(), texts=texts)


def states(bed: Bed) -> set[str]:
    return {row[0] for row in bed.rows("select state from template")}


def test_every_planned_wording_keeps_whatsapps_rules() -> None:
    assert [
        line for each in plan_templates(library(), catalogues()) for line in problems(each)
    ] == []


def test_each_first_question_is_planned_in_each_language_that_has_templates() -> None:
    keys = {wording.key for wording in plan_templates(library(), catalogues())}
    for flow in ("welcome.right_number", "goal_check_in.week", "session_confirm.met"):
        assert {f"{flow}@en_GB", f"{flow}@ar", f"{flow}@fa"} <= keys
    assert {
        f"standing.opener{kind}@{code}" for kind in ("", ".discreet") for code in ("ar", "en_GB")
    } <= keys
    assert not any("@ti" in key for key in keys)


def test_a_question_with_several_answers_shows_the_numbers_that_it_asks_for() -> None:
    planned = {wording.key: wording for wording in plan_templates(library(), catalogues())}
    wording = planned["follow_up.started@en_GB"]
    assert wording.buttons == ()
    assert "\n1 Job\n2 Volunteering" in wording.body and "\n0 Skip" in wording.body


def test_no_wording_is_submitted_twice_in_one_language() -> None:
    planned = plan_templates(library(), catalogues())
    bodies = [(wording.language, wording.body, wording.buttons) for wording in planned]
    assert len(bodies) == len(set(bodies)) and len({w.name for w in planned}) == len(planned)


def test_an_opener_is_planned_wherever_a_chain_may_lead() -> None:
    """Dari that WhatsApp does not take yet falls back to Persian: its opener must be approved."""
    known = dict(catalogues().languages)
    known["ti"] = replace(known["ti"], fallback=("fa", "en"))
    chained = replace(catalogues(), languages=known, all_languages=known)
    keys = {wording.key for wording in plan_templates(library(), chained)}
    assert {"standing.opener@fa", "standing.opener.discreet@fa", "standing.opener@en_GB"} <= keys
    assert not any(problems(wording) for wording in plan_templates(library(), chained))


def test_the_nearest_opener_of_her_chain_that_is_approved_goes(bed: Bed) -> None:
    known = dict(catalogues().languages)
    known["ti"] = replace(known["ti"], fallback=("fa", "en"))
    chained = replace(catalogues(), languages=known, all_languages=known)
    sync(bed, said=chained)
    sid = bed.rows("select content_sid from template where key = 'standing.opener@fa'")[0][0]

    def opener() -> str:
        luwam = bed.person(wrote=False, language="ti", name="Luwam")
        bed.say(luwam, "goal_check_in.week", language="ti", words={"name": "Luwam"}, priority=1)
        send_due(bed.database, bed.channel, catalogues=chained, now=bed.now, owner="sender")
        return bed.bodies(luwam)[0]

    sentence = catalogues().text("standing.opener_sentence", "ti")
    assert sentence in opener() and "Hello" not in bed.twilio.messages[-1].body
    bed.twilio.shelf.decide(sid, "disabled")
    bed.forward(days=1, minutes=1)
    sync(bed, said=chained)
    assert opener().startswith("Hello Luwam, you have a message") and sentence in opener()


def test_names_are_what_meta_takes() -> None:
    for wording in plan_templates(library(), catalogues()):
        assert wording.name.replace("_", "a").isalnum() and wording.name.islower()
        assert len(wording.name) < 512


def test_a_quick_provider_approves_everything_in_one_run(bed: Bed) -> None:
    planned = plan_templates(few(), catalogues())
    assert sync(bed) == len(planned)
    assert states(bed) == {"approved"}
    assert {each.category for each in bed.twilio.approvals.values()} == {"UTILITY"}


def test_a_second_run_asks_nothing_before_its_time(bed: Bed) -> None:
    sync(bed)
    before = len(bed.twilio.calls)
    sync(bed)
    assert len(bed.twilio.calls) == before
    bed.forward(days=1, minutes=1)
    sync(bed)
    assert len(bed.twilio.calls) > before


def test_a_slow_review_is_looked_at_again_with_growing_rests(database_url: str) -> None:
    with open_bed(database_url, review_time=timedelta(hours=3)) as bed:
        assert sync(bed) == 0
        assert states(bed) <= {"pending", "received"}
        for _ in range(8):
            bed.forward(hours=2)
            sync(bed)
        assert states(bed) == {"approved"}
        assert bed.alerts() == []


def test_a_rejection_is_kept_with_its_reason_and_told_to_staff(bed: Bed) -> None:
    bed.twilio.misbehave("reject_template", reason="INVALID_FORMAT")
    sync(bed)
    found = bed.rows("select reason from template where state = 'rejected'")
    assert len(found) == 1 and "INVALID_FORMAT" in found[0][0]
    assert bed.alerts() == ["template_trouble"]
    before = len(bed.twilio.calls)
    bed.forward(hours=1)
    sync(bed)
    assert len(bed.twilio.calls) == before


@pytest.mark.parametrize("trick", ["503", "drop_before", "429", "500_after_accepting"])
def test_trouble_over_there_is_tried_again_later(bed: Bed, trick: str) -> None:
    planned = plan_templates(few(), catalogues())
    bed.twilio.misbehave(trick, on="content", times=3)
    assert sync(bed) < len(planned)
    for _ in range(4):
        bed.forward(hours=1)
        sync(bed)
    assert states(bed) == {"approved"} and len(bed.twilio.contents) == len(planned)
    assert bed.alerts() == []


def test_wrong_credentials_reject_nothing_and_mending_them_lets_everything_be_approved(
    bed: Bed,
) -> None:
    token, bed.twilio.auth_token = bed.twilio.auth_token, "another"
    assert sync(bed) == 0
    assert states(bed) == {"unsubmitted"}
    bed.twilio.auth_token = token
    bed.forward(hours=7)
    assert sync(bed) > 0
    assert states(bed) == {"approved"}


def test_a_reworded_text_is_a_new_template_and_the_old_one_serves_until_it_is_approved(
    bed: Bed,
) -> None:
    sync(bed)
    amina = bed.person(wrote=False, name="Amina")
    said = reworded(
        "session_confirm.met", "en", "Hi {name}. Did you and {other} meet on {when} or not?"
    )
    bed.twilio.misbehave("pending_template")
    sync(bed, said=said)
    keys = bed.rows(
        "select state from template where key = 'session_confirm.met@en_GB' order by id"
    )
    assert [row[0] for row in keys] in (["approved", "pending"], ["approved", "received"])
    words = {"name": "Amina", "other": "Grace", "when": "Tuesday 24 November"}
    choices = [("yes", "Yes"), ("no", "No"), ("moved", "We moved it")]
    text = said.fill("session_confirm.met", language="en", words=words)
    bed.queue(amina, text, context="session_confirm.met", choices=choices, priority=1)
    send_due(bed.database, bed.channel, catalogues=said, now=bed.now, owner="sender")
    assert bed.bodies(amina)[0].startswith("Hello Amina. Did you and Grace meet on Tuesday")


def test_an_old_wording_with_other_variables_never_stands_in(bed: Bed) -> None:
    sync(bed)
    said = reworded("session_confirm.met", "en", "Hello {name}. Did you see {other} as agreed?")
    old = {wording.digest.partition(":")[2] for wording in plan_templates(few(), catalogues())}
    new = next(w for w in plan_templates(few(), said) if w.key == "session_confirm.met@en_GB")
    assert new.digest.partition(":")[2] not in old


def test_a_wording_that_breaks_a_rule_is_never_submitted(bed: Bed) -> None:
    said = reworded("session_confirm.met", "en", "{name} {other} met {when}")
    sync(bed, said=said)
    row = bed.rows(
        "select state, content_sid, reason from template where key = 'session_confirm.met@en_GB'"
    )[0]
    assert (row.state, row.content_sid) == ("rejected", None)
    assert "side by side" in row.reason
    assert bed.alerts() == ["template_trouble"]


def test_a_template_that_is_paused_later_is_noticed_and_told(bed: Bed) -> None:
    sync(bed)
    sid = bed.rows("select content_sid from template where key = 'standing.opener@en_GB'")[0][0]
    bed.twilio.shelf.decide(sid, "paused")
    bed.forward(days=1, minutes=1)
    sync(bed)
    row = bed.rows("select state from template where key = 'standing.opener@en_GB'")[0]
    assert (row.state, bed.alerts()) == ("paused", ["template_trouble"])


def test_without_a_whatsapp_sender_there_is_nothing_to_approve(bed: Bed) -> None:
    bed.channel.kinds = frozenset({"sms"})
    assert sync(bed) == 0
    assert bed.rows("select id from template") == []
