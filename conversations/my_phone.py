"""Whether anyone else looks at her phone: she may say so at any time; the bot grows discreet."""

from bot.engine.flow import Ask, Audience, Flow, Option, Say

flow = Flow(
    name="my_phone",
    version=1,
    audience=Audience.EVERYONE,
    purpose="Lets her say that others look at her phone, or that nobody does any more.",
    on_demand=True,
    steps=(
        Ask(
            key="phone",
            text="Does anyone else look at this phone?",
            means="discreet",
            optional=True,
            otherwise="kept",
            options=(
                Option(key="no", label="No", goto="own"),
                Option(key="sometimes", label="Sometimes", goto="shared"),
                Option(key="yes", label="Yes", goto="shared"),
            ),
            goto="kept",
        ),
        Say(key="own", text="OK. I have written it down.", goto="end"),
        Say(
            key="shared",
            text="OK. I will write only short, plain words. You can delete this chat. "
            "We cannot do it for you.",
            goto="end",
            note="Others read it, too: nothing that tells why.",
        ),
        Say(key="kept", text="OK. Nothing has changed."),
    ),
)
