"""Reminders and supervision also of issues to put right

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

UNIQUE = {
    "reminder": ("uq_reminder_issue_id_kind_number", ["issue_id", "kind", "number"]),
    "escalation": ("uq_escalation_issue_id_level_code", ["issue_id", "level_code"]),
}


def upgrade() -> None:
    for table, (name, columns) in UNIQUE.items():
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("issue_id", sa.Integer(), nullable=True))
            batch.alter_column("assignment_id", existing_type=sa.Integer(), nullable=True)
            batch.create_index(op.f(f"ix_{table}_issue_id"), ["issue_id"])
            batch.create_unique_constraint(op.f(name), columns)
            batch.create_foreign_key(op.f(f"fk_{table}_issue_id_issue"), "issue", ["issue_id"], ["id"])
            batch.create_check_constraint(op.f(f"ck_{table}_about"), "(assignment_id IS NULL) <> (issue_id IS NULL)")


def downgrade() -> None:
    for table, (name, _) in reversed(UNIQUE.items()):
        # What is about an issue has no place in the tables as they were.
        rows = sa.table(table, sa.column("issue_id"))
        op.execute(sa.delete(rows).where(rows.c.issue_id.is_not(None)))
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"ck_{table}_about"), type_="check")
            batch.drop_constraint(op.f(f"fk_{table}_issue_id_issue"), type_="foreignkey")
            batch.drop_constraint(op.f(name), type_="unique")
            batch.drop_index(op.f(f"ix_{table}_issue_id"))
            batch.alter_column("assignment_id", existing_type=sa.Integer(), nullable=False)
            batch.drop_column("issue_id")
