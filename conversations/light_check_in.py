"""In place of the weekly questions when she has been silent: one tap, and nothing to explain."""

from bot.engine.flow import Ask, Audience, Flow, Option, Say

flow = Flow(
    name="light_check_in",
    version=2,
    audience=Audience.MENTEE,
    purpose="After two silent weeks: asks only whether she is fine or would like a call.",
    steps=(
        Ask(
            key="fine",
            text="Hello {name}. You do not need to answer questions. "
            "Just tell me: are you fine, or would you like a call?",
            optional=True,
            lenient=True,
            otherwise="read",
            options=(
                Option(key="fine", label="I am fine"),
                Option(key="call", label="Please call me", goto="will_call", flag="wants_call"),
            ),
        ),
        Say(key="thanks", text="Thank you. Have a good week.", goto="end"),
        Say(key="will_call", text="Thank you. A person will call you.", goto="end"),
        Say(
            key="read",
            text="Thank you for writing. A person will read this.",
            note="She answered in words of her own.",
        ),
    ),
)
