"""Decide one delivery's way, and make of it what is sent. The policy is pure; this feeds it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlmodel import Session

from bot.actions.case import Case, change, tell_about
from bot.actions.compose import Desk, Filled, direction, look, opener, own_template, session_sid
from bot.actions.cut_up import cut_up
from bot.actions.open_window import MOST_FAILURES, open_window, openers
from bot.actions.release import find_another_way
from bot.actions.rest_sender import TRIES
from bot.actions.tell_of_people import tell_of_people
from bot.actions.try_sender import try_senders
from bot.channels.base import Outbound
from bot.channels.policy import LOOK_AGAIN, OPENER, Matter, Person, Route, Way, choose
from bot.channels.rendering import Shape, by_sms, numbered, session_variables
from bot.store.senders import BEGINS, EVERY, Resting, begun_today, resting_senders

REMINDER = "standing.reminder"
NO_ROUTE = "no_route"


@dataclass(frozen=True, kw_only=True)
class Decided:
    """A case that goes out now, this way and by that sender of ours. For an opener it is another
    case than was asked about."""

    case: Case
    route: Route
    outbound: Outbound
    sender: str
    category: str = ""  # of the approved wording, if it goes as one


@dataclass(frozen=True, kw_only=True)
class Her:
    """What keeps what we start from her just now: her hours, a concern about the other one."""

    quiet_until: datetime | None = None
    other_held: bool = False


@dataclass(frozen=True, kw_only=True)
class Missing:
    """A generic content has to be made before this delivery can go."""

    content_key: str


@dataclass(frozen=True, kw_only=True)
class Moved:
    """Nothing to send, but the queue has changed: ask again."""


@dataclass(frozen=True, kw_only=True)
class _Looks:
    """What the message can go out as."""

    seen: Shape
    sid: str | None  # of the generic content; "" for plain text, None: to be made
    template: Filled | None


def decide(db: Session, desk: Desk, case: Case, her: Her) -> Decided | Missing | Moved:
    """Raises LookupError, ValueError or TypeError for a message that cannot be composed."""
    message, person = case.message, case.person
    seen = look(desk, message)
    looks = _Looks(
        seen=seen,
        sid=session_sid(db, seen.content_key, now=case.now) if seen.content_key else "",
        template=own_template(db, desk, message),
    )
    opening, out = None, 0
    if case.delivery.piece:  # of what began to go by SMS
        looks = replace(looks, sid="", template=None)
    elif looks.template is None and person is not None and not message.context.startswith(OPENER):
        out, failed = openers(db, case)
        if failed < MOST_FAILURES:
            opening = opener(
                db, desk, language=person.language, name=person.name, discreet=person.discreet
            )
    matter = Matter(
        context=message.context,
        reply=case.delivery.priority == 0,
        address_id=case.delivery.address_id,
        wish="sms" if case.delivery.mode == "sms" else "",
        interactive=looks.sid != "" and case.delivery.mode != "text",
        template=looks.template is not None,
        opener=opening is not None,
        opener_out=out > 0,
        expires_at=case.delivery.expires_at,
        quiet_until=her.quiet_until,
        other_held=her.other_held,
    )
    resting = resting_senders(db)
    route = _route(db, desk, case, matter=matter, resting=resting)
    if route.kind in ("stop", "task", "wait", "later"):
        return _put_aside(db, case, route)
    if route.kind == "session" and looks.sid is None:
        return Missing(content_key=str(seen.content_key))
    sender = desk.senders[case.addresses[route.address_id or 0].channel]
    if trying := _to_try(resting, sender=sender, kind=route.kind, now=case.now):
        if not try_senders(db, trying, now=case.now):
            return Moved()
        route = replace(route, reason=f"{route.reason}; {TRIES}")
    if route.kind == "opener" and opening is not None:
        case = open_window(db, case, opening, reason=route.reason)
        looks = _Looks(seen=seen, sid="", template=opening.filled)
    piece = case.delivery.piece
    if route.kind == "sms" and not piece and len(_sms(desk, case)) > 1:
        cut_up(db, case, pieces=len(_sms(desk, case)))
        piece = 1
    filled = looks.template if route.kind in BEGINS else None
    return Decided(
        case=case,
        route=route,
        outbound=_outbound(desk, case, route=route, looks=looks, piece=piece),
        sender=sender,
        category=filled.category if filled is not None else "",
    )


def _route(
    db: Session, desk: Desk, case: Case, *, matter: Matter, resting: Sequence[Resting]
) -> Route:
    """As the policy says; once more where WhatsApp lets us begin with no more people today."""
    person = _person(case.person)
    ways = _ways(case, desk, resting)
    route = choose(person=person, ways=ways, matter=matter, now=case.now)
    if route.kind not in BEGINS or case.person is None or desk.daily_people is None:
        return route
    begun = begun_today(db, but=case.person.id, now=case.now)
    if begun is None or begun < desk.daily_people:
        return route
    tell_of_people(db, case, most=desk.daily_people)
    later = case.now + LOOK_AGAIN
    full = [
        replace(way, rests="people", until=later) if way.channel == "whatsapp" else way
        for way in ways
    ]
    return choose(person=person, ways=full, matter=matter, now=case.now)


def _person(row: Row[Any] | None) -> Person | None:
    return None if row is None else Person(state=row.state, held=row.held_at is not None)


def _ways(case: Case, desk: Desk, resting: Sequence[Resting]) -> list[Way]:
    found = []
    for row in case.addresses.values():
        if row.channel not in desk.kinds:
            continue
        rests, until = _rests(resting, sender=desk.senders[row.channel], now=case.now)
        found.append(
            Way(
                id=row.id,
                channel=row.channel,
                state=row.state,
                kind=row.kind,
                last_inbound_at=row.last_inbound_at,
                fallback=row.fallback,
                rests=rests,
                until=until,
            )
        )
    return found


def _rests(
    resting: Sequence[Resting], *, sender: str, now: datetime
) -> tuple[str, datetime | None]:
    """What that sender may not do, and until when; the strictest rest and the longest counts."""
    still = [one for one in resting if one.address in (sender, EVERY) and one.until > now]
    if not still:
        return "", None
    tripped = any(one.state == "tripped" for one in still)
    return "sender" if tripped else "started", max(one.until for one in still)


def _to_try(resting: Sequence[Resting], *, sender: str, kind: str, now: datetime) -> list[Resting]:
    """The rests of that sender that are over, and that this message shows to be over or not."""
    return [
        one
        for one in resting
        if one.address in (sender, EVERY)
        and one.until <= now
        and (one.state == "tripped" or kind in BEGINS)
    ]


def _put_aside(db: Session, case: Case, route: Route) -> Moved:
    if route.kind == "stop":
        change(db, case, state="cancelled", reason=route.reason)
        if case.person is not None and case.message.context.startswith(OPENER):
            find_another_way(  # nothing will open for what waits behind it
                db, participant_id=case.person.id, reason=route.reason, now=case.now
            )
    elif route.kind == "wait":
        change(db, case, state="waiting", reason=route.reason, mode="")
    elif route.kind == "later":
        kept = case.delivery.reason.startswith(NO_ROUTE)  # of which staff have been told
        reason = case.delivery.reason if kept else route.reason
        change(db, case, reason=reason, not_before=route.until or case.now + LOOK_AGAIN)
    else:  # an approval, a number or her own message may open a way
        known = case.delivery.reason.startswith(NO_ROUTE)
        change(db, case, reason=f"{NO_ROUTE}: {route.reason}", not_before=case.now + LOOK_AGAIN)
        if not known:  # staff who have closed it need not hear of it every hour
            tell_about(db, case, kind="no_route", detail=route.reason)
    return Moved()


def _outbound(desk: Desk, case: Case, *, route: Route, looks: _Looks, piece: int) -> Outbound:
    message, content_sid = case.message, None
    variables: dict[str, str] = {}
    if route.kind in ("template", "opener"):
        if looks.template is None:
            raise LookupError("a route by template without one")
        body, content_sid = looks.template.text, looks.template.content_sid
        variables = looks.template.variables
    elif route.kind == "session":
        label = desk.catalogues.text("standing.or_list", message.language)
        body, content_sid = looks.seen.body, looks.sid
        variables = session_variables(looks.seen, message_id=message.id, list_label=label)
    elif route.kind == "sms" or piece:
        body = _sms(desk, case)[max(piece - 1, 0)]
    else:
        body = numbered(
            message.text,
            _numbers(message),
            direction=direction(desk, message.language),
            layout=message.layout,
        )
    return Outbound(
        token=case.delivery.token,
        address=case.addresses[route.address_id or 0].address,
        body=body,
        content_sid=content_sid,
        variables=variables,
        valid_for=_valid_for(case),
    )


def _sms(desk: Desk, case: Case) -> tuple[str, ...]:
    """The SMS that the message takes, in order."""
    message = case.message
    return by_sms(
        message.text,
        _numbers(message),
        direction=direction(desk, message.language),
        layout=message.layout,
    )


def _numbers(message: Row[Any]) -> Sequence[Sequence[str]]:
    """What she may answer by number. A reminder's "continue" takes none: the open question has
    them, and an answer to that one needs no button."""
    return () if message.context.startswith(REMINDER) else message.choices or ()


def _valid_for(case: Case) -> int | None:
    """So that a queue over there does not deliver at night what was meant for the morning."""
    until = case.delivery.expires_at
    return None if until is None else max(int((until - case.now).total_seconds()), 1)
