"""Before a text leaves for somebody who likes to listen: its recording, a message of its own.

Decided at the moment the text would go, so that a turn costs nothing more, a wish that changed
counts at once, and no recording ever waits in the outbox. It is tried once; the text follows it.
"""

from dataclasses import replace

from sqlalchemy import update
from sqlmodel import Session

from bot.actions.case import Case
from bot.actions.compose import Desk, Voice
from bot.actions.decide import Decided
from bot.actions.give_up_recording import AUDIO
from bot.actions.go_before import go_before
from bot.actions.rest_sender import TRIES
from bot.channels.base import Outbound
from bot.channels.policy import Route
from bot.spoken_links import spoken_url
from bot.spoken_texts import spoken_of, still_says
from bot.store.models import Message
from bot.store.recordings import RecordingRow, recording
from bot.store.tables import table

LISTENS = frozenset({"listen", "both"})
_MESSAGE = table(Message)


def speak_first(db: Session, desk: Desk, decided: Decided) -> Decided:
    """The recording's case where there is one to send now; else the text's, as it is."""
    voice = desk.voice
    if voice is None or not _may_hear(decided):
        return decided
    message = decided.case.message
    context = spoken_of(message.context)
    found = recording(db, context=context, language=message.language)
    if found is None or not still_says(
        voice.library,
        desk.catalogues,
        context=context,
        language=message.language,
        spoken=found.digest,
    ):
        return decided
    case = _queued(db, decided.case, found)
    return replace(
        decided,
        case=case,
        route=Route(kind=AUDIO, reason="she listens", address_id=decided.route.address_id),
        outbound=_outbound(voice, case, found, to=decided.outbound.address),
    )


def _may_hear(decided: Decided) -> bool:
    """By WhatsApp within its window, once, and never where somebody else may hear it."""
    case, person = decided.case, decided.case.person
    if person is None or person.listens not in LISTENS:
        return False
    if person.discreet or person.doubted_at is not None or person.held_at is not None:
        return False
    if decided.route.kind not in ("session", "text") or case.delivery.attempts:
        return False
    if TRIES in decided.route.reason:  # a sender that rested is tried by words, not by a sound
        return False
    return case.message.recording_id is None


def _queued(db: Session, case: Case, found: RecordingRow) -> Case:
    """A message and a delivery of its own; the text remembers that it has been spoken."""
    db.execute(
        update(_MESSAGE).where(_MESSAGE.c.id == case.message.id).values(recording_id=found.id)
    )
    return go_before(
        db,
        case,
        mode=AUDIO,
        not_before=case.delivery.not_before,
        kind=AUDIO,
        text="",
        language=case.message.language,
        recording_id=found.id,
    )


def _outbound(voice: Voice, case: Case, found: RecordingRow, *, to: str) -> Outbound:
    url = spoken_url(voice.links, recording_id=found.id, file=found.file, now=case.now)
    return Outbound(token=case.delivery.token, address=to, body="", media_url=url)
