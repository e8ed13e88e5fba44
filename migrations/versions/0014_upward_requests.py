"""Upward requests and their events

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

import webapp.db

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "upward_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form_id", sa.String(length=36), nullable=False),
        sa.Column("unit_code", webapp.db.Code(), nullable=False),
        sa.Column("asked_code", webapp.db.Code(), nullable=False),
        sa.Column("first_asked_code", webapp.db.Code(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=True),
        sa.Column("amount_yuan", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("first_due_on", sa.Date(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_name", sa.String(length=60), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answer_document_no", sa.String(length=80), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("changed_at", webapp.db.UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('funds', 'project', 'approval', 'coordination')", name=op.f("ck_upward_request_kind")
        ),
        sa.CheckConstraint("outcome IN ('agreed', 'partly', 'declined')", name=op.f("ck_upward_request_outcome")),
        sa.CheckConstraint(
            "state IN ('asked', 'acknowledged', 'answered', 'withdrawn')", name=op.f("ck_upward_request_state")
        ),
        sa.CheckConstraint("amount_yuan > 0", name=op.f("ck_upward_request_amount")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_upward_request_asked_by_id_person")),
        sa.ForeignKeyConstraint(["asked_code"], ["division.code"], name=op.f("fk_upward_request_asked_code_division")),
        sa.ForeignKeyConstraint(["unit_code"], ["division.code"], name=op.f("fk_upward_request_unit_code_division")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upward_request")),
        sa.UniqueConstraint("form_id", name=op.f("uq_upward_request_form_id")),
    )
    op.create_index("ix_upward_request_asked_state_due", "upward_request", ["asked_code", "state", "due_on"])
    op.create_index("ix_upward_request_unit_due", "upward_request", ["unit_code", "due_on"])

    op.create_table(
        "upward_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("unit_code", webapp.db.Code(), nullable=False),
        sa.Column("at", webapp.db.UTCDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=60), nullable=False),
        sa.Column("actor_unit", webapp.db.Code(), nullable=False),
        sa.Column("asked_code", webapp.db.Code(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('ask', 'acknowledge', 'pass', 'answer', 'withdraw')", name=op.f("ck_upward_event_kind")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_upward_event_person_id_person")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["upward_request.id"], name=op.f("fk_upward_event_request_id_upward_request")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upward_event")),
    )
    op.create_index(op.f("ix_upward_event_request_id"), "upward_event", ["request_id"])


def downgrade() -> None:
    op.drop_table("upward_event")
    op.drop_table("upward_request")
