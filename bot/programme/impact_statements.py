"""The statements that a cohort's report makes, as data: who is asked what, which answers say so.

Names of flows, steps and options are those of `conversations/`; a test holds the two together.
"""

from dataclasses import dataclass

# The answers of one scale as (key, text), those that say so first.
Side = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Scale:
    """The options of a question: those that count as the statement, and the others."""

    yes: Side
    other: Side

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(key for key, _ in (*self.yes, *self.other))


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One sentence of the report. `steps` must all be answered, and all say so.

    With `any_of` the question takes several answers, and one of these is enough. `part` is where
    in the report it stands.
    """

    key: str
    part: str
    role: str
    flow: str
    steps: tuple[str, ...]
    scale: Scale
    text: str
    any_of: frozenset[str] = frozenset()
    headline: bool = False


HELPFUL = Scale(
    yes=(("very", "very helpful"), ("helpful", "helpful")),
    other=(("a_little", "a little"), ("not", "not helpful")),
)
MORE = Scale(
    yes=(("much", "much more"), ("bit", "a bit more")),
    other=(("same", "the same"), ("less", "less")),
)
BETTER = Scale(
    yes=(("much", "much better"), ("bit", "a bit better")),
    other=(("same", "the same"), ("less", "worse")),
)
AGAIN = Scale(yes=(("yes", "yes"),), other=(("maybe", "maybe"), ("no", "no")))
AGREED = Scale(yes=(("yes", "yes"),), other=(("no", "no"),))
GAINED = Scale(
    yes=(
        ("skills", "new skills"),
        ("chances", "new chances"),
        ("confidence", "confidence"),
        ("friend", "a friend"),
    ),
    other=(("none", "none yet"),),
)
STARTED = Scale(
    yes=(
        ("job", "a job"),
        ("volunteering", "volunteering"),
        ("course", "a course"),
        ("business", "a business"),
    ),
    other=(("none", "nothing yet"),),
)
SURE = (
    ("very", "very sure"),
    ("fairly", "fairly sure"),
    ("somewhat", "somewhat sure"),
    ("a_little", "a little sure"),
    ("not", "not sure"),
)
# How people said they started out: key, role, step, question.
BASELINE = (
    ("mentees_sure", "mentee", "sure", "Mentees: how sure of yourself do you feel, starting out?"),
    ("mentors_sure", "mentor", "sure", "Mentors: how sure of yourself do you feel, starting out?"),
    ("mentors_listener", "mentor", "listener", "Mentors: and as a listener, starting out?"),
)
BASELINE_FLOW = "starting_out"
FEEDBACK, MENTEES, MENTORS, LATER = "feedback", "mentees", "mentors", "later"


def _end(key: str, step: str, text: str, *, headline: bool = False) -> Statement:
    return Statement(
        key=key,
        part=MENTEES,
        role="mentee",
        flow="end_survey",
        steps=(step,),
        scale=MORE,
        text=text,
        headline=headline,
    )


def _gained(key: str, text: str, *any_of: str, headline: bool = False) -> Statement:
    return Statement(
        key=key,
        part=MENTEES,
        role="mentee",
        flow="end_survey",
        steps=("gained",),
        scale=GAINED,
        any_of=frozenset(any_of),
        text=text,
        headline=headline,
    )


def _mentors(
    key: str, text: str, *steps: str, headline: bool = False, scale: Scale = MORE
) -> Statement:
    return Statement(
        key=key,
        part=MENTORS,
        role="mentor",
        flow="end_survey_mentor",
        steps=steps,
        scale=scale,
        text=text,
        headline=headline,
    )


def _started(key: str, text: str, *any_of: str, headline: bool = False) -> Statement:
    return Statement(
        key=key,
        part=LATER,
        role="mentee",
        flow="follow_up",
        steps=("started",),
        scale=STARTED,
        any_of=frozenset(any_of),
        text=text,
        headline=headline,
    )


STATEMENTS = (
    Statement(
        key="helpful_mid",
        part=FEEDBACK,
        role="mentee",
        flow="mid_point",
        steps=("helpful",),
        scale=HELPFUL,
        text="found mentoring very helpful or helpful at the mid-point",
    ),
    Statement(
        key="helpful",
        part=FEEDBACK,
        role="mentee",
        flow="end_survey",
        steps=("helpful",),
        scale=HELPFUL,
        text="found mentoring very helpful or helpful",
        headline=True,
    ),
    _gained(
        "gained",
        "gained skills, opportunities, confidence or a friendship",
        "skills",
        "chances",
        "confidence",
        "friend",
        headline=True,
    ),
    _gained("gained_skills", "gained new skills", "skills"),
    _gained("gained_chances", "gained new opportunities", "chances"),
    _gained("gained_confidence", "gained confidence", "confidence"),
    _gained("gained_friend", "gained a friend", "friend"),
    _end("self_confidence", "confidence", "feel more sure of themselves", headline=True),
    _end("network", "network", "know more people who can help them", headline=True),
    _end("skills", "skills", "know or can do more than before", headline=True),
    Statement(
        key="mentoring_and_listening_mid",
        part=MENTORS,
        role="mentor",
        flow="mid_point_mentor",
        steps=("sure", "listener"),
        scale=MORE,
        text="were more confident in mentoring and listening at the mid-point",
    ),
    _mentors(
        "mentoring_and_listening",
        "are more confident in mentoring and listening",
        "sure",
        "listener",
        headline=True,
    ),
    _mentors("mentoring", "are more confident as mentors", "sure"),
    _mentors("listening", "are more confident as listeners", "listener"),
    _mentors(
        "patient_and_compassionate",
        "are more patient and compassionate",
        "patient",
        "compassionate",
    ),
    _mentors("patient", "are more patient with people", "patient"),
    _mentors("compassionate", "are more compassionate", "compassionate"),
    _mentors("open_minded", "are more open-minded", "open_minded"),
    _mentors("coaching", "are better at coaching", "coaching", scale=BETTER),
    _mentors("leading", "are better at leading", "leading", scale=BETTER),
    Statement(
        key="again",
        part=MENTORS,
        role="mentor",
        flow="end_survey_mentor",
        steps=("again",),
        scale=AGAIN,
        text="would mentor again or tell a colleague to",
    ),
    Statement(
        key="may_ask_later",
        part=LATER,
        role="mentee",
        flow="end_survey",
        steps=("follow_up",),
        scale=AGREED,
        text="agreed to be asked again after six months",
    ),
    _started(
        "job_or_course", "were in a job or course within six months", "job", "course", headline=True
    ),
    _started(
        "started",
        "started a job, volunteering, a course or a business within six months",
        "job",
        "volunteering",
        "course",
        "business",
    ),
)
LIMITS = (
    "These are people's own words about themselves. Nobody tested or observed the change.",
    "Whoever did not answer may feel differently. Each figure says how many answered, of how many "
    "who were matched; a skipped question is never counted as a no.",
    "There was no comparison group: some of the change would have come without the programme.",
    "A goal rated from 0 to 10 helps one woman and her mentor. There is too little evidence to "
    "judge a whole programme by such ratings, and progress with a goal is not the same as "
    "wellbeing. People's yardstick shifts too, so the rating at the start is shown beside what "
    "they say at the end that it was.",
    "The 95% interval says how far chance alone may have moved a figure. With few people it is "
    "wide, and two cohorts whose intervals overlap may not differ at all.",
    "Groups under five are not shown, and some larger ones are left out so that nobody can be "
    "reckoned back.",
)
