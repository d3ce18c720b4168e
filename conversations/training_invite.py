"""The day before a training: can she come, to all of it or a part."""

from bot.engine.flow import Ask, Audience, Flow, Option, Say

flow = Flow(
    name="training_invite",
    version=1,
    audience=Audience.EVERYONE,
    purpose="Invites her to a training on the day before, and asks whether she can come.",
    steps=(
        Ask(
            key="coming",
            text="Hello {name}. Our training is on {moment}. Can you come?",
            discreet="Hello {name}. Is {moment} good for you?",
            means="training_coming",
            optional=True,
            note="{moment} is a weekday, day and month in words, with the time and part of day.",
            options=(
                Option(key="yes", label="Yes"),
                Option(key="no", label="No"),
                Option(key="part", label="A part of it"),
            ),
        ),
        Say(key="thanks", text="Thank you. I have written it down."),
    ),
)
