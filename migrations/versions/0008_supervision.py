"""Reminders, escalations and the ladder of consequences; the calendar feed of a person

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

import webapp.db

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('calendar_feed',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('made_at', webapp.db.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_calendar_feed_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_feed')),
    sa.UniqueConstraint('person_id', name=op.f('uq_calendar_feed_person_id')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_calendar_feed_token_hash'))
    )
    op.create_table('escalation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('assignment_id', sa.Integer(), nullable=False),
    sa.Column('unit_code', webapp.db.Code(), nullable=False),
    sa.Column('issuer_code', webapp.db.Code(), nullable=False),
    sa.Column('level_code', webapp.db.Code(), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('overdue', sa.Integer(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('at', webapp.db.UTCDateTime(), nullable=False),
    sa.CheckConstraint("kind IN ('office', 'above')", name=op.f('ck_escalation_kind')),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], name=op.f('fk_escalation_assignment_id_assignment')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_escalation')),
    sa.UniqueConstraint('assignment_id', 'level_code', name=op.f('uq_escalation_assignment_id_level_code'))
    )
    with op.batch_alter_table('escalation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_escalation_assignment_id'), ['assignment_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_escalation_unit_code'), ['unit_code'], unique=False)

    op.create_table('ladder_step',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('assignment_id', sa.Integer(), nullable=False),
    sa.Column('unit_code', webapp.db.Code(), nullable=False),
    sa.Column('issuer_code', webapp.db.Code(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('decided_on', sa.Date(), nullable=False),
    sa.Column('at', webapp.db.UTCDateTime(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('actor_name', sa.String(length=60), nullable=False),
    sa.Column('on_behalf_of_name', sa.String(length=60), nullable=True),
    sa.Column('leader_name', sa.String(length=60), nullable=True),
    sa.Column('document_no', sa.String(length=80), nullable=True),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('withdrawn_at', webapp.db.UTCDateTime(), nullable=True),
    sa.Column('withdrawn_reason', sa.Text(), nullable=True),
    sa.Column('withdrawn_by_name', sa.String(length=60), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind <> 'accountability' OR document_no IS NOT NULL", name=op.f('ck_ladder_step_elsewhere')),
    sa.CheckConstraint("kind <> 'listed_supervision' OR (leader_name IS NOT NULL AND document_no IS NOT NULL AND ends_on IS NOT NULL)", name=op.f('ck_ladder_step_listed')),
    sa.CheckConstraint("kind IN ('remind', 'talk', 'circular', 'listed_supervision', 'accountability')", name=op.f('ck_ladder_step_kind')),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], name=op.f('fk_ladder_step_assignment_id_assignment')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_ladder_step_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ladder_step'))
    )
    with op.batch_alter_table('ladder_step', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ladder_step_assignment_id'), ['assignment_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_ladder_step_unit_code'), ['unit_code'], unique=False)

    op.create_table('reminder',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('assignment_id', sa.Integer(), nullable=False),
    sa.Column('unit_code', webapp.db.Code(), nullable=False),
    sa.Column('issuer_code', webapp.db.Code(), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('automatic', sa.Boolean(), nullable=False),
    sa.Column('asked_at', webapp.db.UTCDateTime(), nullable=False),
    sa.Column('sender_code', webapp.db.Code(), nullable=False),
    sa.Column('sender_id', sa.Integer(), nullable=True),
    sa.Column('sender_name', sa.String(length=60), nullable=False),
    sa.Column('sent_at', webapp.db.UTCDateTime(), nullable=True),
    sa.CheckConstraint("kind IN ('before', 'after')", name=op.f('ck_reminder_kind')),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], name=op.f('fk_reminder_assignment_id_assignment')),
    sa.ForeignKeyConstraint(['sender_id'], ['person.id'], name=op.f('fk_reminder_sender_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reminder')),
    sa.UniqueConstraint('assignment_id', 'kind', 'number', name=op.f('uq_reminder_assignment_id_kind_number'))
    )
    with op.batch_alter_table('reminder', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reminder_assignment_id'), ['assignment_id'], unique=False)
        batch_op.create_index('ix_reminder_waiting', ['sent_at', 'id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('reminder', schema=None) as batch_op:
        batch_op.drop_index('ix_reminder_waiting')
        batch_op.drop_index(batch_op.f('ix_reminder_assignment_id'))

    op.drop_table('reminder')
    with op.batch_alter_table('ladder_step', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ladder_step_unit_code'))
        batch_op.drop_index(batch_op.f('ix_ladder_step_assignment_id'))

    op.drop_table('ladder_step')
    with op.batch_alter_table('escalation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_escalation_unit_code'))
        batch_op.drop_index(batch_op.f('ix_escalation_assignment_id'))

    op.drop_table('escalation')
    op.drop_table('calendar_feed')
