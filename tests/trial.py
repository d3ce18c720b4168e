"""A conversation and three languages to try things on: English, Arabic, and an empty Tigrinya."""

from dataclasses import replace
from pathlib import Path

from bot import po
from bot.engine.flow import Ask, Audience, Flow, Option, Say
from bot.languages import po_path
from bot.library import Library
from bot.texts import update

LISTING = """
[en]
status = "reviewed"
fallback = []
template = "en_GB"
babel = "en_GB"

[ar]
status = "draft"
fallback = ["en"]
template = "ar"

[ti]
status = "draft"
fallback = ["en"]
"""
ARABIC = {
    "trial.hello": "مرحبا {name}. هل نبدأ؟",
    "trial.hello.yes": "نعم",
    "trial.hello.no": "لا",
    "trial.meet": "هل التقيتِ مع {other}؟",
    "trial.meet.yes": "أجل",
    "trial.meet.no": "كلا",
    "trial.bye": "شكرا {name}. لإنهاء الرسائل أرسلي STOP.",
}


def library(**english: str) -> Library:
    """Two questions with the same answers, and a text; `english` rewords steps by their keys."""
    texts = {
        "hello": "Hello {name}. Shall we start?",
        "meet": "Did you meet {other}?",
        "bye": "Thank you {name}. Send STOP to end.",
    } | english
    yes_no = (Option(key="yes", label="Yes"), Option(key="no", label="No"))
    steps = [
        Ask(key=key, text=text, options=yes_no) if text.endswith("?") else Say(key=key, text=text)
        for key, text in texts.items()
        if text
    ]
    flow = Flow(
        name="trial",
        version=1,
        audience=Audience.MENTEE,
        purpose="Tries something.",
        steps=tuple(steps),
    )
    return Library({"trial": flow})


def make_locales(folder: Path) -> Path:
    """A folder with three languages, Arabic translated."""
    (folder / "languages.toml").write_text(LISTING, encoding="utf-8")
    update(library(), folder)
    translate(folder, ARABIC)
    for language in ("en", "ar"):
        hear(folder, language, 'stop = ["stop"]\nhelp = ["help"]\n[harm]\nred = ["danger"]\n')
    return folder


def hear(locales: Path, language: str, words: str) -> None:
    """What is heard in that language: its words.toml."""
    path = locales / language / "words.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(words, encoding="utf-8")


def translate(locales: Path, texts: dict[str, str], language: str = "ar") -> None:
    path = po_path(language, locales)
    entries = po.read(path).entries
    done = [replace(entry, text=texts.get(key, entry.text)) for key, entry in entries.items()]
    path.write_text(po.render(done, language=language), encoding="utf-8")
