"""A conversation and a message as the actions hand them to one another."""

from dataclasses import dataclass, field


@dataclass(kw_only=True)
class Talk:
    """The conversation an answer belongs to, and what the answers so far have changed in it.

    `session_id` is the session it is about, `goal_id` the goal in turn.
    """

    id: int
    flow: str
    version: int
    enrolment_id: int | None
    check_in_id: int | None
    goal_id: int | None
    session_id: int | None = None
    answers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Source:
    """The message an answer came in: its id, her words, and their language."""

    message_id: int | None
    words: str
    language: str
