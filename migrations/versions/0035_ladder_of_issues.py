"""Steps of the ladder of consequences also for issues to put right

Revision ID: 0035
Revises: 0034
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

TABLE = "ladder_step"


def upgrade() -> None:
    with op.batch_alter_table(TABLE) as batch:
        batch.add_column(sa.Column("issue_id", sa.Integer(), nullable=True))
        batch.alter_column("assignment_id", existing_type=sa.Integer(), nullable=True)
        batch.create_index(op.f("ix_ladder_step_issue_id"), ["issue_id"])
        batch.create_foreign_key(op.f("fk_ladder_step_issue_id_issue"), "issue", ["issue_id"], ["id"])
        batch.create_check_constraint(op.f("ck_ladder_step_about"), "(assignment_id IS NULL) <> (issue_id IS NULL)")


def downgrade() -> None:
    # What is about an issue has no place in the table as it was.
    rows = sa.table(TABLE, sa.column("issue_id"))
    op.execute(sa.delete(rows).where(rows.c.issue_id.is_not(None)))
    with op.batch_alter_table(TABLE) as batch:
        batch.drop_constraint(op.f("ck_ladder_step_about"), type_="check")
        batch.drop_constraint(op.f("fk_ladder_step_issue_id_issue"), type_="foreignkey")
        batch.drop_index(op.f("ix_ladder_step_issue_id"))
        batch.alter_column("assignment_id", existing_type=sa.Integer(), nullable=False)
        batch.drop_column("issue_id")
