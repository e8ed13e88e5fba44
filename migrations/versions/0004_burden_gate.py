"""The burden gate: form directory, deadlines and fields in the ledger, reminders sent, duplicate flags

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

import webapp.db

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "demand",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("document_no", sa.String(length=80), nullable=True),
        sa.Column("owner_code", webapp.db.Code(), nullable=False),
        sa.Column("owner_name", sa.String(length=120), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("regular", sa.Boolean(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("urgent_approver_name", sa.String(length=60), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("series", sa.String(length=120), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.String(length=300), nullable=True),
        sa.Column("granted_at", webapp.db.UTCDateTime(), nullable=False),
        sa.CheckConstraint("state IN ('granted', 'ended')", name=op.f("ck_demand_state")),
        sa.ForeignKeyConstraint(["owner_code"], ["division.code"], name=op.f("fk_demand_owner_code_division")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand")),
        sa.UniqueConstraint("key", name=op.f("uq_demand_key")),
    )
    with op.batch_alter_table("demand", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_demand_owner_code"), ["owner_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_demand_series"), ["series"], unique=False)

    op.create_table(
        "demand_field",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("demand_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("normal", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("holder", sa.String(length=120), nullable=True),
        sa.CheckConstraint("mode IN ('enter', 'prefill')", name=op.f("ck_demand_field_mode")),
        sa.ForeignKeyConstraint(["demand_id"], ["demand.id"], name=op.f("fk_demand_field_demand_id_demand")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand_field")),
        sa.UniqueConstraint("demand_id", "name", name=op.f("uq_demand_field_demand_id_name")),
    )
    with op.batch_alter_table("demand_field", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_demand_field_demand_id"), ["demand_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_demand_field_normal"), ["normal"], unique=False)

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
        batch.add_column(sa.Column("fields", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("demand_id", sa.Integer(), nullable=True))
        batch.create_index(batch.f("ix_burden_entry_demand_id"), ["demand_id"])
        batch.create_foreign_key(batch.f("fk_burden_entry_demand_id_demand"), "demand", ["demand_id"], ["id"])
        batch.create_index("ix_burden_entry_issuer_month", ["issuer_code", "month"])
    # What stands in the ledger so far are assignments, whose deadlines are known.
    op.execute(
        "UPDATE burden_entry SET due_on ="
        " (SELECT a.due_on FROM assignment a WHERE a.id = CAST(substr(burden_entry.key, 12) AS INTEGER))"
        " WHERE key LIKE 'assignment:%'"
    )
    with op.batch_alter_table("accountability_task") as batch:
        batch.add_column(sa.Column("demand_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(batch.f("fk_accountability_task_demand_id_demand"), "demand", ["demand_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("accountability_task") as batch:
        batch.drop_constraint(batch.f("fk_accountability_task_demand_id_demand"), type_="foreignkey")
        batch.drop_column("demand_id")
    with op.batch_alter_table("burden_entry") as batch:
        batch.drop_index("ix_burden_entry_issuer_month")
        batch.drop_constraint(batch.f("fk_burden_entry_demand_id_demand"), type_="foreignkey")
        batch.drop_index(batch.f("ix_burden_entry_demand_id"))
        batch.drop_column("demand_id")
        batch.drop_column("fields")
        batch.drop_column("due_on")
    for table in ("duplicate_flag", "reminder_entry", "demand_field", "demand"):
        op.drop_table(table)
