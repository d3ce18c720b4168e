"""At the end, to the mentee: what mentoring gave her. Published as figures."""

from bot.engine.flow import Answer, Ask, Audience, Flow, Option, Say

flow = Flow(
    name="end_survey",
    version=1,
    audience=Audience.MENTEE,
    purpose="Asks her at the end what mentoring gave her, and whether we may write in six months.",
    steps=(
        Ask(
            key="helpful",
            text="Hello {name}. These are my last questions. Only {org} sees your answers. "
            "How helpful was mentoring for you?",
            discreet="Hello {name}. These are my last questions. How helpful was it for you?",
            optional=True,
            options=(
                Option(key="very", label="Very helpful"),
                Option(key="helpful", label="Helpful"),
                Option(key="a_little", label="A little helpful"),
                Option(key="not", label="Not helpful"),
            ),
        ),
        Ask(
            key="gained",
            text="What did you get? Send all the numbers, like 1 3.",
            several=True,
            optional=True,
            note="What mentoring gave her. She may choose several.",
            options=(
                Option(key="skills", label="New skills"),
                Option(key="chances", label="New chances"),
                Option(key="confidence", label="Confidence"),
                Option(key="friend", label="A friend"),
                Option(key="none", label="None yet", note="None of these yet."),
            ),
        ),
        Ask(
            key="confidence",
            text="Do you feel more sure of yourself than when you started?",
            optional=True,
            options=(
                Option(key="much", label="Much more"),
                Option(key="bit", label="A bit more"),
                Option(key="same", label="The same"),
                Option(key="less", label="Less"),
            ),
        ),
        Ask(
            key="network",
            text="Do you know more people who can help you?",
            optional=True,
            note="More people than when she started.",
            options=(
                Option(key="much", label="Many more"),
                Option(key="bit", label="A few more"),
                Option(key="same", label="The same"),
                Option(key="less", label="Fewer"),
            ),
        ),
        Ask(
            key="skills",
            text="Do you know more, or can you do more, than before?",
            optional=True,
            options=(
                Option(key="much", label="Much more"),
                Option(key="bit", label="A bit more"),
                Option(key="same", label="The same"),
                Option(key="less", label="Less"),
            ),
        ),
        Ask(
            key="goal_now",
            text="Your goal: {goal}. How close are you now? 0 is not started, 10 is done. "
            "Send a number.",
            discreet="How close are you now? 0 is not started, 10 is done. Send a number.",
            answer=Answer.RATING,
            means="goal_rating_1",
            optional=True,
            when="has_goal",
        ),
        Ask(
            key="goal_then",
            text="And how close were you when you started? From 0 to 10.",
            answer=Answer.RATING,
            optional=True,
            when="has_goal",
            note="The same goal, as she sees its beginning now.",
        ),
        Ask(
            key="different",
            text="What is one thing that is different now? Words or voice.",
            answer=Answer.WORDS,
            optional=True,
        ),
        Ask(
            key="print",
            text="May we print your words, without your name? If not, only {org} reads them.",
            discreet="May we print your words, without your name?",
            means="consent_quote",
            when="has_quote",
            optional=True,
            otherwise="follow_up",
            options=(Option(key="yes", label="Yes"), Option(key="no", label="No")),
        ),
        Ask(
            key="follow_up",
            text="Can we message you in six months to ask how you are?",
            means="consent_follow_up",
            optional=True,
            otherwise="thanks",
            options=(Option(key="yes", label="Yes"), Option(key="no", label="No")),
        ),
        Say(
            key="thanks",
            text="Thank you {name}. That was my last question. "
            "You can still write to us here, and a person will answer.",
        ),
    ),
)
