"""What the bot says outside any conversation: standing words, safety, and what it cannot read."""

from bot.engine.flow import Audience, Flow, Say

flow = Flow(
    name="standing",
    version=1,
    audience=Audience.EVERYONE,
    purpose="Texts that may be needed at any moment. Never started as a conversation.",
    spoken=False,
    steps=(
        # Doors: STOP, START, HELP, LATER, a language
        Say(
            key="stopped",
            text="OK. No more messages from here. Nothing else changes. To come back send START.",
            note="After STOP. Keep the word START in Latin letters.",
        ),
        Say(key="started", text="Welcome back. I will write to you again."),
        Say(
            key="help",
            text="A person from {org} will contact you. In danger now? Call 999.",
            discreet="Thanks, got it. We will be in touch.",
            note="After HELP. A safety text: two named people per language must approve it.",
        ),
        Say(key="later", text="OK. You can answer later. Your question stays open."),
        Say(key="language", text="OK. I will write to you in this language."),
        Say(
            key="not_shared",
            text="OK. From now on nothing of yours is shared.",
            note="She wrote that we should not share what she told us.",
        ),
        Say(
            key="which_language",
            text="Would you like another language? Send its name: {languages}.",
            note="She has written three times in another one. {languages} are own names.",
        ),
        Say(
            key="attended",
            text="Thank you. I have written down that you were there.",
            note="She sent the word that was shown at a training.",
        ),
        Say(
            key="safe_word",
            text="umbrella",
            note="The word that calls a person. One everyday noun of this language that nobody "
            "sends by chance, and no word for help.",
        ),
        # Safety. Fixed texts, said one after the other in one message: what she told us is heard
        # and who reads it when, whom to ring, whether it is safe to write. The English stands
        # beside a wording that two people have not approved.
        Say(
            key="harm_red",
            text="Thank you for telling us. I am sorry this is happening. You did the right "
            "thing. A person from {org} will read this today and contact you. If you are in "
            "danger now, call 999. If you cannot speak, press 55 when asked.",
            discreet="Thanks, got it. We will be in touch about the meeting.",
            note="A safety text: two named people per language must approve it.",
        ),
        Say(
            key="harm_red_closed",
            text="Thank you for telling us. I am sorry this is happening. You did the right "
            "thing. We are closed now. A person from {org} will read this on {day} and contact "
            "you. If you are in danger now, call 999. If you cannot speak, press 55 when asked.",
            note="A safety text, as harm_red. {day} is a weekday, day and month.",
        ),
        Say(
            key="harm_red_soon",
            text="Thank you for telling us. I am sorry this is happening. You did the right "
            "thing. A person from {org} will read this as soon as possible and contact you. If "
            "you are in danger now, call 999. If you cannot speak, press 55 when asked.",
            note="A safety text, as harm_red, where we cannot promise a day.",
        ),
        Say(
            key="harm_amber",
            text="Thank you for telling us. I am sorry it is hard. A person from {org} will read "
            "this within one working day and contact you. If you are in danger now, call 999.",
            discreet="Thanks, got it. We will be in touch.",
            note="A safety text: two named people per language must approve it.",
        ),
        Say(
            key="talk_to",
            text="To talk to someone, free: {helplines}.",
            note="A safety text. {helplines} are one or two names with their numbers.",
        ),
        Say(
            key="safe_to_write",
            text="Is it safe to write to you here?",
            note="A safety text, with the three choices that follow. Never on a shared phone.",
        ),
        Say(key="safe_yes", text="Yes", note="It is safe to write to her. 20 characters."),
        Say(key="safe_call", text="No, call me", note="It is not; to be rung. 20 characters."),
        Say(key="safe_later", text="Not now", note="It is not safe just now. 20 characters."),
        Say(
            key="write_here",
            text="Thank you. We will write to you here.",
            note="A safety text: she said that it is safe. A person will write, not the bot.",
        ),
        # Waiting, and moments
        Say(
            key="reminder",
            text="Hello {name}. There is no hurry. My question is still open if you would like "
            "to answer.",
            note="An approved template, with the button 'Continue'.",
        ),
        Say(
            key="reminder_again",
            text="There is no hurry. If you like, you can still answer:",
            note="The open question follows.",
        ),
        Say(
            key="moment_morning",
            text="{when}, {time} in the morning, UK time",
            note="{when} is a weekday, day and month; {time} is hours and minutes, like 9:30.",
        ),
        Say(
            key="moment_afternoon",
            text="{when}, {time} in the afternoon, UK time",
            note="{when} is a weekday, day and month; {time} is hours and minutes, like 5:30.",
        ),
        Say(
            key="moment_evening",
            text="{when}, {time} in the evening, UK time",
            note="{when} is a weekday, day and month; {time} is hours and minutes, like 7:30.",
        ),
        # Answers that were not understood: shorter, then numbered, then a person
        Say(key="again_options", text="Please send one number from the list, like 1."),
        Say(key="again_several", text="Please send the numbers from the list, like 1 4."),
        Say(key="again_rating", text="Please send one number from 0 to 10, like 7."),
        Say(key="again_words", text="You can write a few words, or send a voice message."),
        Say(key="again_duration", text="Please send the time in minutes, like 45 minutes."),
        Say(key="again_moment", text="Please send a day and a time, like: Tuesday 5pm."),
        Say(
            key="numbered_moment",
            text="Please write the day, the month and the time, like: 24 November, 17:00.",
        ),
        Say(key="numbered", text="Please choose a number:"),
        Say(
            key="numbered_rating",
            text="0 is the least, 10 is the most. Please send only the number.",
        ),
        Say(
            key="or_person",
            text="A person",
            note="A choice, as in '0 A person': somebody of the charity answers instead.",
        ),
        Say(key="or_skip", text="Skip", note="A choice, as in '0 Skip': she need not answer."),
        Say(key="or_list", text="Choose", note="The button that opens a list. 20 characters."),
        Say(key="person_reads", text="A person will read this."),
        Say(key="person_listens", text="Thank you. A person will listen to it."),
        Say(key="person_looks", text="Thank you. A person will look at it."),
        # Out of turn
        Say(key="noted", text="Thank you. A person will read this and answer you."),
        Say(
            key="forwarded",
            text="Thank you. A person will read this forwarded message. My question is still "
            "open: please answer in your own words.",
            note="She forwarded a message while a question was open. It does not count as hers.",
        ),
        Say(key="closed", text="Thank you. That question is closed. A person will read this."),
        Say(key="changed", text="Thank you. I have changed your answer to: {answer}."),
        Say(key="carry_on", text="We can carry on here, if you like."),
        Say(
            key="outdated",
            text="Thank you. My questions have changed, so this one is closed. "
            "A person will read your answer.",
        ),
        Say(
            key="sorry",
            text="Thank you. Something went wrong on our side. A person will read your message.",
        ),
        # People and templates
        Say(
            key="unknown_sender",
            text="Hello. I do not know this number. Please contact {org} {phone}.",
            note="To a number nobody enrolled. {phone} may be empty.",
        ),
        Say(
            key="share_number",
            text="Hello. I do not know who writes, and WhatsApp hides your number. Please send "
            "your phone number or your own contact card. Or contact {org} {phone}.",
            note="To somebody on WhatsApp whose number is hidden. {phone} may be empty.",
        ),
        Say(
            key="opener",
            text="Hello {name}, you have a message from {org}. Tap the button to read it. "
            "{sentence} Thank you.",
            discreet="Hello {name}, you have a message. Tap the button to read it. "
            "{sentence} Thank you.",
            note="An approved template. Where her language has none, English is sent, and only the "
            "sentence is hers.",
        ),
        Say(
            key="opener_sentence",
            text="Tap the button and I will write in English.",
            note="Say: tap the button and I will write in THIS language. One line.",
        ),
        Say(key="open", text="Continue", note="The opener's button. 20 characters."),
        Say(key="voice_goal", text="your voice message", note="Stands where her goal would."),
        Say(key="your_mentor", text="your mentor", note="When the mentor's name is not known yet."),
        Say(key="your_mentee", text="your mentee", note="When the mentee's name is not known yet."),
        Say(key="our_team", text="our team", note="When no coordinator is named."),
    ),
)
