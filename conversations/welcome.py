"""The first contact: is this the right number, which language, is it OK to write, who reads it."""

from bot.engine.flow import Answer, Ask, Audience, Flow, Option, Say

flow = Flow(
    name="welcome",
    version=3,
    audience=Audience.EVERYONE,
    purpose="Says who is writing, asks her language and, before anything else, her consent.",
    steps=(
        Ask(
            key="right_number",
            text="Hello {name}. This is {org}. It is about your meetings with {other}. "
            "Is this a good number for you?",
            discreet="Hello {name}. Is this a good number for you?",
            means="right_number",
            otherwise="unclear",
            note="The very first message, also the wording of an approved template.",
            options=(
                Option(key="yes", label="Yes"),
                Option(key="wrong", label="Wrong person", goto="wrong", flag="wrong_person"),
                Option(key="later", label="Later", goto="later"),
            ),
        ),
        Ask(
            key="language",
            text="Choose your language. Send the number.",
            answer=Answer.LANGUAGE,
            means="language",
            options=(Option(key="other", label="Another language", flag="other_language"),),
            note="A list of languages in their own names follows; 0 is another language.",
        ),
        Say(
            key="helper",
            text="I am a computer helper, not a person. I ask a few short questions each week. "
            "Real people at {org} read your answers.",
            discreet="I am a computer helper, not a person. I ask a few short questions each "
            "week. Real people read your answers.",
            when="is_mentee",
        ),
        Say(
            key="helper_mentor",
            text="I am a computer helper, not a person. I ask after each meeting how it went. "
            "Real people at {org} read your answers.",
            discreet="I am a computer helper, not a person. I ask after each meeting how it "
            "went. Real people read your answers.",
            when="is_mentor",
            note="To a mentor.",
        ),
        Say(
            key="rights",
            text="You can skip any question. Saying no does not change your place. "
            "Send STOP any time to end messages.",
            note="Keep the word STOP in Latin letters, and say that it works in this language too.",
        ),
        Say(
            key="not_shared",
            text="We do not give your answers to the Home Office, your housing or your family, "
            "unless the law makes us or a life is in danger.",
            discreet="We do not give your answers to anyone outside, unless the law makes us or "
            "a life is in danger.",
            when="is_mentee",
        ),
        Say(
            key="no_private_details",
            text="Please do not write private details about {other}.",
            discreet="Please do not write private details about anyone else.",
            when="is_mentor",
            note="To a mentor.",
        ),
        Ask(
            key="consent",
            text="Is it OK to start?",
            means="consent_messages",
            otherwise="unclear",
            again="Is it OK if I send you questions? Send 1 for yes or 2 for no.",
            options=(
                Option(key="yes", label="Yes"),
                Option(key="no", label="No", goto="declined", flag="declined"),
                Option(
                    key="person",
                    label="Talk to a person",
                    goto="person",
                    flag="wants_person",
                    note="She wants to talk to a person first.",
                ),
            ),
        ),
        Ask(
            key="phone",
            text="Does anyone else look at this phone?",
            means="discreet",
            when="is_mentee",
            optional=True,
            options=(
                Option(key="no", label="No"),
                Option(key="sometimes", label="Sometimes"),
                Option(key="yes", label="Yes"),
            ),
        ),
        Say(
            key="delete_chat",
            text="You can delete this chat at any time. We cannot do it for you.",
            when="shared_phone",
            note="Said once, where others look at her phone.",
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
            otherwise="part",
            note="Her number: how close she is to her goal, from 0 to 10.",
            options=(
                Option(key="yes", label="Yes"),
                Option(key="goal_only", label="Only the goal"),
                Option(key="no", label="No"),
            ),
        ),
        Ask(
            key="part",
            text="When is a good time for messages?",
            means="part_of_day",
            when="is_mentee",
            optional=True,
            options=(
                Option(key="morning", label="Morning"),
                Option(key="afternoon", label="Afternoon"),
                Option(key="evening", label="Evening"),
            ),
        ),
        Ask(
            key="weekday",
            text="Which day is good for my questions?",
            means="weekday",
            when="is_mentee",
            optional=True,
            options=(
                Option(key="monday", label="Monday"),
                Option(key="tuesday", label="Tuesday"),
                Option(key="wednesday", label="Wednesday"),
                Option(key="thursday", label="Thursday"),
                Option(key="friday", label="Friday"),
                Option(key="saturday", label="Saturday"),
                Option(key="sunday", label="Sunday"),
            ),
        ),
        Ask(
            key="listens",
            text="Do you like to read or to listen?",
            means="listens",
            when="is_mentee",
            optional=True,
            options=(
                Option(key="read", label="Read"),
                Option(key="listen", label="Listen"),
                Option(key="both", label="Both"),
            ),
        ),
        Ask(
            key="sms",
            text="If WhatsApp does not work, can I send you an SMS?",
            means="sms_fallback",
            when="sms_unasked",
            optional=True,
            note="An SMS: a text message of the phone. Only asked on WhatsApp.",
            options=(Option(key="yes", label="Yes"), Option(key="no", label="No")),
        ),
        Ask(
            key="safe_word",
            text="If you need us fast, send the word {safe_word}. It looks normal. "
            "A person will call you.",
            means="safe_word",
            when="own_phone",
            optional=True,
            note="{safe_word} is an everyday noun in her language. Never said on a shared phone.",
            options=(Option(key="ok", label="OK"), Option(key="another", label="Another word")),
        ),
        Ask(
            key="safe_word_own",
            text="Which word would you like? Send one short, everyday word.",
            answer=Answer.WORDS,
            means="safe_word_own",
            when="wants_own_word",
            optional=True,
            sensitive=True,
            again="Send one word, like a fruit or a colour.",
        ),
        Say(
            key="safe_word_kept",
            text="Your word is {safe_word}. Please remember it.",
            when="has_own_word",
        ),
        Say(
            key="ready",
            text="Thank you {name}. My first question comes on {day}. For other things send MENU.",
            discreet="Thank you. My first question comes on {day}. For other things send MENU.",
            when="is_mentee",
            goto="end",
            note="Keep the word MENU in Latin letters.",
        ),
        Say(
            key="ready_mentor",
            text="Thank you {name}. I will ask you after each meeting. For other things send MENU.",
            when="is_mentor",
            goto="end",
            note="To a mentor. Keep the word MENU in Latin letters.",
        ),
        Say(
            key="wrong",
            text="Sorry, I have the wrong number. I will not write again.",
            goto="end",
            note="Somebody else has this phone now.",
        ),
        Say(key="later", text="No problem. I will ask again tomorrow.", goto="end"),
        Say(
            key="person",
            text="Of course. A person will contact you first. I will not send questions.",
            goto="end",
        ),
        Say(
            key="unclear",
            text="I will not send questions until you have talked to a person.",
            goto="end",
            note="Her answer was not understood three times; a person contacts her.",
        ),
        Say(
            key="declined",
            text="That is fine. I will not send questions. A person can still help you by phone.",
            goto="end",
        ),
    ),
)
