"""Half way, to the mentee: how helpful it is, how close each goal is, and what we should change."""

from bot.engine.flow import Answer, Ask, Audience, Flow, Option, Say

flow = Flow(
    name="mid_point",
    version=1,
    audience=Audience.MENTEE,
    purpose="Asks her half way how helpful mentoring is, where her goals stand and what to change.",
    steps=(
        Ask(
            key="helpful",
            text="Hello {name}. You are half way. Only {org} sees your answers. "
            "How helpful is mentoring for you?",
            discreet="Hello {name}. How helpful are our talks for you?",
            optional=True,
            options=(
                Option(key="very", label="Very helpful"),
                Option(key="helpful", label="Helpful"),
                Option(key="a_little", label="A little helpful"),
                Option(key="not", label="Not helpful"),
            ),
        ),
        Ask(
            key="rating",
            text="Your goal: {goal}. How close are you now? 0 is not started, 10 is done. "
            "Send a number.",
            discreet="How close are you now? 0 is not started, 10 is done. Send a number.",
            answer=Answer.RATING,
            means="goal_rating_1",
            optional=True,
            when="has_goal",
        ),
        Ask(
            key="rating_2",
            text="Your second goal: {goal_2}. How close are you now? From 0 to 10.",
            discreet="And the second one: how close are you now? From 0 to 10.",
            answer=Answer.RATING,
            means="goal_rating_2",
            optional=True,
            when="has_goal_2",
        ),
        Ask(
            key="rating_3",
            text="Your third goal: {goal_3}. How close are you now? From 0 to 10.",
            discreet="And the third one: how close are you now? From 0 to 10.",
            answer=Answer.RATING,
            means="goal_rating_3",
            optional=True,
            when="has_goal_3",
        ),
        Ask(
            key="pair",
            text="How is it going with {other}? Only staff at {org} see this.",
            discreet="How are your meetings going?",
            optional=True,
            sensitive=True,
            options=(
                Option(key="good", label="Good"),
                Option(key="ok", label="OK"),
                Option(key="not_good", label="Not good", flag="pair_trouble"),
            ),
        ),
        Say(
            key="heard",
            text="Thank you for telling us. A person will read this.",
            when="pair_trouble",
            note="It is not going well with her mentor.",
        ),
        Ask(
            key="change",
            text="What should we change? Words or voice.",
            answer=Answer.WORDS,
            optional=True,
            note="What the charity should do differently.",
        ),
        Say(key="thanks", text="Thank you. Your answers help us to do better."),
    ),
)
