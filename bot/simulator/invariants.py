"""What must hold after any rehearsal, whoever did what: each rule looks for what broke it.

The phones are one witness and the database another; where they could differ, both are asked.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import Row

from bot.programme.calendar import ASKED_ONCE, useful_until
from bot.programme.impact import impact
from bot.programme.sessions import FINAL_STATES
from bot.simulator.evidence import Broken, Evidence, told
from bot.simulator.quiet_rules import (
    MOMENT,
    after_stop,
    held_everything,
    quiet_hours,
    weekly_cap,
    while_away,
    wrong_numbers,
)
from bot.store.impact import read_impact_rows

SETTLED_WITHIN = timedelta(days=15)
COINED = re.compile(r"qu[a-z]{12}x")

Rule = Callable[[Evidence], Iterator[Broken]]


def broken(evidence: Evidence) -> list[Broken]:
    """Everything that did not hold, rule by rule."""
    return [one for rule in RULES for one in rule(evidence)]


def everything_kept(evidence: Evidence) -> Iterator[Broken]:
    """Each message that came in stands in the database exactly once."""
    kept = Counter(row.external_id for row in evidence.rows("Message") if row.direction == "in")
    for sid, message in evidence.inbound.items():
        if kept[sid] != 1:
            owner = evidence.owners.get(message.phone.number if message.phone else "", "")
            yield Broken(
                rule="a message of hers is kept not once",
                who=owner,
                at=message.created_at,
                how=f"{kept[sid]} times",
            )
    for sid in kept.keys() - evidence.inbound.keys():
        yield Broken(rule="a message is kept that nobody sent", how=str(sid))


def answers_kept(evidence: Evidence) -> Iterator[Broken]:
    """Each answer that was clear is kept, as what it meant."""
    stored = {row.id: row.external_id for row in evidence.rows("Message")}
    answers = defaultdict(list)
    for row in evidence.rows("Answer"):
        answers[(stored.get(row.message_id), row.flow, row.step)].append(row)
    for given in evidence.witness.given:
        found = answers[(given.sid, given.flow, given.step)]
        if not any(_means(row, given.value) for row in found):
            kept = ", ".join(row.value for row in found) or "nothing"
            yield Broken(
                rule="an answer is lost or changed",
                who=given.reference,
                at=evidence.inbound[given.sid].created_at,
                how=f"{given.flow}.{given.step}: {given.value!r} is kept as {kept}",
            )


def harm_is_heard(evidence: Evidence) -> Iterator[Broken]:
    """For each message of harm there is an alert of its own."""
    stored = {row.external_id: row.id for row in evidence.rows("Message") if row.external_id}
    alerts = {(row.kind, row.message_id) for row in evidence.rows("Alert")}
    for sid, reference, kind in evidence.witness.harm:
        if (kind, stored.get(sid)) not in alerts:
            at = evidence.inbound[sid].created_at
            yield Broken(rule="no alert about harm", who=reference, at=at, how=kind)


def told_to_nobody(evidence: Evidence) -> Iterator[Broken]:
    """Her words reach nobody else's phone, but for a goal that she shares; none a shared phone."""
    people, mentors = evidence.by_id("Participant"), _mentors(evidence)
    for one in evidence.sent:
        for word in COINED.findall(one.body):
            owner, step = evidence.witness.coined.get(word, ("", ""))
            if owner == one.reference:
                shared = people[one.participant_id].discreet
                if shared and step != "welcome.safe_word_own":
                    yield told("her words on a shared phone", one, how=step)
                continue
            goal = step == "goal_setting.words" and one.reference in mentors.get(owner, ())
            if not goal:
                yield told("told what another one said", one, how=f"{owner} {step}")


def no_sentence_twice(evidence: Evidence) -> Iterator[Broken]:
    """Nobody reads the same sentence twice in a row within a day."""
    for sent in evidence.sent_to.values():
        for last, one in pairwise(sent):
            if one.body == last.body and one.at - last.at < timedelta(days=1):
                yield told("the same sentence twice", one, how=f"{one.flow}: {one.body[:60]}")


def sessions_settled(evidence: Evidence) -> Iterator[Broken]:
    """Each session whose time is over is in one final state."""
    for row in evidence.rows("Session"):
        over = row.starts_at + timedelta(minutes=row.planned_minutes) + SETTLED_WITHIN
        if over < evidence.ended and (row.state not in FINAL_STATES or row.settled_at is None):
            yield Broken(
                rule="a session is not settled",
                at=row.starts_at,
                how=f"session {row.id} of pairing {row.pairing_id} is {row.state}",
            )


def hours_add_up(evidence: Evidence) -> Iterator[Broken]:
    """The minutes of the sessions that were held are the hours that staff see."""
    pairings, enrolments = evidence.by_id("Pairing"), evidence.by_id("Enrolment")
    for cohort in evidence.rows("Cohort"):
        held = sum(
            row.minutes or 0
            for row in evidence.rows("Session")
            if row.state == "held"
            and enrolments[pairings[row.pairing_id].mentee_id].cohort_id == cohort.id
        )
        with evidence.rehearsing.parts.database.reading() as db:
            rows = read_impact_rows(db, cohort_id=cohort.id)
        shown = impact(rows).hours.total if rows is not None else None
        if shown != held:
            yield Broken(
                rule="hours do not add up", how=f"{cohort.name}: {shown} of {held} minutes"
            )


def check_ins_finished(evidence: Evidence) -> Iterator[Broken]:
    """Each check-in lies ahead, waits for an answer, or is over; a skipped one says why."""
    waiting = {
        row.check_in_id
        for row in evidence.rows("Conversation")
        if row.state in ("open", "held") and row.check_in_id is not None
    }
    for row in evidence.rows("CheckIn"):
        how = f"{row.flow} {row.slot} is {row.state}"
        until = useful_until(row.flow, row.due_at) + timedelta(days=1)
        late = until < evidence.ended and row.flow not in ASKED_ONCE
        lost = row.state == "asked" and row.id not in waiting
        if lost or (row.state == "planned" and late):
            yield _of_enrolment(evidence, row, rule="a check-in was left behind", how=how)
        if row.state == "skipped" and not row.reason:
            yield _of_enrolment(evidence, row, rule="skipped without a reason", how=how)


def one_conversation(evidence: Evidence) -> Iterator[Broken]:
    """Nobody has two conversations open, or two that wait behind one."""
    for state in ("open", "held"):
        talks = Counter(
            row.participant_id for row in evidence.rows("Conversation") if row.state == state
        )
        for participant_id, count in talks.items():
            if count > 1:
                who = evidence.references[participant_id]
                yield Broken(rule=f"several conversations are {state}", who=who, how=str(count))


def nothing_parked(evidence: Evidence) -> Iterator[Broken]:
    """Understanding never failed, no check-in was set aside, no job or request went wrong."""
    for row in evidence.rows("Message"):
        if row.state == "parked":
            who = evidence.references.get(row.participant_id, "")
            yield Broken(rule="a message was parked", who=who, at=row.at, how=row.error)
    for row in evidence.rows("Alert"):
        if row.kind == "parked":
            who = evidence.references.get(row.participant_id, "")
            yield Broken(
                rule="set aside", who=who, at=row.opened_at, how=f"{row.subject} {row.detail}"
            )
    for fault in evidence.witness.faults:
        yield Broken(rule="a fault", at=fault.at, how=fault.what)
    for hook in evidence.rehearsing.simulator.hooks:
        if hook.status is None or hook.status >= 300:
            yield Broken(rule="a webhook was refused", at=hook.at, how=f"{hook.kind} {hook.status}")


def nothing_unsent(evidence: Evidence) -> Iterator[Broken]:
    """What the product says that it sent came to a phone, and the other way round."""
    phones = {message.sid for message in evidence.phones if not message.inbound}
    for row in evidence.rows("Delivery"):
        if row.sid and row.sid not in phones:
            yield Broken(rule="sent by the database alone", at=row.updated_at, how=str(row.id))
        if row.state in ("sending", "unknown") and row.updated_at < evidence.ended - MOMENT:
            yield Broken(rule="nobody knows whether it was sent", at=row.updated_at, how=row.state)
    for one in evidence.sent:
        if one.message_id is None:
            yield told("sent, and not in the database", one)


def _of_enrolment(evidence: Evidence, row: Row[Any], *, rule: str, how: str) -> Broken:
    participant_id = evidence.by_id("Enrolment")[row.enrolment_id].participant_id
    return Broken(rule=rule, who=evidence.references[participant_id], at=row.due_at, how=how)


def _mentors(evidence: Evidence) -> dict[str, set[str]]:
    """Who is or was whose mentor, of those who let theirs see a goal at some time."""
    enrolments = evidence.by_id("Enrolment")
    shares = {
        row.participant_id
        for row in evidence.rows("Consent")
        if row.kind in ("sharing", "goal_only") and row.given
    }
    found: dict[str, set[str]] = defaultdict(set)
    for pair in evidence.rows("Pairing"):
        mentee = enrolments[pair.mentee_id].participant_id
        if mentee in shares:
            mentor = enrolments[pair.mentor_id].participant_id
            found[evidence.references[mentee]].add(evidence.references[mentor])
    return found


def _means(row: Row[Any], value: str) -> bool:
    """Whether it was kept as what she meant: keys, a number, or words; of what is sensitive, and
    she did not agree to our keeping, nothing is."""
    if row.sensitive and row.skipped:
        return True
    if row.value == value or row.value == ",".join(value.split(",")):
        return True
    return row.words.strip() == value.strip() or value in row.words


RULES: tuple[Rule, ...] = (
    quiet_hours,
    weekly_cap,
    held_everything,
    after_stop,
    while_away,
    wrong_numbers,
    everything_kept,
    answers_kept,
    harm_is_heard,
    told_to_nobody,
    no_sentence_twice,
    sessions_settled,
    hours_add_up,
    check_ins_finished,
    one_conversation,
    nothing_parked,
    nothing_unsent,
)
