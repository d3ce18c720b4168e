"""What one staff member may see: whose, and which kinds of record. Every read for a page takes it.

It is decided here and in `bot.store.staff`, and nowhere else: pages and templates only pass it on.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select, true

from bot.programme.concerns import SAFEGUARDING
from bot.store.models import Alert, AlertConflict, Conversation, Enrolment, Message, Pairing
from bot.store.tables import table

ALERT, ENROLMENT, PAIRING = table(Alert), table(Enrolment), table(Pairing)
CONFLICT, MESSAGE, TALK = table(AlertConflict), table(Message), table(Conversation)
KEPT = "Kept with the safeguarding lead."  # stands for words that are not for her


@dataclass(frozen=True, kw_only=True)
class Sight:
    """`cohorts`: whose people she sees, None for everybody. `safeguarding`: records of harm.

    `strangers`: who wrote and is not known; `house`: troubles of the bot that are about nobody.
    A participant of two cohorts is seen through either, with the facts of that one only.
    """

    staff_id: int | None = None
    cohorts: frozenset[int] | None = frozenset()
    safeguarding: bool = False
    strangers: bool = False
    house: bool = False

    def cohort(self, cohort_id: int) -> bool:
        """Whether she sees that cohort."""
        return self.cohorts is None or cohort_id in self.cohorts

    def of_cohort(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        """Where that column holds a cohort that she sees."""
        return true() if self.cohorts is None else column.in_(self.cohorts)

    def of_enrolment(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        """Where that column holds an enrolment in a cohort that she sees."""
        if self.cohorts is None:
            return true()
        return column.in_(select(ENROLMENT.c.id).where(self.of_cohort(ENROLMENT.c.cohort_id)))

    def of_person(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        """Where that column holds a participant whom she sees."""
        if self.cohorts is None:
            return true()
        hers = select(ENROLMENT.c.participant_id).where(self.of_cohort(ENROLMENT.c.cohort_id))
        return column.in_(hers)

    def of_pairing(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        """Where that column holds a pair of a cohort that she sees."""
        if self.cohorts is None:
            return true()
        hers = select(PAIRING.c.id).where(self.of_enrolment(PAIRING.c.mentee_id))
        return column.in_(hers)

    def of_message(self) -> ColumnElement[bool]:
        """Where a message of somebody she sees belongs to a cohort that she sees, or to none.

        What the bot says in another cohort names the other one of a pair there. Harm is different:
        whoever may read it and sees the woman reads it.
        """
        if self.cohorts is None:
            return true()
        elsewhere = exists().where(
            TALK.c.id == MESSAGE.c.conversation_id,
            TALK.c.enrolment_id.is_not(None),
            ~self.of_enrolment(TALK.c.enrolment_id),
        )
        here = ~elsewhere.correlate(MESSAGE)
        return or_(here, is_safeguarding()) if self.safeguarding else here

    def not_about_her(self) -> ColumnElement[bool]:
        """Alerts that are not about this staff member herself."""
        if self.staff_id is None:
            return true()
        about = select(CONFLICT.c.alert_id).where(CONFLICT.c.staff_id == self.staff_id)
        return ALERT.c.id.not_in(about)

    def keeps(self) -> ColumnElement[bool]:
        """Messages whose words are not for her: records of harm, and what is about herself."""
        raised = select(ALERT.c.message_id).where(ALERT.c.message_id.is_not(None))
        about_her = or_(
            MESSAGE.c.id.in_(raised.where(~self.not_about_her())),
            # an alert that counts up points at the newest of its messages alone
            and_(is_safeguarding(), self._meanwhile(), MESSAGE.c.id.not_in(raised)),
        )
        return about_her if self.safeguarding else or_(is_safeguarding(), about_her)

    def _meanwhile(self) -> ColumnElement[bool]:
        """Whether a message was written while an alert about its writer went round her."""
        about_her = CONFLICT.c.staff_id == (self.staff_id or 0)
        found = exists(CONFLICT.join(ALERT, ALERT.c.id == CONFLICT.c.alert_id).select()).where(
            about_her,
            ALERT.c.participant_id == MESSAGE.c.participant_id,
            ALERT.c.opened_at <= MESSAGE.c.at,
            or_(ALERT.c.closed_at.is_(None), ALERT.c.closed_at >= MESSAGE.c.at),
        )
        return found.correlate(MESSAGE)

    def keeps_from(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        """Whether that column holds the id of a message whose words are not for her."""
        return exists().where(MESSAGE.c.id == column, self.keeps())


EVERYTHING = Sight(cohorts=None, safeguarding=True, strangers=True, house=True)


def is_safeguarding() -> ColumnElement[bool]:
    """Whether a message is a safeguarding record: marked as one, or what raised such an alert."""
    raised = select(ALERT.c.message_id).where(
        ALERT.c.message_id.is_not(None), ALERT.c.kind.in_(sorted(SAFEGUARDING))
    )
    return or_(MESSAGE.c.safeguarding.is_(True), MESSAGE.c.id.in_(raised))


def sight_of(*, staff_id: int, permissions: Iterable[str], cohorts: frozenset[int] | None) -> Sight:
    """What permissions give to see. Without `read` nobody's words and nobody's name.

    Strangers are for all who read, wherever they are at home: a stranger may be anybody's mentee
    with another phone, and must not wait for whoever happens to see everything.
    """
    hers = frozenset(permissions)
    reads = "read" in hers
    return Sight(
        staff_id=staff_id,
        cohorts=cohorts if reads else frozenset(),
        safeguarding="safeguard" in hers,
        strangers=reads,
        house="administer" in hers or (reads and cohorts is None),
    )
