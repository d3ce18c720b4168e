"""Somebody else may read her phone by now: two harmless things that only she can know.

It ends in the same words whether they were right or not: whoever it is learns nothing.
"""

from bot.engine.flow import Ask, Audience, Flow, Option, Say

flow = Flow(
    name="is_it_you",
    version=1,
    audience=Audience.MENTEE,
    purpose="After a long silence on a phone that others read: is it still she who reads it?",
    steps=(
        Ask(
            key="part",
            text="Hello {name}. A small question first. "
            "Which time of day did you choose for my messages?",
            optional=True,
            otherwise="thanks",
            goto="weekday",
            note="She chose it at the start. Also the wording of an approved template.",
            options=(
                Option(key="morning", label="Morning"),
                Option(key="afternoon", label="Afternoon"),
                Option(key="evening", label="Evening"),
                Option(key="none", label="I did not choose"),
            ),
        ),
        Ask(
            key="weekday",
            text="And which day did you choose?",
            means="shows_herself",
            optional=True,
            otherwise="thanks",
            note="The weekday that she chose for our questions.",
            options=(
                Option(key="monday", label="Monday"),
                Option(key="tuesday", label="Tuesday"),
                Option(key="wednesday", label="Wednesday"),
                Option(key="thursday", label="Thursday"),
                Option(key="friday", label="Friday"),
                Option(key="saturday", label="Saturday"),
                Option(key="sunday", label="Sunday"),
                Option(key="none", label="I did not choose"),
            ),
        ),
        Say(key="thanks", text="Thank you. That is all."),
    ),
)
