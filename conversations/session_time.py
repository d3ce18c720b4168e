"""Opened by other conversations: a new day and time for a session. It is read back to her."""

from bot.engine.flow import Answer, Ask, Audience, Flow, Option, Say

flow = Flow(
    name="session_time",
    version=1,
    audience=Audience.EVERYONE,
    purpose="Asks for a day and time that suit her, when she wants to move or find a session.",
    on_demand=True,
    steps=(
        Ask(
            key="when",
            text="When is a good time for you? Send a day and time, like: Tuesday 5pm.",
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
        Say(
            key="asked",
            text="Thank you. I will ask {other} and tell you.",
            discreet="Thank you. I will ask, and tell you.",
            when="has_moment",
            goto="end",
        ),
        Say(key="no_hurry", text="OK. There is no hurry.", goto="end"),
        Say(key="person", text="OK. A person will help you find a time."),
    ),
)
