"""After a training that she came to: how useful was it."""

from bot.engine.flow import Ask, Audience, Flow, Option, Say

flow = Flow(
    name="training_feedback",
    version=1,
    audience=Audience.EVERYONE,
    purpose="Asks after a training how useful it was.",
    steps=(
        Ask(
            key="useful",
            text="Hello {name}. How useful was the training? Only {org} sees this.",
            discreet="Hello {name}. How useful was it for you?",
            means="training_useful",
            optional=True,
            options=(
                Option(key="very", label="Very useful"),
                Option(key="ok", label="OK"),
                Option(key="not", label="Not useful"),
            ),
        ),
        Say(key="thanks", text="Thank you."),
    ),
)
