"""Once a month to a mentee who has grown quiet: one line, so that the door stays open."""

from bot.engine.flow import Ask, Audience, Flow, Option, Say

flow = Flow(
    name="hello",
    version=2,
    audience=Audience.MENTEE,
    purpose="A line once a month to a mentee who has grown quiet. It asks nothing of her.",
    steps=(
        Ask(
            key="fine",
            text="Hello {name}. I only want to say hello. We are here for you. "
            "You do not need to answer.",
            optional=True,
            lenient=True,
            otherwise="read",
            options=(
                Option(key="fine", label="I am fine"),
                Option(key="call", label="Please call me", goto="will_call", flag="wants_call"),
            ),
        ),
        Say(key="thanks", text="Thank you. It is good to hear from you.", goto="end"),
        Say(key="will_call", text="Thank you. A person will call you.", goto="end"),
        Say(
            key="read",
            text="Thank you for writing. A person will read this.",
            note="She answered in words of her own.",
        ),
    ),
)
