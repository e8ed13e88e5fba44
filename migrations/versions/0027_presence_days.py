"""Keep rosters exemptions and confirmed months"""

import sqlalchemy as sa
from alembic import op

import webapp.db

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "presence_month",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_code", webapp.db.Code(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("current", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_code"], ["division.code"], name=op.f("fk_presence_month_unit_code_division")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presence_month")),
        sa.UniqueConstraint("unit_code", "month", name=op.f("uq_presence_month_unit_code_month")),
    )
    op.create_table(
        "roster_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_code", webapp.db.Code(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("shift", sa.String(length=5), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("person_name", sa.String(length=60), nullable=False),
        sa.Column("changed_at", webapp.db.UTCDateTime(), nullable=False),
        sa.Column("changed_by_name", sa.String(length=60), nullable=False),
        sa.CheckConstraint("shift IN ('day', 'night')", name=op.f("ck_roster_entry_shift")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_roster_entry_person_id_person")),
        sa.ForeignKeyConstraint(["unit_code"], ["division.code"], name=op.f("fk_roster_entry_unit_code_division")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_entry")),
        sa.UniqueConstraint("unit_code", "day", "shift", name=op.f("uq_roster_entry_unit_code_day_shift")),
    )
    with op.batch_alter_table("roster_entry", schema=None) as batch_op:
        batch_op.create_index("ix_roster_entry_person_day", ["person_id", "day"], unique=False)

    op.create_table(
        "presence_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("month_id", sa.Integer(), nullable=False),
        sa.Column("unit_code", webapp.db.Code(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", webapp.db.UTCDateTime(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_name", sa.String(length=60), nullable=False),
        sa.Column("decided_at", webapp.db.UTCDateTime(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=60), nullable=True),
        sa.Column("decision_text", sa.Text(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('asked', 'approved', 'refused')", name=op.f("ck_presence_correction_state")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_presence_correction_asked_by_id_person")),
        sa.ForeignKeyConstraint(
            ["month_id"], ["presence_month.id"], name=op.f("fk_presence_correction_month_id_presence_month")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presence_correction")),
    )
    with op.batch_alter_table("presence_correction", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_presence_correction_month_id"), ["month_id"], unique=False)

    op.create_table(
        "presence_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("month_id", sa.Integer(), nullable=False),
        sa.Column("unit_code", webapp.db.Code(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("confirmed_at", webapp.db.UTCDateTime(), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=False),
        sa.Column("confirmed_by_name", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("approved_by_name", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["person.id"], name=op.f("fk_presence_list_confirmed_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["month_id"], ["presence_month.id"], name=op.f("fk_presence_list_month_id_presence_month")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presence_list")),
        sa.UniqueConstraint("month_id", "number", name=op.f("uq_presence_list_month_id_number")),
    )
    op.create_table(
        "presence_exemption",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("posting_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("unit_code", webapp.db.Code(), nullable=False),
        sa.Column("kind", sa.String(length=5), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("document_no", sa.String(length=60), nullable=False),
        sa.Column("recorded_at", webapp.db.UTCDateTime(), nullable=False),
        sa.Column("recorded_by_name", sa.String(length=60), nullable=False),
        sa.CheckConstraint("kind IN ('days', 'night')", name=op.f("ck_presence_exemption_kind")),
        sa.CheckConstraint("last_on >= first_on", name=op.f("ck_presence_exemption_dates")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_presence_exemption_person_id_person")),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name=op.f("fk_presence_exemption_posting_id_posting")),
        sa.ForeignKeyConstraint(
            ["unit_code"], ["division.code"], name=op.f("fk_presence_exemption_unit_code_division")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presence_exemption")),
        sa.UniqueConstraint("request_id", name=op.f("uq_presence_exemption_request_id")),
    )
    with op.batch_alter_table("presence_exemption", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_presence_exemption_posting_id"), ["posting_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("presence_exemption", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_presence_exemption_posting_id"))

    op.drop_table("presence_exemption")
    op.drop_table("presence_list")
    with op.batch_alter_table("presence_correction", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_presence_correction_month_id"))

    op.drop_table("presence_correction")
    with op.batch_alter_table("roster_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_roster_entry_person_day")

    op.drop_table("roster_entry")
    op.drop_table("presence_month")
