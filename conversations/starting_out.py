"""At the start, once: how sure she feels now, so that the end can be compared with it."""

from bot.engine.flow import Ask, Audience, Flow, Option, Say

flow = Flow(
    name="starting_out",
    version=1,
    audience=Audience.EVERYONE,
    purpose="Asks each of the two how sure she feels at the start. The end is compared with it.",
    steps=(
        Ask(
            key="sure",
            text="How sure of yourself do you feel, starting out? Only {org} sees your answer.",
            discreet="How sure of yourself do you feel now?",
            optional=True,
            note="Self-confidence, not certainty about a fact. Also an approved template.",
            options=(
                Option(key="very", label="Very sure"),
                Option(key="fairly", label="Quite sure"),
                Option(key="somewhat", label="In the middle"),
                Option(key="a_little", label="A little sure"),
                Option(key="not", label="Not at all sure"),
            ),
        ),
        Ask(
            key="listener",
            text="And how sure do you feel as a listener?",
            when="is_mentor",
            optional=True,
            note="To a mentor: does she believe that she listens well?",
            options=(
                Option(key="very", label="Very sure"),
                Option(key="fairly", label="Quite sure"),
                Option(key="somewhat", label="In the middle"),
                Option(key="a_little", label="A little sure"),
                Option(key="not", label="Not at all sure"),
            ),
        ),
        Say(key="thanks", text="Thank you. That is all for now."),
    ),
)
