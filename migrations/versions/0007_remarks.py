"""Remarks on assignments, their earlier wordings, and who watches

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

import webapp.db

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "remark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("unit_code", webapp.db.Code(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("author_name", sa.String(length=60), nullable=False),
        sa.Column("author_unit", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("mentioned", sa.JSON(), nullable=False),
        sa.Column("at", webapp.db.UTCDateTime(), nullable=False),
        sa.Column("corrected_at", webapp.db.UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_remark_assignment_id_assignment")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_remark_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remark")),
        sa.UniqueConstraint("request_id", name=op.f("uq_remark_request_id")),
    )
    op.create_index(op.f("ix_remark_assignment_id"), "remark", ["assignment_id"])
    op.create_table(
        "remark_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("remark_id", sa.Integer(), nullable=False),
        sa.Column("unit_code", webapp.db.Code(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", webapp.db.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["remark_id"], ["remark.id"], name=op.f("fk_remark_version_remark_id_remark")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remark_version")),
        sa.UniqueConstraint("remark_id", "version", name=op.f("uq_remark_version_remark_id_version")),
    )
    op.create_index(op.f("ix_remark_version_remark_id"), "remark_version", ["remark_id"])
    op.create_table(
        "task_watch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=True),
        sa.Column("since", webapp.db.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_task_watch_person_id_person")),
        sa.ForeignKeyConstraint(
            ["task_id"], ["accountability_task.id"], name=op.f("fk_task_watch_task_id_accountability_task")
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_task_watch_assignment_id_assignment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_watch")),
        sa.UniqueConstraint("key", name=op.f("uq_task_watch_key")),
    )
    for column in ("person_id", "task_id", "assignment_id"):
        op.create_index(op.f(f"ix_task_watch_{column}"), "task_watch", [column])


def downgrade() -> None:
    op.drop_table("task_watch")
    op.drop_table("remark_version")
    op.drop_table("remark")
