"""Photos that come piece by piece, logs entered from paper, plans and summaries of teams"""

import sqlalchemy as sa
from alembic import op

import webapp.db


revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "photo_upload",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("log_id", sa.String(length=36), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("started_at", webapp.db.UTCDateTime(), nullable=False),
        sa.Column("finished_at", webapp.db.UTCDateTime(), nullable=True),
        sa.Column("stored_sha256", sa.String(length=64), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("attached_at", webapp.db.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_photo_upload_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo_upload")),
    )
    with op.batch_alter_table("photo_upload", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_photo_upload_log_id"), ["log_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_photo_upload_person_id"), ["person_id"], unique=False)
    with op.batch_alter_table("work_log_version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("paper", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "team_paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("unit_code", webapp.db.Code(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("written_at", webapp.db.UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('plan', 'summary')", name=op.f("ck_team_paper_kind")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_team_paper_dates")),
        sa.ForeignKeyConstraint(["unit_code"], ["division.code"], name=op.f("fk_team_paper_unit_code_division")),
        sa.ForeignKeyConstraint(["written_by_id"], ["person.id"], name=op.f("fk_team_paper_written_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_paper")),
        sa.UniqueConstraint("request_id", name=op.f("uq_team_paper_request_id")),
    )
    with op.batch_alter_table("team_paper", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_team_paper_unit_code"), ["unit_code"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("team_paper", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_team_paper_unit_code"))

    op.drop_table("team_paper")
    with op.batch_alter_table("work_log_version", schema=None) as batch_op:
        batch_op.drop_column("paper")
    with op.batch_alter_table("photo_upload", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_photo_upload_person_id"))
        batch_op.drop_index(batch_op.f("ix_photo_upload_log_id"))

    op.drop_table("photo_upload")
