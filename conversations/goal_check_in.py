"""The weekly check-in: her week, one goal, her small step, and whether anything is in the way."""

from bot.engine.flow import Answer, Ask, Audience, Flow, Option, Say

flow = Flow(
    name="goal_check_in",
    version=1,
    audience=Audience.MENTEE,
    purpose="Asks in under a minute how her week was and how close she is to her goal.",
    steps=(
        Ask(
            key="week",
            text="Hello {name}. How was your week?",
            discreet="Hello {name}. How was your week?",
            optional=True,
            note="Also the wording of an approved template.",
            options=(
                Option(key="good", label="Good"),
                Option(key="ok", label="OK"),
                Option(key="hard", label="Hard"),
            ),
        ),
        Ask(
            key="rating",
            text="Your goal: {goal}. How close are you now? 0 is not started, 10 is done. "
            "Send a number.",
            discreet="How close are you now? 0 is not started, 10 is done. Send a number.",
            answer=Answer.RATING,
            means="goal_progress",
            optional=True,
            when="has_goal",
        ),
        Ask(
            key="step",
            text="Did you do your small step?",
            optional=True,
            when="has_step",
            options=(
                Option(key="yes", label="Yes"),
                Option(key="a_bit", label="A bit"),
                Option(key="not_yet", label="Not yet"),
            ),
        ),
        Ask(
            key="barriers",
            text="Did anything make it hard? Send the numbers, like 1 4.",
            several=True,
            optional=True,
            sensitive=True,
            when="may_name_barriers",
            note="She may choose several. Never asked on a phone that others read.",
            options=(
                Option(key="travel", label="Travel or bus money"),
                Option(key="children", label="Children"),
                Option(key="health", label="Health"),
                Option(key="housing", label="Housing, or moving"),
                Option(key="lawyer", label="Lawyer or Home Office"),
                Option(key="phone", label="Phone or internet"),
                Option(key="english", label="English"),
                Option(key="time", label="No time"),
                Option(key="low", label="Feeling low"),
                Option(key="other", label="Something else"),
            ),
        ),
        Ask(
            key="call",
            text="Would you like someone from {org} to call you?",
            discreet="Would you like someone to call you?",
            optional=True,
            when="may_want_a_call",
            options=(
                Option(key="yes", label="Yes", flag="wants_call"),
                Option(key="no", label="No"),
            ),
        ),
        Say(
            key="will_call",
            text="A person from {org} will call you.",
            discreet="A person will call you.",
            when="wants_call",
        ),
        Ask(
            key="pair",
            text="How is it going with {other}? Only staff at {org} see this.",
            discreet="How are your meetings going?",
            optional=True,
            sensitive=True,
            when="third_week",
            options=(
                Option(key="good", label="Good"),
                Option(key="ok", label="OK"),
                Option(key="not_good", label="Not good", flag="pair_trouble"),
            ),
        ),
        Say(
            key="nearer",
            text="Thank you. You started at {first}. Now you are at {now}.",
            discreet="Thank you.",
            when="goal_rose",
            goto="end",
        ),
        Say(
            key="cared",
            text="Thank you for telling me. Some weeks are hard. "
            "You do not need to do anything now.",
            discreet="Thank you for telling me.",
            when="week_was_hard",
            goto="end",
        ),
        Say(key="thanks", text="Thank you. Until next week."),
    ),
)
