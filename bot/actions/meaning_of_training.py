"""What her answers change in the list of a training: is she coming, and was it useful."""

from sqlmodel import Session as Db

from bot.actions.effect import Change, Effect, Meaning
from bot.store.trainings import remember, training_of


def _said(part: str) -> Meaning:
    def remembered(db: Db, change: Change) -> Effect:
        """A training that has been taken off the list since then is not answered about."""
        talk = change.talk
        if talk.check_in_id is None or talk.enrolment_id is None:
            return Effect()
        training_id = training_of(db, check_in_id=talk.check_in_id)
        if training_id is not None:
            remember(
                db,
                training_id=training_id,
                enrolment_id=talk.enrolment_id,
                now=change.now,
                **{part: change.answered.value},
            )
        return Effect()

    return remembered


MEANINGS: dict[str, Meaning] = {
    "training_coming": _said("coming"),
    "training_useful": _said("useful"),
}
