"""Changes of the working calendar are kept; a deadline may be moved by the calendar, which is no person

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

import webapp.db

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("at", webapp.db.UTCDateTime(), nullable=False),
        sa.Column("changed_by_unit", webapp.db.Code(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_change")),
    )
    with op.batch_alter_table("calendar_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calendar_change_year"), ["year"], unique=False)
    with op.batch_alter_table("extension", schema=None) as batch_op:
        batch_op.alter_column("asked_by_id", existing_type=sa.INTEGER(), nullable=True)


def downgrade() -> None:
    # The schema before knows no extension without an asker; the events still tell of these moves.
    op.execute("DELETE FROM extension WHERE asked_by_id IS NULL")
    with op.batch_alter_table("extension", schema=None) as batch_op:
        batch_op.alter_column("asked_by_id", existing_type=sa.INTEGER(), nullable=False)
    with op.batch_alter_table("calendar_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_calendar_change_year"))
    op.drop_table("calendar_change")
