"""Disaster orders stand among the events of upward requests

Revision ID: 0038
Revises: 0037
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

TABLE, RULE = "upward_event", "ck_upward_event_kind"
BEFORE = "'ask', 'acknowledge', 'pass', 'answer', 'withdraw'"


def upgrade() -> None:
    with op.batch_alter_table(TABLE) as batch:
        batch.add_column(sa.Column("data", sa.JSON(), nullable=True))
        batch.drop_constraint(op.f(RULE), type_="check")
        batch.create_check_constraint(op.f(RULE), f"kind IN ({BEFORE}, 'freeze', 'thaw')")


def downgrade() -> None:
    # The deadline stays where an order has moved it; the event about it has no place in the table as it was.
    rows = sa.table(TABLE, sa.column("kind"))
    op.execute(sa.delete(rows).where(rows.c.kind.in_(("freeze", "thaw"))))
    with op.batch_alter_table(TABLE) as batch:
        batch.drop_constraint(op.f(RULE), type_="check")
        batch.create_check_constraint(op.f(RULE), f"kind IN ({BEFORE})")
        batch.drop_column("data")
