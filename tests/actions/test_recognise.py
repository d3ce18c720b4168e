"""Numbers and WhatsApp accounts: learnt from both ways, never merged silently, decided by staff."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.actions.say_whose import Whose, say_whose
from bot.errors import Refused
from bot.vocabulary import Vocabulary
from tests.quick import Quick, open_quick
from tests.rows import ROW_AMINA, ROW_GRACE, agree
from tests.test_doors import change
from tests.webhook import STATUS, form, post
from tests.world import ACCOUNT, AMINA, GRACE, WHATSAPP_FROM

OTHER = "whatsapp:GB.SomebodyElse1"
WHOSE = (
    "select a.state, p.name from address a left join participant p on p.id = a.participant_id "
    "where a.address = :address"
)


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[Quick]:
    """Amina and Grace have agreed; each has written, so that their accounts are known."""
    with open_quick(database_url) as world:
        world.enrol(tmp_path, [ROW_GRACE, ROW_AMINA | {"language": "en"}])
        world.tick()
        agree(world, AMINA, language="en")
        agree(world, GRACE, language="en", mentor=True)
        yield world


def account(world: Quick, number: str) -> str:
    return f"whatsapp:{world.simulator.phone(number).user_id}"


def whose(world: Quick, address: str) -> tuple[str, str | None]:
    ((state, name),) = world.rows(WHOSE, address=address)
    return state, name


def doubted(world: Quick, name: str) -> bool:
    return world.one("select doubted_at from participant where name = :n", n=name) is not None


def decide(world: Quick, choice: Whose, *, address: str) -> None:
    with world.parts.database.transaction() as db:
        ids = [
            world.one("select id from address where address = :a", a=each)
            for each in (address, f"whatsapp:{AMINA}")
        ]
        say_whose(
            db,
            account_id=ids[0],
            number_id=ids[1],
            whose=choice,
            staff_id=world.one("select min(id) from staff"),
            now=world.time,
        )


def writes_as(world: Quick, user_id: str, words: str = "hello") -> list[str]:
    return world.says(AMINA, words, extra={"ExternalUserId": user_id})


def receipt(world: Quick, user_id: str, status: str = "delivered") -> None:
    found = world.rows(
        "select d.token from delivery d join participant p on p.id = d.participant_id "
        "where p.name = 'Amina' order by d.id desc limit 1"
    )
    with world.parts.database.transaction() as db:
        sent = (
            "update delivery set state = 'sent', address_id = (select a.id from address a "
            "where a.address = :at) where token = :token"
        )
        db.execute(text(sent), {"at": f"whatsapp:{AMINA}", "token": found[0][0]})
    sid = f"SM{abs(hash((user_id, status))) % 16**32:032x}"
    fields = {
        **{"MessageSid": sid, "MessageStatus": status, "AccountSid": ACCOUNT},
        **{"From": WHATSAPP_FROM, "To": f"whatsapp:{AMINA}", "ExternalUserId": user_id},
    }
    assert post(world, fields, path=f"{STATUS}?m={found[0][0]}").status == 204


def test_both_names_are_learnt_from_what_comes_in_and_lead_to_her(world: Quick) -> None:
    assert whose(world, account(world, AMINA)) == ("usable", "Amina")
    hers = form("menu", number=AMINA, From=account(world, AMINA), WaId="-")
    assert post(world, hers).status == 200
    assert world.alerts() == [] and not doubted(world, "Amina")


def test_a_receipt_teaches_her_account_and_opens_no_window(world: Quick) -> None:
    change(world, "delete from address where kind = 'user_id'")
    receipt(world, account(world, AMINA), "sent")
    assert world.rows(WHOSE, address=account(world, AMINA)) == [], "nobody has got it yet"
    receipt(world, account(world, AMINA))
    assert whose(world, account(world, AMINA)) == ("usable", "Amina")
    heard = "select last_inbound_at from address where address = :a"
    assert world.one(heard, a=account(world, AMINA)) is None
    assert world.alerts() == []


def test_another_account_at_her_number_hears_nothing_personal_until_staff_decide(
    world: Quick,
) -> None:
    said = writes_as(world, OTHER, "menu")
    assert said and not any("goal" in body.lower() or "Grace" in body for body in said)
    assert doubted(world, "Amina") and whose(world, OTHER) == ("usable", None)
    assert {"address_conflict", "doubted"} <= set(world.alerts())
    writes_as(world, OTHER, "my husband hits me")
    assert "harm_red" in world.alerts(), "a cry is heard, whoever it is"
    times = "select times from alert where kind = 'address_conflict'"
    assert world.one(times) == 1, "staff are asked once"


def test_the_first_cry_from_another_account_is_heard_and_answered_in_bland_words(
    world: Quick,
) -> None:
    said = writes_as(world, OTHER, "my husband hits me")
    assert "harm_red" in world.alerts() and len(said) == 1
    assert not any(sign in said[0] for sign in ("999", "danger", "hits", "happening"))


def test_the_doubt_is_not_lost_with_a_message_on_which_we_break(
    world: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(Vocabulary, "hear", breaks)
        writes_as(world, OTHER)
    assert {"address_conflict", "doubted", "parked"} <= set(world.alerts())
    assert doubted(world, "Amina") and whose(world, OTHER) == ("usable", None)


def test_a_receipt_of_another_account_raises_the_same_doubt(world: Quick) -> None:
    receipt(world, OTHER)
    assert doubted(world, "Amina") and "address_conflict" in world.alerts()
    assert whose(world, OTHER) == ("usable", None)


def test_an_account_of_somebody_else_is_a_conflict_and_nothing_is_merged(world: Quick) -> None:
    writes_as(world, account(world, GRACE))
    assert doubted(world, "Amina") and not doubted(world, "Grace")
    assert whose(world, account(world, GRACE)) == ("usable", "Grace")
    assert whose(world, f"whatsapp:{AMINA}") == ("usable", "Amina")


def test_staff_say_that_it_is_she_and_her_former_account_is_let_go(world: Quick) -> None:
    writes_as(world, OTHER)
    decide(world, "number", address=OTHER)
    assert whose(world, OTHER) == ("usable", "Amina")
    assert whose(world, account(world, AMINA))[0] == "wrong"
    assert not doubted(world, "Amina") and "address_conflict" not in world.alerts()
    writes_as(world, OTHER, "menu")
    assert not doubted(world, "Amina")
    done = "select subject, detail from audit_entry where action = 'said whose' order by id"
    assert {row[1] for row in world.rows(done)} == {"number"}
    with pytest.raises(Refused, match="quicker"):
        decide(world, "number", address=OTHER)


def test_staff_say_that_it_is_the_other_and_nothing_goes_there_for_her(world: Quick) -> None:
    writes_as(world, account(world, GRACE))
    decide(world, "account", address=account(world, GRACE))
    assert whose(world, f"whatsapp:{AMINA}") == ("usable", "Grace")
    assert world.rows(WHOSE, address=AMINA) in ([], [("wrong", "Amina")])
    assert not doubted(world, "Grace")


def test_staff_say_that_it_is_nobody_and_whoever_writes_is_a_stranger(world: Quick) -> None:
    writes_as(world, OTHER)
    decide(world, "nobody", address=OTHER)
    assert whose(world, f"whatsapp:{AMINA}") == ("wrong", "Amina")
    assert writes_as(world, OTHER, "who is this?") == []
    assert "unknown_sender" in world.alerts()


def test_a_hidden_number_is_asked_for_and_what_she_types_links_nothing(world: Quick) -> None:
    def writes(words: str) -> None:
        assert post(world, form(words, number=AMINA, From=OTHER, WaId="-")).status == 200

    writes("hello")
    asked = "select text from message where context = 'standing.share_number'"
    assert "WhatsApp hides your number" in world.one(asked)
    assert "gave_number" not in world.alerts()
    writes(f"my number is {AMINA[:3]} {AMINA[3:7]} {AMINA[7:]}, thank you")
    assert "gave_number" in world.alerts()
    assert whose(world, OTHER) == ("usable", None) and len(world.rows(asked)) == 1
