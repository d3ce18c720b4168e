"""What she agreed to, in plain words; and a no that she told a member of staff, written down."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from bot.actions.be_sure import be_sure
from bot.actions.withdraw import withdraw_for_her
from bot.errors import Refused
from bot.store.pages import person as rows
from bot.web import words
from bot.web.access import may
from bot.web.alerts import MOST_ID
from bot.web.here import now, parts, sight, staff

page = Blueprint("consents", __name__, url_prefix=f"/<int(max={MOST_ID}):participant_id>")

ASKED_OF = {"mentee": ("messages", "sensitive", "sharing"), "mentor": ("messages",)}
CHANNELS = {"whatsapp": "by WhatsApp", "sms": "by SMS", "": ""}
WHYS = {
    "phone": "she said so on the phone",
    "in_person": "she said so in person",
    "letter": "she wrote so to one of us",
}


@dataclass(frozen=True, kw_only=True)
class ShownLine:
    """One line of the ledger as a sentence, without her own words, which follow it."""

    row: rows.ConsentRow
    said: str
    way: str


@dataclass(frozen=True, kw_only=True)
class ShownConsent:
    """What she last said to one thing (None: nothing yet), and before that, the newest first."""

    kind: str
    what: str
    newest: ShownLine | None
    before: tuple[ShownLine, ...]


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """All of it, and what could be taken back today."""

    consents: tuple[ShownConsent, ...]
    given: dict[str, str]
    whys: dict[str, str]


def ledger(given: Sequence[rows.ConsentRow], *, role: str | None) -> Ledger:
    """`given`: the newest first. What everybody is asked stands on top, asked or not."""
    by_kind: dict[str, list[rows.ConsentRow]] = {kind: [] for kind in ASKED_OF.get(role or "", ())}
    for row in _told_once(given):
        by_kind.setdefault(row.kind, []).append(row)
    shown = tuple(
        ShownConsent(
            kind=kind,
            what=words.CONSENTS.get(kind, kind.replace("_", " ")),
            newest=_line(said[0]) if said else None,
            before=tuple(map(_line, said[1:])),
        )
        for kind, said in by_kind.items()
    )
    today = {one.kind: one.what for one in shown if one.newest and one.newest.row.given}
    return Ledger(consents=shown, given=today, whys=WHYS)


def _told_once(given: Sequence[rows.ConsentRow]) -> list[rows.ConsentRow]:
    """One answer about her goal is two lines of the ledger; without the goal alone she said one."""
    asked = {row.at for row in given if row.kind == "sharing"}
    return [row for row in given if row.given or row.kind != "goal_only" or row.at not in asked]


def _line(row: rows.ConsentRow) -> ShownLine:
    if row.how == "staff":
        told = WHYS.get(row.why, row.why)
        return ShownLine(row=row, said="took it back", way=f"{told}, to {row.staff or 'staff'}")
    said = "yes" if row.given else "no" if row.how == "asked" else "took it back"
    return ShownLine(row=row, said=said, way=CHANNELS.get(row.channel, row.channel))


@page.post("/consents/withdrawn")
@may("write")
def withdrawn(participant_id: int) -> ResponseReturnValue:
    """Only ever a no: a yes is hers alone."""
    _who(participant_id)
    try:
        with parts().database.transaction() as db:
            withdraw_for_her(
                db,
                participant_id=participant_id,
                kind=request.form.get("kind", ""),
                why=request.form.get("why", ""),
                staff_id=staff().id,
                now=now(),
            )
    except Refused as why:
        session["toast"] = str(why)
        return _back(participant_id)
    session["toast"] = "It is written down, and holds from now on."
    return _back(participant_id)


@page.post("/sure")
@may("write")
def sure(participant_id: int) -> ResponseReturnValue:
    """Somebody has spoken with her: it is she who reads her phone."""
    _who(participant_id)
    with parts().database.transaction() as db:
        be_sure(db, participant_id=participant_id, staff_id=staff().id, now=now())
    session["toast"] = "She is written to as before."
    return _back(participant_id)


def _who(participant_id: int) -> rows.Who:
    with parts().database.reading() as db:
        found = rows.who(db, participant_id=participant_id, sight=sight())
    return found or abort(404)


def _back(participant_id: int) -> ResponseReturnValue:
    return redirect(url_for("people.person", participant_id=participant_id), 303)
