"""A small cohort in mid-programme, as invented rows, for the pages to show. Week 47 of 2026."""

from datetime import date, datetime, timedelta

from sqlmodel import Session as Db

from bot.actions.freeze_report import figures_of
from bot.programme.impact import digest
from bot.store.models import (
    Address,
    Alert,
    CheckIn,
    Cohort,
    Duty,
    Enrolment,
    Goal,
    GoalEntry,
    Organisation,
    Pairing,
    Participant,
    Session,
    SessionReport,
    Staff,
    Template,
    Training,
)
from bot.store.reports import keep_report
from bot.store.staff import EVERY_ROLE
from tests.web.rows import MONDAY, NOW, WEEK, days_ago, kept
from tests.web.said import letters, talk

PROOFS = {("held", "yes", "yes"): "both", ("held", "yes", ""): "mentor"}
__all__ = ["NOW", "WEEK", "Cast", "fill"]


class Cast:
    """Who is there, by the ids they got."""

    amina: int
    selam: int
    luwam: int
    farah: int
    grace: int
    beth: int
    ruth: int
    ivy: int
    stranger: int  # an address


def fill(db: Db) -> Cast:
    """A cohort of mentees and mentors with goals, sessions, alerts and talk."""
    cast = Cast()
    cast.stranger = address_of_a_stranger(db)
    cohort = kept(db, Cohort(name="Autumn 2026", starts_on=date(2026, 10, 12)))
    spring = kept(db, Cohort(name="Spring 2027", starts_on=date(2027, 3, 1)))
    acorn = kept(db, Organisation(name="Acorn Ltd"))
    cast.ruth = kept(
        db,
        Staff(
            email="ruth@example.org",
            name="Ruth",
            roles=list(EVERY_ROLE),
            phone="+447700900555",
            created_at=days_ago(60),
        ),
    )
    kept(
        db,
        Duty(
            staff_id=cast.ruth,
            rank=1,
            starts_on=date(2026, 1, 1),
            ends_on=date(2028, 12, 31),
            created_at=days_ago(60),
        ),
    )
    cast.ivy = kept(
        db, Staff(email="ivy@example.org", name="Ivy", roles=["reader"], created_at=days_ago(60))
    )
    cast.amina, amina = _person(db, "A1", "أمينة", "ar", cohort, last=days_ago(0.2))
    cast.selam, selam = _person(db, "S1", "Selam", "ti", cohort, channel="sms", last=days_ago(20))
    cast.luwam, luwam = _person(db, "L1", "Luwam", "ti", cohort, last=days_ago(1), held=True)
    cast.farah, farah = _person(db, "F1", "فرح", "fa", cohort, last=days_ago(5), state="stopped")
    cast.grace, grace = _person(
        db, "G1", "Grace", "en", cohort, role="mentor", organisation=acorn, last=days_ago(2)
    )
    _, harriet = _person(
        db, "H1", "Harriet Donaudampfschifffahrtsgesellschaft", "en", cohort, role="mentor"
    )
    cast.beth, _ = _person(db, "B1", "Beth", "en", spring, role="mentor")
    pair = _pair(db, amina, grace)
    _pair(db, luwam, harriet)
    _goals(db, cast.amina, amina)
    _sessions(db, pair)
    talk(db, cast.amina, amina)
    _check_ins(db, amina=amina, selam=selam, luwam=luwam, farah=farah)
    _alerts(db, cast)
    letters(db, luwam=cast.luwam, amina=cast.amina, stranger=cast.stranger)
    kept(
        db,
        Template(
            key="goal_check_in.week@ar",
            digest="1",
            name="check_in_ar",
            language="ar",
            state="pending",
            updated_at=days_ago(3),
        ),
    )
    kept(
        db,
        Template(
            key="goal_check_in.week@fa",
            digest="1",
            name="check_in_fa",
            language="fa",
            state="rejected",
            reason="The wording promises something",
            updated_at=days_ago(2),
        ),
    )
    _frozen(db, cohort, staff=cast.ruth)
    kept(
        db,
        Training(
            cohort_id=spring,
            title="Welcome evening",
            audience="everyone",
            starts_at=MONDAY + timedelta(weeks=15, days=2, hours=18),
            minutes=120,
            word="Kettle",
            created_at=days_ago(4),
        ),
    )
    return cast


def _frozen(db: Db, cohort: int, *, staff: int) -> int:
    figures = figures_of(db, cohort_id=cohort)
    return keep_report(
        db,
        cohort_id=cohort,
        title="Halfway",
        figures=figures,
        digest=digest(figures),
        staff_id=staff,
        now=days_ago(3),
    )


def address_of_a_stranger(db: Db) -> int:
    return kept(
        db,
        Address(
            channel="whatsapp",
            address="whatsapp:+447700900781",
            last_inbound_at=days_ago(2.1),
            created_at=days_ago(2.1),
        ),
    )


def _person(
    db: Db,
    reference: str,
    name: str,
    language: str,
    cohort: int,
    *,
    role: str = "mentee",
    channel: str = "whatsapp",
    state: str = "active",
    organisation: int | None = None,
    last: datetime | None = None,
    held: bool = False,
) -> tuple[int, int]:
    person = kept(
        db,
        Participant(
            reference=reference,
            name=name,
            language=language,
            state=state,
            held_at=days_ago(1) if held else None,
            created_at=days_ago(45),
        ),
    )
    number = f"+4477009{sum(map(ord, reference)):05d}"
    kept(
        db,
        Address(
            participant_id=person,
            channel=channel,
            address=f"whatsapp:{number}" if channel == "whatsapp" else number,
            state="stopped" if state == "stopped" else "usable",
            last_inbound_at=last,
            created_at=days_ago(45),
        ),
    )
    enrolment = kept(
        db,
        Enrolment(
            participant_id=person,
            cohort_id=cohort,
            organisation_id=organisation,
            role=role,
            created_at=days_ago(45),
        ),
    )
    return person, enrolment


def _pair(db: Db, mentee: int, mentor: int) -> int:
    return kept(db, Pairing(mentor_id=mentor, mentee_id=mentee, created_at=days_ago(38)))


def _goals(db: Db, who: int, enrolment: int) -> None:
    words = "أريد أن أجد عملاً في مطبخ مدرسة قريبة من البيت"
    goal = kept(
        db,
        Goal(
            enrolment_id=enrolment,
            number=1,
            focus="work",
            words=words,
            language="ar",
            next_step="أتصل بالمدرسة",
            created_at=days_ago(35),
        ),
    )
    kept(db, GoalEntry(goal_id=goal, kind="words", words="أريد عملاً", at=days_ago(35)))
    for weeks, rating in enumerate((2, 3, 3, 5, 4)):
        at = days_ago(35 - 7 * weeks)
        kept(db, GoalEntry(goal_id=goal, kind="rating", rating=rating, at=at))
    kept(db, GoalEntry(goal_id=goal, kind="rating", rating=6, at=days_ago(0.8)))
    english = kept(
        db,
        Goal(
            enrolment_id=enrolment,
            number=2,
            words="Speak English on the telephone without my son",
            language="en",
            created_at=days_ago(2),
        ),
    )
    kept(db, GoalEntry(goal_id=english, kind="rating", rating=1, at=days_ago(2)))


def _sessions(db: Db, pairing: int) -> None:
    """Ten: held by both, by one, missed, moved, reported differently, silent, still to come."""
    plan = (
        ("held", 60, "yes", "yes"),
        ("held", 45, "yes", ""),
        ("missed", None, "no", ""),
        ("rescheduled", None, "moved", ""),
        ("disputed", None, "yes", "no"),
        ("held", 75, "yes", ""),
        ("planned", None, "", ""),
        ("planned", None, "", ""),
        ("planned", None, "", ""),
        ("proposed", None, "", ""),
    )
    for number, (state, minutes, mentor, mentee) in enumerate(plan, start=1):
        starts_at = MONDAY + timedelta(weeks=number - 6, days=1, hours=17, minutes=30)
        if number == 7:
            starts_at = days_ago(1)
        session = kept(
            db,
            Session(
                pairing_id=pairing,
                number=number,
                starts_at=starts_at,
                planned_minutes=60,
                state=state,
                minutes=minutes,
                proof=PROOFS.get((state, mentor, mentee), ""),
                proposed_by="mentor" if state == "proposed" else "",
            ),
        )
        for role, met in (("mentor", mentor), ("mentee", mentee)):
            if met:
                kept(
                    db,
                    SessionReport(
                        session_id=session,
                        role=role,
                        met=met,
                        minutes=minutes,
                        feeling="good" if met == "yes" else "",
                        reason="mentee" if met == "no" else "",
                        at=starts_at + timedelta(hours=2),
                    ),
                )


def _check_ins(db: Db, *, amina: int, selam: int, luwam: int, farah: int) -> None:
    for week in range(6):
        for enrolment, answers in ((amina, True), (selam, week < 2), (luwam, week < 5)):
            asked = MONDAY + timedelta(weeks=week - 5, days=3, hours=10)
            kept(
                db,
                CheckIn(
                    enrolment_id=enrolment,
                    flow="goal_check_in",
                    slot=f"week-{week + 1}",
                    due_at=asked,
                    asked_at=asked,
                    state="answered" if answers else "asked",
                    answered_at=asked + timedelta(hours=3) if answers else None,
                ),
            )
    kept(
        db,
        CheckIn(
            enrolment_id=amina,
            flow="goal_check_in",
            slot="week-7",
            due_at=MONDAY + timedelta(days=10, hours=10),
        ),
    )


def _alerts(db: Db, cast: Cast) -> None:
    raised = (
        ("harm_red", "red", cast.luwam, "open", "", 0.9, None),
        ("wants_call", "amber", cast.amina, "open", "", 0.8, None),
        ("undelivered", "amber", cast.selam, "noted", "code 30003", 3, None),
        ("no_route", "amber", cast.selam, "open", "no approved template and no SMS", 2, None),
        ("stopped", "green", cast.farah, "open", "", 5, None),
        ("template_trouble", "green", None, "open", "goal_check_in.week@fa: rejected", 2, None),
        ("pair_trouble", "amber", cast.amina, "closed", "", 6, "Spoke to both on the phone"),
    )
    for kind, level, who, state, detail, ago, note in raised:
        kept(
            db,
            Alert(
                kind=kind,
                level=level,
                subject=f"{kind}:{who}",
                state=state,
                participant_id=who,
                detail=detail,
                opened_at=days_ago(ago),
                last_at=days_ago(ago),
                noted_at=days_ago(ago - 0.5) if state != "open" else None,
                noted_by=cast.ruth if state != "open" else None,
                closed_at=days_ago(ago - 2) if state == "closed" else None,
                closed_by=cast.ruth if state == "closed" else None,
                note=note or "",
            ),
        )
