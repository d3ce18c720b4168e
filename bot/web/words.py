"""What states, reasons, consents and codes are called on a page. Plain words, one table each."""

from bot.actions.house import House
from bot.engine.flow import Answer, Ask
from bot.errors import FlowError
from bot.library import Library
from bot.programme.sentences import hours
from bot.store.pages.person import ReportRow

DELIVERIES = {
    "queued": "Waiting to go",
    "waiting": "Waits until she opens the conversation",
    "sending": "Going out now",
    "unknown": "Checking whether it left",
    "accepted": "On its way",
    "sent": "Sent",
    "delivered": "Delivered",
    "read": "Read",
    "failed": "Not delivered",
    "cancelled": "Not sent",
}
CODES = {  # Twilio's error dictionary, as far as staff can do something about it
    "63003": "this number is not on WhatsApp",
    "63016": "WhatsApp's 24 hours were over",
    "63024": "this number cannot get our WhatsApp messages",
    "63032": "WhatsApp does not let us write to her",
    "63049": "WhatsApp held it back",
    "21211": "this is not a phone number",
    "21408": "we may not send to that country",
    "21610": "she sent STOP to this number",
    "21614": "this number cannot get SMS",
    "30003": "the phone is off or out of reach",
    "30004": "the message was blocked",
    "30005": "this number does not exist any more",
    "30006": "this is a landline",
    "30007": "the network took it for spam",
}
ABOUT_SENDING = ("undelivered", "no_route", "channel_trouble", "template_trouble")
ENDS_A_WELCOME = ("declined", "wants_person", "not_understood")
CONSENTS = {
    "messages": "messages from us",
    "sensitive": "keeping sensitive answers",
    "sharing": "telling her mentor about her goal",
}
STATES = {
    "active": "",
    "paused": "paused",
    "stopped": "stopped messages",
    "left": "has left",
}
ADDRESSES = {
    "usable": "can be used",
    "stopped": "she said STOP here",
    "unusable": "cannot be used",
    "wrong": "is not hers",
}
TEMPLATES = {
    "unsubmitted": "not sent to WhatsApp yet",
    "received": "waiting for WhatsApp",
    "pending": "waiting for WhatsApp",
    "approved": "approved",
    "rejected": "refused by WhatsApp",
    "paused": "paused by WhatsApp",
    "disabled": "switched off by WhatsApp",
    "failed": "could not be created",
}
CONDITIONS = {
    "is_mentee": "to mentees",
    "is_mentor": "to mentors",
    "has_goal": "if she has a goal",
    "has_step": "if her goal has a small step",
    "has_new_goal": "if she told her goal",
    "has_typed_goal": "if she wrote her goal (not spoke it)",
    "can_add_goal": "if she has fewer than three goals",
    "week_was_hard": "if the week was hard, the step not done, or her number fell",
    "may_name_barriers": "after a hard week, unless others read her phone",
    "may_want_a_call": "after a hard week, or when something is in the way",
    "goal_rose": "if her number is higher than at the start",
    "goal_did_not_rise": "if her number is not higher than at the start",
    "third_week": "every third week",
}


SESSIONS = {
    "both": "Held, reported by both",
    "one": "Held, reported by one",
    "missed": "Missed",
    "rescheduled": "Moved",
    "disputed": "Reported differently",
    "unreported": "No report yet",
    "planned": "Planned",
}
MET = {"yes": "met", "no": "did not meet", "moved": "moved it"}
FEELINGS = {"good": "it was good", "ok": "it was OK", "not_good": "it was not good"}
REASONS = {
    "mentor": "the mentor could not",
    "mentee": "the mentee could not",
    "forgot": "they forgot",
    "other": "another reason",
}


def delivery(state: str | None, *, reason: str | None, code: str | None) -> str:
    """What became of a message, and why when it did not arrive."""
    if not state:
        return ""
    words = DELIVERIES.get(state, state)
    if state not in ("failed", "cancelled", "waiting"):
        return words
    why = CODES.get(code, f"Twilio says {code}") if code else reason
    return f"{words}: {why}" if why and state != "waiting" else words


def alert_detail(kind: str, detail: str) -> str:
    """The short fact of an alert as a sentence; empty when it helps nobody."""
    if kind not in ABOUT_SENDING or not detail or detail.endswith("Error"):
        return ""
    what, _, why = detail.rpartition(": ")
    code = why.removeprefix("code ")
    reason = CODES.get(code, f"Twilio says {code}") if code.isdecimal() else why
    which = what.replace("@", " in ").replace("_", " ").replace(".", ": ")
    return f"{f'Which: {which}. ' if which else ''}Why: {reason.replace('_', ' ')}."


def alert_help(kind: str, *, agreed: bool) -> str:
    """What staff can do that is not plain to see: nobody's welcome begins again from a page."""
    ended = kind in ENDS_A_WELCOME and not agreed
    return "She can send START when she wants to begin." if ended else ""


def question(library: Library, *, flow: str, step: str) -> str:
    """The English of a question, with its placeholders as they stand; its name when it has gone."""
    try:
        found = library.flow(flow).step(step)
    except FlowError:
        found = None
    return found.text if found else f"{flow}.{step}".replace("_", " ")


def meaning(
    library: Library, *, flow: str, step: str, value: str, number: int | None, skipped: bool
) -> str:
    """What an answer was understood to mean, in English. Empty for words: they stand beside it."""
    if skipped:
        return "Skipped"
    try:
        found = library.flow(flow).step(step)
    except FlowError:
        found = None
    if not isinstance(found, Ask):
        return str(number) if number is not None else value.replace("_", " ")
    if found.answer is Answer.RATING and number is not None:
        return f"{number} of 10"
    if found.answer is Answer.DURATION and number is not None:
        return hours(number)
    labels = {option.key: option.label for option in found.options}
    named = [labels.get(key, key.replace("_", " ")) for key in value.split(",")]
    return ", ".join(named) if found.options and value else ""


def english(house: House, *, context: str, language: str, said: str) -> str:
    """The English of a text of ours that was said in another language; else nothing.

    Nothing too where it was `said` beside hers, as in a reply to somebody we do not know.
    """
    catalogues = house.catalogues
    if not context or language in ("", "en") or not catalogues.has(context):
        return ""
    try:
        words = {"org": house.charity, "phone": house.phone}
        text = catalogues.fill(context, language="en", words=words)
    except KeyError:  # a text about her own things: they stand in what was said
        text = catalogues.text(context, "en")
    return "" if text in said else text


def report(row: ReportRow | None) -> str:
    """What one side said of a session, in one breath."""
    if row is None:
        return ""
    said = (
        MET.get(row.met, row.met),
        hours(row.minutes) if row.minutes else "",
        FEELINGS.get(row.feeling, ""),
        REASONS.get(row.reason, row.reason),
    )
    return ", ".join(filter(None, said))
