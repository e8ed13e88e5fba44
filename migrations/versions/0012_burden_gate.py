"""The gate's form directory with series and endings, deadlines in the ledger, reminders sent, duplicate flags.

Revision ID: 0012
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

import webapp.db

revision = "0012"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reminder_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issuer_code", webapp.db.Code(), nullable=False),
        sa.Column("unit_code", webapp.db.Code(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["issuer_code"], ["division.code"], name=op.f("fk_reminder_entry_issuer_code_division")
        ),
        sa.ForeignKeyConstraint(["unit_code"], ["division.code"], name=op.f("fk_reminder_entry_unit_code_division")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_entry")),
    )
    with op.batch_alter_table("reminder_entry") as batch:
        batch.create_index("ix_reminder_entry_issuer_day", ["issuer_code", "day"])
        batch.create_index(batch.f("ix_reminder_entry_unit_code"), ["unit_code"])
    op.create_table(
        "duplicate_flag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("demand_id", sa.Integer(), nullable=False),
        sa.Column("unit_code", webapp.db.Code(), nullable=False),
        sa.Column("owner_code", webapp.db.Code(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("person_name", sa.String(length=60), nullable=False),
        sa.Column("field_name", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("flagged_at", webapp.db.UTCDateTime(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("answer", sa.String(length=300), nullable=True),
        sa.Column("answered_by_name", sa.String(length=60), nullable=True),
        sa.Column("answered_at", webapp.db.UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('duplicate', 'wrong')", name=op.f("ck_duplicate_flag_kind")),
        sa.CheckConstraint("state IN ('open', 'upheld', 'kept')", name=op.f("ck_duplicate_flag_state")),
        sa.ForeignKeyConstraint(["demand_id"], ["demand.id"], name=op.f("fk_duplicate_flag_demand_id_demand")),
        sa.ForeignKeyConstraint(["owner_code"], ["division.code"], name=op.f("fk_duplicate_flag_owner_code_division")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_duplicate_flag_person_id_person")),
        sa.ForeignKeyConstraint(["unit_code"], ["division.code"], name=op.f("fk_duplicate_flag_unit_code_division")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_flag")),
        sa.UniqueConstraint(
            "demand_id", "unit_code", "field_name", name=op.f("uq_duplicate_flag_demand_id_unit_code_field_name")
        ),
    )
    with op.batch_alter_table("duplicate_flag") as batch:
        for column in ("demand_id", "owner_code", "unit_code"):
            batch.create_index(batch.f(f"ix_duplicate_flag_{column}"), [column])
    with op.batch_alter_table("burden_entry") as batch:
        batch.add_column(sa.Column("due_on", sa.Date(), nullable=True))
        batch.create_index("ix_burden_entry_issuer_month", ["issuer_code", "month"])
    # What stands in the ledger so far are assignments, whose deadlines are known.
    op.execute(
        "UPDATE burden_entry SET due_on ="
        " (SELECT a.due_on FROM assignment a WHERE a.id = CAST(substr(burden_entry.key, 12) AS INTEGER))"
        " WHERE key LIKE 'assignment:%'"
    )
    with op.batch_alter_table("demand") as batch:
        batch.add_column(sa.Column("series", sa.String(length=120), nullable=True))
        batch.add_column(sa.Column("ended_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("end_reason", sa.String(length=300), nullable=True))
        batch.create_index(batch.f("ix_demand_series"), ["series"])


def downgrade() -> None:
    with op.batch_alter_table("demand") as batch:
        batch.drop_index(batch.f("ix_demand_series"))
        batch.drop_column("end_reason")
        batch.drop_column("ended_on")
        batch.drop_column("series")
    with op.batch_alter_table("burden_entry") as batch:
        batch.drop_index("ix_burden_entry_issuer_month")
        batch.drop_column("due_on")
    op.drop_table("duplicate_flag")
    op.drop_table("reminder_entry")
