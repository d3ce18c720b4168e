"""To the other of the two: is the proposed day and time good for her. Nobody has to say why not."""

from bot.engine.flow import Ask, Audience, Flow, Option, Say

flow = Flow(
    name="session_propose",
    version=1,
    audience=Audience.EVERYONE,
    purpose="Asks the other of the pair whether a proposed day and time is good for her.",
    steps=(
        Ask(
            key="good",
            text="Hello {name}. You could meet {other} on {moment}. Is that good for you?",
            discreet="Hello {name}. Is {moment} good for you?",
            means="session_agreed",
            optional=True,
            note="{moment} is a weekday, day and month in words, with the time and part of day.",
            options=(
                Option(key="yes", label="Yes"),
                Option(key="other_time", label="Another time", opens="session_time"),
                Option(key="not_this_week", label="Not this week", goto="next_week"),
            ),
        ),
        Say(
            key="agreed",
            text="Thank you. I will remind you.",
            when="has_agreed",
            goto="end",
        ),
        Say(key="no_hurry", text="OK. There is no hurry.", goto="end"),
        Say(key="next_week", text="OK. We will look for a time next week."),
    ),
)
