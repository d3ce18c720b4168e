"""Twilio's error codes: what the bot does about each, and what staff read. The one table of them.

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
    SMS = "sms"  # by SMS where she allows it, else as FAIL
    TEMPLATE = "template"  # this content cannot be used: another one, or plain text
    TEXT = "text"  # what goes with it cannot be sent: the words alone
    CHANNEL = "channel"  # it is not about her: the message waits
    LOOK = "look"  # nobody knows whether it was taken: look before sending it again
    FAIL = "fail"  # never again; staff are told
    DROP = "drop"  # never again, and nobody needs to know


class Holds(StrEnum):
    """What a code stops beside the one message, until the sender has rested."""

    SENDER = "sender"  # all that would leave by that sender of ours
    STARTED = "started"  # by that sender, what we start outside WhatsApp's window
    ACCOUNT = "account"  # everything, whatever the sender


@dataclass(frozen=True, kw_only=True)
class Remedy:
    """What a code means for one delivery.

    `delays` are seconds before each further try; `sms` tries SMS when nothing else is left.
    `address` is the state that her address gets (stopped or unusable), from the `after`th such
    failure on. `holds` is what rests, `rests` for how many seconds after the first, second … such
    failure in a row (0: until the next day); staff hear of it from the `told_from`th failure on.
    `advice` is what they can do.
    """

    action: Action
    delays: tuple[int, ...] = ()
    sms: bool = False
    address: str | None = None
    after: int = 1
    alert: str | None = "undelivered"
    holds: Holds | None = None
    rests: tuple[int, ...] = ()
    told_from: int = 1
    advice: str = ""

    @property
    def permanent(self) -> bool:
        """Whether trying the same again is of no use."""
        return self.action not in (
            Action.RETRY,
            Action.CHANNEL,
            Action.WINDOW,
            Action.TEMPLATE,
            Action.TEXT,
            Action.LOOK,
        )


_RESTS = tuple(MINUTE * minutes for minutes in (15, 30, 60, 120, 240, 360))
_ASK = "Please check her number with her."
_OURS = "Tell whoever looks after the bot: this is a mistake of ours."
_CONSOLE = "Whoever set up Twilio must look in its console. Until then messages wait."
_WORDING = "See WhatsApp templates, under Settings. Another way is taken meanwhile."

_MISTAKE = Remedy(action=Action.FAIL, advice=_OURS)
_BY_SMS = Remedy(action=Action.SMS, sms=True)
_BAD_ADDRESS = Remedy(action=Action.FAIL, address="unusable", advice=_ASK)
_SENDER = Remedy(
    action=Action.CHANNEL,
    alert="channel_trouble",
    holds=Holds.SENDER,
    rests=_RESTS,
    advice=_CONSOLE,
)
_ACCOUNT = Remedy(
    action=Action.CHANNEL,
    alert="channel_trouble",
    holds=Holds.ACCOUNT,
    rests=_RESTS,
    advice="Nothing leaves at all. Somebody must look in Twilio's console today.",
)
_CONTENT = Remedy(action=Action.TEMPLATE, alert="template_trouble", advice=_WORDING)
_TOO_FAST = Remedy(action=Action.RETRY, delays=(15, MINUTE, 4 * MINUTE, 15 * MINUTE, HOUR))
_PROVIDER = Remedy(action=Action.RETRY, delays=(2 * MINUTE, 8 * MINUTE, 20 * MINUTE), sms=True)
_ONCE_MORE = Remedy(action=Action.RETRY, delays=(15 * MINUTE,), sms=True)
_TRIAL = Remedy(action=Action.FAIL, advice="This Twilio account is a trial: upgrade it.")
_SPAM = Remedy(
    action=Action.FAIL, advice="Look at the wording, and at links in it, before it is sent again."
)

NOT_THERE = 20404  # what we asked for is not at Twilio any more

_TABLE: tuple[tuple[Remedy, dict[int, str]], ...] = (
    # WhatsApp
    (Remedy(action=Action.WINDOW), {63016: "WhatsApp's 24 hours were over"}),
    (
        Remedy(
            action=Action.RETRY,
            delays=(MINUTE, 10 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR),
            alert="channel_trouble",
            holds=Holds.STARTED,
            rests=(MINUTE, 10 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR),
            told_from=3,
            advice="What we start waits; answers go on. It passes by itself, within a day or so.",
        ),
        {63018: "WhatsApp lets us write to no more people for now"},
    ),
    (
        _TOO_FAST,
        {
            63017: "we sent faster than WhatsApp takes it",
            20429: "we asked Twilio for too much at once",
            30001: "Twilio's queue is full",
            21611: "Twilio's queue for our number is full",
        },
    ),
    (
        Remedy(
            action=Action.CHANNEL,
            alert="channel_trouble",
            holds=Holds.ACCOUNT,
            rests=(0,),
            advice="Messages wait until tomorrow. A trial account has such a limit: upgrade it.",
        ),
        {63038: "Twilio takes no more messages from us today"},
    ),
    (
        Remedy(
            action=Action.RETRY,
            delays=(6 * HOUR,),
            sms=True,
            alert="template_trouble",
            advice="WhatsApp counts this wording as advertising: word it more plainly.",
        ),
        {63049: "WhatsApp held it back"},
    ),
    (_BY_SMS, {63032: "WhatsApp does not let us write to her"}),
    (
        Remedy(
            action=Action.SMS,
            sms=True,
            address="unusable",
            after=3,
            advice="Ask her at the next contact whether she has WhatsApp on this number.",
        ),
        {63024: "this number cannot get our WhatsApp messages"},
    ),
    (
        Remedy(action=Action.SMS, sms=True, address="unusable", advice=_ASK),
        {63003: "this number is not on WhatsApp"},
    ),
    (
        Remedy(
            action=Action.FAIL,
            address="stopped",
            sms=True,
            advice="Ask her, in the way you have agreed on, whether she wants messages.",
        ),
        {63014: "she blocked us on WhatsApp", 63033: "this number blocks our WhatsApp messages"},
    ),
    (
        _MISTAKE,
        {
            63005: "WhatsApp does not take this content",
            63006: "WhatsApp does not take a message made like this",
            63013: "WhatsApp's rules do not allow this content",
            63021: "WhatsApp does not take this content",
            63030: "the message has parts that do not go together",
            63031: "the message was sent from a number to itself",
        },
    ),
    (
        Remedy(action=Action.FAIL, advice="She must send its “join” words to the sandbox first."),
        {63015: "this is WhatsApp's sandbox, and she has not joined it"},
    ),
    (
        _SENDER,
        {
            63001: "Twilio cannot sign in to WhatsApp for us",
            63002: "our WhatsApp sender is not found",
            63007: "Twilio does not know our WhatsApp sender",
            63008: "our WhatsApp sender is set up wrongly",
            63020: "Twilio is not allowed into our WhatsApp account",
            63022: "our WhatsApp sender has no valid name or number",
            63051: "WhatsApp has locked our account, for its rules or after 30 days of silence",
        },
    ),
    (
        Remedy(
            action=Action.CHANNEL,
            alert="channel_trouble",
            holds=Holds.STARTED,
            rests=(6 * HOUR,),
            advice="What we start waits; answers go on. Look at our sender's quality at Twilio.",
        ),
        {63026: "WhatsApp takes our number for a sender of spam"},
    ),
    (
        _PROVIDER,
        {
            63009: "WhatsApp did not answer Twilio as it should",
            63010: "WhatsApp has trouble of its own",
            63012: "WhatsApp has trouble of its own",
            63023: "WhatsApp has trouble of its own",
        },
    ),
    (
        Remedy(action=Action.TEXT),
        {
            63019: "what goes with the message could not be fetched",
            63034: "what goes with the message could not be sent",
            11751: "what goes with the message is too large",
        },
    ),
    (
        Remedy(action=Action.DROP, alert=None),  # a warning: Twilio tries again itself
        {63037: "Twilio is sending what goes with it once more"},
    ),
    (
        _CONTENT,
        {
            63027: "the approved wording does not exist in this language",
            63028: "the approved wording has other gaps to fill",
            63040: "WhatsApp refused this wording",
            63041: "WhatsApp paused this wording",
            63042: "WhatsApp switched this wording off",
            21654: "the message names no content",
            21655: "the content is not known to Twilio",
            21656: "the content's gaps were filled wrongly",
            92005: "the content's gaps were filled wrongly",
            92006: "the content's gaps were filled wrongly",
            92007: "the content's gaps were filled wrongly",
        },
    ),
    # Her address
    (
        Remedy(action=Action.FAIL, address="stopped", alert=None),
        {21610: "she sent STOP to this number"},
    ),
    (
        _BAD_ADDRESS,
        {
            21211: "this is not a phone number",
            21217: "this is not a phone number",
            21401: "this is not a phone number",
            21604: "there is no number to send it to",
            21614: "this number cannot get SMS",
            30006: "this is a landline",
        },
    ),
    (
        Remedy(action=Action.FAIL, address="unusable", after=2, advice=_ASK),
        {30005: "this number does not exist, or not any more"},
    ),
    (
        Remedy(action=Action.FAIL, address="stopped", advice=_ASK),
        {30004: "the message was blocked"},
    ),
    (
        Remedy(
            action=Action.FAIL,
            advice="Whoever set up Twilio can allow that country in its console.",
        ),
        {21408: "we may not send to that country"},
    ),
    (
        Remedy(
            action=Action.SMS,
            sms=True,
            advice="Whoever set up Twilio must look which of our numbers can reach hers.",
        ),
        {21612: "our number cannot send to this number"},
    ),
    # Our account and senders
    (_TRIAL, {21607: "our number is not ours to send from", 21608: "her number is not verified"}),
    (
        _SENDER,
        {
            21603: "no sender of ours is set",
            21606: "our number cannot send messages",
            21701: "our Messaging Service is not found",
            21702: "our Messaging Service is set up wrongly",
            21703: "our Messaging Service has no number",
            21704: "our Messaging Service has no number that can send this",
            21705: "our Messaging Service is not valid",
            21709: "our sender's name is not valid",
            21711: "our sender's name is not in our Messaging Service",
            21212: "our number is not valid",
            30032: "our number is not registered for such messages",
            30034: "our number is not registered for such messages",
            30035: "our number is not registered for such messages",
        },
    ),
    (
        _ACCOUNT,
        {
            20003: "Twilio does not accept our account and token",
            20005: "our Twilio account is not active",
            30002: "our Twilio account is suspended",
            401: "Twilio does not accept our account and token",
            403: "Twilio does not allow us to send",
        },
    ),
    # The message
    (
        _MISTAKE,
        {
            21602: "the message has no words",
            21609: "our address for receipts is not valid",
            21617: "the message is too long",
            21619: "the message has no words",
            21620: "what goes with the message has no valid address",
            21623: "the message has too many pictures",
            21624: "the time the message may wait is not valid",
            21910: "our number and hers are of different channels",
            35111: "the message was to be scheduled without a time",
            35114: "the message was to be scheduled too early or too late",
            35118: "the message was to be scheduled without a Messaging Service",
            35125: "too many messages are scheduled",
            35126: "this kind of message cannot be scheduled",
        },
    ),
    (
        _SPAM,
        {30007: "the network took it for spam", 30450: "the network took it for fraud"},
    ),
    (  # what is too late by then is withdrawn by its own end
        Remedy(action=Action.RETRY, delays=(MINUTE,)),
        {30036: "it waited too long in a queue"},
    ),
    (Remedy(action=Action.LOOK), {NOT_THERE: "Twilio does not find the message"}),
    # The network
    (
        Remedy(action=Action.RETRY, delays=(HOUR, 6 * HOUR), sms=True),
        {30003: "the phone is off or out of reach"},
    ),
    (
        _ONCE_MORE,
        {30008: "the network did not say why", 30410: "the network did not answer in time"},
    ),
    # About what came in: Twilio could not reach us
    (
        Remedy(action=Action.FAIL, advice="See that the bot runs and its address is reachable."),
        {11200: "Twilio could not reach the bot", 11205: "the bot did not answer Twilio in time"},
    ),
)
REMEDIES = {code: remedy for remedy, codes in _TABLE for code in codes}
MEANINGS = {code: words for _, codes in _TABLE for code, words in codes.items()}
UNKNOWN_CODE = Remedy(action=Action.FAIL)

# Of a recording: what was to be fetched is at fault, or we are, and not she
AT_FAULT = frozenset(
    {*("63019", "63034", "63005", "63006", "63021", "63030", "63037"), "11751", "11200", "12300"}
    | {"21620"}
)
# Answered with 4xx or 5xx, and yet the message may have been taken.
NOBODY_KNOWS = frozenset({20500, 20503})
# A refusal that can pass: trying again may help, unchanged.
PASSING = frozenset(code for code, remedy in REMEDIES.items() if not remedy.permanent)


def remedy_for(code: str | int | None) -> Remedy:
    """What to do about a code as Twilio gives it, in an answer or in a status callback."""
    return REMEDIES.get(_number(code), UNKNOWN_CODE)


def meaning_of(code: str | int | None) -> str:
    """What staff read of it: a plain half sentence."""
    return MEANINGS.get(_number(code)) or f"Twilio says {code}, which the bot does not know"


def _number(code: str | int | None) -> int:
    try:
        return int(code or 0)
    except ValueError:
        return 0
