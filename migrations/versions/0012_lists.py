"""Files beside reports, document numbers, the index of what a unit issued

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

import webapp.db


revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("accountability_task", schema=None) as batch_op:
        batch_op.add_column(sa.Column("document_no", sa.String(length=60), nullable=True))
        batch_op.create_index(batch_op.f("ix_accountability_task_document_no"), ["document_no"], unique=False)

    op.create_table(
        "assignment_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("unit_code", webapp.db.Code(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=True),
        sa.Column("uploaded_by_name", sa.String(length=60), nullable=False),
        sa.Column("uploaded_at", webapp.db.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_assignment_file_assignment_id_assignment")
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["person.id"], name=op.f("fk_assignment_file_uploaded_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_file")),
        sa.UniqueConstraint("assignment_id", "sha256", name=op.f("uq_assignment_file_assignment_id_sha256")),
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assignment_issuer_code"))
        batch_op.create_index("ix_assignment_issuer_due", ["issuer_code", "due_on", "unit_code", "state"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index("ix_assignment_issuer_due")
        batch_op.create_index(batch_op.f("ix_assignment_issuer_code"), ["issuer_code"], unique=False)

    op.drop_table("assignment_file")
    with op.batch_alter_table("accountability_task", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_accountability_task_document_no"))
        batch_op.drop_column("document_no")
