"""What somebody typed on an assignment's page and has not sent

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

import webapp.db


revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_words",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("kept_at", webapp.db.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_kept_words_assignment_id_assignment")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_kept_words_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_words")),
        sa.UniqueConstraint("key", name=op.f("uq_kept_words_key")),
    )
    op.create_index(op.f("ix_kept_words_assignment_id"), "kept_words", ["assignment_id"])
    op.create_index(op.f("ix_kept_words_person_id"), "kept_words", ["person_id"])


def downgrade() -> None:
    op.drop_table("kept_words")
