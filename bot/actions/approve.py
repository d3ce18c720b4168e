"""Write down that somebody who reads a language approves its texts for safety.

She need not be staff: whoever is signed in keeps it for her, and stands beside it.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from bot.actions.audit import audit
from bot.catalogues import Catalogues
from bot.errors import Refused
from bot.languages import SOURCE
from bot.safety_texts import CONTEXTS, approved, digest, same_name
from bot.store.approvals import approvals, approvals_by_language, keep_approval

LONGEST_NAME = 80


def approve(
    db: Session,
    *,
    catalogues: Catalogues,
    language: str,
    texts: Iterable[tuple[str, str]],
    name: str,
    staff_id: int,
    now: datetime,
) -> int:
    """`texts`: (context, digest) as she read them; returns how many approvals are new.

    Raises `Refused` where nobody is named, nothing is chosen, or a text has changed meanwhile.
    """
    name, texts = " ".join(name.split()), tuple(dict.fromkeys(texts))
    if not name or len(name) > LONGEST_NAME or not any(sign.isalpha() for sign in name):
        raise Refused("Please write the name of the person who has read these texts.")
    if not texts:
        raise Refused("Please tick the texts that she approves.")
    known = {
        (row.context, row.digest, same_name(row.name)) for row in approvals(db, language=language)
    }
    new = 0
    for context, read in texts:
        if context not in CONTEXTS or read != digest(
            catalogues, context=context, language=language
        ):
            raise Refused("A text has changed since this page was opened. Please read it again.")
        if (context, read, same_name(name)) in known:
            continue
        new += keep_approval(
            db,
            language=language,
            context=context,
            digest=read,
            name=name,
            staff_id=staff_id,
            now=now,
        )
        audit(
            db,
            staff_id=staff_id,
            action="kept an approval",
            subjects=(f"text:{context}",),
            detail=language,
            now=now,
        )
    return new


def approved_languages(db: Session, *, catalogues: Catalogues) -> frozenset[str]:
    """Those in which every text for safety may go out without the English beside it."""
    found = approvals_by_language(db)
    return frozenset(
        tag
        for tag in catalogues.all_languages
        if tag == SOURCE or approved(catalogues, tag, found.get(tag, ())).issuperset(CONTEXTS)
    )


def approved_texts(db: Session, *, catalogues: Catalogues, language: str) -> frozenset[str]:
    """The contexts that may go out in her language alone."""
    found = approvals(db, language=language)
    rows = ((row.context, row.digest, row.name) for row in found)
    return approved(catalogues, language, rows)
