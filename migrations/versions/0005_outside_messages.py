"""Outside messages, a person's channels and preferences

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

import webapp.db

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "person_channel",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", webapp.db.UTCDateTime(), nullable=False),
        sa.Column("ended_at", webapp.db.UTCDateTime(), nullable=True),
        sa.CheckConstraint("kind IN ('mail', 'wecom', 'dingtalk', 'webhook')", name=op.f("ck_person_channel_kind")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_channel_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_channel")),
    )
    op.create_index(op.f("ix_person_channel_person_id"), "person_channel", ["person_id"])
    op.create_table(
        "notice_preference",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("opens", sa.String(length=5), nullable=True),
        sa.Column("closes", sa.String(length=5), nullable=True),
        sa.Column("muted", sa.JSON(), nullable=False),
        sa.Column("gathered_until", webapp.db.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_preference_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_preference")),
        sa.UniqueConstraint("person_id", name=op.f("uq_notice_preference_person_id")),
    )
    op.create_table(
        "outside_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("created_at", webapp.db.UTCDateTime(), nullable=False),
        sa.Column("message_id", sa.String(length=160), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", webapp.db.UTCDateTime(), nullable=False),
        sa.Column("sent_at", webapp.db.UTCDateTime(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'unknown', 'failed')", name=op.f("ck_outside_message_state")
        ),
        sa.CheckConstraint(
            "channel IN ('mail', 'wecom', 'dingtalk', 'webhook')", name=op.f("ck_outside_message_channel")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_outside_message_person_id_person")),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["person_channel.id"], name=op.f("fk_outside_message_channel_id_person_channel")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_message")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outside_message_message_id")),
        sa.UniqueConstraint("person_id", "day", name=op.f("uq_outside_message_person_id_day")),
    )
    for column in ("person_id", "day", "channel_id", "state"):
        op.create_index(op.f(f"ix_outside_message_{column}"), "outside_message", [column])


def downgrade() -> None:
    op.drop_table("outside_message")
    op.drop_table("notice_preference")
    op.drop_table("person_channel")
