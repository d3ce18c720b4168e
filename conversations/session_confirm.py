"""To each of the two after a planned session: did you meet, how long, how was it. Ten seconds."""

from bot.engine.flow import Answer, Ask, Audience, Flow, Option, Say

flow = Flow(
    name="session_confirm",
    version=4,
    audience=Audience.EVERYONE,
    purpose="Asks each of the two whether the planned session took place, and for how long.",
    steps=(
        Ask(
            key="met",
            text="Hello {name}. Did you and {other} meet on {when} as planned?",
            discreet="Hello {name}. Did {when} go as planned?",
            means="session_met",
            otherwise="unclear",
            note="Also the wording of an approved template. {when} is a weekday and a date.",
            options=(
                Option(key="yes", label="Yes"),
                Option(key="no", label="No", goto="reason"),
                Option(key="moved", label="We moved it", goto="when"),
            ),
        ),
        Ask(
            key="minutes",
            text="How long did you meet?",
            discreet="How long was it?",
            answer=Answer.DURATION,
            means="session_minutes",
            again="How many minutes did you meet? For example: 45 minutes.",
            optional=True,
            options=(
                Option(key="half", label="30 minutes", minutes=30),
                Option(key="three_quarters", label="45 minutes", minutes=45),
                Option(key="hour", label="One hour", minutes=60),
                Option(key="more", label="More", goto="more"),
            ),
            goto="feeling",
        ),
        Ask(
            key="more",
            text="How many minutes, or hours and minutes? For example: 1h30.",
            answer=Answer.DURATION,
            means="session_minutes",
            again="Please send the time like this: 90 minutes.",
            optional=True,
        ),
        Ask(
            key="feeling",
            text="How was it?",
            means="session_feeling",
            optional=True,
            options=(
                Option(key="good", label="Good"),
                Option(key="ok", label="OK"),
                Option(key="not_good", label="Not good", goto="heard", flag="session_trouble"),
            ),
        ),
        Say(
            key="count",
            text="Thank you. That is meeting {number} of {target}. You have had {hours} together.",
            discreet="Thank you. I have written it down.",
            goto="next",
            note="{hours} is a length of time such as 3 h 30.",
            when="has_length",
        ),
        Say(
            key="counted",
            text="Thank you. That is meeting {number} of {target}.",
            discreet="Thank you. I have written it down.",
            goto="next",
            note="She did not say how long they met.",
        ),
        Say(
            key="heard",
            text="Thank you for telling us. A person will read this.",
            goto="end",
            note="It was not good.",
        ),
        Ask(
            key="reason",
            text="No problem. What happened? You can skip.",
            means="session_reason",
            optional=True,
            options=(
                Option(key="me", label="I could not"),
                Option(key="her", label="She could not"),
                Option(key="forgot", label="We forgot"),
                Option(key="other", label="Something else"),
            ),
        ),
        Ask(
            key="again",
            text="Shall we find a new time?",
            means="session_again",
            optional=True,
            goto="not_met",
            options=(
                Option(key="yes", label="Yes", opens="session_time"),
                Option(key="next_week", label="Next week", goto="next_week"),
                Option(key="person", label="Ask a person", goto="person", flag="wants_person"),
            ),
        ),
        # They have moved it between them: what she names is agreed already
        Ask(
            key="when",
            text="When is it now? Send a day and time, like: Tuesday 5pm.",
            answer=Answer.MOMENT,
            means="session_when",
            optional=True,
            otherwise="person",
            note="Write the example as people would type a day and a time in this language.",
            options=(
                Option(key="person", label="Ask a person", goto="person", flag="wants_person"),
            ),
        ),
        Ask(
            key="right",
            text="{moment}. Is that right?",
            means="session_right",
            when="has_moment",
            otherwise="person",
            note="{moment} is a weekday, day and month in words, with the time and part of day.",
            options=(
                Option(key="yes", label="Yes"),
                Option(key="no", label="No", goto="when"),
            ),
        ),
        Say(key="not_met", text="Thank you. I have written it down.", goto="end"),
        Say(key="next_week", text="OK. We will look for a time next week.", goto="end"),
        Say(key="person", text="OK. A person will contact you.", goto="end"),
        Say(key="unclear", text="Thank you. I have written it down.", goto="end"),
        # A reminder of its own may have no room in her week
        Say(
            key="next",
            text="Your next meeting is on {next}.",
            discreet="The next time is {next}.",
            when="has_next",
            note="{next} is a weekday, day and month in words, with the time and part of day.",
        ),
    ),
)
