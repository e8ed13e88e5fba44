"""What one-off tasks hold beside their words, departments of tasks, saved groups of units

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

import webapp.db

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_POINTERS = (("copied_from_id", "accountability_task"), ("urgent_approver_id", "person"))


def upgrade() -> None:
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
    op.create_index(op.f("ix_unit_group_unit_code"), "unit_group", ["unit_code"])
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
    op.create_index(op.f("ix_unit_group_member_group_id"), "unit_group_member", ["group_id"])
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
    op.create_index(op.f("ix_task_party_task_id"), "task_party", ["task_id"])
    with op.batch_alter_table("accountability_task") as batch:
        batch.add_column(sa.Column("fields", sa.JSON(), nullable=False, server_default="[]"))
        batch.add_column(sa.Column("targets", sa.JSON(), nullable=False, server_default="[]"))
        batch.add_column(sa.Column("weights", sa.JSON(), nullable=False, server_default="{}"))
        batch.add_column(sa.Column("scheduled_for", webapp.db.UTCDateTime(), nullable=True))
        batch.add_column(sa.Column("issuing_since", webapp.db.UTCDateTime(), nullable=True))
        batch.add_column(sa.Column("refusal", sa.Text(), nullable=True))
        batch.add_column(sa.Column("copied_from_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("urgent_approver_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("urgent_approver_name", sa.String(length=60), nullable=True))
        for column, table in _POINTERS:
            batch.create_foreign_key(batch.f(f"fk_accountability_task_{column}_{table}"), table, [column], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("accountability_task") as batch:
        for column, table in _POINTERS:
            batch.drop_constraint(batch.f(f"fk_accountability_task_{column}_{table}"), type_="foreignkey")
        for column in (
            "urgent_approver_name",
            "urgent_approver_id",
            "urgent",
            "copied_from_id",
            "refusal",
            "issuing_since",
            "scheduled_for",
            "weights",
            "targets",
            "fields",
        ):
            batch.drop_column(column)
    op.drop_table("task_party")
    op.drop_table("unit_group_member")
    op.drop_table("unit_group")
