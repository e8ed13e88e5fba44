"""Trees of assignments, delegations, saved groups of units, demands

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

import webapp.db


revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


TASK_STATES = ("drafted", "issued", "recalled")
STATES = (
    "issued",
    "acknowledged",
    "in_progress",
    "reported",
    "returned",
    "verified",
    "closed",
    "recalled",
    "suspended",
)


def _allow(table: str, states: tuple[str, ...]) -> None:
    allowed = ", ".join(f"'{state}'" for state in states)
    with op.batch_alter_table(table) as batch_op:
        batch_op.drop_constraint(op.f(f"ck_{table}_state"), type_="check")
        batch_op.create_check_constraint(op.f(f"ck_{table}_state"), f"state IN ({allowed})")


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
        sa.Column("granted_at", webapp.db.UTCDateTime(), nullable=False),
        sa.CheckConstraint("state IN ('granted', 'ended')", name=op.f("ck_demand_state")),
        sa.ForeignKeyConstraint(["owner_code"], ["division.code"], name=op.f("fk_demand_owner_code_division")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand")),
        sa.UniqueConstraint("key", name=op.f("uq_demand_key")),
    )
    with op.batch_alter_table("demand", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_demand_owner_code"), ["owner_code"], unique=False)

    op.create_table(
        "unit_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_code", webapp.db.Code(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=True),
        sa.Column("changed_at", webapp.db.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["unit_code"], ["division.code"], name=op.f("fk_unit_group_unit_code_division")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_group")),
        sa.UniqueConstraint("unit_code", "name", name=op.f("uq_unit_group_unit_code_name")),
    )
    with op.batch_alter_table("unit_group", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_group_unit_code"), ["unit_code"], unique=False)

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
        "unit_group_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("unit_code", webapp.db.Code(), nullable=False),
        sa.Column("member_code", webapp.db.Code(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["unit_group.id"], name=op.f("fk_unit_group_member_group_id_unit_group")),
        sa.ForeignKeyConstraint(
            ["member_code"], ["division.code"], name=op.f("fk_unit_group_member_member_code_division")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_group_member")),
        sa.UniqueConstraint("group_id", "member_code", name=op.f("uq_unit_group_member_group_id_member_code")),
    )
    with op.batch_alter_table("unit_group_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_group_member_group_id"), ["group_id"], unique=False)

    op.create_table(
        "delegation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_code", webapp.db.Code(), nullable=False),
        sa.Column("posting_id", sa.Integer(), nullable=False),
        sa.Column("to_person_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("made_at", webapp.db.UTCDateTime(), nullable=False),
        sa.Column("revoked_at", webapp.db.UTCDateTime(), nullable=True),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_delegation_dates")),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name=op.f("fk_delegation_posting_id_posting")),
        sa.ForeignKeyConstraint(["to_person_id"], ["person.id"], name=op.f("fk_delegation_to_person_id_person")),
        sa.ForeignKeyConstraint(["unit_code"], ["division.code"], name=op.f("fk_delegation_unit_code_division")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
    )
    with op.batch_alter_table("delegation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delegation_posting_id"), ["posting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_delegation_to_person_id"), ["to_person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_delegation_unit_code"), ["unit_code"], unique=False)

    op.create_table(
        "task_party",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("issuer_code", webapp.db.Code(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.CheckConstraint("kind IN ('lead', 'assist')", name=op.f("ck_task_party_kind")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_task_party_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["accountability_task.id"], name=op.f("fk_task_party_task_id_accountability_task")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_party")),
        sa.UniqueConstraint("task_id", "organisation_id", name=op.f("uq_task_party_task_id_organisation_id")),
    )
    with op.batch_alter_table("task_party", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_task_party_task_id"), ["task_id"], unique=False)

    op.create_table(
        "verification_sample",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("unit_code", webapp.db.Code(), nullable=False),
        sa.Column("seed", sa.String(length=32), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("drawn_at", webapp.db.UTCDateTime(), nullable=False),
        sa.Column("drawn_by_id", sa.Integer(), nullable=True),
        sa.Column("drawn_by_name", sa.String(length=60), nullable=False),
        sa.CheckConstraint("state IN ('open', 'passed', 'failed')", name=op.f("ck_verification_sample_state")),
        sa.ForeignKeyConstraint(["drawn_by_id"], ["person.id"], name=op.f("fk_verification_sample_drawn_by_id_person")),
        sa.ForeignKeyConstraint(
            ["task_id"], ["accountability_task.id"], name=op.f("fk_verification_sample_task_id_accountability_task")
        ),
        sa.ForeignKeyConstraint(["unit_code"], ["division.code"], name=op.f("fk_verification_sample_unit_code_division")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification_sample")),
        sa.UniqueConstraint("task_id", "unit_code", name=op.f("uq_verification_sample_task_id_unit_code")),
    )
    with op.batch_alter_table("verification_sample", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_verification_sample_unit_code"), ["unit_code"], unique=False)

    with op.batch_alter_table("accountability_task", schema=None) as batch_op:
        batch_op.add_column(sa.Column("document_no", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("fields", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("scheduled_for", webapp.db.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("targets", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("copied_from_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("demand_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("urgent_approver_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("urgent_approver_name", sa.String(length=60), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_accountability_task_copied_from_id_accountability_task"),
            "accountability_task",
            ["copied_from_id"],
            ["id"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_accountability_task_urgent_approver_id_person"), "person", ["urgent_approver_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_accountability_task_demand_id_demand"), "demand", ["demand_id"], ["id"]
        )

    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("parent_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("weight", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("closed_as", sa.String(length=12), nullable=True))
        batch_op.add_column(sa.Column("sampled", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("report_answers", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("minutes_taken", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_assignment_issuer_code"), ["issuer_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignment_parent_id"), ["parent_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_assignment_parent_id_assignment"), "assignment", ["parent_id"], ["id"]
        )

    with op.batch_alter_table("assignment_event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("on_behalf_of_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("on_behalf_of_name", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("data", sa.JSON(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_assignment_event_on_behalf_of_id_person"), "person", ["on_behalf_of_id"], ["id"]
        )

    with op.batch_alter_table("burden_entry", schema=None) as batch_op:
        batch_op.add_column(sa.Column("fields", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("demand_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("minutes_stated", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_burden_entry_demand_id"), ["demand_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_burden_entry_demand_id_demand"), "demand", ["demand_id"], ["id"])

    _allow("accountability_task", ("drafted", "scheduled", "issued", "recalled"))
    _allow("assignment", (*STATES, "exempt"))


def downgrade() -> None:
    op.execute("UPDATE accountability_task SET state = 'drafted' WHERE state = 'scheduled'")
    op.execute("UPDATE assignment SET state = 'recalled' WHERE state = 'exempt'")
    _allow("accountability_task", TASK_STATES)
    _allow("assignment", STATES)
    with op.batch_alter_table("burden_entry", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_burden_entry_demand_id_demand"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_burden_entry_demand_id"))
        batch_op.drop_column("minutes_stated")
        batch_op.drop_column("demand_id")
        batch_op.drop_column("fields")

    with op.batch_alter_table("assignment_event", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_assignment_event_on_behalf_of_id_person"), type_="foreignkey")
        batch_op.drop_column("data")
        batch_op.drop_column("on_behalf_of_name")
        batch_op.drop_column("on_behalf_of_id")

    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_assignment_parent_id_assignment"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_assignment_parent_id"))
        batch_op.drop_index(batch_op.f("ix_assignment_issuer_code"))
        batch_op.drop_column("minutes_taken")
        batch_op.drop_column("report_answers")
        batch_op.drop_column("sampled")
        batch_op.drop_column("closed_as")
        batch_op.drop_column("weight")
        batch_op.drop_column("parent_id")

    with op.batch_alter_table("accountability_task", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_accountability_task_demand_id_demand"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_accountability_task_urgent_approver_id_person"), type_="foreignkey")
        batch_op.drop_constraint(
            batch_op.f("fk_accountability_task_copied_from_id_accountability_task"), type_="foreignkey"
        )
        batch_op.drop_column("urgent_approver_name")
        batch_op.drop_column("urgent_approver_id")
        batch_op.drop_column("urgent")
        batch_op.drop_column("demand_id")
        batch_op.drop_column("copied_from_id")
        batch_op.drop_column("targets")
        batch_op.drop_column("scheduled_for")
        batch_op.drop_column("fields")
        batch_op.drop_column("document_no")

    with op.batch_alter_table("verification_sample", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_verification_sample_unit_code"))

    op.drop_table("verification_sample")
    with op.batch_alter_table("task_party", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_task_party_task_id"))

    op.drop_table("task_party")
    with op.batch_alter_table("delegation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delegation_unit_code"))
        batch_op.drop_index(batch_op.f("ix_delegation_to_person_id"))
        batch_op.drop_index(batch_op.f("ix_delegation_posting_id"))

    op.drop_table("delegation")
    with op.batch_alter_table("unit_group_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unit_group_member_group_id"))

    op.drop_table("unit_group_member")
    with op.batch_alter_table("demand_field", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_demand_field_normal"))
        batch_op.drop_index(batch_op.f("ix_demand_field_demand_id"))

    op.drop_table("demand_field")
    with op.batch_alter_table("unit_group", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unit_group_unit_code"))

    op.drop_table("unit_group")
    with op.batch_alter_table("demand", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_demand_owner_code"))

    op.drop_table("demand")
