"""The invented people of the rehearsal: pairs with names, numbers, languages and habits. No clock.

The same seed invents the same people. Numbers come from the range that Ofcom keeps for drama.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from bot.simulator.habits import MENTEES, MENTORS, OLD_HANDS, Deed, Habit
from bot.simulator.sayings import luck

MAIN, OLD = "Rehearsal", "The cohort before"
LANGUAGES = ("en", "ti", "ar", "fa", "ti", "ar", "fa", "ar")
COMPANIES = ("Acorn Ltd", "Birch & Sons", "Cedar Group", "Dune Partners", "Elm Works", "Fern plc")
WITH_OTHERS = 3  # pairs, and more: then there is a cohort before
NAMES = {
    "en": ("Grace", "Joan", "Nadine", "Ruby", "Chidi", "Hope", "Mercy", "Blessing"),
    "ar": ("Amina", "Huda", "Salma", "Rania", "Zeinab", "Mariam", "Iman", "Lubna"),
    "fa": ("Farah", "Shirin", "Parisa", "Nasrin", "Laleh", "Zohra", "Mina", "Roya"),
    "ti": ("Selam", "Luwam", "Saba", "Rahel", "Hiwet", "Feven", "Semhar", "Winta"),
}
MENTORS_NAMES = ("Harriet", "Beth", "Clare", "Diane", "Esther", "Fiona", "Gwen", "Helen", "Isla")


@dataclass(frozen=True, kw_only=True)
class Invented:
    """One invented person. `joins` is the week of the programme in which staff enter her; what
    she `has` are the channels of her phone. `mentor` is the reference of hers, for a mentee."""

    reference: str
    role: str
    name: str
    language: str
    number: str
    has: tuple[str, ...]
    habit: Habit
    cohort: str = MAIN
    company: str = ""
    mentor: str = ""
    joins: float = 0

    @property
    def line(self) -> dict[str, str]:
        """Her line of the charity's list."""
        return {
            "id": self.reference,
            "role": self.role,
            "name": self.name,
            "language": self.language,
            "whatsapp": self.number if "whatsapp" in self.has else "",
            "sms": self.number if "sms" in self.has else "",
            "cohort": self.cohort,
            "organisation": self.company,
            "mentor_id": self.mentor,
        }


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Everybody, in the order of the list."""

    people: tuple[Invented, ...]


def invent(*, pairs: int, seed: int, offered: Collection[str] = tuple(NAMES)) -> Cast:
    """`pairs` pairs of the cohort that is rehearsed, and two of the one before.

    Whose language is not `offered` is written to in English.
    """
    chance = luck(seed, "people")
    mentors = [_mentor(place, chance) for place in range(max(1, pairs - 1))]
    mentees = [_mentee(place, mentors, chance) for place in range(pairs)]
    mentors = [_leaves_early(mentor, mentees) for mentor in mentors]
    before = _the_cohort_before() if pairs >= WITH_OTHERS else ()
    people = (*mentors, *mentees, *before)
    return Cast(
        people=tuple(
            one if one.language in offered else replace(one, language="en") for one in people
        )
    )


def moved(person: Invented, number: str) -> Invented:
    """The same person behind another number."""
    return replace(person, number=number)


def new_number(person: Invented) -> str:
    """The number that she has after she has moved: no one else's."""
    return f"+447700900{int(person.number[-3:]) + 400:03d}"


def deeds_of(people: Sequence[Invented]) -> Iterator[tuple[Invented, Deed]]:
    """Everything that anybody does on her own accord."""
    for person in people:
        for deed in person.habit.deeds:
            yield person, deed


def _mentor(place: int, chance: Random) -> Invented:
    habit = MENTORS[place % len(MENTORS)]
    return Invented(
        reference=f"M-{place + 1:03d}",
        role="mentor",
        name=MENTORS_NAMES[place % len(MENTORS_NAMES)],
        language="en",
        number=f"+447700900{300 + place:03d}",
        has=habit.has or chance.choice((("whatsapp",), ("whatsapp", "sms"))),
        habit=habit,
        company=COMPANIES[place % len(COMPANIES)],
    )


def _mentee(place: int, mentors: Sequence[Invented], chance: Random) -> Invented:
    """The first mentor has the first two."""
    habit = MENTEES[place % len(MENTEES)]
    language = habit.language or LANGUAGES[place % len(LANGUAGES)]
    names = NAMES[language]
    mentor = mentors[max(0, place - 1) % len(mentors)]
    return Invented(
        reference=f"W-{place + 1:03d}",
        role="mentee",
        name=names[(place // len(LANGUAGES) + place) % len(names)],
        language=language,
        number=f"+447700900{100 + place:03d}",
        has=habit.has or chance.choice((("whatsapp",), ("whatsapp", "sms"), ("sms",))),
        habit=habit,
        mentor=mentor.reference,
        joins=habit.joins,
    )


def _leaves_early(mentor: Invented, mentees: Sequence[Invented]) -> Invented:
    """The mentor of somebody who is matched again is one who finds no time."""
    left = any(one.habit.matched_again and one.mentor == mentor.reference for one in mentees)
    busy = next(habit for habit in MENTORS if habit.name == "finds no time")
    return replace(mentor, habit=busy) if left else mentor


def _the_cohort_before() -> Iterator[Invented]:
    """Two pairs that arrange each session themselves; one of the two mentees joins the new one."""
    for place, habit in enumerate(OLD_HANDS):
        mentor = f"M-9{place:02d}"
        yield Invented(
            reference=mentor,
            role="mentor",
            name=MENTORS_NAMES[-1 - place],
            language="en",
            number=f"+447700900{290 + place:03d}",
            has=("whatsapp",),
            habit=MENTORS[0],
            cohort=OLD,
            company=COMPANIES[0],
        )
        yield Invented(
            reference=f"W-9{place:02d}",
            role="mentee",
            name=NAMES["ar"][-1 - place],
            language="ar",
            number=f"+447700900{280 + place:03d}",
            has=("whatsapp", "sms"),
            habit=habit,
            cohort=OLD,
            mentor=mentor,
        )
