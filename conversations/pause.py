"""When she would like a break from messages: for how long. She keeps her place."""

from bot.engine.flow import Ask, Audience, Flow, Option, Say

flow = Flow(
    name="pause",
    version=2,
    audience=Audience.EVERYONE,
    purpose="Answers the word PAUSE: how long would she like no messages.",
    on_demand=True,
    steps=(
        Ask(
            key="how_long",
            text="How long would you like a break?",
            means="pause_for",
            optional=True,
            otherwise="a_week",
            note="A break from messages.",
            options=(
                Option(key="week", label="One week"),
                Option(key="two_weeks", label="Two weeks"),
                Option(key="month", label="A month"),
            ),
        ),
        Say(
            key="until",
            text="OK. I will not write until {day}. Send START to come back.",
            when="has_pause",
            goto="end",
            note="{day} is a weekday or a date. Keep the word START in Latin letters.",
        ),
        Say(key="no_pause", text="OK. Nothing has changed.", goto="end"),
        Say(
            key="a_week",
            text="OK. I will be quiet for a week. To come back send START.",
            note="Her answer was not understood. Keep the word START in Latin letters.",
        ),
    ),
)
