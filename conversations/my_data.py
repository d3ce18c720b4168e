"""Her data: see what we hold about her, take back what she agreed to, or have it deleted."""

from bot.engine.flow import Ask, Audience, Flow, Option, Say

flow = Flow(
    name="my_data",
    version=2,
    audience=Audience.EVERYONE,
    purpose="Lets her ask for what we hold about her. A person gives it to her in a safe way.",
    on_demand=True,
    steps=(
        Ask(
            key="what",
            text="You can see what we hold about you, change what you agreed to, or ask us to "
            "delete it. What would you like?",
            optional=True,
            goto="nothing",
            note="What we hold: her answers and her number.",
            options=(
                Option(key="see", label="See it", goto="see"),
                Option(key="delete", label="Delete it", opens="delete_data"),
                Option(key="change", label="Change my choices", opens="my_choices"),
                Option(key="nothing", label="Nothing", goto="nothing"),
            ),
        ),
        Ask(
            key="see",
            text="We can give you what we hold about you in a safe way. Shall {who} contact you?",
            discreet="A person can give it to you in a safe way. OK?",
            optional=True,
            goto="nothing",
            note="{who} is the coordinator, or 'our team'.",
            options=(
                Option(key="yes", label="Yes", goto="asked", flag="data_wanted"),
                Option(key="no", label="No"),
            ),
        ),
        Say(key="asked", text="Thank you. A person will contact you.", goto="end"),
        Say(key="nothing", text="OK. Nothing has changed."),
    ),
)
