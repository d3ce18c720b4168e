"""The closed lists of names that flows may use: placeholders, meanings, flags and facts. Pure."""

# What can be in the way, in the order in which one of several is answered to
BARRIERS = (
    "low",
    "housing",
    "lawyer",
    "health",
    "children",
    "travel",
    "phone",
    "english",
    "time",
    "other",
)

FACTS = frozenset(
    {
        "pair_due",  # not asked how it goes with her mentor in her last two answered check-ins
        "every_second",  # this is every second session, by her own count
        "has_goal_2",
        "has_goal_3",
        "has_sms",  # she is talked to on WhatsApp, and has an SMS number with us, too
        "sms_unasked",  # likewise, and has not said whether it may be used in its place
        "has_next",  # the two have agreed on their next session, and it is within a week
    }
)

PLACEHOLDERS = frozenset(
    {
        "name",  # her first or safe name
        "other",  # the first name of the other one of the pair
        "org",  # the charity's neutral display name
        "who",  # the coordinator, or "our team"
        "phone",  # whom to ring
        "goal",  # her goal, in her own words
        "goal_2",  # her second goal
        "goal_3",
        "first",  # her first rating of that goal
        "now",  # her newest rating of that goal
        "day",  # the weekday of her check-in, or the day a break ends, in her language
        "number",  # this session's number
        "target",  # how many sessions are planned
        "hours",  # time spent together so far
        "when",  # weekday, day and month of the session, in her language
        "moment",  # weekday, day and month, time with its part of day: read back before it counts
        "next",  # the same of the session to come
        "time",  # hours and minutes, inside a moment
        "safe_word",  # the everyday word that calls a person
        "sentence",  # one sentence in her language, inside an English template
        "languages",  # those on offer, in their own names
        "answer",  # the answer just changed, as its label
        "helplines",  # one or two names with their free numbers
    }
)

MEANINGS = frozenset(
    {
        "right_number",  # yes | wrong | later
        "language",
        "consent_messages",
        "consent_sensitive",
        "consent_sharing",  # yes | goal_only | no
        "consent_quote",
        "choices",  # not_shared | not_private | no_messages | anew | nothing: what she takes back
        "consent_follow_up",
        "discreet",  # no | sometimes | yes
        "part_of_day",  # morning | afternoon | evening
        "weekday",  # monday … sunday
        "listens",  # read | listen | both
        "sms_fallback",  # yes | no: SMS, should WhatsApp fail
        "safe_word",  # ok | another
        "safe_word_own",
        "focus",
        "goal_words",
        "goal_confirmed",
        "goal_rating",
        "goal_step",
        "goal_progress",  # the weekly rating of the goal in turn
        "goal_rating_1",  # a rating of her first, second, third goal
        "goal_rating_2",
        "goal_rating_3",
        "session_met",  # yes | no | moved
        "session_minutes",
        "session_feeling",
        "session_reason",  # me | her | forgot | other
        "session_again",  # yes | next_week | person
        "session_when",  # ISO moment in UTC, or person
        "session_right",  # yes | no
        "session_place",  # phone | video | in_person
        "session_agreed",  # yes | other_time | not_this_week
        "session_still",  # yes | move | cannot
        "pair_pause",  # yes | no
        "training_coming",  # yes | no | part
        "training_useful",  # very | ok | not
        "pause_for",  # week | two_weeks | month
        "leave_choice",  # only | leave | person
        "shows_herself",  # what she knows of her own choices: is it she who reads her phone
        "not_safe",  # what she chose in the menu; not_safe is answered like words of harm
    }
)

FLAGS = frozenset(
    {
        "wrong_person",
        "declined",
        "wants_person",
        "wants_call",
        "wants_travel",
        "wants_list",
        "wants_credit",
        "wants_pair_pause",
        "other_language",
        "pair_trouble",
        "session_trouble",
        "mentor_worry",
        "mentor_alarm",
        "leaving",
        "delete_wanted",
        "data_wanted",
        "not_understood",
        "harm_red",
        "harm_amber",
        *(f"barrier_{barrier}" for barrier in BARRIERS),
    }
)
