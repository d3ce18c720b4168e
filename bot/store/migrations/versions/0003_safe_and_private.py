"""Safe and private: who is called, who approved, second steps, erasure, a chained audit log."""

from collections.abc import Callable, Iterator
from datetime import UTC

from alembic import op
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    String,
    UniqueConstraint,
    bindparam,
    column,
    select,
    text,
    update,
)
from sqlalchemy import table as sql_table
from sqlalchemy.schema import SchemaItem

from bot.store.chain import FIRST, chained

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = DateTime(timezone=True)
MOMENTS = {"sqlite": "DATETIME", "postgresql": "TIMESTAMP WITH TIME ZONE"}
WORDS, NO = "VARCHAR NOT NULL DEFAULT ''", "BOOLEAN NOT NULL DEFAULT FALSE"

# Table → new column → its type; {moment} is what the database calls a moment
COLUMNS: dict[str, dict[str, str]] = {
    "participant": {"doubted_at": "{moment}", "legal_hold": WORDS},
    "message": {"safeguarding": NO, "channel_copy": WORDS, "blanked_at": "{moment}"},
    "delivery": {"channel_copy": WORDS},
    "staff": {
        "roles": "JSON NOT NULL DEFAULT '[]'",
        "everywhere": "BOOLEAN NOT NULL DEFAULT TRUE",
        "phone": WORDS,
        "totp_secret": WORDS,
        "totp_at": "{moment}",
        "totp_step": "INTEGER",
    },
    "sign_in": {"browser": WORDS, "passed_at": "{moment}"},
    "consent": {
        "how": "VARCHAR NOT NULL DEFAULT 'asked'",
        "reply": WORDS,
        "why": WORDS,
        "prompt_id": "INTEGER REFERENCES message (id)",
        "staff_id": "INTEGER REFERENCES staff (id)",
    },
    "audit_entry": {"digest": WORDS},
}
# What is only ever added to, and where that is lifted: while a person is being erased, in that
# one transaction (bot/store/erasing.py), the life of her alerts goes with her
ONLY_ADDED_TO = {
    "audit_entry": "FALSE",
    "alert_step": "EXISTS (SELECT 1 FROM mark WHERE name = 'erasing')",
}
KEPT = {  # the database itself refuses to change or delete a row
    "sqlite": (
        "CREATE TRIGGER {name}_not_changed BEFORE UPDATE ON {name} WHEN NOT {lifted} "
        "BEGIN SELECT RAISE(ABORT, '{name} is only added to'); END",
        "CREATE TRIGGER {name}_not_deleted BEFORE DELETE ON {name} WHEN NOT {lifted} "
        "BEGIN SELECT RAISE(ABORT, '{name} is only added to'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION {name}_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF NOT {lifted} THEN RAISE EXCEPTION '{name} is only added to'; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER {name}_kept BEFORE UPDATE OR DELETE ON {name} "
        "FOR EACH ROW EXECUTE FUNCTION {name}_kept()",
    ),
}
LET_GO = {
    "sqlite": ("DROP TRIGGER {name}_not_changed", "DROP TRIGGER {name}_not_deleted"),
    "postgresql": ("DROP TRIGGER {name}_kept ON {name}", "DROP FUNCTION {name}_kept()"),
}
# Until now one role could do everything; from now on each says what it may
ROLES = {"staff": '["coordinator", "safeguarding", "administrator"]', "reader": '["reader"]'}


def upgrade() -> None:
    """New columns, what they hold of the old, then the new tables."""
    for statement in _added():
        op.execute(text(statement))
    op.create_index("ix_delivery_attempted_at", "delivery", ["attempted_at"])
    op.create_index("ix_audit_entry_subject", "audit_entry", ["subject"])
    for role, roles in ROLES.items():
        op.execute(
            text("UPDATE staff SET roles = CAST(:roles AS JSON) WHERE role = :role").bindparams(
                roles=roles, role=role
            )
            if op.get_bind().dialect.name == "postgresql"
            else text("UPDATE staff SET roles = :roles WHERE role = :role").bindparams(
                roles=roles, role=role
            )
        )
    with op.batch_alter_table("staff") as changed:
        changed.drop_column("role")
    for name, parts in TABLES.items():
        op.create_table(name, *parts())
    _chain()
    for name, lifted in ONLY_ADDED_TO.items():
        for statement in KEPT[op.get_bind().dialect.name]:
            op.execute(text(statement.format(name=name, lifted=lifted)))


def downgrade() -> None:
    """Columns are dropped with what they hold."""
    for name in ONLY_ADDED_TO:
        for statement in LET_GO[op.get_bind().dialect.name]:
            op.execute(text(statement.format(name=name)))
    for name in reversed(TABLES):
        op.drop_table(name)
    op.execute(text("ALTER TABLE staff ADD COLUMN role VARCHAR NOT NULL DEFAULT 'staff'"))
    op.execute(text("UPDATE staff SET role = 'reader' WHERE CAST(roles AS TEXT) LIKE '%reader%'"))
    op.drop_index("ix_delivery_attempted_at", "delivery")
    op.drop_index("ix_audit_entry_subject", "audit_entry")
    for name, columns in COLUMNS.items():
        with op.batch_alter_table(name) as changed:
            for column in columns:
                changed.drop_column(column)


def _chain() -> None:
    """Each entry that is there already gets the digest that it would have got."""
    kept = sql_table(
        "audit_entry",
        column("id"),
        *(column(name) for name in ("staff_id", "action", "subject", "detail", "digest")),
        column("at", MOMENT),
    )
    digest, digests = FIRST, []
    for row in op.get_bind().execute(select(kept).order_by(kept.c.id)):
        at = row.at if row.at.tzinfo else row.at.replace(tzinfo=UTC)
        said = {name: getattr(row, name) for name in ("staff_id", "action", "subject", "detail")}
        digest = chained(digest, at=at, **said)
        digests.append({"entry": row.id, "chained": digest})
    if digests:
        op.get_bind().execute(
            update(kept).where(kept.c.id == bindparam("entry")).values(digest=bindparam("chained")),
            digests,
        )


def _added() -> Iterator[str]:
    moment = MOMENTS[op.get_bind().dialect.name]
    for name, columns in COLUMNS.items():
        for added, kind in columns.items():
            yield f"ALTER TABLE {name} ADD COLUMN {added} {kind.replace('{moment}', moment)}"


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _to(name: str, *, index: bool = False, empty: bool = False) -> Column[int]:
    """A column that refers to a row of that table."""
    key = ForeignKey(f"{name}.id")
    return Column(f"{name}_id", Integer, key, nullable=empty, index=index)


def _words(*names: str) -> list[SchemaItem]:
    return [Column(name, String, nullable=False) for name in names]


def _numbers(*names: str) -> list[SchemaItem]:
    return [Column(name, Integer, nullable=False) for name in names]


def _moment(name: str, *, empty: bool = False) -> Column[object]:
    return Column(name, MOMENT, nullable=empty)


def _state() -> Column[str]:
    return Column("state", String, nullable=False, index=True)


TABLES: dict[str, Callable[[], tuple[SchemaItem, ...]]] = {
    "staff_cohort": lambda: (
        _id(),
        _to("staff"),
        _to("cohort", index=True),
        UniqueConstraint("staff_id", "cohort_id"),
    ),
    "recovery_code": lambda: (
        _id(),
        _to("staff", index=True),
        *_words("code_hash"),
        _moment("used_at", empty=True),
    ),
    "cover": lambda: (
        _id(),
        Column("weekday", Integer, nullable=False, unique=True),
        *_numbers("from_minute", "to_minute"),
    ),
    "duty": lambda: (
        _id(),
        _to("staff", index=True),
        *_numbers("rank"),
        Column("starts_on", Date, nullable=False),
        Column("ends_on", Date, nullable=False),
        *_words("weekdays"),
        _moment("created_at"),
    ),
    "call_out": lambda: (
        _id(),
        _to("alert", index=True),
        _to("staff"),
        *_numbers("rank", "round"),
        *_words("way"),
        _state(),
        *_numbers("attempts"),
        *_words("error", "sid"),
        _moment("due_at"),
        _moment("not_before"),
        _moment("sent_at", empty=True),
        UniqueConstraint("alert_id", "staff_id", "rank", "round", "way"),
    ),
    "alert_step": lambda: (
        _id(),
        _to("alert", index=True),
        *_words("kind"),
        _to("staff", empty=True),
        *_words("detail"),
        _moment("at"),
    ),
    "alert_conflict": lambda: (
        _id(),
        _to("alert"),
        _to("staff", index=True),
        UniqueConstraint("alert_id", "staff_id"),
    ),
    "helpline": lambda: (
        _id(),
        Column("key", String, nullable=False, unique=True),
        *_words("name", "number", "topic", "note", "source"),
        Column("active", Boolean, nullable=False),
        Column("checked_on", Date, nullable=True),
        *_words("checked_by"),
        _moment("updated_at"),
    ),
    "approval": lambda: (
        _id(),
        *_words("language", "context", "digest", "name"),
        _to("staff", empty=True),
        _moment("at"),
        UniqueConstraint("language", "context", "digest", "name"),
    ),
    "do_not_contact": lambda: (
        Column("fingerprint", String, primary_key=True),
        _moment("at"),
    ),
    "erasure": lambda: (
        _id(),
        Column("receipt", String, nullable=False, unique=True),
        _to("staff", empty=True),
        Column("counts", JSON, nullable=False),
        _moment("at"),
    ),
    "leftover": lambda: (
        _id(),
        Column("sid", String, nullable=False, unique=True),
        _to("erasure", index=True, empty=True),
        _state(),
        *_words("reason"),
        *_numbers("attempts"),
        _moment("not_before"),
        _moment("updated_at"),
    ),
    "media": lambda: (
        _id(),
        _to("message"),
        *_numbers("number"),
        *_words("content_type", "state", "reason", "file"),
        *_numbers("size", "attempts"),
        _moment("not_before"),
        _moment("updated_at"),
        UniqueConstraint("message_id", "number"),
    ),
}
