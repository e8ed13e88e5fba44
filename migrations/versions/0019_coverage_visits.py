"""Coverage visits: natural groups, terms of office, dates, yearly confirmations

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

import webapp.db

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "household_contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_code", webapp.db.Code(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=False),
        sa.Column("confirmed_by_name", sa.String(length=60), nullable=False),
        sa.Column("exceptions", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["person.id"], name=op.f("fk_household_contact_confirmed_by_id_person")
        ),
        sa.ForeignKeyConstraint(["unit_code"], ["division.code"], name=op.f("fk_household_contact_unit_code_division")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_contact")),
        sa.UniqueConstraint("unit_code", "year", name=op.f("uq_household_contact_unit_code_year")),
    )
    op.create_table(
        "natural_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("village_code", webapp.db.Code(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.String(length=120), nullable=True),
        sa.Column("successor_name", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(
            ["village_code"], ["division.code"], name=op.f("fk_natural_group_village_code_division")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_natural_group")),
        sa.UniqueConstraint("village_code", "name", name=op.f("uq_natural_group_village_code_name")),
    )
    op.create_table(
        "office_term",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_code", webapp.db.Code(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("document_no", sa.String(length=80), nullable=True),
        sa.CheckConstraint("ends_on > starts_on", name=op.f("ck_office_term_dates")),
        sa.ForeignKeyConstraint(["unit_code"], ["division.code"], name=op.f("fk_office_term_unit_code_division")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_term")),
        sa.UniqueConstraint("unit_code", "starts_on", name=op.f("uq_office_term_unit_code_starts_on")),
    )
    op.create_table(
        "coverage_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_code", webapp.db.Code(), nullable=False),
        sa.Column("posting_id", sa.Integer(), nullable=False),
        sa.Column("target_key", sa.String(length=24), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column("entered_by_name", sa.String(length=120), nullable=False),
        sa.Column("entered_at", webapp.db.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name=op.f("fk_coverage_visit_posting_id_posting")),
        sa.ForeignKeyConstraint(["unit_code"], ["division.code"], name=op.f("fk_coverage_visit_unit_code_division")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coverage_visit")),
        sa.UniqueConstraint(
            "posting_id", "target_key", "visited_on", name=op.f("uq_coverage_visit_posting_id_target_key_visited_on")
        ),
    )
    op.create_index("ix_coverage_visit_unit_code", "coverage_visit", ["unit_code"])


def downgrade() -> None:
    op.drop_table("coverage_visit")
    op.drop_table("office_term")
    op.drop_table("natural_group")
    op.drop_table("household_contact")
