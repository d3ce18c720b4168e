"""The channel mastered: our senders, recorded prompts, what a message costs, who may get SMS."""

from alembic import op
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    String,
    UniqueConstraint,
    text,
)

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = DateTime(timezone=True)
MOMENTS = {"sqlite": "DATETIME", "postgresql": "TIMESTAMP WITH TIME ZONE"}
WORDS = "VARCHAR NOT NULL DEFAULT ''"

# Table → new column → its type; {moment} is what the database calls a moment
COLUMNS: dict[str, dict[str, str]] = {
    "address": {"fallback": "BOOLEAN"},
    "delivery": {
        "sender": WORDS,
        "parts": "INTEGER NOT NULL DEFAULT 0",
        "country": WORDS,
        "category": WORDS,
        "fetched_at": "{moment}",
        "piece": "INTEGER NOT NULL DEFAULT 0",
        "content_sid": WORDS,
    },
    "message": {
        "details": "JSON",
        "recording_id": "INTEGER REFERENCES recording (id)",
        "parts": "INTEGER NOT NULL DEFAULT 0",
    },
}
TALLIED = ("channel", "direction", "kind", "country", "category")


def upgrade() -> None:
    """The new tables first: a column refers to one of them."""
    op.create_table(
        "sender",
        Column("id", Integer, primary_key=True),
        Column("address", String, nullable=False, unique=True),
        Column("state", String, nullable=False),
        Column("code", String, nullable=False),
        Column("failures", Integer, nullable=False),
        Column("since", MOMENT, nullable=True),
        Column("until", MOMENT, nullable=True),
        Column("updated_at", MOMENT, nullable=False),
    )
    op.create_table(
        "recording",
        Column("id", Integer, primary_key=True),
        *(
            Column(name, String, nullable=False)
            for name in ("context", "language", "digest", "file", "content_type")
        ),
        Column("size", Integer, nullable=False),
        Column("seconds", Integer, nullable=False),
        Column("staff_id", Integer, ForeignKey("staff.id"), nullable=True),
        Column("at", MOMENT, nullable=False),
        UniqueConstraint("context", "language"),
    )
    op.create_table(
        "tally",
        Column("id", Integer, primary_key=True),
        Column("day", Date, nullable=False),
        *(Column(name, String, nullable=False) for name in TALLIED),
        Column("failed", Boolean, nullable=False),
        Column("messages", Integer, nullable=False),
        Column("parts", Integer, nullable=False),
        UniqueConstraint("day", *TALLIED, "failed", name="one_tally_of_a_kind"),
    )
    moment = MOMENTS[op.get_bind().dialect.name]
    for name, columns in COLUMNS.items():
        for added, kind in columns.items():
            kind = kind.replace("{moment}", moment)
            op.execute(text(f"ALTER TABLE {name} ADD COLUMN {added} {kind}"))


def downgrade() -> None:
    """Columns are dropped with what they hold."""
    for name, columns in COLUMNS.items():
        with op.batch_alter_table(name) as changed:
            for column in columns:
                changed.drop_column(column)
    op.drop_table("tally")
    op.drop_table("recording")
    op.drop_table("sender")
