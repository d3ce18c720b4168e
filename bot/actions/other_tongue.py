"""She writes in another language than she chose: after three messages, ask which she would like."""

from collections.abc import Container
from datetime import timedelta

from sqlalchemy import select
from sqlmodel import Session

from bot.actions.incoming import Incoming, say_standing
from bot.actions.stranger import guess_language
from bot.store.models import Message
from bot.store.tables import table

_MESSAGE = table(Message)

IN_A_ROW = 3
ASK_EVERY = timedelta(days=14)
CONTEXT = "standing.which_language"
# Words that only English has: Latin letters alone may be her own language, as phones write it
ENGLISH = frozenset(
    {"the", "is", "my", "and", "i", "to", "you", "not", "have", "it", "was", "we", "for", "a"}
)


def offer_other_tongue(db: Session, incoming: Incoming) -> None:
    """Say how to change the language, where her last three messages were in one other language."""
    if third_in_a_row(db, incoming) is None or _asked_lately(db, incoming):
        return
    offered = incoming.house.catalogues.languages
    names = ", ".join(language.own_name for language in offered.values())
    say_standing(db, incoming, "which_language", extra={"languages": names})


def third_in_a_row(db: Session, incoming: Incoming) -> str | None:
    """The one other language of this message and the two before it, if there is one."""
    offered = incoming.house.catalogues.languages
    hers = incoming.who.language
    tongue = other_tongue(incoming.inbound.text, hers=hers, offered=offered)
    if tongue is None:
        return None
    before = _texts_before(db, incoming)
    tongues = {other_tongue(text, hers=hers, offered=offered) for text in before}
    return tongue if len(before) >= IN_A_ROW - 1 and tongues == {tongue} else None


def other_tongue(text: str, *, hers: str, offered: Container[str]) -> str | None:
    """The language of another one's letters or words; None where it may well be hers."""
    tongue = guess_language(text, offered=offered)
    if tongue == hers or ({tongue, hers} == {"ar", "fa"} and hers == "fa"):
        return None  # Persian is often written in letters that Arabic has, too
    if tongue != "en":
        return tongue
    words = [word for word in text.casefold().split() if word.isalpha()]
    return tongue if len(ENGLISH.intersection(words)) > 1 else None


def _texts_before(db: Session, incoming: Incoming) -> list[str]:
    newest = (
        select(_MESSAGE.c.text)
        .where(
            _MESSAGE.c.participant_id == incoming.who.id,
            _MESSAGE.c.direction == "in",
            _MESSAGE.c.id < incoming.message_id,
        )
        .order_by(_MESSAGE.c.id.desc())
        .limit(IN_A_ROW - 1)
    )
    return list(db.execute(newest).scalars())


def _asked_lately(db: Session, incoming: Incoming) -> bool:
    asked = select(_MESSAGE.c.id).where(
        _MESSAGE.c.participant_id == incoming.who.id,
        _MESSAGE.c.context == CONTEXT,
        _MESSAGE.c.at > incoming.now - ASK_EVERY,
    )
    return db.execute(asked.limit(1)).first() is not None
