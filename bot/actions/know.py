"""Gather what the engine may look at and what texts may name, as one `Snapshot`."""

from datetime import datetime

from sqlmodel import Session

from bot.actions.house import House
from bot.engine.facts import Snapshot
from bot.store.known import KnownMentee, KnownMentor, known_mentee, known_mentor
from bot.store.talk import Person

USUAL_DAY = 3  # Thursday, where no check-in is planned any more
MOST_QUOTED = 300  # characters; WhatsApp takes 1,600 in all


def know(
    db: Session,
    *,
    house: House,
    who: Person,
    language: str,
    enrolment_id: int | None,
    check_in_id: int | None,
    goal_id: int | None,
) -> Snapshot:
    """What is known of her for a turn in `language`. Without an enrolment: her name and ours."""
    words = common_words(house, name=who.name, language=language)
    languages = _languages(house, hers=who.language)
    if enrolment_id is None:
        return Snapshot(role=who.role, words=words, languages=languages, discreet=who.discreet)
    if who.role == "mentor":
        mentor = known_mentor(db, enrolment_id=enrolment_id, check_in_id=check_in_id)
        named = _mentor_words(house, mentor, language) if mentor else {}
        return Snapshot(role="mentor", words=words | named, languages=languages)
    mentee = known_mentee(
        db, enrolment_id=enrolment_id, check_in_id=check_in_id, goal_id=goal_id
    )
    if mentee is None:
        return Snapshot(words=words, languages=languages, discreet=who.discreet)
    return Snapshot(
        goals=mentee.goals,
        first_rating=mentee.first,
        last_rating=mentee.last,
        has_step=bool(mentee.next_step),
        discreet=who.discreet,
        check_ins_answered=mentee.answered,
        words=words | _mentee_words(house, mentee, language),
        languages=languages,
    )


def common_words(house: House, *, name: str, language: str) -> dict[str, str]:
    """The words that every text may name."""
    return {
        "name": name,
        "org": house.charity,
        "who": house.who or house.catalogues.text("standing.our_team", language),
        "phone": house.phone,
        "other": house.catalogues.text("standing.your_mentor", language),
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


def _mentor_words(house: House, known: KnownMentor, language: str) -> dict[str, str]:
    words = {
        "other": known.other or house.catalogues.text("standing.your_mentee", language),
        "target": str(known.target),
        "hours": house.catalogues.hours(known.minutes, language),
    }
    if known.starts_at is not None:
        words["when"] = house.catalogues.spoken_day(
            known.starts_at, language=language, zone=house.zone
        )
        words["number"] = str(known.number)
    return words


def quoted(words: str) -> str:
    """Her words as a question may repeat them: a message has no room for a whole story."""
    return words if len(words) <= MOST_QUOTED else f"{words[:MOST_QUOTED].rstrip()}…"


def weekday(house: House, moment: datetime, language: str) -> str:
    """The weekday of that moment at home, in her language."""
    return house.catalogues.weekday(moment.astimezone(house.zone).weekday(), language)
