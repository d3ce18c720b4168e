"""When she sends MENU: what does she need. The way to a person, a new time, safety and her data."""

from bot.engine.flow import Answer, Ask, Audience, Flow, Option, Say

flow = Flow(
    name="menu",
    version=2,
    audience=Audience.EVERYONE,
    purpose="Answers the word MENU: a person, a new time, urgent help, her data, her language.",
    on_demand=True,
    steps=(
        Ask(
            key="need",
            text="What do you need?",
            means="not_safe",
            otherwise="end",
            options=(
                Option(key="person", label="Talk to a person", flag="wants_person"),
                Option(key="change", label="Change a meeting", opens="session_time"),
                Option(
                    key="not_safe",
                    label="I need help now",
                    goto="end",
                    note="She is not safe. Harmless words: somebody else may see this list.",
                ),
                Option(key="data", label="My data", opens="my_data"),
                Option(key="language", label="Language", goto="language"),
                Option(
                    key="choices",
                    label="My choices",
                    opens="my_choices",
                    note="What she agreed to, to be changed.",
                ),
                Option(
                    key="phone",
                    label="This phone",
                    opens="my_phone",
                    note="Whether others look at it. Harmless words: somebody else may see this.",
                ),
                Option(key="nothing", label="Nothing", goto="nothing"),
            ),
        ),
        Ask(
            key="safe_when",
            text="{who} will contact you. When is safe for you?",
            discreet="When is a good time for you?",
            optional=True,
            sensitive=True,
            note="{who} is the coordinator, or 'our team'.",
            options=(
                Option(key="today", label="Today"),
                Option(key="tomorrow", label="Tomorrow"),
                Option(key="message", label="Only by message"),
            ),
        ),
        Say(key="contacted", text="Thank you. I have written it down.", goto="end"),
        Ask(
            key="language",
            text="Choose your language. Send the number.",
            answer=Answer.LANGUAGE,
            means="language",
            options=(Option(key="other", label="Another language", flag="other_language"),),
            note="A list of languages in their own names follows; 0 is another language.",
        ),
        Say(
            key="spoken",
            text="OK. I will write to you in this language.",
            goto="end",
            note="Said in the language that she has chosen.",
            when="has_language",
        ),
        Say(key="asked", text="Thank you. A person will contact you.", goto="end"),
        Say(
            key="nothing",
            text="OK. You can send MENU any time.",
            note="Keep the word MENU in Latin letters.",
        ),
    ),
)
