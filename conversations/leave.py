"""When she would like to leave: only the messages, or mentoring. A person talks with her first."""

from bot.engine.flow import Ask, Audience, Flow, Option, Say

flow = Flow(
    name="leave",
    version=1,
    audience=Audience.EVERYONE,
    purpose="Answers the word LEAVE: does she want no messages, or to leave mentoring.",
    on_demand=True,
    steps=(
        Ask(
            key="what",
            text="Do you want to stop only these messages, or leave mentoring?",
            discreet="Do you want to stop only these messages, or everything?",
            means="leave_choice",
            optional=True,
            goto="stay",
            options=(
                Option(key="only", label="Only messages", goto="end"),  # as STOP
                Option(key="leave", label="Leave", goto="leaving", flag="leaving"),
                Option(key="person", label="Talk to a person", goto="person", flag="wants_person"),
            ),
        ),
        Say(
            key="leaving",
            text="Thank you for telling us. That is fine. A person from {org} will call you "
            "and do it with you.",
            discreet="Thank you for telling us. That is fine. A person will call you.",
            goto="end",
        ),
        Say(key="person", text="Of course. A person will contact you.", goto="end"),
        Say(key="stay", text="OK. Nothing has changed."),
    ),
)
