"""What states, reasons, consents and codes are called on a page. Plain words, one table each."""

from bot.actions.house import House
from bot.channels.codes import meaning_of, remedy_for
from bot.channels.policy import NOT_ALLOWED
from bot.engine.flow import Answer, Ask
from bot.engine.wording import PLACEHOLDER
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
ABOUT_IT = {  # what stands before the code in the detail of an alert
    "works again": "It works again: messages leave. ",
    "by SMS": "It goes by SMS now. ",
    NOT_ALLOWED: f"{NOT_ALLOWED}. ",
}
ABOUT_SENDING = (
    "undelivered",
    "no_route",
    "channel_trouble",
    "template_trouble",
    "recording_trouble",
)
WRITING = {  # what she said when asked whether it is safe to write to her
    "yes": "She says that it is safe to write to her here.",
    "call": "Call her, do not write: she says that writing to her is not safe.",
    "later": "Do not write before she says so: not now, she said.",
}
ENDS_A_WELCOME = ("declined", "wants_person", "not_understood")
CONSENTS = {
    "messages": "messages from us",
    "sensitive": "keeping sensitive answers",
    "sharing": "telling her mentor about her goal and her number",
    "goal_only": "telling her mentor about her goal, without her number",
    "quote": "printing her words, without her name",
    "follow_up": "one more message after six months",
}
FLOWS = {  # what staff call a conversation, wherever they read of it
    "welcome": "welcome",
    "starting_out": "questions at the start",
    "goal_setting": "setting goals",
    "goal_shared": "her goal, told to her mentor",
    "goal_check_in": "weekly check-in",
    "light_check_in": "lighter weekly check-in",
    "hello": "monthly hello",
    "session_arrange": "arranging a session",
    "session_propose": "a time to agree",
    "session_remind": "reminder of a session",
    "session_move": "moving a session",
    "session_time": "another time to meet",
    "session_confirm": "questions after a session",
    "mentor_reflection": "the mentor's reflection",
    "mid_point": "mid-point questions",
    "mid_point_mentor": "mid-point questions for mentors",
    "end_survey": "questions at the end",
    "end_survey_mentor": "questions at the end for mentors",
    "follow_up": "questions six months later",
    "training_invite": "invitation to a training",
    "training_feedback": "question after a training",
    "menu": "menu",
    "pause": "taking a break",
    "leave": "leaving",
    "my_data": "seeing her data",
    "delete_data": "deleting her data",
    "my_choices": "what she agreed to",
    "my_phone": "who reads her phone",
    "is_it_you": "is it she who reads her phone",
    "standing": "what we say at any time",
}
STATES = {
    "active": "",
    "paused": "paused",
    "stopped": "stopped messages",
    "left": "has left",
}
ENROLMENTS = {"active": "", "left": "has left", "completed": "has completed it"}
ADDRESSES = {
    "usable": "can be used",
    "stopped": "she said STOP here",
    "unusable": "cannot be used",
    "wrong": "is not hers",
}
SMS_FALLBACK = {
    None: "She was not asked whether it may be used when WhatsApp does not reach her.",
    True: "It may be used when WhatsApp does not reach her.",
    False: "It may not be used in place of WhatsApp.",
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
BARRIERS = {
    "low": "feeling low",
    "housing": "housing",
    "lawyer": "a lawyer or a letter",
    "health": "health",
    "children": "children",
    "travel": "travel",
    "phone": "her phone",
    "english": "English",
    "time": "time",
    "other": "something else",
}
CONDITIONS = {
    "is_mentee": "to mentees",
    "is_mentor": "to mentors",
    "own_phone": "to a mentee whose phone nobody else reads",
    "wants_own_word": "if she would like another safe word",
    "has_own_word": "if she wrote her own safe word",
    "has_goal": "if she has a goal",
    "has_goal_2": "if she has a second goal",
    "has_goal_3": "if she has a third goal",
    "has_step": "if her goal has a small step",
    "has_new_goal": "if she told her goal",
    "has_typed_goal": "if she wrote her goal (not spoke it)",
    "can_add_goal": "if she has fewer than three goals",
    "week_was_hard": "if the week was hard, the step not done, or her number fell",
    "may_name_barriers": "after a hard week, unless others read her phone",
    **{
        f"first_barrier_{key}": f"if {words} is the first thing in the way"
        for key, words in BARRIERS.items()
    },
    "hard_without_barriers": "after a hard week, if she named nothing in the way",
    "wants_call": "if she would like a call",
    "wants_arranging": "if we are to send her something",
    "pair_due": "about every third week, unless the week was hard",
    "pair_trouble": "if it is not going well with her mentor",
    "wants_pair_pause": "if her mentor is to stop messaging for now",
    "goal_rose": "if her number is higher than at the start",
    "has_moment": "if she named a day and a time",
    "has_agreed": "if she said yes",
    "has_length": "if she said how long they met",
    "has_sms": "on WhatsApp, if we have a number of hers for SMS",
    "sms_unasked": "on WhatsApp, if we have a number of hers for SMS and have not asked",
    "has_next": "if the two have a session in the coming week",
    "has_pause": "if she said for how long",
    "has_language": "if she chose a language",
    "has_quote": "if she said what is different",
    "every_second": "after every second session",
}


SESSIONS = {  # by its state; a held one says by whose word in PROOFS
    "proposed": "Proposed, not agreed yet",
    "planned": "Planned",
    "held": "Held",
    "missed": "Missed",
    "disputed": "The two do not agree",
    "rescheduled": "Moved",
    "cancelled": "Called off in time",
    "unreported": "Nobody has said yet",
}
PROOFS = {
    "both": "reported by both",
    "mentor": "reported by the mentor alone",
    "mentee": "reported by the mentee alone",
    "staff": "entered by staff",
}
PLACES = {"phone": "by phone", "video": "by video", "in_person": "in person"}
MET = {"yes": "met", "no": "did not meet", "moved": "moved it"}
FEELINGS = {"good": "it was good", "ok": "it was OK", "not_good": "it was not good"}
REASONS = {
    "mentor": "the mentor could not",
    "mentee": "the mentee could not",
    "forgot": "they forgot",
    "other": "another reason",
}
SESSION_REASONS = REASONS | {
    "other_time": "another time was wanted",
    "not_this_week": "not that week",
    "no_answer": "nobody agreed in time",
    "unclear": "each names the other",
    "paused": "the pair paused",
    "ended": "the pair ended",
    "replanned": "the plan changed",
}
CAPPED = {
    "messages": "It is the number of messages (MOST_MESSAGES).",
    "money": "It is what they may cost (MOST_SPENT_A_DAY).",
}
PAUSES = {  # why staff pause somebody
    "asked": "she asked for a break",
    "bad_news": "bad news in her life",
    "ill": "she is ill",
    "away": "she is away",
    "other": "another reason",
}


def flow(name: str) -> str:
    """What staff call that conversation."""
    return FLOWS.get(name, name.replace("_", " "))


def text_at(context: str) -> str:
    """What staff call the text that stands there."""
    name, _, step = context.partition(".")
    title = f"{flow(name)}: {step.replace('_', ' ')}"
    return title[0].upper() + title[1:]


def delivery(state: str | None, *, reason: str | None, code: str | None) -> str:
    """What became of a message, and why when it did not arrive, or does not go yet."""
    if not state:
        return ""
    words = DELIVERIES.get(state, state)
    if state not in ("queued", "failed", "cancelled"):
        return words
    why = meaning_of(code) if code and state != "queued" else _plain(reason or "")
    return f"{words}: {why}" if why else words


def _plain(reason: str) -> str:
    return reason.removeprefix("no_route: ").replace("_", " ")


def address(state: str, *, reason: str) -> str:
    """What can be said of a number of hers, and why, where it cannot be used."""
    words = ADDRESSES.get(state, state)
    code = reason.removeprefix("code ")
    why = meaning_of(code) if code.isdecimal() else reason.replace("_", " ")
    return f"{words} ({why})" if why else words


def alert_detail(kind: str, detail: str) -> str:
    """The short fact of an alert as a sentence; empty when it helps nobody."""
    if kind == "capped":
        return CAPPED.get(detail, "")
    if kind not in ABOUT_SENDING or not detail or detail.endswith("Error"):
        return ""
    what, _, why = detail.rpartition(": ")
    if what == "people":
        return f"WhatsApp lets us write first to {why} people in a day: the others wait."
    code = why.removeprefix("code ")
    reason = meaning_of(code) if code.isdecimal() else why
    before = ABOUT_IT.get(what)
    if before is None and what:
        before = f"Which: {what.replace('@', ' in ').replace('_', ' ').replace('.', ': ')}. "
    return f"{before or ''}Why: {reason.replace('_', ' ')}."


def alert_help(kind: str, *, agreed: bool, detail: str = "") -> str:
    """What staff can do that is not plain to see: nobody's welcome begins again from a page."""
    if kind in ENDS_A_WELCOME and not agreed:
        return "She can send START when she wants to begin."
    code = detail.rpartition("code ")[2]
    return remedy_for(code).advice if kind in ABOUT_SENDING and code.isdecimal() else ""


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
    pieces = PLACEHOLDER.split(text)[::2]  # what stands between them
    return "" if all(piece.strip() in said for piece in pieces) else text


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
