"""What the invented people of the rehearsal write: goals, own words, days, noise. Data only."""

from random import Random

GOALS = {
    "en": ("Get ready for work in a kitchen", "Learn to drive", "Study nursing"),
    "ar": ("أريد أن أبدأ مشروع خياطة", "أريد أن أتعلم القيادة", "أريد أن أدرس التمريض"),
    "fa": ("می‌خواهم خیاطی کنم", "می‌خواهم رانندگی یاد بگیرم", "می‌خواهم درس بخوانم"),
    "ti": ("ስራሕ ክረክብ ይደሊ", "መኪና ምዝዋር ክመሃር", "ክመሃር ይደሊ"),
}
OWN_WORDS = {
    "en": ("We talked about interviews and it went well", "I will listen more next time"),
    "ar": ("تكلمنا عن العمل وكان جيدا", "سأحاول أكثر في المرة القادمة"),
    "fa": ("درباره کار حرف زدیم", "دفعه بعد بیشتر تلاش می‌کنم"),
    "ti": ("ብዛዕባ ስራሕ ተዘራሪብና", "ዝመጽእ ግዜ ክፍትን እየ"),
}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAYS = {
    "en": (WEEKDAYS, "{day} {hour}pm"),
    "ar": (
        ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"),
        "{day} الساعة {hour} مساء",
    ),
    "fa": (
        ("دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه", "شنبه", "یکشنبه"),
        "{day} ساعت {hour} عصر",
    ),
}
DIGITS = {
    "ar": str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"),
    "fa": str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"),
}
HARM = {
    "en": "My husband hits me",
    "ar": "زوجي يضربني",
    "fa": "شوهرم مرا می‌زند",
    "ti": "ሰብኣየይ ይወቕዓኒ",
}
NOISE = ("hmm what", "🤷", "asdf qwer", "lol", "the bus was late again")
NOVEL = "It was a long week and I want to tell you all of it from the beginning. " * 50
FLOOD = 10  # messages in a second
WRONG = "wrong"
_SYLLABLES = ("ba", "do", "fi", "ga", "ke", "lu", "mo", "ni", "pa", "ro", "su", "ta", "vi", "zo")


def luck(*seeds: object) -> Random:
    """A chance that is the same in every run: the run of nothing else changes it."""
    return Random(":".join(map(str, seeds)))  # noqa: S311 (nobody's secret)


def coined(chance: Random) -> str:
    """A word that nobody has ever said, so that one can tell wherever it turns up again."""
    return "qu" + "".join(chance.choice(_SYLLABLES) for _ in range(6)) + "x"
