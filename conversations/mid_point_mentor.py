"""Half way, to the mentor: how sure she feels as a mentor and listener, and what she needs."""

from bot.engine.flow import Answer, Ask, Audience, Flow, Option, Say

flow = Flow(
    name="mid_point_mentor",
    version=1,
    audience=Audience.MENTOR,
    purpose="Asks the mentor half way how sure she feels compared with the start.",
    steps=(
        Ask(
            key="sure",
            text="Hello {name}. You are half way. Only {org} sees your answers. "
            "How sure do you feel as a mentor, compared with the start?",
            discreet="Hello {name}. You are half way. How sure do you feel now, compared with "
            "the start?",
            optional=True,
            options=(
                Option(key="much", label="Much more"),
                Option(key="bit", label="A bit more"),
                Option(key="same", label="The same"),
                Option(key="less", label="Less"),
            ),
        ),
        Ask(
            key="listener",
            text="And as a listener?",
            optional=True,
            note="How sure does she feel as a listener, compared with the start?",
            options=(
                Option(key="much", label="Much more"),
                Option(key="bit", label="A bit more"),
                Option(key="same", label="The same"),
                Option(key="less", label="Less"),
            ),
        ),
        Ask(
            key="needs",
            text="What do you need from us? Words or voice.",
            answer=Answer.WORDS,
            optional=True,
        ),
        Say(key="thanks", text="Thank you. Your answers help us to do better."),
    ),
)
