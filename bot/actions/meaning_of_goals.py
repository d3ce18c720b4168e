"""What her answers change in her goals: words, ratings, the small step."""

from datetime import timedelta

from sqlalchemy import func, select, update
from sqlmodel import Session as Db

from bot.actions.effect import Change, Effect, Meaning
from bot.actions.know import quoted
from bot.actions.plan import plan_once
from bot.actions.talk import Talk
from bot.engine.facts import SPOKEN
from bot.store.known import active_goals, mentor_of, shares_goal
from bot.store.models import Conversation, Goal, GoalEntry
from bot.store.prepared import PreparedInsert
from bot.store.tables import table

_TALK, _GOAL = table(Conversation), table(Goal)
_ENTRY = PreparedInsert(table(GoalEntry), "goal_id", "kind", "rating", "answer_id", "at")


def _focus(db: Db, change: Change) -> Effect:
    """What her goal is about. Before there is one, the answer waits in the conversation."""
    if change.talk.goal_id is not None:
        goal = update(_GOAL).where(_GOAL.c.id == change.talk.goal_id)
        db.execute(goal.values(focus=change.answered.value))
    return Effect()


def _goal_words(db: Db, change: Change) -> Effect:
    """A new goal, or the new wording of the one she wanted to change."""
    talk, spoken = change.talk, change.answered.value == SPOKEN
    words = "" if spoken else change.answered.value
    if talk.enrolment_id is None:
        return Effect()
    if talk.goal_id is None or talk.answers.get("confirm") != "change":
        talk.goal_id = _new_goal(db, change, enrolment_id=talk.enrolment_id, words=words)
    else:
        db.execute(update(_GOAL).where(_GOAL.c.id == talk.goal_id).values(words=words))
    _remember_goal(db, change, "words", words=words)
    voice = change.house.catalogues.text("standing.voice_goal", change.who.language)
    return Effect(words={"goal": quoted(words) or voice})


def _new_goal(db: Db, change: Change, *, enrolment_id: int, words: str) -> int:
    newest = select(func.coalesce(func.max(_GOAL.c.number), 0)).where(
        _GOAL.c.enrolment_id == enrolment_id
    )
    goal = Goal(
        enrolment_id=enrolment_id,
        number=db.execute(newest).scalar_one() + 1,
        focus=change.talk.answers.get("focus", ""),
        words=words,
        language=change.source.language,
        created_at=change.now,
    )
    db.add(goal)
    db.flush()
    db.execute(update(_TALK).where(_TALK.c.id == change.talk.id).values(goal_id=goal.id))
    if goal.id is None:
        raise TypeError("a stored goal has an id")
    return goal.id


def _remember_goal(
    db: Db, change: Change, kind: str, *, words: str = "", rating: int | None = None
) -> None:
    """One more line of the history of the goal in turn."""
    if change.talk.goal_id is not None:
        _keep_entry(db, change, change.talk.goal_id, kind, words=words, rating=rating)


def _keep_entry(
    db: Db, change: Change, goal_id: int, kind: str, *, words: str = "", rating: int | None = None
) -> None:
    entry = {
        "goal_id": goal_id,
        "kind": kind,
        "words": words,
        "rating": rating,
        "answer_id": change.answer_id,
        "at": change.now,
    }
    _ENTRY.run(db, entry)


def _goal_rating(db: Db, change: Change) -> Effect:
    talk, rating = change.talk, change.answered.number
    if talk.goal_id is None or rating is None:
        return Effect()
    _remember_goal(db, change, "rating", rating=rating)
    return Effect(words={"now": str(rating)})


def _first_rating(db: Db, change: Change) -> Effect:
    """Where she starts from. Her mentor hears of the goal tomorrow, if she has agreed to that."""
    effect = _goal_rating(db, change)
    goal_id, enrolment_id = change.talk.goal_id, change.talk.enrolment_id
    if goal_id is not None and enrolment_id is not None and shares_goal(db, goal_id=goal_id):
        mentor = mentor_of(db, enrolment_id=enrolment_id)
        if mentor is not None:
            plan_once(
                db,
                enrolment_id=mentor,
                flow="goal_shared",
                slot=f"goal-{goal_id}",
                due_at=change.now + timedelta(days=1),
                goal_id=goal_id,
            )
    return effect


def after_goals(db: Db, talk: Talk) -> str | None:
    """What follows when she has said her goals: how sure she feels, once in a cohort."""
    if talk.flow != "goal_setting" or talk.goal_id is None:
        return None
    asked = select(_TALK.c.id).where(
        _TALK.c.enrolment_id == talk.enrolment_id, _TALK.c.flow == "starting_out"
    )
    return "starting_out" if db.execute(asked.limit(1)).first() is None else None


def _rating_of(place: int) -> Meaning:
    """Of the first, second or third goal, as the questions of a survey go through them."""

    def rated(db: Db, change: Change) -> Effect:
        if change.talk.enrolment_id is None or change.answered.number is None:
            return Effect()
        goals = active_goals(db, enrolment_id=change.talk.enrolment_id)
        if place <= len(goals):
            _keep_entry(db, change, goals[place - 1].id, "rating", rating=change.answered.number)
        return Effect()

    return rated


def _goal_step(db: Db, change: Change) -> Effect:
    if change.talk.goal_id is None:
        return Effect()
    words = "" if change.answered.value == SPOKEN else change.answered.value
    goal = update(_GOAL).where(_GOAL.c.id == change.talk.goal_id)
    db.execute(goal.values(next_step=words))
    _remember_goal(db, change, "step", words=words)
    return Effect()


def _nothing(_: Db, __: Change) -> Effect:
    """The answer itself is all there is to keep."""
    return Effect()


MEANINGS: dict[str, Meaning] = {
    "focus": _focus,
    "goal_words": _goal_words,
    "goal_confirmed": _nothing,
    "goal_rating": _first_rating,
    "goal_rating_1": _rating_of(1),
    "goal_rating_2": _rating_of(2),
    "goal_rating_3": _rating_of(3),
    "goal_step": _goal_step,
    "goal_progress": _goal_rating,
}
