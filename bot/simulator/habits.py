"""How the invented people of the rehearsal live: who answers when, how, what, and what she does.

Weeks are those of a programme of sixteen; a shorter rehearsal squeezes them. Chance is passed in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from types import MappingProxyType

from bot.simulator.sayings import DAYS, DIGITS, GOALS, NOISE, OWN_WORDS, coined

ALWAYS = 1000.0  # weeks: for good
IN_HAND = (1, 4)  # minutes between two answers of one who holds her phone
SKIPS, DOZES = 0.04, 0.05  # how often anybody skips a question, or lets one lie


@dataclass(frozen=True, kw_only=True)
class Deed:
    """Something that somebody does, or that staff do about her, in that week; not an answer."""

    week: float
    does: str
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class Habit:
    """One way of living through the programme.

    `answers` by "flow.step": keys of options, taken one after the other and the last again and
    again. `style`: taps, digits, words (typed labels), voice, foreign (labels in English), noise
    (something else first). `waits`: prompt or late. In the weeks of `silent` she does not answer.
    """

    name: str
    style: str = "taps"
    waits: str = "prompt"
    silent: tuple[tuple[float, float], ...] = ()
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    deeds: tuple[Deed, ...] = ()
    has: tuple[str, ...] = ()
    language: str = ""
    joins: float = 0
    matched_again: bool = False
    disagrees: bool = False


@dataclass(frozen=True, kw_only=True)
class Question:
    """What waits for her. `number`: how close she feels to her goal; `happened`: the minutes of
    the session it is about (0: it did not take place, -1: they moved it)."""

    name: str
    kind: str  # as engine.flow.Answer
    keys: tuple[str, ...]
    flagged: frozenset[str]
    several: bool
    optional: bool
    tries: int
    asked_before: int
    number: int
    happened: int


@dataclass(frozen=True, kw_only=True)
class Said:
    """What she answers: keys of options to pick, or words, or a voice note. All empty: a skip."""

    keys: tuple[str, ...] = ()
    words: str = ""
    voice: bool = False
    noise: bool = False  # nothing that answers the question
    coined: str = ""  # the word in it that nobody else ever says


_SHARED = MappingProxyType({"welcome.phone": ("yes",)})
_OWN = MappingProxyType({"welcome.phone": ("no",), "welcome.safe_word": ("ok",)})
_HARD = MappingProxyType(
    {
        "goal_check_in.week": ("ok", "hard", "hard", "good", "hard", "ok"),
        "goal_check_in.step": ("not_yet", "a_bit"),
        "goal_check_in.barriers": ("travel,housing", "low", "children", "time", "other", "phone"),
        "goal_check_in.b_low": ("yes",),
        "goal_check_in.b_housing": ("yes",),
        "goal_check_in.pair": ("good", "not_good", "ok"),
        "goal_check_in.pair_pause": ("yes",),
    }
)

MENTEES = (
    Habit(name="prompt", language="en", has=("whatsapp",)),
    Habit(
        name="stops, comes back",
        style="digits",
        language="ti",
        has=("sms",),
        deeds=(
            Deed(week=4.3, does="says", words="STOP"),
            Deed(week=6.2, does="says", words="START"),
        ),
    ),
    Habit(name="late, hard weeks", waits="late", language="ar", answers=_HARD),
    Habit(
        name="harm words once, shared phone",
        style="digits",
        language="fa",
        answers=_SHARED,
        deeds=(Deed(week=5.2, does="harm"),),
    ),
    Habit(name="voice notes only", style="voice", language="ti", has=("whatsapp",)),
    Habit(name="silent three weeks", language="fa", silent=((5, 8.6),)),
    Habit(name="something else first", style="noise", language="ar"),
    Habit(name="answers in English", style="foreign", language="ar", answers=_OWN),
    Habit(
        name="moves house",
        language="ti",
        has=("whatsapp", "sms"),
        silent=((4.6, 5.2),),
        deeds=(Deed(week=5.1, does="moves"),),
    ),
    Habit(
        name="changes language",
        style="words",
        language="ar",
        deeds=(Deed(week=3.2, does="says", words="English"),),
    ),
    Habit(name="stops for good", language="fa", deeds=(Deed(week=7.1, does="says", words="STOP"),)),
    Habit(
        name="pauses by message",
        language="en",
        answers={"pause.how_long": ("two_weeks",)},
        deeds=(Deed(week=6.1, does="says", words="PAUSE"),),
    ),
    Habit(
        name="leaves",
        language="ar",
        answers={"leave.what": ("leave",)},
        deeds=(Deed(week=9.1, does="says", words="LEAVE"), Deed(week=10, does="has left")),
    ),
    Habit(
        name="moves sessions",
        style="digits",
        language="fa",
        answers={"session_remind.still": ("yes", "move", "cannot", "yes", "move")},
    ),
    Habit(
        name="joins late, by a wrong number first",
        language="ti",
        joins=5,
        deeds=(Deed(week=5.8, does="moves"),),
    ),
    Habit(name="matched again", language="ar", matched_again=True),
    Habit(
        name="Ramadan and Fridays kept free",
        language="ar",
        answers={"welcome.weekday": ("friday",), "welcome.part": ("afternoon",)},
        deeds=(Deed(week=0.3, does="holds back", words="friday_noon,ramadan,eid_al_fitr"),),
    ),
    Habit(
        name="floods, a novel, abuse",
        style="words",
        language="en",
        deeds=(
            Deed(week=3.3, does="flood"),
            Deed(week=5.4, does="novel"),
            Deed(week=7.3, does="says", words="fuck off you stupid machine"),
        ),
    ),
    Habit(name="silent for good", language="ti", silent=((5, ALWAYS),)),
    Habit(
        name="safe word",
        language="fa",
        answers=_OWN,
        deeds=(Deed(week=8.2, does="safe word"), Deed(week=12, does="says", words="MENU")),
    ),
)
MENTORS = (
    Habit(name="prompt", has=("whatsapp",)),
    Habit(name="disagrees", disagrees=True),
    Habit(name="late", waits="late"),
    Habit(name="words", style="words", has=("whatsapp", "sms")),
    Habit(name="by SMS", style="digits", has=("sms",)),
    Habit(name="silent two weeks", silent=((4, 6),)),
    Habit(
        name="finds no time",
        answers={"session_remind.still": ("cannot", "move", "yes"), "session_confirm.met": ("no",)},
    ),
    Habit(name="voice notes", style="voice"),
    Habit(
        name="worried once",
        answers={"mentor_reflection.anything": ("no", "no", "today", "no", "week", "no")},
    ),
    Habit(name="moves sessions", answers={"session_remind.still": ("yes", "yes", "move")}),
    Habit(name="silent for good", silent=((8, ALWAYS),)),
    Habit(
        name="stops, comes back",
        deeds=(
            Deed(week=6.4, does="says", words="STOP"),
            Deed(week=8.2, does="says", words="START"),
        ),
    ),
)
OLD_HANDS = (
    Habit(name="joins the next cohort", deeds=(Deed(week=3, does="joins the next"),)),
    Habit(name="of the cohort before", style="words"),
)

# How often anybody picks what; what is not here is picked evenly among what raises no alert
_OFTEN: Mapping[str, Mapping[str, float]] = {
    "welcome.right_number": {"yes": 1},
    "welcome.consent": {"yes": 1},
    "welcome.phone": {"no": 8, "sometimes": 1, "yes": 1},
    "welcome.sensitive": {"yes": 9, "no": 1},
    "welcome.sharing": {"yes": 6, "goal_only": 2, "no": 1},
    "welcome.safe_word": {"ok": 9, "another": 2},
    "goal_setting.confirm": {"yes": 9, "change": 1},
    "goal_setting.another": {"no": 3, "yes": 1},
    "goal_check_in.week": {"good": 4, "ok": 4, "hard": 1},
    "goal_check_in.b_time": {"shorter": 2, "move": 1, "same": 2},
    "goal_check_in.pair": {"good": 8, "ok": 3, "not_good": 0.3},
    "light_check_in.fine": {"fine": 5, "call": 1},
    "hello.fine": {"fine": 5, "call": 1},
    "leave.what": {"person": 1},
    "menu.need": {"change": 2, "nothing": 1, "data": 1},
    "my_data.what": {"see": 1, "nothing": 1},
    "my_choices.what": {"nothing": 1},
    "mentor_reflection.anything": {"no": 30, "week": 1},
    "session_remind.still": {"yes": 24, "move": 1, "cannot": 1},
    "session_propose.good": {"yes": 8, "other_time": 1, "not_this_week": 1},
    "session_confirm.feeling": {"good": 9, "ok": 4, "not_good": 0.4},
    "session_confirm.right": {"yes": 9, "no": 1},
    "session_confirm.again": {"next_week": 4, "yes": 3, "person": 0.5},
    "session_arrange.right": {"yes": 9, "no": 1},
    "session_time.right": {"yes": 9, "no": 1},
    "session_move.right": {"yes": 9, "no": 1},
    "training_invite.coming": {"yes": 6, "part": 1, "no": 1},
}
_LENGTHS = {30: "half", 45: "three_quarters", 60: "hour"}


def wait(habit: Habit, *, week: float, in_hand: bool, chance: Random) -> timedelta | None:
    """How long until she answers what has just arrived; None: she does not."""
    if any(first <= week < last for first, last in habit.silent):
        return None
    if in_hand:
        return timedelta(minutes=chance.randint(*IN_HAND))
    if chance.random() < DOZES:
        return None
    if habit.waits == "late":
        return timedelta(hours=chance.randint(20, 76))
    return timedelta(minutes=chance.randint(3, 240))


def answer(habit: Habit, asked: Question, *, language: str, chance: Random) -> Said:
    """What she answers to it this time."""
    if habit.style == "noise" and asked.tries == 0 and chance.random() < 0.6:
        return Said(words=chance.choice(NOISE), noise=True)
    if habit.style == "voice" and not asked.name.startswith("welcome"):
        return Said(voice=True)
    chosen = _chosen(habit, asked, chance)
    if asked.optional and not chosen and chance.random() < SKIPS:
        return Said()
    if asked.kind == "rating":
        return Said(words=_digits(str(asked.number), language))
    if asked.kind == "words":
        return _own_words(asked, language=language, chance=chance)
    if asked.kind == "moment":
        return Said(words=_moment(language, chance))
    if asked.kind == "duration" and not asked.keys:
        return Said(words="1h30")
    return Said(keys=chosen or _picked(habit, asked, chance))


def _chosen(habit: Habit, asked: Question, chance: Random) -> tuple[str, ...]:
    """What her habit says, if it says anything of this question."""
    known = habit.answers.get(asked.name, ())
    if not known:
        return ()
    keys = tuple(known[min(asked.asked_before, len(known) - 1)].split(","))
    return keys if set(keys) <= set(asked.keys) else ()


def _picked(habit: Habit, asked: Question, chance: Random) -> tuple[str, ...]:
    if asked.name == "session_confirm.met":
        return (_met(habit, asked, chance),)
    if asked.name == "session_confirm.minutes":
        return (_LENGTHS.get(asked.happened, "more"),)
    often = dict(_OFTEN.get(asked.name) or dict.fromkeys(set(asked.keys) - asked.flagged, 1.0))
    offered = [key for key in asked.keys if key in often] or list(asked.keys)
    first = chance.choices(offered, weights=[often.get(key, 1.0) for key in offered])[0]
    if not asked.several or first == "none" or chance.random() < 0.5:
        return (first,)
    more = [key for key in asked.keys if key not in (first, "none")]
    return tuple(sorted({first, chance.choice(more)}, key=asked.keys.index)) if more else (first,)


def _met(habit: Habit, asked: Question, chance: Random) -> str:
    if habit.disagrees and chance.random() < 0.3:
        return "no" if asked.happened > 0 else "yes"
    return "moved" if asked.happened < 0 else "yes" if asked.happened else "no"


def _own_words(asked: Question, *, language: str, chance: Random) -> Said:
    word = coined(chance)
    if asked.name == "welcome.safe_word_own":
        return Said(words=word, coined=word)
    said = GOALS if asked.name == "goal_setting.words" else OWN_WORDS
    return Said(words=f"{chance.choice(said[language])} {word}", coined=word)


def _moment(language: str, chance: Random) -> str:
    day, hour = chance.randrange(7), chance.randint(2, 6)
    if language not in DAYS:
        language = "en"
    return DAYS[language][1].format(day=DAYS[language][0][day], hour=_digits(str(hour), language))


def _digits(text: str, language: str) -> str:
    """A number as she types it."""
    return text.translate(DIGITS[language]) if language in DIGITS else text
