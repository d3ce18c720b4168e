"""The day before a session, to each of the two: still OK? Moving it is always fine."""

from bot.engine.flow import Ask, Audience, Flow, Option, Say

flow = Flow(
    name="session_remind",
    version=1,
    audience=Audience.EVERYONE,
    purpose="Reminds each of the two of a session, and lets her move it without a reason.",
    steps=(
        Ask(
            key="still",
            text="Hello {name}. Your meeting with {other} is on {moment}. Still OK?",
            discreet="Hello {name}. Is {moment} still OK for you?",
            means="session_still",
            optional=True,
            note="{moment} is a weekday, day and month in words, with the time and part of day.",
            options=(
                Option(key="yes", label="Yes"),
                Option(key="move", label="Move it", opens="session_time"),
                Option(key="cannot", label="I cannot", goto="told"),
            ),
        ),
        Say(key="thanks", text="Thank you.", goto="end"),
        Say(
            key="told",
            text="OK. I will tell {other}. It is nobody's fault.",
            discreet="OK. It is nobody's fault.",
        ),
    ),
)
