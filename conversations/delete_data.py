"""Deleting her answers: a person talks with her first, so that no slip of the thumb loses them."""

from bot.engine.flow import Ask, Audience, Flow, Option, Say

flow = Flow(
    name="delete_data",
    version=1,
    audience=Audience.EVERYONE,
    purpose="Answers the word DELETE: does she want her answers deleted. A person does it.",
    on_demand=True,
    steps=(
        Ask(
            key="sure",
            text="Do you want us to delete your answers? A person will talk with you first.",
            optional=True,
            goto="kept",
            options=(
                Option(key="yes", label="Yes", goto="asked", flag="delete_wanted"),
                Option(key="no", label="No"),
            ),
        ),
        Say(
            key="asked",
            text="OK. A person will contact you. Nothing is deleted before that.",
            goto="end",
        ),
        Say(key="kept", text="OK. Nothing has changed."),
    ),
)
