"""Indexes of long lists of assignments by due date

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op


revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

NOT_OVER = sa.text("closed_on IS NULL AND recalled_on IS NULL")


def upgrade() -> None:
    # The unique constraint on task and unit has an index of its own that leads with the task.
    op.drop_index("ix_assignment_task_id", table_name="assignment")
    op.create_index("ix_assignment_due", "assignment", ["due_on", "unit_code", "state"])
    op.create_index(
        "ix_assignment_open_due",
        "assignment",
        ["due_on", "unit_code", "state"],
        sqlite_where=NOT_OVER,
        postgresql_where=NOT_OVER,
    )


def downgrade() -> None:
    op.drop_index("ix_assignment_open_due", table_name="assignment")
    op.drop_index("ix_assignment_due", table_name="assignment")
    op.create_index("ix_assignment_task_id", "assignment", ["task_id"])
