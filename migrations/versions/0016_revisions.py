"""Revisions of a task's words, recall of a whole task, answers to asked fields

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

import webapp.db

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "task_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("issuer_code", webapp.db.Code(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", webapp.db.UTCDateTime(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("demand_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["demand_id"], ["demand.id"], name=op.f("fk_task_revision_demand_id_demand")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_task_revision_person_id_person")),
        sa.ForeignKeyConstraint(
            ["task_id"], ["accountability_task.id"], name=op.f("fk_task_revision_task_id_accountability_task")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_revision")),
        sa.UniqueConstraint("task_id", "number", name=op.f("uq_task_revision_task_id_number")),
    )
    op.create_index(op.f("ix_task_revision_task_id"), "task_revision", ["task_id"])
    with op.batch_alter_table("accountability_task") as batch:
        batch.add_column(sa.Column("recalled_at", webapp.db.UTCDateTime(), nullable=True))
        batch.add_column(sa.Column("recall_reason", sa.Text(), nullable=True))
    with op.batch_alter_table("assignment") as batch:
        batch.add_column(sa.Column("answers", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("assignment") as batch:
        batch.drop_column("answers")
    with op.batch_alter_table("accountability_task") as batch:
        batch.drop_column("recall_reason")
        batch.drop_column("recalled_at")
    op.drop_table("task_revision")
