"""Trees of assignments, samples, delegations

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
        sa.ForeignKeyConstraint(
            ["unit_code"], ["division.code"], name=op.f("fk_verification_sample_unit_code_division")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification_sample")),
        sa.UniqueConstraint("task_id", "unit_code", name=op.f("uq_verification_sample_task_id_unit_code")),
    )
    with op.batch_alter_table("verification_sample", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_verification_sample_unit_code"), ["unit_code"], unique=False)

    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("parent_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("weight", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("closed_as", sa.String(length=12), nullable=True))
        batch_op.add_column(sa.Column("sampled", sa.Boolean(), nullable=True))
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
        batch_op.add_column(sa.Column("minutes_stated", sa.Integer(), nullable=True))

    _allow("assignment", (*STATES, "exempt"))


def downgrade() -> None:
    op.execute("UPDATE assignment SET state = 'recalled' WHERE state = 'exempt'")
    _allow("assignment", STATES)
    with op.batch_alter_table("burden_entry", schema=None) as batch_op:
        batch_op.drop_column("minutes_stated")

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
        batch_op.drop_column("sampled")
        batch_op.drop_column("closed_as")
        batch_op.drop_column("weight")
        batch_op.drop_column("parent_id")

    with op.batch_alter_table("verification_sample", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_verification_sample_unit_code"))

    op.drop_table("verification_sample")
    with op.batch_alter_table("delegation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delegation_unit_code"))
        batch_op.drop_index(batch_op.f("ix_delegation_to_person_id"))
        batch_op.drop_index(batch_op.f("ix_delegation_posting_id"))

    op.drop_table("delegation")
