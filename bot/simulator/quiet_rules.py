"""When nobody is to be written to, and how often at most: the rules of quiet. See `invariants`."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from bot.programme.hours import Hours, explain
from bot.programme.ladder import cap
from bot.simulator.evidence import Broken, Evidence, Sent, told
from bot.store.ladder import UNCOUNTED

WEEK = timedelta(days=7)
MOMENT = timedelta(minutes=10)  # within which the rehearsal does not tell before from after


def quiet_hours(evidence: Evidence) -> Iterator[Broken]:
    """Nothing is started at night, on a holiday, or on days that she keeps free."""
    for one in evidence.sent:
        if one.started:
            reasons = [explain(one.at, hours) for hours in _hours(evidence, one)]
            if reasons and all(reasons):
                yield told("written to in quiet hours", one, how=f"{one.flow} ({reasons[0]})")


def weekly_cap(evidence: Evidence) -> Iterator[Broken]:
    """In no seven days more is started than her cap. The first contact does not count."""
    for sent in evidence.sent_to.values():
        counted = [one for one in sent if one.started and one.flow != UNCOUNTED]
        for place, one in enumerate(counted):
            week = [each for each in counted[: place + 1] if each.at > one.at - WEEK]
            most = _cap(evidence, one)
            if len(week) > most:
                flows = " ".join(each.flow or "notice" for each in week)
                yield told("above her cap", one, how=f"{len(week)} of {most}: {flows}")


def held_everything(evidence: Evidence) -> Iterator[Broken]:
    """While everything is held, nothing is started with anybody."""
    for begun, over in evidence.witness.held_everything:
        for one in evidence.sent:
            if one.started and begun < one.at < over:
                yield told("started while everything was held", one, how=one.flow)


def after_stop(evidence: Evidence) -> Iterator[Broken]:
    """After STOP comes one confirmation, and nothing more until START."""
    wishes = [wish for wish in evidence.witness.wishes if wish.what in ("stop", "start")]
    for wish in wishes:
        if wish.what != "stop":
            continue
        hers = (w.at for w in wishes if w.reference == wish.reference and w.what == "start")
        until = min((at for at in hers if at > wish.at), default=evidence.ended)
        after = [s for s in evidence.sent_to[wish.reference] if wish.at < s.at < until]
        allowed = [one for one in after[:1] if one.at - wish.at < MOMENT]
        for one in after[len(allowed) :]:
            yield told("written to after STOP", one, how=one.flow)


def while_away(evidence: Evidence) -> Iterator[Broken]:
    """Nothing is started with one who has paused, or whom a concern holds."""
    for one in evidence.sent:
        stood = evidence.witness.stood(one.participant_id, one.at)
        if not one.started or stood is None:
            continue
        paused = stood.state == "paused" and (
            stood.paused_until is None or stood.paused_until > one.at
        )
        if (paused or stood.held or stood.state in ("stopped", "left")) and not _ended_then(
            evidence, one
        ):
            how = "held" if stood.held else stood.state
            yield told("started while she was away", one, how=f"{one.flow} ({how})")


def wrong_numbers(evidence: Evidence) -> Iterator[Broken]:
    """Nothing goes to a number that is not hers any more, or never was."""
    gone = dict(evidence.witness.gone)
    said = {g.sid for g in evidence.witness.given if g.value == "wrong" and g.flow == "welcome"}
    for sid in said & evidence.inbound.keys():
        message = evidence.inbound[sid]
        if message.phone is not None:
            gone[message.phone.number] = message.created_at + MOMENT
    for one in evidence.sent:
        if one.number in gone and one.at > gone[one.number]:
            yield told("written to a number that was not hers", one, how=one.flow)


def _ended_then(evidence: Evidence, one: Sent) -> bool:
    """Whether her pause, hold or STOP ended within the same moment."""
    after = (
        seen
        for seen in evidence.witness.seen.get(one.participant_id, ())
        if one.at <= seen.at <= one.at + MOMENT
    )
    return any(seen.state == "active" and not seen.held for seen in after)


def _hours(evidence: Evidence, one: Sent) -> Iterator[Hours]:
    """Hers, by the cohort that it was about; by any of hers where it was about none."""
    enrolments = [
        row for row in evidence.rows("Enrolment") if row.participant_id == one.participant_id
    ]
    about = one.conversation.enrolment_id if one.conversation is not None else None
    kept = [w for w in evidence.witness.wishes if w.what == "hold_backs" and w.at < one.at]
    names = next((w.names for w in reversed(kept) if w.reference == one.reference), ())
    for row in enrolments:
        if about in (None, row.id):
            cohort = evidence.by_id("Cohort")[row.cohort_id]
            yield Hours(
                zone=ZoneInfo(cohort.zone),
                opens=cohort.opens_minute,
                closes=cohort.closes_minute,
                bank_holidays=cohort.bank_holidays,
                holidays=tuple(
                    (day.starts_on, day.ends_on)
                    for day in evidence.rows("Holiday")
                    if day.cohort_id in (None, cohort.id)
                ),
                hold_backs=frozenset(names),
            )


def _cap(evidence: Evidence, one: Sent) -> int:
    """The highest that could be hers in those seven days."""
    cohorts = evidence.by_id("Cohort")
    caps = [0]
    for row in evidence.rows("Enrolment"):
        if row.participant_id == one.participant_id:
            pairs = [
                pair
                for pair in evidence.rows("Pairing")
                if _mentors_enrolment(evidence, pair) == one.participant_id
                and pair.created_at <= one.at
                and (pair.ended_at is None or pair.ended_at >= one.at - WEEK)
            ]
            cohort = cohorts[row.cohort_id]
            caps.append(cap(row.role, cohort.most_mentee, cohort.most_mentor, len(pairs)))
    return max(caps)


def _mentors_enrolment(evidence: Evidence, pair: Row[Any]) -> int:
    return int(evidence.by_id("Enrolment")[pair.mentor_id].participant_id)
