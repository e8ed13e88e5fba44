"""Device tokens, rows that logs serve, clocks of devices"""

import sqlalchemy as sa
from alembic import op

import webapp.db


revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "device_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("created_at", webapp.db.UTCDateTime(), nullable=False),
        sa.Column("expires_at", webapp.db.UTCDateTime(), nullable=False),
        sa.Column("last_used_at", webapp.db.UTCDateTime(), nullable=True),
        sa.Column("ended_at", webapp.db.UTCDateTime(), nullable=True),
        sa.Column("end_reason", sa.String(length=30), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_device_token_account_id_account")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sign_in_session.id"], name=op.f("fk_device_token_session_id_sign_in_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_device_token_token_hash")),
    )
    with op.batch_alter_table("device_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_device_token_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_device_token_session_id"), ["session_id"], unique=False)

    op.create_table(
        "work_log_binding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("log_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["log_id"], ["work_log.id"], name=op.f("fk_work_log_binding_log_id_work_log")),
        sa.ForeignKeyConstraint(["saved_by_id"], ["person.id"], name=op.f("fk_work_log_binding_saved_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_log_binding")),
        sa.UniqueConstraint("log_id", "kind", "target_id", name=op.f("uq_work_log_binding_log_id_kind_target_id")),
    )
    with op.batch_alter_table("work_log_version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("device_time", webapp.db.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("skew_seconds", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("work_log_version", schema=None) as batch_op:
        batch_op.drop_column("skew_seconds")
        batch_op.drop_column("device_time")

    op.drop_table("work_log_binding")
    with op.batch_alter_table("device_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_device_token_session_id"))
        batch_op.drop_index(batch_op.f("ix_device_token_account_id"))

    op.drop_table("device_token")
