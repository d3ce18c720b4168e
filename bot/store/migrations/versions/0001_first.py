"""Every table of the first release, each after those it refers to. Says nothing of the models."""

from alembic import op
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.schema import SchemaItem

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = DateTime(timezone=True)

metadata = MetaData()


def _table(name: str, *parts: SchemaItem) -> None:
    Table(name, metadata, *parts)


def _numbered(name: str, *parts: SchemaItem) -> None:
    _table(name, Column("id", Integer, primary_key=True), *parts)


_numbered(
    "cohort",
    Column("name", String, nullable=False, unique=True),
    Column("starts_on", Date, nullable=False),
    Column("weeks", Integer, nullable=False),
    Column("check_in_weekday", Integer, nullable=False),
    Column("check_in_minute", Integer, nullable=False),
    Column("session_weekday", Integer, nullable=False),
    Column("session_minute", Integer, nullable=False),
    Column("session_minutes", Integer, nullable=False),
    Column("sessions", Integer, nullable=False),
)

_table(
    "mark",
    Column("name", String, primary_key=True),
    Column("at", MOMENT, nullable=False),
    Column("value", String, nullable=False),
)

_numbered(
    "organisation",
    Column("name", String, nullable=False, unique=True),
)

_numbered(
    "participant",
    Column("reference", String, nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("language", String, nullable=False),
    Column("discreet", Boolean, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("paused_until", MOMENT, nullable=True),
    Column("held_at", MOMENT, nullable=True),
    Column("acknowledged_at", MOMENT, nullable=True),
    Column("created_at", MOMENT, nullable=False),
)

_table(
    "sign_in_attempt",
    Column("key", String, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("since", MOMENT, nullable=False),
)

_numbered(
    "staff",
    Column("email", String, nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("role", String, nullable=False),
    Column("password", String, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", MOMENT, nullable=False),
)

_numbered(
    "template",
    Column("key", String, nullable=False, index=True),
    Column("digest", String, nullable=False),
    Column("name", String, nullable=False),
    Column("language", String, nullable=False),
    Column("content_sid", String, nullable=True),
    Column("state", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("category", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before", MOMENT, nullable=True),
    Column("updated_at", MOMENT, nullable=False),
    UniqueConstraint("key", "digest"),
)

_numbered(
    "address",
    Column("participant_id", Integer, ForeignKey("participant.id"), nullable=True, index=True),
    Column("channel", String, nullable=False),
    Column("address", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("state", String, nullable=False),
    Column("state_reason", String, nullable=False),
    Column("last_inbound_at", MOMENT, nullable=True),
    Column("acknowledged_at", MOMENT, nullable=True),
    Column("created_at", MOMENT, nullable=False),
    UniqueConstraint("channel", "address"),
)

_numbered(
    "audit_entry",
    Column("staff_id", Integer, ForeignKey("staff.id"), nullable=True),
    Column("action", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("detail", String, nullable=False),
    Column("at", MOMENT, nullable=False, index=True),
)

_numbered(
    "enrolment",
    Column("participant_id", Integer, ForeignKey("participant.id"), nullable=False, index=True),
    Column("cohort_id", Integer, ForeignKey("cohort.id"), nullable=False, index=True),
    Column("organisation_id", Integer, ForeignKey("organisation.id"), nullable=True),
    Column("role", String, nullable=False),
    Column("state", String, nullable=False),
    Column("created_at", MOMENT, nullable=False),
    UniqueConstraint("participant_id", "cohort_id", "role"),
)

_numbered(
    "sign_in",
    Column("staff_id", Integer, ForeignKey("staff.id"), nullable=False, index=True),
    Column("token_hash", String, nullable=False, unique=True),
    Column("created_at", MOMENT, nullable=False),
    Column("seen_at", MOMENT, nullable=False),
    Column("ended_at", MOMENT, nullable=True),
)

_numbered(
    "sign_in_link",
    Column("staff_id", Integer, ForeignKey("staff.id"), nullable=False),
    Column("token_hash", String, nullable=False, unique=True),
    Column("expires_at", MOMENT, nullable=False),
    Column("used_at", MOMENT, nullable=True),
)

_numbered(
    "goal",
    Column("enrolment_id", Integer, ForeignKey("enrolment.id"), nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("focus", String, nullable=False),
    Column("words", String, nullable=False),
    Column("language", String, nullable=False),
    Column("next_step", String, nullable=False),
    Column("state", String, nullable=False),
    Column("created_at", MOMENT, nullable=False),
)

_numbered(
    "pairing",
    Column("mentor_id", Integer, ForeignKey("enrolment.id"), nullable=False, index=True),
    Column("mentee_id", Integer, ForeignKey("enrolment.id"), nullable=False, index=True),
    Column("state", String, nullable=False),
    Column("created_at", MOMENT, nullable=False),
    UniqueConstraint("mentor_id", "mentee_id"),
)

_numbered(
    "session",
    Column("pairing_id", Integer, ForeignKey("pairing.id"), nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("starts_at", MOMENT, nullable=False, index=True),
    Column("planned_minutes", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("minutes", Integer, nullable=True),
    UniqueConstraint("pairing_id", "number"),
)

_numbered(
    "check_in",
    Column("enrolment_id", Integer, ForeignKey("enrolment.id"), nullable=False, index=True),
    Column("flow", String, nullable=False),
    Column("slot", String, nullable=False),
    Column("session_id", Integer, ForeignKey("session.id"), nullable=True),
    Column("due_at", MOMENT, nullable=False),
    Column("state", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("asked_at", MOMENT, nullable=True),
    Column("answered_at", MOMENT, nullable=True),
    UniqueConstraint("enrolment_id", "flow", "slot"),
    Index("due_check_ins", "state", "due_at"),
)

_numbered(
    "session_report",
    Column("session_id", Integer, ForeignKey("session.id"), nullable=False),
    Column("role", String, nullable=False),
    Column("met", String, nullable=False),
    Column("minutes", Integer, nullable=True),
    Column("feeling", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("at", MOMENT, nullable=False),
    UniqueConstraint("session_id", "role"),
)

_numbered(
    "conversation",
    Column("participant_id", Integer, ForeignKey("participant.id"), nullable=False, index=True),
    Column("enrolment_id", Integer, ForeignKey("enrolment.id"), nullable=True),
    Column("check_in_id", Integer, ForeignKey("check_in.id"), nullable=True, index=True),
    Column("flow", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("step", String, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("answers", JSON, nullable=False),
    Column("goal_id", Integer, ForeignKey("goal.id"), nullable=True),
    Column("prompt_id", Integer, nullable=True),
    Column("state", String, nullable=False, index=True),
    Column("started_at", MOMENT, nullable=False),
    Column("updated_at", MOMENT, nullable=False),
    Column("ended_at", MOMENT, nullable=True),
    Index(
        "one_open_conversation",
        "participant_id",
        unique=True,
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
)

_numbered(
    "message",
    Column("participant_id", Integer, ForeignKey("participant.id"), nullable=True, index=True),
    Column("address_id", Integer, ForeignKey("address.id"), nullable=True),
    Column("conversation_id", Integer, ForeignKey("conversation.id"), nullable=True, index=True),
    Column("direction", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("external_id", String, nullable=True),
    Column("kind", String, nullable=False),
    Column("text", String, nullable=False),
    Column("language", String, nullable=False),
    Column("context", String, nullable=False),
    Column("step", String, nullable=True),
    Column("choices", JSON, nullable=True),
    Column("layout", String, nullable=False),
    Column("button", String, nullable=True),
    Column("replied_to", String, nullable=True),
    Column("media", JSON, nullable=True),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("error", String, nullable=False),
    Column("at", MOMENT, nullable=False, index=True),
    UniqueConstraint("channel", "external_id"),
)

_numbered(
    "answer",
    Column("conversation_id", Integer, ForeignKey("conversation.id"), nullable=False, index=True),
    Column("participant_id", Integer, ForeignKey("participant.id"), nullable=False, index=True),
    Column("enrolment_id", Integer, ForeignKey("enrolment.id"), nullable=True, index=True),
    Column("message_id", Integer, ForeignKey("message.id"), nullable=True),
    Column("flow", String, nullable=False),
    Column("step", String, nullable=False),
    Column("value", String, nullable=False),
    Column("number", Integer, nullable=True),
    Column("skipped", Boolean, nullable=False),
    Column("sensitive", Boolean, nullable=False),
    Column("words", String, nullable=False),
    Column("language", String, nullable=False),
    Column("replaced_at", MOMENT, nullable=True),
    Column("at", MOMENT, nullable=False, index=True),
    Index("answers_by_step", "flow", "step", "at"),
)

_numbered(
    "consent",
    Column("participant_id", Integer, ForeignKey("participant.id"), nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("given", Boolean, nullable=False),
    Column("wording", String, nullable=False),
    Column("language", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("message_id", Integer, ForeignKey("message.id"), nullable=True),
    Column("at", MOMENT, nullable=False),
)

_numbered(
    "delivery",
    Column("message_id", Integer, ForeignKey("message.id"), nullable=False, index=True),
    Column("participant_id", Integer, ForeignKey("participant.id"), nullable=True, index=True),
    Column("address_id", Integer, ForeignKey("address.id"), nullable=True),
    Column("token", String, nullable=False, unique=True),
    Column("sid", String, nullable=True, unique=True),
    Column("state", String, nullable=False),
    Column("mode", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("looked", Integer, nullable=False),
    Column("not_before", MOMENT, nullable=False),
    Column("expires_at", MOMENT, nullable=True),
    Column("lease_until", MOMENT, nullable=True),
    Column("lease_owner", String, nullable=True),
    Column("sent_text", String, nullable=False),
    Column("attempted_at", MOMENT, nullable=True),
    Column("updated_at", MOMENT, nullable=False),
    Column("error_code", String, nullable=True),
    Index("due_deliveries", "state", "not_before"),
)

_numbered(
    "alert",
    Column("kind", String, nullable=False),
    Column("level", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("participant_id", Integer, ForeignKey("participant.id"), nullable=True, index=True),
    Column("message_id", Integer, ForeignKey("message.id"), nullable=True),
    Column("delivery_id", Integer, ForeignKey("delivery.id"), nullable=True),
    Column("detail", String, nullable=False),
    Column("times", Integer, nullable=False),
    Column("opened_at", MOMENT, nullable=False),
    Column("last_at", MOMENT, nullable=False),
    Column("noted_at", MOMENT, nullable=True),
    Column("noted_by", Integer, ForeignKey("staff.id"), nullable=True),
    Column("closed_at", MOMENT, nullable=True),
    Column("closed_by", Integer, ForeignKey("staff.id"), nullable=True),
    Column("note", String, nullable=False),
    Index(
        "one_open_alert",
        "subject",
        unique=True,
        sqlite_where=text("state <> 'closed'"),
        postgresql_where=text("state <> 'closed'"),
    ),
)

_numbered(
    "goal_entry",
    Column("goal_id", Integer, ForeignKey("goal.id"), nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("words", String, nullable=False),
    Column("rating", Integer, nullable=True),
    Column("answer_id", Integer, ForeignKey("answer.id"), nullable=True),
    Column("at", MOMENT, nullable=False),
)

_numbered(
    "receipt",
    Column("sid", String, nullable=False, index=True),
    Column("status", String, nullable=False),
    Column("error_code", String, nullable=False),
    Column("event", String, nullable=False),
    Column("delivery_id", Integer, ForeignKey("delivery.id"), nullable=True),
    Column("at", MOMENT, nullable=False),
    UniqueConstraint("sid", "status", "error_code", "event"),
)


def upgrade() -> None:
    metadata.create_all(op.get_bind(), checkfirst=False)


def downgrade() -> None:
    metadata.drop_all(op.get_bind(), checkfirst=False)
