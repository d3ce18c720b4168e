"""What was sent and what came, counted by day: deliveries go after a while, sums must not."""

from datetime import date

from sqlmodel import Field, SQLModel, UniqueConstraint


class Tally(SQLModel, table=True):
    """How many messages of one kind went or came on one day that is over. Of nobody in particular.

    `kind` of what went out: reply, check_in, reminder or call (of staff). `parts` are those of
    SMS. `category` is that of an approved wording, `failed`: taken by the channel and not
    delivered. Prices are not in it: they are the file's, and may turn out to be others.
    """

    __table_args__ = (
        UniqueConstraint(
            "day", "channel", "direction", "kind", "country", "category", "failed",
            name="one_tally_of_a_kind",
        ),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    day: date
    channel: str
    direction: str  # in or out
    kind: str = ""
    country: str = ""
    category: str = ""
    failed: bool = False
    messages: int
    parts: int
