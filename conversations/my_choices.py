"""What she agreed to, taken back in one tap, or asked anew. As easy as saying yes was."""

from bot.engine.flow import Ask, Audience, Flow, Option, Say

flow = Flow(
    name="my_choices",
    version=1,
    audience=Audience.EVERYONE,
    purpose="Lets her take back what she agreed to, or be asked again.",
    on_demand=True,
    steps=(
        Ask(
            key="what",
            text="You can take back what you agreed to, at any time. What would you like?",
            discreet="You can change it at any time. What would you like?",
            means="choices",
            optional=True,
            otherwise="kept",
            goto="kept",
            note="She agreed to messages, to our keeping private things, and to sharing.",
            options=(
                Option(
                    key="not_shared",
                    label="Share nothing of mine",
                    goto="not_shared",
                    note="Her mentor is told nothing of her goal; nothing of hers is printed.",
                ),
                Option(
                    key="not_private",
                    label="Keep nothing private",
                    goto="not_private",
                    note="We keep no private thing that she told or tells us.",
                ),
                Option(key="no_messages", label="No to messages", goto="end"),  # as STOP
                Option(key="anew", label="Ask me again", goto="sensitive"),
                Option(
                    key="listens",
                    label="Read or listen",
                    goto="listens",
                    note="Whether she likes to read our messages, or to hear them spoken.",
                ),
                Option(key="nothing", label="Nothing", goto="kept"),
            ),
        ),
        Say(
            key="not_shared",
            text="OK. From now on nothing of yours is shared.",
            goto="end",
        ),
        Say(
            key="not_private",
            text="OK. We have taken out the private things, and keep no new ones. "
            "A person still reads what you write.",
            discreet="OK. We keep no private things. A person still reads what you write.",
            goto="end",
        ),
        Ask(
            key="sensitive",
            text="If you tell us about your health or family, can we keep it, so that we can "
            "help you?",
            discreet="If you tell us private things, can we keep them, so that we can help you?",
            means="consent_sensitive",
            when="is_mentee",
            optional=True,
            otherwise="sharing",
            again="Can we keep what you tell us? Send 1 for yes or 2 for no.",
            options=(Option(key="yes", label="Yes"), Option(key="no", label="No")),
        ),
        Ask(
            key="sharing",
            text="Can {other} see your goal and your number each week?",
            means="consent_sharing",
            when="own_phone",
            optional=True,
            otherwise="sms",
            note="Her number: how close she is to her goal, from 0 to 10.",
            options=(
                Option(key="yes", label="Yes"),
                Option(key="goal_only", label="Only the goal"),
                Option(key="no", label="No"),
            ),
        ),
        Ask(
            key="sms",
            text="If WhatsApp does not work, can I send you an SMS?",
            means="sms_fallback",
            when="has_sms",
            optional=True,
            otherwise="written",
            note="An SMS: a text message of the phone. Only asked on WhatsApp.",
            options=(Option(key="yes", label="Yes"), Option(key="no", label="No")),
        ),
        Say(key="written", text="Thank you. I have written it down.", goto="end"),
        Say(key="kept", text="OK. Nothing has changed.", goto="end"),
        Ask(
            key="listens",
            text="Do you like to read or to listen?",
            means="listens",
            optional=True,
            goto="written",
            otherwise="kept",
            note="On WhatsApp: who listens hears a recording first, then gets the text.",
            options=(
                Option(key="read", label="Read"),
                Option(key="listen", label="Listen"),
                Option(key="both", label="Both"),
            ),
        ),
    ),
)
