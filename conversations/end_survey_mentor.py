"""At the end, to the mentor: what mentoring changed in her. Published as figures."""

from bot.engine.flow import Answer, Ask, Audience, Flow, Option, Say

flow = Flow(
    name="end_survey_mentor",
    version=1,
    audience=Audience.MENTOR,
    purpose="Asks the mentor at the end what mentoring changed in her, and in her work.",
    steps=(
        Ask(
            key="sure",
            text="Hello {name}. These are my last questions. Only {org} sees your answers. "
            "How sure do you feel as a mentor, compared with the start?",
            discreet="Hello {name}. A few last questions. How sure do you feel now, compared "
            "with the start?",
            optional=True,
            options=(
                Option(key="much", label="Much more"),
                Option(key="bit", label="A bit more"),
                Option(key="same", label="The same"),
                Option(key="less", label="Less"),
            ),
        ),
        Ask(
            key="listener",
            text="And as a listener?",
            optional=True,
            note="How sure does she feel as a listener, compared with the start?",
            options=(
                Option(key="much", label="Much more"),
                Option(key="bit", label="A bit more"),
                Option(key="same", label="The same"),
                Option(key="less", label="Less"),
            ),
        ),
        Ask(
            key="patient",
            text="Are you more patient with people than before?",
            optional=True,
            options=(
                Option(key="much", label="Much more"),
                Option(key="bit", label="A bit more"),
                Option(key="same", label="The same"),
                Option(key="less", label="Less"),
            ),
        ),
        Ask(
            key="compassionate",
            text="Are you more compassionate than before?",
            optional=True,
            note="She feels with others, and wants to help.",
            options=(
                Option(key="much", label="Much more"),
                Option(key="bit", label="A bit more"),
                Option(key="same", label="The same"),
                Option(key="less", label="Less"),
            ),
        ),
        Ask(
            key="open_minded",
            text="Are you more open-minded than before?",
            optional=True,
            options=(
                Option(key="much", label="Much more"),
                Option(key="bit", label="A bit more"),
                Option(key="same", label="The same"),
                Option(key="less", label="Less"),
            ),
        ),
        Ask(
            key="coaching",
            text="Are you better at coaching than before?",
            optional=True,
            note="Coaching: asking and listening, so that the other finds her own way.",
            options=(
                Option(key="much", label="Much better"),
                Option(key="bit", label="A bit better"),
                Option(key="same", label="The same"),
                Option(key="less", label="Worse"),
            ),
        ),
        Ask(
            key="leading",
            text="Are you better at leading people than before?",
            optional=True,
            options=(
                Option(key="much", label="Much better"),
                Option(key="bit", label="A bit better"),
                Option(key="same", label="The same"),
                Option(key="less", label="Worse"),
            ),
        ),
        Ask(
            key="again",
            text="Would you mentor again, or tell a colleague to?",
            discreet="Would you do it again, or tell a colleague to?",
            optional=True,
            options=(
                Option(key="yes", label="Yes"),
                Option(key="maybe", label="Maybe"),
                Option(key="no", label="No"),
            ),
        ),
        Ask(
            key="different",
            text="What will you do differently at work? Words or voice.",
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
