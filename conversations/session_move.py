"""To the other of the two when a session has to move: when is good for her. Nobody is blamed."""

from bot.engine.flow import Answer, Ask, Audience, Flow, Option, Say

flow = Flow(
    name="session_move",
    version=1,
    audience=Audience.EVERYONE,
    purpose="Tells her that a session has to move, and asks for a day and time that suit her.",
    steps=(
        Ask(
            key="when",
            text="Your meeting with {other} needs to move. It is nobody's fault. "
            "When is good for you? Send a day and time, like: Tuesday 5pm.",
            discreet="We need to find another day. It is nobody's fault. "
            "When is good for you? Send a day and time, like: Tuesday 5pm.",
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
