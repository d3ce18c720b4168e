"""The headings of the page that a participant gets with everything we hold of her. Drafts."""

SECTIONS = (
    "person", "addresses", "enrolments", "pairs", "consents", "messages", "answers", "goals",
    "sessions", "trainings", "check_ins", "alerts", "read_by",
)  # fmt: skip
HEADINGS: dict[str, dict[str, str]] = {
    "title": {
        "en": "What we hold about you",
        "ar": "ما نحتفظ به عنكِ",
        "fa": "آنچه دربارهٔ شما نگه می‌داریم",
        "ti": "ብዛዕባኺ ሒዝናዮ ዘለና",
    },
    "person": {"en": "You", "ar": "أنتِ", "fa": "شما", "ti": "ንስኺ"},
    "addresses": {
        "en": "Your numbers",
        "ar": "أرقامكِ",
        "fa": "شماره‌های شما",
        "ti": "ቁጽርታትኪ",
    },
    "enrolments": {"en": "Your groups", "ar": "مجموعاتكِ", "fa": "گروه‌های شما", "ti": "ጉጅለታትኪ"},
    "pairs": {"en": "Your mentoring", "ar": "الإرشاد", "fa": "همراهی شما", "ti": "ምምካርኪ"},
    "consents": {
        "en": "What you agreed to",
        "ar": "ما وافقتِ عليه",
        "fa": "آنچه پذیرفته‌اید",
        "ti": "ዝተሰማማዕክሉ",
    },
    "messages": {"en": "Messages", "ar": "الرسائل", "fa": "پیام‌ها", "ti": "መልእኽትታት"},
    "answers": {"en": "Your answers", "ar": "إجاباتكِ", "fa": "پاسخ‌های شما", "ti": "መልስታትኪ"},
    "goals": {"en": "Your goals", "ar": "أهدافكِ", "fa": "هدف‌های شما", "ti": "ዕላማታትኪ"},
    "sessions": {
        "en": "Your sessions",
        "ar": "جلساتكِ",
        "fa": "جلسه‌های شما",
        "ti": "ርክባትኪ",
    },
    "trainings": {"en": "Trainings", "ar": "التدريبات", "fa": "آموزش‌ها", "ti": "ስልጠናታት"},
    "check_ins": {
        "en": "When we wrote and will write",
        "ar": "متى كتبنا ومتى سنكتب",
        "fa": "کی نوشتیم و کی می‌نویسیم",
        "ti": "መዓስ ከም ዝጸሓፍናን ከም እንጽሕፍን",
    },
    "alerts": {
        "en": "What staff were asked to look at",
        "ar": "ما طُلب من الفريق النظر فيه",
        "fa": "آنچه از تیم خواسته شد ببیند",
        "ti": "ጋንታና ክርእይዎ ዝተሓተቱ",
    },
    "read_by": {
        "en": "Who read your words, and when",
        "ar": "من قرأ كلماتكِ ومتى",
        "fa": "چه کسی نوشته‌های شما را خواند و کی",
        "ti": "መን ቃላትኪ ኣንቢቡ፡ መዓስ",
    },
}


def heading(section: str, language: str) -> str:
    """In her language; English where there is none."""
    texts = HEADINGS[section]
    return texts.get(language, texts.get(language.partition("-")[0], texts["en"]))
