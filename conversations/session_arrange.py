"""To the mentor when no session lies ahead: when do the two meet next. It is read back to her."""

from bot.engine.flow import Answer, Ask, Audience, Flow, Option, Say

flow = Flow(
    name="session_arrange",
    version=1,
    audience=Audience.MENTOR,
    purpose="Asks the mentor for the day and time of the next session, and reads them back.",
    steps=(
        Ask(
            key="when",
            text="When will you and {other} meet next? Send a day and time, like: Tuesday 5pm.",
            discreet="When is the next time good for you? Send a day and time, like: Tuesday 5pm.",
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
        Ask(
            key="place",
            text="How will you meet?",
            means="session_place",
            when="has_moment",
            optional=True,
            options=(
                Option(key="phone", label="Phone"),
                Option(key="video", label="Video"),
                Option(key="in_person", label="In a public place", note="Face to face."),
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
