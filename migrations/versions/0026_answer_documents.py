"""Answers that are a document number or file with its date

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "accountability_task", sa.Column("answer_kind", sa.String(length=8), server_default="text", nullable=False)
    )
    op.add_column("assignment", sa.Column("report_document_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("assignment", "report_document_on")
    op.drop_column("accountability_task", "answer_kind")
