"""Staff accounts: who may sign in, what she may do, whose people she sees."""

import threading

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlmodel import select

from bot.actions.change_staff import change_staff, remove_staff
from bot.actions.invite import invite
from bot.cli import commands
from bot.errors import Refused
from bot.parts import Parts
from bot.store.models import AuditEntry, Staff, StaffCohort
from tests.web.cohort import NOW, Cast
from tests.web.colleagues import Hers, colleague, plant
from tests.web.page import Browser


@pytest.fixture
def hers(parts: Parts, cast: Cast) -> Hers:
    return plant(parts, cast)


@pytest.fixture
def ada(app: Flask, parts: Parts, cast: Cast) -> Browser:
    """An administrator, and nothing else."""
    return colleague(app, parts, "Ada", roles=["administrator"])


def row_of(parts: Parts, name: str) -> Staff:
    with parts.database.reading() as db:
        return db.exec(select(Staff).where(Staff.name == name)).one()


def link_on(page: object) -> str:
    shown: str = page.one("code").text  # type: ignore[attr-defined]
    return shown.removeprefix("http://localhost:8000")


def test_an_administrator_lets_somebody_in_with_no_more_than_she_needs(
    app: Flask, ada: Browser, parts: Parts, hers: Hers
) -> None:
    fields = {"email": "Nadia@Example.org ", "name": "Nadia", "roles": ["coordinator"]}
    some = {"sees": "some", "cohorts": [hers.spring]}
    page = ada.post("/staff", page="/staff", status=200, **fields, **some)
    link = link_on(page)
    assert link not in ada.get("/staff").text, "it is shown this once"
    nadia = Browser(app.test_client())
    nadia.post(link, page=link)
    assert "Beth" in nadia.get("/people").text
    nadia.get(f"/people/{hers.values['participant_id']}", status=404)
    again = ada.post("/staff", page="/staff", status=422, **fields, **some)
    assert "She has an account already" in again.text
    shown = ada.get("/staff").text
    assert "Nadia nadia@example.org Coordinator Spring 2027 not yet" in shown


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"roles": ["coordinator"], "sees": "some"}, "Please choose which cohorts she sees."),
        ({"roles": ["coordinator"], "sees": "some", "cohorts": ["999"]}, "which cohorts she sees"),
        ({"roles": []}, "Please choose what she may do"),
        ({"roles": ["queen"]}, "Please choose what she may do"),
        ({"roles": ["reader"], "email": "nobody"}, "That is not an email address."),
        ({"roles": ["reader"], "email": "joan@[example.org"}, "That is not an email address."),
        ({"roles": ["reader"], "email": "a=?b?q?=0a?=@example.org"}, "That is not an email"),
    ],
)
def test_what_cannot_be_is_refused_and_lets_nobody_in(
    ada: Browser, parts: Parts, fields: dict[str, object], problem: str
) -> None:
    page = ada.post(
        "/staff", page="/staff", status=422, **{"email": "n@example.org", "name": "N", **fields}
    )
    assert problem in page.text
    with parts.database.reading() as db:
        assert db.exec(select(Staff).where(Staff.name == "N")).first() is None


def test_another_role_and_other_cohorts_count_from_the_next_click(
    app: Flask, ada: Browser, parts: Parts, hers: Hers
) -> None:
    noor = colleague(app, parts, "Noor", roles=["coordinator"])
    path = f"/staff/{row_of(parts, 'Noor').id}"
    assert "أمينة" in noor.get("/people").text
    ada.post(f"{path}/changed", page=path, roles=["reader"], sees="some", cohorts=[hers.spring])
    assert "أمينة" not in noor.get("/people").text
    noor.post("/cohorts/hold", page="/people", status=403)
    ada.post(f"{path}/changed", page=path, roles=["coordinator"], sees="all")
    assert "أمينة" in noor.get("/people").text
    with parts.database.reading() as db:
        assert db.exec(select(StaffCohort)).all() == []
        done = db.exec(select(AuditEntry).where(AuditEntry.action == "changed account")).all()
    assert [one.detail for one in done] == [
        f"reader; sees cohorts {hers.spring}",
        "coordinator; sees everything",
    ]


def test_whoever_is_let_in_no_more_is_signed_out_at_once_and_her_history_stays(
    app: Flask, ada: Browser, ivy: Browser, parts: Parts, cast: Cast
) -> None:
    ivy.get(f"/people/{cast.amina}")
    path = f"/staff/{cast.ivy}"
    link = link_on(ada.post(f"{path}/link", page=path, status=200))
    ada.post(f"{path}/removed", page=path)
    ivy.get("/people", status=303)
    ivy.get(link, status=410)
    ada.get(path, status=404)
    assert "No longer here" in ada.get("/staff").text
    assert "Ivy read participant" in " ".join(ada.get(f"/audit?staff={cast.ivy}").text.split())
    back = ada.post(
        "/staff", page="/staff", status=200, email="ivy@example.org", name="Ivy", roles=["reader"]
    )
    assert link_on(back), "she may come back, with the roles given now"


def test_nobody_changes_her_own_account(ada: Browser, parts: Parts) -> None:
    path = f"/staff/{row_of(parts, 'Ada').id}"
    assert "This is your own account." in ada.get(path).text
    for verb in ("changed", "removed", "second-step"):
        page = ada.post(f"{path}/{verb}", page="/staff", status=422, roles=["safeguarding"])
        assert "Ask another administrator." in page.text
    assert row_of(parts, "Ada").roles == ["administrator"]


def test_the_last_administrator_and_the_last_lead_stay(
    app: Flask, ada: Browser, parts: Parts, cast: Cast
) -> None:
    path = f"/staff/{cast.ruth}"
    page = ada.post(f"{path}/changed", page=path, roles=["coordinator"], status=422)
    assert "She is the last safeguarding lead." in page.text
    page = ada.post(f"{path}/removed", page=path, status=422)
    assert "She is the last safeguarding lead." in page.text
    colleague(app, parts, "Lena", roles=["safeguarding"])
    ada.post(f"{path}/changed", page=path, roles=["coordinator"])
    with pytest.raises(Refused, match="last administrator"), parts.database.transaction() as db:
        remove_staff(db, staff_id=row_of(parts, "Ada").id or 0, by=None, now=NOW)


def test_two_administrators_cannot_take_each_others_role_at_once(
    app: Flask, parts: Parts, cast: Cast
) -> None:
    colleague(app, parts, "Ada", roles=["administrator"])
    ids = {cast.ruth: row_of(parts, "Ada").id or 0, row_of(parts, "Ada").id or 0: cast.ruth}
    refused: list[Refused] = []

    def take(by: int, whose: int) -> None:
        try:
            with parts.database.transaction() as db:
                change_staff(
                    db,
                    staff_id=whose,
                    roles=["safeguarding", "reader"],
                    cohorts=None,
                    by=by,
                    now=NOW,
                )
        except Refused as reason:
            refused.append(reason)

    both = [threading.Thread(target=take, args=pair) for pair in ids.items()]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert len(refused) == 1
    with parts.database.reading() as db:
        left = [row for row in db.exec(select(Staff)) if "administrator" in row.roles]
    assert len(left) == 1


def test_a_reset_second_step_ends_her_sign_ins_and_makes_a_new_link(
    ada: Browser, ivy: Browser, parts: Parts, cast: Cast
) -> None:
    path = f"/staff/{cast.ivy}"
    page = ada.post(f"{path}/second-step", page=path, status=200)
    assert link_on(page)
    ivy.get("/people", status=303)
    assert row_of(parts, "Ivy").password == ""


def test_only_administrators_look_after_accounts(ivy: Browser, app: Flask, parts: Parts) -> None:
    lead = colleague(app, parts, "Lena", roles=["safeguarding"])
    for browser in (ivy, lead):
        browser.get("/staff", status=403)
        assert "/staff" not in browser.get("/settings").links()


def test_the_commands_do_the_same(
    parts: Parts, cast: Cast, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)

    def run(*words: str) -> str:
        done = CliRunner().invoke(commands, ["staff", *words])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.output

    invite(
        parts.database,
        email="noor@example.org",
        name="Noor",
        roles=["coordinator"],
        public_url="",
        now=NOW,
    )
    run("change", "noor@example.org", "--role", "reader", "--cohort", "Spring 2027")
    assert "noor@example.org\tNoor\treader\tSpring 2027" in run("list")
    with pytest.raises(Refused, match="There is no cohort Winter"):
        run("change", "noor@example.org", "--role", "reader", "--cohort", "Winter")
    run("remove", "noor@example.org")
    assert "Noor" not in run("list")
    with pytest.raises(Refused, match="No staff member"):
        run("remove", "noor@example.org")
