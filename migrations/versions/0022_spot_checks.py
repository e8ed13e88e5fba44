"""Draw spot checks of people on post"""

import sqlalchemy as sa
from alembic import op

import webapp.db

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inspection_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("unit_code", webapp.db.Code(), nullable=False),
        sa.Column("seed", sa.String(length=32), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("inspector_id", sa.Integer(), nullable=False),
        sa.Column("inspector_name", sa.String(length=60), nullable=False),
        sa.Column("drawn_at", webapp.db.UTCDateTime(), nullable=False),
        sa.Column("drawn_by_id", sa.Integer(), nullable=True),
        sa.Column("drawn_by_name", sa.String(length=60), nullable=False),
        sa.CheckConstraint("last_on >= first_on", name=op.f("ck_inspection_plan_dates")),
        sa.ForeignKeyConstraint(["drawn_by_id"], ["person.id"], name=op.f("fk_inspection_plan_drawn_by_id_person")),
        sa.ForeignKeyConstraint(["inspector_id"], ["person.id"], name=op.f("fk_inspection_plan_inspector_id_person")),
        sa.ForeignKeyConstraint(["unit_code"], ["division.code"], name=op.f("fk_inspection_plan_unit_code_division")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_plan")),
        sa.UniqueConstraint("request_id", name=op.f("uq_inspection_plan_request_id")),
        sa.UniqueConstraint("unit_code", "seed", name=op.f("uq_inspection_plan_unit_code_seed")),
    )
    op.create_table(
        "inspection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("posting_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("unit_code", webapp.db.Code(), nullable=False),
        sa.Column("root_code", webapp.db.Code(), nullable=False),
        sa.Column("inspector_id", sa.Integer(), nullable=False),
        sa.Column("inspector_name", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("inspected_at", webapp.db.UTCDateTime(), nullable=True),
        sa.Column("finding", sa.String(length=10), nullable=True),
        sa.Column("finding_text", sa.Text(), nullable=True),
        sa.Column("first_on", sa.Date(), nullable=True),
        sa.Column("first_half", sa.String(length=2), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("last_half", sa.String(length=2), nullable=True),
        sa.Column("state_by", sa.Date(), nullable=True),
        sa.Column("statement", sa.Text(), nullable=True),
        sa.Column("opinion", sa.String(length=12), nullable=True),
        sa.Column("opinion_text", sa.Text(), nullable=True),
        sa.Column("opined_by_id", sa.Integer(), nullable=True),
        sa.Column("reply_by", sa.Date(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decision_text", sa.Text(), nullable=True),
        sa.Column("changed_at", webapp.db.UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'closed') = (outcome IS NOT NULL)", name=op.f("ck_inspection_closed")),
        sa.CheckConstraint("first_half IN ('am', 'pm')", name=op.f("ck_inspection_first_half")),
        sa.CheckConstraint("last_half IN ('am', 'pm')", name=op.f("ck_inspection_last_half")),
        sa.CheckConstraint(
            "outcome IN ('present', 'leave', 'void', 'verified', 'not_verified', 'justified', 'revoked')",
            name=op.f("ck_inspection_outcome"),
        ),
        sa.CheckConstraint(
            "state IN ('drawn', 'found', 'stated', 'opined', 'replied', 'closed')", name=op.f("ck_inspection_state")
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_inspection_decided_by_id_person")),
        sa.ForeignKeyConstraint(["inspector_id"], ["person.id"], name=op.f("fk_inspection_inspector_id_person")),
        sa.ForeignKeyConstraint(["opined_by_id"], ["person.id"], name=op.f("fk_inspection_opined_by_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_inspection_person_id_person")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["inspection_plan.id"], name=op.f("fk_inspection_plan_id_inspection_plan")
        ),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name=op.f("fk_inspection_posting_id_posting")),
        sa.ForeignKeyConstraint(["unit_code"], ["division.code"], name=op.f("fk_inspection_unit_code_division")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection")),
        sa.UniqueConstraint("plan_id", "posting_id", name=op.f("uq_inspection_plan_id_posting_id")),
    )
    with op.batch_alter_table("inspection", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inspection_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_inspection_posting_outcome", ["posting_id", "outcome"], unique=False)
        batch_op.create_index("ix_inspection_unit_state", ["unit_code", "state"], unique=False)

    op.create_table(
        "inspection_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inspection_id", sa.Integer(), nullable=False),
        sa.Column("unit_code", webapp.db.Code(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("at", webapp.db.UTCDateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('draw', 'find', 'cancel', 'state', 'opine', 'reply', 'decide', 'revoke')",
            name=op.f("ck_inspection_event_kind"),
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_inspection_event_actor_id_person")),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspection.id"], name=op.f("fk_inspection_event_inspection_id_inspection")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_inspection_event_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_event")),
    )
    with op.batch_alter_table("inspection_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inspection_event_inspection_id"), ["inspection_id"], unique=False)

    op.create_table(
        "inspection_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inspection_id", sa.Integer(), nullable=False),
        sa.Column("unit_code", webapp.db.Code(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("at", webapp.db.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspection.id"], name=op.f("fk_inspection_file_inspection_id_inspection")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_inspection_file_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_file")),
        sa.UniqueConstraint("inspection_id", "sha256", name=op.f("uq_inspection_file_inspection_id_sha256")),
    )


def downgrade() -> None:
    op.drop_table("inspection_file")
    with op.batch_alter_table("inspection_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inspection_event_inspection_id"))

    op.drop_table("inspection_event")
    with op.batch_alter_table("inspection", schema=None) as batch_op:
        batch_op.drop_index("ix_inspection_unit_state")
        batch_op.drop_index("ix_inspection_posting_outcome")
        batch_op.drop_index(batch_op.f("ix_inspection_person_id"))

    op.drop_table("inspection")
    op.drop_table("inspection_plan")
