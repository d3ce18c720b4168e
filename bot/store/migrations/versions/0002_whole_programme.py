"""The whole programme: settings of a cohort, both sides of a session, trainings, frozen reports."""

from collections.abc import Iterator

from alembic import op
from sqlalchemy import (
    JSON,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    String,
    UniqueConstraint,
    text,
)

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = DateTime(timezone=True)
MOMENTS = {"sqlite": "DATETIME", "postgresql": "TIMESTAMP WITH TIME ZONE"}
WORDS, NUMBER = "VARCHAR NOT NULL DEFAULT ''", "INTEGER NOT NULL DEFAULT {}"

# Table → new column → its type; {moment} is what the database calls a moment
COLUMNS: dict[str, dict[str, str]] = {
    "participant": {
        "part_of_day": WORDS,
        "weekday": "INTEGER",
        "listens": WORDS,
        "safe_word": WORDS,
        "hold_backs": "JSON NOT NULL DEFAULT '[]'",
        "quiet_at": "{moment}",
    },
    "cohort": {
        "session_plan": "VARCHAR NOT NULL DEFAULT 'weekly'",
        "every_weeks": NUMBER.format(1),
        "training_minutes": NUMBER.format(840),
        "mid_week": NUMBER.format(8),
        "mid_sessions": NUMBER.format(5),
        "follow_up_weeks": NUMBER.format(26),
        "reminder_hours": NUMBER.format(24),
        "close_hours": NUMBER.format(72),
        "light_after": NUMBER.format(2),
        "quiet_after": NUMBER.format(3),
        "hello_weeks": NUMBER.format(4),
        "most_mentee": NUMBER.format(3),
        "most_mentor": NUMBER.format(2),
        "opens_minute": NUMBER.format(540),
        "closes_minute": NUMBER.format(1200),
        "zone": "VARCHAR NOT NULL DEFAULT 'Europe/London'",
        "bank_holidays": "BOOLEAN NOT NULL DEFAULT TRUE",
    },
    "enrolment": {"ended_at": "{moment}", "end_reason": WORDS},
    "pairing": {"ended_at": "{moment}", "end_reason": WORDS},
    "session": {
        "proof": WORDS,
        "place": WORDS,
        "proposed_by": WORDS,
        "reason": WORDS,
        "moved_to": "INTEGER REFERENCES session (id)",
        "settled_at": "{moment}",
    },
    "check_in": {
        "goal_id": "INTEGER REFERENCES goal (id)",
        "training_id": "INTEGER REFERENCES training (id)",
    },
    "conversation": {
        "session_id": "INTEGER REFERENCES session (id)",
        "reminded_at": "{moment}",
    },
}
INDEXES = (("check_in", "session_id"), ("conversation", "session_id"))
TABLES = ("report", "attendance", "training", "session_change", "holiday")


def upgrade() -> None:
    """New tables first: new columns refer to them."""
    _create_tables()
    for statement in _added():
        op.execute(text(statement))
    for name, column in INDEXES:
        op.create_index(f"ix_{name}_{column}", name, [column])
    # What was planned by the cohort's series is agreed; what was held is known by the mentor's word
    op.execute(text("UPDATE session SET proof = 'mentor' WHERE state = 'held'"))
    # A question about a session that waits for its answer now knows which one it is
    op.execute(
        text(
            "UPDATE conversation SET session_id = (SELECT check_in.session_id FROM check_in "
            "WHERE check_in.id = conversation.check_in_id)"
        )
    )


def downgrade() -> None:
    """Columns are dropped with what they hold."""
    for name, column in INDEXES:
        op.drop_index(f"ix_{name}_{column}", name)
    for name, columns in COLUMNS.items():
        with op.batch_alter_table(name) as changed:
            for column in columns:
                changed.drop_column(column)
    for name in TABLES:
        op.drop_table(name)


def _added() -> Iterator[str]:
    moment = MOMENTS[op.get_bind().dialect.name]
    for name, columns in COLUMNS.items():
        for column, kind in columns.items():
            yield f"ALTER TABLE {name} ADD COLUMN {column} {kind.replace('{moment}', moment)}"


def _create_tables() -> None:
    op.create_table(
        "holiday",
        Column("id", Integer, primary_key=True),
        Column("cohort_id", Integer, ForeignKey("cohort.id"), nullable=True, index=True),
        Column("name", String, nullable=False),
        Column("starts_on", Date, nullable=False),
        Column("ends_on", Date, nullable=False),
    )
    op.create_table(
        "session_change",
        Column("id", Integer, primary_key=True),
        Column("session_id", Integer, ForeignKey("session.id"), nullable=False, index=True),
        Column("staff_id", Integer, ForeignKey("staff.id"), nullable=False),
        Column("field", String, nullable=False),
        Column("old", String, nullable=False),
        Column("new", String, nullable=False),
        Column("why", String, nullable=False),
        Column("at", MOMENT, nullable=False),
    )
    op.create_table(
        "training",
        Column("id", Integer, primary_key=True),
        Column("cohort_id", Integer, ForeignKey("cohort.id"), nullable=False, index=True),
        Column("title", String, nullable=False),
        Column("audience", String, nullable=False),
        Column("starts_at", MOMENT, nullable=False, index=True),
        Column("minutes", Integer, nullable=False),
        Column("word", String, nullable=False),
        Column("created_at", MOMENT, nullable=False),
    )
    op.create_table(
        "attendance",
        Column("id", Integer, primary_key=True),
        Column("training_id", Integer, ForeignKey("training.id"), nullable=False),
        Column("enrolment_id", Integer, ForeignKey("enrolment.id"), nullable=False, index=True),
        Column("coming", String, nullable=False),
        Column("minutes", Integer, nullable=True),
        Column("source", String, nullable=False),
        Column("useful", String, nullable=False),
        Column("at", MOMENT, nullable=False),
        UniqueConstraint("training_id", "enrolment_id"),
    )
    op.create_table(
        "report",
        Column("id", Integer, primary_key=True),
        Column("cohort_id", Integer, ForeignKey("cohort.id"), nullable=False, index=True),
        Column("title", String, nullable=False),
        Column("figures", JSON, nullable=False),
        Column("digest", String, nullable=False),
        Column("staff_id", Integer, ForeignKey("staff.id"), nullable=False),
        Column("frozen_at", MOMENT, nullable=False),
    )
