"""To the mentor, once per goal that her mentee lets her see: is it clear and possible."""

from bot.engine.flow import Ask, Audience, Flow, Option, Say

flow = Flow(
    name="goal_shared",
    version=1,
    audience=Audience.MENTOR,
    purpose="Tells the mentor a new goal, where the mentee allows it, so that they talk about it.",
    steps=(
        Ask(
            key="clear",
            text="Hello {name}. About {other}: her goal is {goal}. Please talk about it when you "
            "meet. Is it clear and possible?",
            discreet="Hello {name}. There is something new to talk about when you meet. "
            "Is that OK?",
            optional=True,
            note="{goal} is her mentee's goal in her own words. Also an approved template.",
            options=(
                Option(key="yes", label="Yes"),
                Option(key="change", label="We will change it", goto="together"),
            ),
        ),
        Say(key="thanks", text="Thank you.", goto="end"),
        Say(
            key="together",
            text="Thank you. It is her goal: she can change it when you have talked.",
            discreet="Thank you. It can change when you have talked.",
            note="'Her' is the mentee.",
        ),
    ),
)
