"""What is typed into the steps of a new task, and what of a draft could not be read."""

import sqlalchemy as sa
from alembic import op

import webapp.db

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "task_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("typed", sa.JSON(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("changed_at", webapp.db.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_task_entry_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_entry")),
        sa.UniqueConstraint("request_id", "person_id", name=op.f("uq_task_entry_request_id_person_id")),
    )
    op.create_index(op.f("ix_task_entry_person_id"), "task_entry", ["person_id"], unique=False)
    with op.batch_alter_table("accountability_task", schema=None) as batch_op:
        batch_op.add_column(sa.Column("unread", sa.JSON(), server_default="{}", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("accountability_task", schema=None) as batch_op:
        batch_op.drop_column("unread")
    op.drop_index(op.f("ix_task_entry_person_id"), table_name="task_entry")
    op.drop_table("task_entry")
