"""Six months after the end, to a mentee who agreed to it: has she started something."""

from bot.engine.flow import Ask, Audience, Flow, Option, Say

flow = Flow(
    name="follow_up",
    version=1,
    audience=Audience.MENTEE,
    purpose="Asks six months after the end whether she has a job, a course or the like.",
    steps=(
        Ask(
            key="started",
            text="Hello {name}. Have you started something new since we ended? "
            "Send all the numbers, like 1 3. Only {org} sees this.",
            discreet="Hello {name}. Have you started something new in the last six months? "
            "Send all the numbers, like 1 3.",
            several=True,
            optional=True,
            note="Six months after the last session. Also an approved template.",
            options=(
                Option(key="job", label="Job"),
                Option(key="volunteering", label="Volunteering"),
                Option(key="course", label="Course"),
                Option(key="business", label="Own business"),
                Option(key="none", label="Not yet"),
            ),
        ),
        Say(key="thanks", text="Thank you {name}. We wish you well."),
    ),
)
