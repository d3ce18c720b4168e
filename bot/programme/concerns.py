"""Which things staff must hear about, and how fast. Pure: levels only, no words and no people."""

from enum import StrEnum


class Level(StrEnum):
    """How fast: red at once, amber by the next working day, green this week."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"


LEVELS: dict[str, Level] = {
    "harm_red": Level.RED,
    "harm_amber": Level.AMBER,
    "wants_person": Level.AMBER,
    "wants_call": Level.AMBER,
    "wrong_person": Level.AMBER,
    "pair_trouble": Level.AMBER,
    "session_trouble": Level.AMBER,
    "undelivered": Level.AMBER,
    "no_route": Level.AMBER,
    "parked": Level.AMBER,
    "outdated": Level.AMBER,
    "address_conflict": Level.AMBER,
    "channel_trouble": Level.AMBER,
    "declined": Level.AMBER,
    "unknown_sender": Level.GREEN,
    "other_language": Level.GREEN,
    "not_understood": Level.GREEN,
    "no_answer": Level.GREEN,
    "wrote_to_us": Level.GREEN,
    "voice": Level.GREEN,
    "stopped": Level.GREEN,
    "template_trouble": Level.GREEN,
}

SENTENCES: dict[str, str] = {
    "harm_red": "may be in danger. Read her message now.",
    "harm_amber": "wrote something that worries us. Please read it.",
    "wants_person": "asked for a person.",
    "wants_call": "would like a call.",
    "wrong_person": "is not at this number: somebody else has the phone.",
    "pair_trouble": "says it is not going well with her mentor.",
    "session_trouble": "says a session did not go well.",
    "undelivered": "did not get a message.",
    "no_route": "cannot be reached: there is no way to start writing to her.",
    "parked": "wrote something the bot could not handle. Please read it.",
    "outdated": "was in a conversation that has changed since.",
    "address_conflict": "writes from an address that belongs to someone else here.",
    "channel_trouble": "Messages are not leaving: the channel has trouble.",
    "declined": "said no to messages. Please call her.",
    "unknown_sender": "wrote from a number that nobody is enrolled with.",
    "other_language": "would like another language.",
    "not_understood": "could not be understood three times. Please read her answer.",
    "no_answer": "has not answered the first message for two weeks. Please call her.",
    "wrote_to_us": "wrote outside any question.",
    "voice": "sent a voice note or a picture.",
    "stopped": "stopped the messages. Ask by phone, do not persuade.",
    "template_trouble": "A message wording was not approved by WhatsApp.",
}
