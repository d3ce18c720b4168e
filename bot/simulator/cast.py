"""The invented people of the demo, and what each of them answers when nobody plays her by hand.

A reply is the key of a choice to tap or send, or words to type. A list is used up week by week,
its last entry again and again; "" is silence.
"""

from dataclasses import dataclass, field

Replies = dict[str, str | list[str]]


@dataclass(frozen=True, kw_only=True)
class Character:
    """One invented person. Numbers come from the range that Ofcom keeps for drama."""

    id: str
    role: str
    name: str
    language: str
    number: str
    about: str
    whatsapp: bool = True
    sms: bool = True
    organisation: str = ""
    mentor_id: str = ""
    cohort: str = "Autumn"
    by_hand: bool = False  # in the demo someone plays her; she answers by herself only in the past
    replies: Replies = field(default_factory=dict)

    @property
    def row(self) -> dict[str, str]:
        """Her line of people.csv, but for the start of her cohort."""
        return {
            "id": self.id,
            "role": self.role,
            "name": self.name,
            "language": self.language,
            "whatsapp": self.number if self.whatsapp else "",
            "sms": self.number if self.sms else "",
            "cohort": self.cohort,
            "organisation": self.organisation,
            "mentor_id": self.mentor_id,
        }


_EVERYONE: Replies = {
    "welcome.right_number": "yes",
    "welcome.consent": "yes",
    "welcome.sms": "yes",
    "starting_out.sure": "somewhat",
    "session_remind.still": "yes",
    "session_propose.good": "yes",
    "session_time.when": "Thursday 5pm",
    "session_time.right": "yes",
    "session_confirm.met": "yes",
    "session_confirm.minutes": "hour",
    "session_confirm.feeling": "good",
    "session_confirm.again": "next_week",
    "training_invite.coming": "yes",
    "training_feedback.useful": "very",
}
_MENTOR: Replies = _EVERYONE | {
    "welcome.language": "en",
    "starting_out.listener": "fairly",
    "session_confirm.reason": "her",
    "goal_shared.clear": "yes",
    "mentor_reflection.well": ["I waited, and she found her own answer.", ""],
    "mentor_reflection.next": "Ask one question at a time.",
    "mentor_reflection.listened": "7",
    "mentor_reflection.anything": "no",
    "mid_point_mentor.sure": "bit",
    "mid_point_mentor.listener": "much",
    "mid_point_mentor.needs": "skip",
}
_MENTEE: Replies = _EVERYONE | {
    "welcome.phone": "no",
    "welcome.sensitive": "yes",
    "welcome.sharing": "yes",
    "welcome.part": "morning",
    "welcome.weekday": "skip",
    "welcome.listens": "read",
    "welcome.safe_word": "ok",
    "goal_setting.focus": "work",
    "goal_setting.confirm": "yes",
    "goal_setting.another": "no",
    "goal_check_in.step": ["a_bit", "yes"],
    "goal_check_in.pair": "good",
    "goal_check_in.call": "no",
    "goal_check_in.b_housing": "yes",
    "goal_check_in.b_travel": "yes",
    "light_check_in.fine": "fine",
    "mid_point.helpful": "very",
    "mid_point.rating": "5",
    "mid_point.pair": "good",
    "mid_point.change": "skip",
}

CAST = (
    Character(
        id="M-101",
        role="mentor",
        name="Grace",
        language="en",
        number="+447700900201",
        organisation="Acorn Ltd",
        about="Amina's mentor. Confirms sessions from the lift.",
        by_hand=True,
        replies=_MENTOR,
    ),
    Character(
        id="W-101",
        role="mentee",
        name="Amina",
        language="ar",
        number="+447700900101",
        mentor_id="M-101",
        about="Writes Arabic, and numbers in Arabic digits. Reads slowly, and likes to listen.",
        by_hand=True,
        replies=_MENTEE
        | {
            "welcome.language": "ar",
            "welcome.listens": "both",
            "goal_setting.words": "أريد أن أبدأ مشروع خياطة صغيراً من البيت",
            "goal_setting.rating": "٢",
            "goal_setting.small_step": "أسأل عن سعر ماكينة الخياطة",
            "goal_check_in.week": ["good", "ok", "good"],
            "goal_check_in.rating": ["٣", "٤", "٤", "٦"],
        },
    ),
    Character(
        id="M-102",
        role="mentor",
        name="Harriet",
        language="en",
        number="+447700900202",
        organisation="Bluebell Bank",
        about="Luwam's mentor.",
        replies=_MENTOR | {"session_confirm.minutes": ["hour", "three_quarters", "1h15"]},
    ),
    Character(
        id="W-102",
        role="mentee",
        name="Luwam",
        language="ti",
        number="+447700900102",
        mentor_id="M-102",
        about="Reads Tigrinya. WhatsApp has no template in it, so an opener goes first.",
        by_hand=True,
        replies=_MENTEE
        | {
            "welcome.language": "ti",
            "goal_setting.focus": "study",
            "goal_setting.words": "እንግሊዝኛ ክመሃር ደልየ",
            "goal_setting.rating": "1",
            "goal_setting.small_step": "ናብ ቤት ትምህርቲ ክድውል",
            "goal_check_in.week": ["ok", "good"],
            "goal_check_in.rating": ["2", "3", "5"],
        },
    ),
    Character(
        id="M-103",
        role="mentor",
        name="Joan",
        language="en",
        number="+447700900203",
        organisation="Acorn Ltd",
        about="Selam's mentor. They have not met lately.",
        replies=_MENTOR | {"session_confirm.met": ["yes", "no"]},
    ),
    Character(
        id="W-103",
        role="mentee",
        name="Selam",
        language="ti",
        number="+447700900103",
        whatsapp=False,
        mentor_id="M-103",
        about="SMS only, on an old phone. Has fallen silent.",
        replies=_MENTEE
        | {
            "welcome.language": "ti",
            "goal_setting.words": "ስራሕ ክረክብ ደልየ",
            "goal_setting.rating": "3",
            "goal_setting.small_step": "skip",
            "session_remind.still": "",
            "session_confirm.met": ["yes", ""],
            "goal_check_in.week": "",
            "light_check_in.fine": "",
        },
    ),
    Character(
        id="M-104",
        role="mentor",
        name="Priya",
        language="en",
        number="+447700900204",
        organisation="Bluebell Bank",
        about="Parisa's mentor.",
        replies=_MENTOR | {"session_confirm.minutes": ["three_quarters", "hour"]},
    ),
    Character(
        id="W-104",
        role="mentee",
        name="Parisa",
        language="fa",
        number="+447700900104",
        mentor_id="M-104",
        about="Writes Persian. The bus is expensive, and she has to move. Recalls one session "
        "otherwise than Priya.",
        replies=_MENTEE
        | {
            "welcome.language": "fa",
            "goal_setting.focus": "volunteer",
            "goal_setting.words": "می‌خواهم در یک کتابخانه داوطلب شوم",
            "goal_setting.rating": "۴",
            "goal_setting.small_step": "به کتابخانه ایمیل بزنم",
            "goal_check_in.week": ["good", "ok", "hard", "hard"],
            "goal_check_in.rating": ["۵", "۶", "۳", "۴"],
            "goal_check_in.step": ["yes", "a_bit", "not_yet"],
            "goal_check_in.barriers": "۱ ۴",
            "session_confirm.met": ["yes", "no", "yes"],
            "session_confirm.reason": "other",
        },
    ),
    Character(
        id="M-105",
        role="mentor",
        name="Kate",
        language="en",
        number="+447700900205",
        organisation="Fern & Co",
        about="Hanan's mentor. Moved one session to a Thursday.",
        replies=_MENTOR | {"session_remind.still": ["yes", "yes", "move", "yes"]},
    ),
    Character(
        id="W-105",
        role="mentee",
        name="Hanan",
        language="ar",
        number="+447700900105",
        mentor_id="M-105",
        about="Others read her phone: no names, no goals, nothing that tells.",
        replies=_MENTEE
        | {
            "welcome.language": "ar",
            "welcome.phone": "yes",
            "goal_setting.focus": "skills",
            "goal_setting.words": "تعلم الكمبيوتر",
            "goal_setting.rating": "1",
            "goal_setting.small_step": "skip",
            "goal_check_in.week": ["ok", "good", "ok", "ما عندنا أكل في البيت"],
            "goal_check_in.rating": ["2", "4"],
        },
    ),
    Character(
        id="W-106",
        role="mentee",
        name="Farah",
        language="fa",
        number="+447700900106",
        mentor_id="M-104",
        about="Has paused for a while: a new baby.",
        replies=_MENTEE
        | {
            "welcome.language": "fa",
            "goal_setting.focus": "study",
            "goal_setting.words": "می‌خواهم دوره پرستاری را شروع کنم",
            "goal_setting.rating": "2",
            "goal_setting.small_step": "skip",
            "goal_check_in.week": ["good"],
            "goal_check_in.rating": ["3"],
        },
    ),
    Character(
        id="M-201",
        role="mentor",
        name="Beth",
        language="en",
        number="+447700900206",
        organisation="Acorn Ltd",
        cohort="Spring",
        about="Mentor in another cohort. Never hears of Amina.",
        replies=_MENTOR,
    ),
)
PAUSED = "W-106"
WORD, AT_THE_TRAINING = "Kettle", frozenset({"M-101", "M-102", "M-104"})
