"""What a run of the calendar did not open, with the reason"""

import sqlalchemy as sa
from alembic import op

import webapp.db

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unopened_duty",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_code", webapp.db.Code(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["unit_code"], ["division.code"], name=op.f("fk_unopened_duty_unit_code_division")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unopened_duty")),
        sa.UniqueConstraint("unit_code", "title", "reason", name=op.f("uq_unopened_duty_unit_code_title_reason")),
    )


def downgrade() -> None:
    op.drop_table("unopened_duty")
