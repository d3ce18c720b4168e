"""Twilio's error codes and what the bot does about each. A table; the only place codes are known.

Decide on the code alone: the words that come with it change. An unknown code fails the message and
tells staff. Meanings are of Twilio's error dictionary (twilio.com/docs/api/errors).
"""

from dataclasses import dataclass
from enum import StrEnum

MINUTE, HOUR, DAY = 60, 3600, 86_400


class Action(StrEnum):
    """What to do with the message whose delivery failed."""

    RETRY = "retry"  # the same way after a delay; when the delays are used up, as FAIL or SMS
    WINDOW = "window"  # WhatsApp's window is closed after all: an approved template
    SMS = "sms"  # by SMS where she has it, else as FAIL
    TEMPLATE = "template"  # this content cannot be used: another one, or plain text
    CHANNEL = "channel"  # nothing leaves by this channel: the message waits, staff are told
    FAIL = "fail"  # never again; staff are told
    DROP = "drop"  # never again, and nobody needs to know


@dataclass(frozen=True, kw_only=True)
class Remedy:
    """What a code means for one delivery.

    `delays` are seconds before each further try; `sms` tries SMS when nothing else is left;
    `address` is the state that her address gets (stopped or unusable).
    """

    action: Action
    delays: tuple[int, ...] = ()
    sms: bool = False
    address: str | None = None
    alert: str | None = "undelivered"


_AT_ONCE = Remedy(action=Action.FAIL)
_BY_SMS = Remedy(action=Action.SMS, sms=True)
_NOT_ON_WHATSAPP = Remedy(action=Action.SMS, sms=True, address="unusable")
_BAD_ADDRESS = Remedy(action=Action.FAIL, address="unusable")
_STOPPED = Remedy(action=Action.FAIL, address="stopped", alert=None)
_BLOCKED = Remedy(action=Action.FAIL, address="stopped")
_SENDER = Remedy(action=Action.CHANNEL, alert="channel_trouble")
_CONTENT = Remedy(action=Action.TEMPLATE, alert="template_trouble")
_TOO_FAST = Remedy(action=Action.RETRY, delays=(15, 60, 4 * MINUTE, 15 * MINUTE, HOUR))
_PROVIDER = Remedy(action=Action.RETRY, delays=(2 * MINUTE, 8 * MINUTE, 20 * MINUTE), sms=True)
_ONCE_MORE = Remedy(action=Action.RETRY, delays=(15 * MINUTE,), sms=True)
_PHONE_OFF = Remedy(action=Action.RETRY, delays=(HOUR, 6 * HOUR), sms=True)
_TOMORROW = Remedy(action=Action.RETRY, delays=(DAY, DAY), alert="channel_trouble")

UNKNOWN_CODE = _AT_ONCE
NOT_THERE = 20404  # what we asked for is not at Twilio any more

_BY_REMEDY: tuple[tuple[Remedy, tuple[int, ...]], ...] = (
    # WhatsApp
    (Remedy(action=Action.WINDOW), (63016,)),
    (
        Remedy(
            action=Action.RETRY,
            delays=(MINUTE, 10 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR),
            alert="channel_trouble",
        ),
        (63018,),
    ),
    (_TOO_FAST, (63017, 20429, 30001, 21611)),
    (_TOMORROW, (63038,)),
    (Remedy(action=Action.RETRY, delays=(6 * HOUR,), sms=True, alert="template_trouble"), (63049,)),
    (_BY_SMS, (63032, 63024)),
    (_NOT_ON_WHATSAPP, (63003,)),
    (_BLOCKED, (63014, 63033, 30004)),
    (_AT_ONCE, (63013, 63005, 63006, 63021, 63030, 63031)),
    (_SENDER, (63001, 63002, 63007, 63008, 63015, 63020, 63022, 63026, 63051)),
    (_PROVIDER, (63009, 63010, 63012, 63023)),
    (_AT_ONCE, (63019, 63034, 11751)),
    (Remedy(action=Action.DROP, alert=None), (63037,)),  # a warning: Twilio tries again itself
    (_CONTENT, (63027, 63028, 63040, 63041, 63042)),
    (_CONTENT, (21654, 21655, 21656, 92005, 92006, 92007)),
    # Her address
    (_STOPPED, (21610,)),
    (_BAD_ADDRESS, (21211, 21217, 21401, 21604, 21614, 30005, 30006)),
    # Our account and senders
    (_SENDER, (21408, 21612, 21606, 21603, 21709, 21711, 21212, 21910, 21607, 21608)),
    (_SENDER, (21701, 21702, 21703, 21704, 21705, 30032, 30034, 30035)),
    (_SENDER, (20003, 20005, 30002, 401, 403)),  # the last two: an answer without a code
    # The message
    (_AT_ONCE, (21617, 21602, 21619, 21620, 21623, 21624, 21609, 20404, 30007, 30450)),
    (_AT_ONCE, (35111, 35114, 35118, 35125, 35126)),
    (Remedy(action=Action.DROP, alert=None), (30036,)),  # no longer wanted by then
    # The network
    (_PHONE_OFF, (30003,)),
    (_ONCE_MORE, (30008, 30410)),
)
REMEDIES = {code: remedy for remedy, codes in _BY_REMEDY for code in codes}

# Answered with 4xx or 5xx, and yet the message may have been taken.
NOBODY_KNOWS = frozenset({20500, 20503})
# A refusal that can pass: trying again may help, unchanged.
PASSING = frozenset(
    code
    for code, remedy in REMEDIES.items()
    if remedy.action in (Action.RETRY, Action.CHANNEL, Action.WINDOW, Action.TEMPLATE)
)


def remedy_for(code: str | int | None) -> Remedy:
    """What to do about a code as Twilio gives it, in an answer or in a status callback."""
    try:
        return REMEDIES.get(int(code or 0), UNKNOWN_CODE)
    except ValueError:
        return UNKNOWN_CODE
