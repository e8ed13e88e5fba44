"""Official trips that were reported on paper

Revision ID: 0037
Revises: 0036
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("official_trip") as batch_op:
        batch_op.add_column(sa.Column("paper_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("paper_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("paper_by_name", sa.String(length=60), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_official_trip_paper_by_id_person"), "person", ["paper_by_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("official_trip") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_official_trip_paper_by_id_person"), type_="foreignkey")
        batch_op.drop_column("paper_by_name")
        batch_op.drop_column("paper_by_id")
        batch_op.drop_column("paper_on")
