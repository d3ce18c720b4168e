"""To the mentor after a session: what went well, what next, and is there anything to know."""

from bot.engine.flow import Answer, Ask, Audience, Flow, Option, Say

flow = Flow(
    name="mentor_reflection",
    version=1,
    audience=Audience.MENTOR,
    purpose="Helps the mentor think about a session, and asks whether we should know anything.",
    on_demand=True,
    steps=(
        Ask(
            key="well",
            text="What went well with {other}? A few words or a voice note. "
            "Please no private details about her.",
            discreet="What went well? A few words or a voice note. Please no private details.",
            answer=Answer.WORDS,
            optional=True,
            note="After a session that took place. 'Her' is the mentee.",
        ),
        Ask(
            key="next",
            text="What will you try next time?",
            answer=Answer.WORDS,
            optional=True,
        ),
        Ask(
            key="listened",
            text="How well did you listen this time? 0 is not at all, 10 is fully. Send a number.",
            answer=Answer.RATING,
            optional=True,
            when="every_second",
        ),
        Ask(
            key="anything",
            text="Is there anything {org} should know?",
            discreet="Is there anything we should know?",
            optional=True,
            sensitive=True,
            goto="thanks",
            options=(
                Option(key="no", label="No"),
                Option(key="week", label="Yes, this week", goto="worry", flag="mentor_worry"),
                Option(key="today", label="Yes, today", goto="alarm", flag="mentor_alarm"),
            ),
        ),
        Say(
            key="worry",
            text="Thank you. {who} will call you this week.",
            discreet="Thank you. A person will call you this week.",
            goto="end",
        ),
        Say(
            key="alarm",
            text="Thank you. {who} will call you. If anyone is in danger now, call 999 first, "
            "then {org} {phone}.",
            discreet="Thank you. A person will call you.",
            goto="end",
            note="For safety. The number is British. {phone} may be empty.",
        ),
        Say(key="thanks", text="Thank you. That is all."),
    ),
)
