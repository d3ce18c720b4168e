"""Every page for every kind of staff member: what is not hers to open is not there, and nothing of
Amina's shows where it must not. These tests walk over all routes there are, as test_access does.
"""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlmodel import select

from bot.parts import Parts
from bot.store.models import (
    Alert,
    AuditEntry,
    Conversation,
    Enrolment,
    Message,
    Participant,
)
from bot.store.staff import PERMISSIONS
from bot.web.access import BEGUN, MACHINE, PUBLIC, access_of
from tests.web.cohort import WEEK, Cast
from tests.web.colleagues import (
    GOAL,
    HARM,
    HARM_ANSWERED,
    HARM_NOTE,
    LETTER,
    OF_HARM,
    SAFE_WORD,
    Hers,
    colleague,
    nowhere,
    plant,
)
from tests.web.page import Browser
from tests.web.rows import days_ago, kept
from tests.web.test_access import VALUES

HER_NAMES = ("أمينة", "Selam", "Luwam", "فرح", "Harriet")  # Grace stands in every preview
HER_WORDS = (
    GOAL,
    LETTER,
    SAFE_WORD,
    "أتصل بالمدرسة",
    "أريد عملاً",
    "First aid",
    "Halfway",
    "Autumn 2026",
)
FOR_ALL_COHORTS = ("cohorts.new", "cohorts.create", "cohorts.release")
OWN_ACCOUNT = ("signin.", "account.", "second.")  # what everybody may do about herself
ID = re.compile(r'name="csrf_token" value="[^"]*"')


@pytest.fixture
def hers(parts: Parts, cast: Cast) -> Hers:
    return plant(parts, cast)


def routes(app: Flask, method: str, hers: Hers) -> Iterator[tuple[str, str, frozenset[str], bool]]:
    """Endpoint, address, what it needs, and whether it is about something of one cohort."""
    with app.test_request_context():
        rules = sorted(app.url_map.iter_rules(), key=lambda one: ("remove" in one.rule, one.rule))
        for rule in rules:
            access = access_of(app, rule.endpoint)
            assert access is not None, f"{rule.rule} does not say who may"
            if access in (BEGUN, MACHINE, PUBLIC) or method not in (rule.methods or ()):
                continue
            values = {name: hers.values.get(name, VALUES[name]) for name in rule.arguments}
            address = app.url_for(rule.endpoint, **values)
            yield rule.endpoint, address, access, bool(rule.arguments & hers.values.keys())


def shown(browser: Browser, address: str) -> tuple[int, str]:
    """Status and body, without the token that is new each time."""
    answer = browser.client.get(address)
    body = ID.sub("", answer.get_data(as_text=True))
    answer.close()
    return answer.status_code, body


def sent(browser: Browser, address: str) -> tuple[int, str]:
    page = browser.client.get("/settings").get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    answer = browser.client.post(address, data={"csrf_token": token[1]})
    return answer.status_code, ID.sub("", answer.get_data(as_text=True))


def permissions(*roles: str) -> frozenset[str]:
    return frozenset().union(*(PERMISSIONS[role] for role in roles))


def test_a_coordinator_of_another_cohort_finds_nothing_of_amina(
    app: Flask, parts: Parts, hers: Hers
) -> None:
    other = colleague(app, parts, "Nadia", roles=["coordinator"], cohorts=[hers.spring])
    may = permissions("coordinator")
    gone = nowhere(hers)
    for method, ask in (("GET", shown), ("POST", sent)):
        there = {one[0]: one[1] for one in routes(app, method, gone)}
        for endpoint, address, access, scoped in routes(app, method, hers):
            if not access & may or endpoint in FOR_ALL_COHORTS:
                assert ask(other, address)[0] == 403, address
            elif scoped:
                answer = ask(other, address)
                assert answer[0] == 404, address
                assert answer == ask(other, there[endpoint]), f"{address} gives away that it is"
            elif method == "GET":
                for form in (address, f"{address}?format=csv"):
                    status, body = ask(other, form)
                    assert status in (200, 303, 302), form
                    assert not [one for one in (*HER_NAMES, *HER_WORDS) if one in body], form


def test_a_coordinator_of_the_cohort_sees_it_and_no_record_of_harm(
    app: Flask, parts: Parts, hers: Hers, cast: Cast
) -> None:
    noor = colleague(app, parts, "Noor", roles=["coordinator"], cohorts=[hers.autumn])
    may = permissions("coordinator")
    _sees_all_but_harm(app, noor, hers, may=may, everywhere=False)
    for address in (f"/people/{cast.amina}", f"/people/{cast.luwam}"):
        assert "Kept with the safeguarding lead." in shown(noor, address)[1]
    assert (
        "A concern about her is with the safeguarding lead"
        in shown(noor, f"/people/{cast.luwam}")[1]
    )
    assert "Beth" not in shown(noor, "/people")[1]


def test_a_reader_sees_everything_but_records_of_harm_and_changes_nothing(
    app: Flask, ivy: Browser, hers: Hers
) -> None:
    _sees_all_but_harm(app, ivy, hers, may=permissions("reader"))
    for endpoint, address, access, _ in routes(app, "POST", hers):
        if endpoint.startswith(OWN_ACCOUNT):
            continue
        assert "read" not in access, f"{address}: to read is not to act"
        assert sent(ivy, address)[0] == 403, address


def _sees_all_but_harm(
    app: Flask, browser: Browser, hers: Hers, *, may: frozenset[str], everywhere: bool = True
) -> None:
    for endpoint, address, access, _ in routes(app, "GET", hers):
        for form in (address, f"{address}?format=csv"):
            status, body = shown(browser, form)
            if access & may and (everywhere or endpoint not in FOR_ALL_COHORTS):
                assert status in (200, 302, 303), f"{form}: {status}"
            else:
                assert status == 403, form
            assert not [one for one in OF_HARM if one in body], form


def test_the_safeguarding_lead_reads_what_is_kept_from_others(
    app: Flask, parts: Parts, hers: Hers, cast: Cast
) -> None:
    lead = colleague(app, parts, "Lena", roles=["safeguarding"])
    amina, luwam = (shown(lead, f"/people/{one}")[1] for one in (cast.amina, cast.luwam))
    assert HARM in luwam and HARM_ANSWERED in amina and HARM_NOTE in amina
    assert "may be in danger" in shown(lead, "/alerts")[1]
    may = permissions("safeguarding")
    for _, address, access, _ in routes(app, "GET", hers):
        assert shown(lead, address)[0] in ((200, 302, 303) if access & may else (403,)), address
    for endpoint, address, access, scoped in routes(app, "POST", hers):
        if not access & may:
            assert sent(lead, address)[0] == 403, address
        elif scoped and endpoint != "trainings.make_up":  # of whom, its form says
            assert sent(lead, address)[0] in (200, 303, 409, 422), address


def test_an_administrator_alone_sees_nobody_and_lands_on_the_settings(
    app: Flask, parts: Parts, hers: Hers
) -> None:
    admin = colleague(app, parts, "Ada", roles=["administrator"])
    assert admin.get("/", status=302).response.headers["Location"] == "/settings"
    may = permissions("administrator")
    seen = []
    for method, ask in (("GET", shown), ("POST", sent)):
        for endpoint, address, access, scoped in routes(app, method, hers):
            if not access & may:
                assert ask(admin, address)[0] == 403, address
            elif scoped:
                assert ask(admin, address)[0] == 404, address
            elif method == "GET":
                status, body = ask(admin, address)
                assert status in (200, 302, 303), address
                names = HER_NAMES if endpoint.startswith("staff.") else (*HER_NAMES, *HER_WORDS)
                assert not [one for one in names if one in body], address
                seen.append(endpoint)
    assert "places.overview" in seen and "alerts.overview" in seen
    above = admin.get("/settings").one("nav").text.split()
    assert above == ["Alerts", "1", "open", "Settings"], "a trouble of the house is hers to see"


def test_beth_and_a_signed_out_visitor_have_no_account_and_get_nothing(
    app: Flask, nobody: Browser, hers: Hers, cast: Cast, parts: Parts
) -> None:
    for method in ("GET", "POST"):
        for _, address, _, _ in routes(app, method, hers):
            if method == "GET":
                status, body = shown(nobody, address)
                assert status == 303, address
                assert not [one for one in (*HER_NAMES, *HER_WORDS) if one in body], address
            else:
                assert nobody.client.post(address).status_code == 400, address
    number = f"+4477009{sum(map(ord, 'B1')):05d}"
    for said in (number, "B1", str(cast.beth), "Beth"):
        answer = nobody.post("/sign-in", email=said, password=number, status=422)
        assert "do not belong together" in answer.text
        nobody.client.set_cookie("routes", said)
        assert shown(nobody, f"/people/{cast.amina}")[0] == 303


def test_a_mentor_of_two_cohorts_shows_each_coordinator_only_her_own(
    app: Flask, parts: Parts, hers: Hers, cast: Cast
) -> None:
    """Grace mentors Amina in autumn; in spring nobody there learns of Amina."""
    with parts.database.transaction() as db:
        there = db.exec(select(Enrolment).where(Enrolment.participant_id == cast.grace)).one()
        kept(
            db,
            Enrolment(
                participant_id=cast.grace,
                cohort_id=hers.spring,
                role="mentor",
                created_at=days_ago(9),
            ),
        )
        talk = Conversation(
            participant_id=cast.grace,
            enrolment_id=there.id,
            flow="session_report",
            version=1,
            step="met",
            state="completed",
            started_at=days_ago(1),
            updated_at=days_ago(1),
        )
        kept(
            db,
            Message(
                participant_id=cast.grace,
                conversation_id=kept(db, talk),
                direction="out",
                text="Did you and أمينة meet?",
                at=days_ago(1),
            ),
        )
    spring = colleague(app, parts, "Nadia", roles=["coordinator"], cohorts=[hers.spring])
    autumn = colleague(app, parts, "Noor", roles=["coordinator"], cohorts=[hers.autumn])
    path = f"/people/{cast.grace}"
    page = spring.get(path)
    assert "أمينة" not in page.text and "Autumn 2026" not in page.text
    assert "Spring 2027" in page.text
    assert "Did you and أمينة meet?" in autumn.get(path).text
    assert "أمينة" not in spring.get("/people").text


def test_every_page_that_shows_her_words_records_who_read_them(
    app: Flask, ruth: Browser, parts: Parts, hers: Hers, cast: Cast
) -> None:
    """One entry for each person and page, in every form that it has."""
    showed = set()
    hers.values["label"] = WEEK
    for endpoint, address, _, _ in routes(app, "GET", hers):
        for form in (address, f"{address}?format=csv", f"{address}?before=4000"):
            before = _read(parts)
            body = shown(ruth, form)[1]
            after = _read(parts)[len(before) :]
            assert len(after) == len(set(after)), f"{form}: one entry for each"
            assert all(staff == cast.ruth for staff, _ in after)
            for whose, words in (
                (cast.amina, (GOAL, LETTER, SAFE_WORD, HARM_ANSWERED, "أتصل بالمدرسة")),
                (cast.luwam, (HARM, "ሰላም")),
            ):
                if any(one in body for one in words):
                    showed.add(endpoint)
                    assert (cast.ruth, f"participant:{whose}") in after, form
    assert showed >= {"people.person", "weeks.week", "pairs.overview", "people.wishes.form"}


def _read(parts: Parts) -> list[tuple[int | None, str]]:
    with parts.database.reading() as db:
        found = db.exec(select(AuditEntry).where(AuditEntry.action == "read").order_by("id"))
        return [(row.staff_id, row.subject) for row in found]


def test_whoever_may_not_is_told_whom_to_ask(
    app: Flask, ivy: Browser, parts: Parts, hers: Hers, cast: Cast
) -> None:
    assert ivy.get("/cohorts/new", status=403).one("h1").text == (
        "You may read this, but not change it"
    )
    admin = colleague(app, parts, "Ada", roles=["administrator"])
    page = admin.get(f"/people/{cast.amina}", status=403)
    assert page.one("h1").text == "Your account does not show people"
    noor = colleague(app, parts, "Noor", roles=["coordinator"])
    released = noor.post(f"/people/{cast.luwam}/released", page="/people", status=403)
    assert released.one("h1").text == "This is for the safeguarding lead"


def test_a_coordinator_of_one_cohort_does_not_decide_for_all(
    app: Flask, parts: Parts, hers: Hers
) -> None:
    noor = colleague(app, parts, "Noor", roles=["coordinator"], cohorts=[hers.autumn])
    noor.get("/cohorts/new", status=403)
    noor.post("/cohorts/hold", page="/cohorts")
    noor.post("/cohorts/release", page="/cohorts", status=403)
    days = {"starts_on": "2026-12-24", "ends_on": "2026-12-26", "name": "X", "everywhere": "yes"}
    page = noor.post(f"/cohorts/{hers.autumn}/holidays", page="/cohorts", status=422, **days)
    assert "Only somebody who sees every cohort" in page.text


def test_closing_an_alert_releases_nobody_unless_the_lead_does_it(
    app: Flask, parts: Parts, hers: Hers, cast: Cast
) -> None:
    with parts.database.transaction() as db:
        row = Alert(
            kind="wants_call",
            level="amber",
            subject="wants_call:luwam",
            participant_id=cast.luwam,
            opened_at=days_ago(1),
            last_at=days_ago(1),
        )
        alert = kept(db, row)
    noor = colleague(app, parts, "Noor", roles=["coordinator"])
    noor.post(f"/alerts/{alert}/closed", page="/alerts", note="called", release="yes")
    with parts.database.reading() as db:
        assert db.get_one(Participant, cast.luwam).held_at is not None
