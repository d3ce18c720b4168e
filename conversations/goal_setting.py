"""Her goals: up to three, in her own words, each with where she stands today (0 to 10)."""

from bot.engine.flow import Answer, Ask, Audience, Flow, Option, Say

flow = Flow(
    name="goal_setting",
    version=1,
    audience=Audience.MENTEE,
    purpose="Helps her say what she wants to reach in four months, in her own words.",
    steps=(
        Ask(
            key="focus",
            text="What would you like to do in the next 4 months?",
            means="focus",
            optional=True,
            options=(
                Option(key="work", label="Get ready for work"),
                Option(key="volunteer", label="Volunteer"),
                Option(key="study", label="Study"),
                Option(key="skills", label="New skills"),
                Option(key="other", label="Something else"),
            ),
        ),
        Ask(
            key="words",
            text="Tell me your goal in your own words. You can send a voice message.",
            discreet="Tell me in your own words. You can send a voice message.",
            answer=Answer.WORDS,
            means="goal_words",
            optional=True,
            note="Her goal as she says it; staff read it in her language.",
        ),
        Ask(
            key="confirm",
            text="Your goal: {goal}. Is that right?",
            discreet="I have saved it. Is that OK?",
            means="goal_confirmed",
            when="has_typed_goal",
            options=(
                Option(key="yes", label="Yes"),
                Option(key="change", label="Change it", goto="words"),
            ),
        ),
        Ask(
            key="rating",
            text="How close are you to it today? 0 is not started. 10 is done. "
            "Send one number from 0 to 10.",
            answer=Answer.RATING,
            means="goal_rating",
            optional=True,
            when="has_new_goal",
        ),
        Ask(
            key="small_step",
            text="What is one small step for the next two weeks?",
            discreet="What is one small step for the next two weeks?",
            answer=Answer.WORDS,
            means="goal_step",
            optional=True,
            when="has_new_goal",
            note="She may skip it and decide later, with her mentor.",
        ),
        Ask(
            key="another",
            text="Do you want to add another goal?",
            discreet="Do you want to add another one?",
            when="can_add_goal",
            options=(
                Option(key="yes", label="Yes", goto="words"),
                Option(key="no", label="No"),
            ),
        ),
        Say(
            key="thanks",
            text="Thank you. You can change a goal any time. Just tell us.",
            discreet="Thank you. You can change it any time. Just tell us.",
        ),
    ),
)
