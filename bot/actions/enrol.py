"""Bring one participant to what the charity's list says of her: person, cohort, pair, plan.

Doing it again changes nothing. An empty cell says nothing, so it takes nothing away.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from sqlmodel import Session as Db

from bot.actions.plan import LONDON, plan_check_ins, plan_sessions
from bot.actions.plan_training import plan_trainings_of
from bot.actions.readdress import readdress
from bot.actions.welcome_again import welcome_again
from bot.errors import Refused
from bot.programme.planning import end_day
from bot.store.addresses import allow_sms, said_of_sms
from bot.store.cohorts import terms_of
from bot.store.consents import has_answered_consent
from bot.store.do_not_contact import any_fingerprint, must_not_be_written_to
from bot.store.models import Cohort, Enrolment, Organisation, Pairing, Participant
from bot.store.people import (
    cohort_by_name,
    enrolments_of,
    has_written,
    keep,
    key_of,
    mentor_enrolment,
    organisation_by_name,
    pairings_of,
    participant_by_reference,
)
from bot.store.planned import end_pairing, skip_planned

NEXT_COHORT, REMATCHED = "next_cohort", "rematched"  # why an enrolment or a pair ended
AFTER_THE_END = frozenset({"follow_up"})


@dataclass(frozen=True, kw_only=True)
class PersonRow:
    """One line of the charity's list, already read. `numbers`: channel → +447700900123.
    `sms_fallback`: what she said of SMS, should WhatsApp fail."""

    line: int
    reference: str
    role: str
    name: str
    language: str
    numbers: Mapping[str, str]
    cohort: str
    cohort_start: date | None = None
    organisation: str = ""
    mentor: str = ""
    sms_fallback: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Enrolled:
    """What became of a row. Nothing new, no changes: she was so already."""

    new: bool
    changes: tuple[str, ...]
    notes: tuple[str, ...] = ()


def enrol(
    db: Db, *, person: PersonRow, now: datetime, zone: tzinfo = LONDON, key: str = ""
) -> Enrolled:
    """Mentors before their mentees. Raises `Refused`; then the whole transaction must not count.

    `key` finds whom nobody may write to again.
    """
    _refuse_forgotten(db, person, key=key)
    cohort = _cohort(db, person, zone=zone)
    found = participant_by_reference(db, person.reference)
    participant = found or _new_participant(db, person, now=now)
    changes, notes = _update(db, participant, person)
    addresses = readdress(db, participant_id=key_of(participant), numbers=person.numbers, now=now)
    allowed, stays = _allow_sms(db, key_of(participant), person.sms_fallback)
    enrolment, joined = _enrolment(db, participant, cohort=cohort, person=person, now=now)
    changes += [*addresses.changes, *allowed, *joined]
    notes += stays
    changes += _organisation(db, enrolment, person.organisation)
    if person.mentor:
        changes += _pair(db, enrolment, person=person, now=now)
    if joined:
        plan_check_ins(db, enrolment_id=key_of(enrolment), now=now)
        plan_trainings_of(db, enrolment_id=key_of(enrolment), now=now)
    elif addresses.moved and not has_answered_consent(db, participant_id=key_of(participant)):
        welcome_again(db, enrolment_id=key_of(enrolment), due_at=now)
    if participant.state in ("stopped", "left"):
        notes.append(f"nothing is sent: this person has {participant.state}")
    if enrolment.state != "active":
        notes.append(f"the enrolment in this cohort is {enrolment.state}")
    return Enrolled(
        new=found is None,
        changes=tuple(changes),
        notes=(*notes, *addresses.notes),
    )


def _refuse_forgotten(db: Db, person: PersonRow, *, key: str) -> None:
    """Without the key nobody can be recognised: then it is refused wherever anybody could be."""
    if not key and any_fingerprint(db):
        raise Refused("SECRET_KEY is missing, without which nobody knows whom not to write to")
    if key and must_not_be_written_to(db, person.numbers.values(), key=key):
        raise Refused(
            "this number was erased with somebody; if she wants to be written to again, "
            "python3 -m bot people allow NUMBER"
        )


def _new_participant(db: Db, person: PersonRow, *, now: datetime) -> Participant:
    return keep(
        db,
        Participant(
            reference=person.reference, name=person.name, language=person.language, created_at=now
        ),
    )


def _update(db: Db, participant: Participant, person: PersonRow) -> tuple[list[str], list[str]]:
    """Her name is the charity's to say; her language is hers, once she has written in it."""
    changes: list[str] = []
    notes: list[str] = []
    if participant.name != person.name:
        participant.name = person.name
        changes.append("another name")
    if participant.language != person.language:
        if has_written(db, participant_id=key_of(participant)):
            notes.append(f"language stays {participant.language}, which this person chose")
        else:
            changes.append(f"language {person.language} instead of {participant.language}")
            participant.language = person.language
    keep(db, participant)
    return changes, notes


def _allow_sms(db: Db, participant_id: int, allowed: bool | None) -> tuple[list[str], list[str]]:
    """What changes and what is to be noted. What she has said herself since stays."""
    if allowed is None:
        return [], []
    said = said_of_sms(db, participant_id=participant_id)
    if not said:
        return [], ["sms_fallback says nothing: there is no sms number"]
    if allowed in said:
        return [], []
    if said[0] is not None:
        word = "yes" if said[0] else "no"
        return [], [f"sms_fallback stays {word}, which this person chose"]
    allow_sms(db, participant_id=participant_id, allowed=allowed)
    return [f"SMS {'may' if allowed else 'may not'} be used when WhatsApp fails"], []


def _cohort(db: Db, person: PersonRow, *, zone: tzinfo) -> Cohort:
    cohort = cohort_by_name(db, person.cohort)
    if cohort is None:
        if person.cohort_start is None:
            raise Refused("cohort_start is missing: this cohort is new")
        new = Cohort(name=person.cohort, starts_on=person.cohort_start, zone=str(zone))
        return keep(db, new)
    if person.cohort_start not in (None, cohort.starts_on):
        raise Refused(f"cohort_start differs: this cohort starts on {cohort.starts_on}")
    return cohort


def _enrolment(
    db: Db, participant: Participant, *, cohort: Cohort, person: PersonRow, now: datetime
) -> tuple[Enrolment, list[str]]:
    """A mentee is in one cohort at a time; a mentor may be in several."""
    all_of_hers = enrolments_of(db, participant_id=key_of(participant))
    here = [row for row in all_of_hers if row.cohort_id == cohort.id]
    for row in here:
        if row.role == person.role:
            return row, []
    if here:
        raise Refused(f"role differs: in this cohort this person is a {here[0].role}")
    changes = [f"joins {cohort.name}"]
    for row in all_of_hers:
        if row.role == person.role == "mentee" and row.state == "active":
            changes.append(_leave(db, row, now=now))
    if participant.state == "left":
        participant.state = "active"
        keep(db, participant)
        changes.append("is back")
    enrolment = Enrolment(
        participant_id=key_of(participant),
        cohort_id=key_of(cohort),
        role=person.role,
        created_at=now,
    )
    return keep(db, enrolment), changes


def _leave(db: Db, enrolment: Enrolment, *, now: datetime) -> str:
    """Out of an earlier cohort: completed when it is over, else left.

    Who has completed one is still asked, months later, what has become of it.
    """
    cohort = db.get_one(Cohort, enrolment.cohort_id)
    over = end_day(terms_of(cohort)) <= now.date()
    enrolment.state = "completed" if over else "left"
    enrolment.ended_at, enrolment.end_reason = now, NEXT_COHORT
    keep(db, enrolment)
    for pairing in pairings_of(db, mentee_id=key_of(enrolment)):
        if pairing.state != "ended":
            end_pairing(db, pairing, now=now, reason=NEXT_COHORT)
    kept = AFTER_THE_END if over else frozenset()
    skip_planned(db, enrolment_id=key_of(enrolment), reason="left", but=kept)
    return f"has {enrolment.state} {cohort.name}"


def _organisation(db: Db, enrolment: Enrolment, name: str) -> list[str]:
    if not name:
        return []
    organisation = organisation_by_name(db, name) or keep(db, Organisation(name=name))
    if enrolment.organisation_id == organisation.id:
        return []
    enrolment.organisation_id = organisation.id
    keep(db, enrolment)
    return [f"comes from {organisation.name}"]


def _pair(db: Db, mentee: Enrolment, *, person: PersonRow, now: datetime) -> list[str]:
    """Another mentor than before ends the earlier pair; a mentor may have several mentees."""
    mentor = mentor_enrolment(db, reference=person.mentor, cohort_id=mentee.cohort_id)
    if mentor is None:
        known = participant_by_reference(db, person.mentor) is not None
        reason = "is no mentor in this cohort, and a pair needs the same one"
        raise Refused(f"mentor_id {reason if known else 'is neither in this file nor known'}")
    if mentee.state != "active":
        return []
    hers = pairings_of(db, mentee_id=key_of(mentee))
    pairing = next((row for row in hers if row.mentor_id == mentor.id), None)
    if pairing is not None and pairing.state != "ended":
        return []
    for other in hers:
        if other.state != "ended":
            end_pairing(db, other, now=now, reason=REMATCHED)
    if pairing is None:
        pairing = Pairing(mentor_id=key_of(mentor), mentee_id=key_of(mentee), created_at=now)
    pairing.state, pairing.ended_at, pairing.end_reason = "active", None, ""
    keep(db, pairing)
    plan_sessions(db, pairing_id=key_of(pairing), now=now)
    plan_check_ins(db, enrolment_id=key_of(mentor), now=now)
    return [f"has {person.mentor} as mentor"]
