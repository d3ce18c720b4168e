"""Gather what the engine may look at and what texts may name, as one `Snapshot`.

One read for a mentee, one for a mentor; what only some conversations need is read for those.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlmodel import Session

from bot.actions.house import House
from bot.actions.talk import Talk
from bot.engine.facts import Snapshot
from bot.programme.ladder import WEEK
from bot.store.addresses import said_of_sms
from bot.store.known import (
    KnownMentee,
    KnownSession,
    active_goals,
    known_mentee,
    known_mentor,
    known_session,
)
from bot.store.talk import Person
from bot.store.trainings import training_moment

USUAL_DAY = 3  # Thursday, where no check-in is planned any more
MOST_QUOTED = 300  # characters; WhatsApp takes 1,600 in all
ASK_OF_SMS = ("welcome", "my_choices")
PAIR_EVERY = 2  # check-ins answered since she was last asked about her mentor


@dataclass(frozen=True, kw_only=True)
class _More:
    """What one conversation needs beyond what is always known."""

    words: Mapping[str, str] = field(default_factory=dict)
    facts: frozenset[str] = frozenset()


def know(db: Session, *, house: House, who: Person, talk: Talk, now: datetime) -> Snapshot:
    """What is known of her for a turn of `talk`. Without an enrolment: her name and ours."""
    known = Snapshot(
        role=who.role,
        words=common_words(house, name=who.name, language=who.language, safe_word=who.safe_word),
        languages=_languages(house, hers=who.language),
        discreet=who.discreet,
    )
    if talk.enrolment_id is None:
        return known
    if who.role == "mentor":
        known = _mentor(db, talk.enrolment_id, house=house, who=who, talk=talk, known=known)
    else:
        known = _mentee(
            db, talk.enrolment_id, house=house, who=who, talk=talk, known=known, now=now
        )
    more = (
        _of_session(db, house=house, who=who, talk=talk, now=now),
        _of_flow(db, house=house, who=who, talk=talk),
    )
    for one in more:
        known = replace(known, words={**known.words, **one.words}, facts=known.facts | one.facts)
    return known


def _mentee(
    db: Session,
    enrolment_id: int,
    *,
    house: House,
    who: Person,
    talk: Talk,
    known: Snapshot,
    now: datetime,
) -> Snapshot:
    mentee = known_mentee(
        db, enrolment_id=enrolment_id, check_in_id=talk.check_in_id, goal_id=talk.goal_id, now=now
    )
    if mentee is None:
        return known
    ahead = _next(house, mentee.next_at, language=who.language, now=now)
    due = {"pair_due"} if mentee.since_pair >= PAIR_EVERY else set()
    return replace(
        known,
        goals=mentee.goals,
        first_rating=mentee.first,
        last_rating=mentee.last,
        has_step=bool(mentee.next_step),
        facts=ahead.facts | due,
        words={**known.words, **_mentee_words(house, mentee, who.language), **ahead.words},
    )


def _mentor(
    db: Session, enrolment_id: int, *, house: House, who: Person, talk: Talk, known: Snapshot
) -> Snapshot:
    mentor = known_mentor(db, enrolment_id=enrolment_id, goal_id=talk.goal_id)
    if mentor is None:
        return known
    text = house.catalogues.text
    words = {
        "other": mentor.other or text("standing.your_mentee", who.language),
        "target": str(mentor.target),
    }
    if mentor.goal is not None:
        words["goal"] = quoted(mentor.goal) or text("standing.voice_goal", who.language)
    return replace(known, words={**known.words, **words})


def _of_session(db: Session, *, house: House, who: Person, talk: Talk, now: datetime) -> _More:
    """The session it is about; in question may be another moment, which she has just named."""
    named, language = talk.answers.get("when", ""), who.language
    words: dict[str, str] = {}
    ahead = _More()
    if talk.session_id is not None:
        about = known_session(db, session_id=talk.session_id, role=who.role)
        if about is not None:
            words = {
                "when": _when(house, about, language=language),
                "moment": spoken_moment(house, about.starts_at, language=language),
                "number": str(about.number),
                "target": str(about.target),
                "hours": house.catalogues.hours(about.minutes, language),
            }
            if about.other:
                words["other"] = about.other
            ahead = _next(house, about.next_at, language=language, now=now)
    if named[:1].isdigit():  # else she skipped it, or asked for a person
        moment = datetime.fromisoformat(named)
        words["moment"] = spoken_moment(house, moment, language=language)
    return _More(words={**words, **ahead.words}, facts=ahead.facts)


def _next(house: House, at: datetime | None, *, language: str, now: datetime) -> _More:
    """The session to come, where it is within a week."""
    if at is None or not now < at <= now + WEEK:
        return _More()
    said = spoken_moment(house, at, language=language)
    return _More(words={"next": said}, facts=frozenset({"has_next"}))


def _when(house: House, about: KnownSession, *, language: str) -> str:
    """Its day; and its time too where the two meet twice on that day."""
    day = about.starts_at.astimezone(house.zone).date()
    if any(other.astimezone(house.zone).date() == day for other in about.others_at):
        return spoken_moment(house, about.starts_at, language=language)
    return house.catalogues.spoken_day(about.starts_at, language=language, zone=house.zone)


def _of_flow(db: Session, *, house: House, who: Person, talk: Talk) -> _More:
    """What only that conversation asks for."""
    enrolment_id, language = talk.enrolment_id or 0, who.language
    if talk.flow in ASK_OF_SMS and who.channel == "whatsapp":
        numbers = said_of_sms(db, participant_id=who.id)
        unasked = {"sms_unasked"} if None in numbers else set()
        return _More(facts=frozenset({"has_sms", *unasked} if numbers else ()))
    if talk.flow in ("mid_point", "end_survey"):
        return _goals(db, enrolment_id=enrolment_id)
    if talk.flow == "training_invite" and talk.check_in_id is not None:
        begins = training_moment(db, check_in_id=talk.check_in_id)
        said = spoken_moment(house, begins, language=language) if begins else ""
        return _More(words={"moment": said})
    if talk.flow == "mentor_reflection" and talk.session_id is not None:
        # By her own count: whether this comes must not tell her what her mentee has said
        about = known_session(db, session_id=talk.session_id, role="mentor")
        even = about is not None and about.number % 2 == 0
        return _More(facts=frozenset({"every_second"} if even else ()))
    return _More()


def _goals(db: Session, *, enrolment_id: int) -> _More:
    found = active_goals(db, enrolment_id=enrolment_id)
    names = ("goal", "goal_2", "goal_3")
    words = {name: quoted(goal.words) for name, goal in zip(names, found, strict=False)}
    facts = {f"has_goal_{place}" for place in (2, 3) if place <= len(found)}
    return _More(words=words, facts=frozenset(facts))


def common_words(house: House, *, name: str, language: str, safe_word: str = "") -> dict[str, str]:
    """The words that every text may name."""
    return {
        "name": name,
        "org": house.charity,
        "who": house.who or house.catalogues.text("standing.our_team", language),
        "phone": house.phone,
        "other": house.catalogues.text("standing.your_mentor", language),
        "safe_word": safe_word or house.catalogues.text("standing.safe_word", language),
    }


def _languages(house: House, *, hers: str) -> tuple[tuple[str, str], ...]:
    """The languages on offer, hers first, then in the order of `languages.toml`."""
    offered = house.catalogues.languages
    tags = sorted(offered, key=lambda tag: tag != hers)
    return tuple((tag, offered[tag].own_name) for tag in tags)


def _mentee_words(house: House, known: KnownMentee, language: str) -> dict[str, str]:
    text = house.catalogues.text
    words = {"other": known.other or text("standing.your_mentor", language)}
    words["day"] = house.catalogues.weekday(USUAL_DAY, language)
    if known.goal is not None:
        words["goal"] = quoted(known.goal) or text("standing.voice_goal", language)
    if known.first is not None and known.last is not None:
        words |= {"first": str(known.first), "now": str(known.last)}
    if known.next_due is not None:
        words["day"] = weekday(house, known.next_due, language)
    return words


def quoted(words: str) -> str:
    """Her words as a question may repeat them: a message has no room for a whole story."""
    return words if len(words) <= MOST_QUOTED else f"{words[:MOST_QUOTED].rstrip()}…"


def weekday(house: House, moment: datetime, language: str) -> str:
    """The weekday of that moment at home, in her language."""
    return house.catalogues.weekday(moment.astimezone(house.zone).weekday(), language)


def spoken_moment(house: House, moment: datetime, *, language: str) -> str:
    """Weekday, day, month in words, hour and part of day: what is read back before it counts."""
    return house.catalogues.spoken_moment(moment, language=language, zone=house.zone)
