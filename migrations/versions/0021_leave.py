"""Leave and official trips

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

import webapp.db


revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('leave_entitlement',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('posting_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('unit_code', webapp.db.Code(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('days', sa.Numeric(precision=4, scale=1), nullable=False),
    sa.Column('source', sa.String(length=12), nullable=False),
    sa.Column('work_years', sa.Integer(), nullable=True),
    sa.Column('entered_by', sa.String(length=60), nullable=False),
    sa.Column('entered_at', webapp.db.UTCDateTime(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("source IN ('years', 'sending_unit', 'county')", name=op.f('ck_leave_entitlement_source')),
    sa.CheckConstraint('days >= 0', name=op.f('ck_leave_entitlement_days')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_leave_entitlement_person_id_person')),
    sa.ForeignKeyConstraint(['posting_id'], ['posting.id'], name=op.f('fk_leave_entitlement_posting_id_posting')),
    sa.ForeignKeyConstraint(['unit_code'], ['division.code'], name=op.f('fk_leave_entitlement_unit_code_division')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_leave_entitlement')),
    sa.UniqueConstraint('posting_id', 'year', name=op.f('uq_leave_entitlement_posting_id_year'))
    )
    with op.batch_alter_table('leave_entitlement', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_leave_entitlement_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_leave_entitlement_unit_code'), ['unit_code'], unique=False)

    op.create_table('leave_request',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('form_id', sa.String(length=36), nullable=False),
    sa.Column('posting_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('unit_code', webapp.db.Code(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('first_half', sa.String(length=2), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('last_half', sa.String(length=2), nullable=False),
    sa.Column('reason_category', sa.Text(), nullable=True),
    sa.Column('urgent', sa.Boolean(), nullable=False),
    sa.Column('extends_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('step', sa.Integer(), nullable=False),
    sa.Column('route', sa.String(length=10), nullable=False),
    sa.Column('approver_id', sa.Integer(), nullable=True),
    sa.Column('approver_name', sa.String(length=60), nullable=True),
    sa.Column('approver_posting_id', sa.Integer(), nullable=True),
    sa.Column('answer_by', webapp.db.UTCDateTime(), nullable=True),
    sa.Column('asked_at', webapp.db.UTCDateTime(), nullable=False),
    sa.Column('decided_at', webapp.db.UTCDateTime(), nullable=True),
    sa.Column('returned_on', sa.Date(), nullable=True),
    sa.Column('returned_half', sa.String(length=2), nullable=True),
    sa.Column('changed_at', webapp.db.UTCDateTime(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("first_half IN ('am', 'pm')", name=op.f('ck_leave_request_first_half')),
    sa.CheckConstraint("kind IN ('sick', 'personal', 'annual', 'marriage', 'maternity', 'nursing', 'funeral', 'rest')", name=op.f('ck_leave_request_kind')),
    sa.CheckConstraint("last_half IN ('am', 'pm')", name=op.f('ck_leave_request_last_half')),
    sa.CheckConstraint("returned_half IN ('am', 'pm')", name=op.f('ck_leave_request_returned_half')),
    sa.CheckConstraint("route IN ('direct', 'delegation', 'deputy', 'next_tier', 'nobody')", name=op.f('ck_leave_request_route')),
    sa.CheckConstraint("state IN ('asked', 'reviewed', 'approved', 'declined', 'withdrawn', 'cancelled', 'returned')", name=op.f('ck_leave_request_state')),
    sa.CheckConstraint('last_day >= first_day', name=op.f('ck_leave_request_days')),
    sa.CheckConstraint('step IN (1, 2)', name=op.f('ck_leave_request_step')),
    sa.ForeignKeyConstraint(['approver_id'], ['person.id'], name=op.f('fk_leave_request_approver_id_person')),
    sa.ForeignKeyConstraint(['approver_posting_id'], ['posting.id'], name=op.f('fk_leave_request_approver_posting_id_posting')),
    sa.ForeignKeyConstraint(['extends_id'], ['leave_request.id'], name=op.f('fk_leave_request_extends_id_leave_request')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_leave_request_person_id_person')),
    sa.ForeignKeyConstraint(['posting_id'], ['posting.id'], name=op.f('fk_leave_request_posting_id_posting')),
    sa.ForeignKeyConstraint(['unit_code'], ['division.code'], name=op.f('fk_leave_request_unit_code_division')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_leave_request')),
    sa.UniqueConstraint('form_id', name=op.f('uq_leave_request_form_id'))
    )
    with op.batch_alter_table('leave_request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_leave_request_answer_by'), ['answer_by'], unique=False)
        batch_op.create_index('ix_leave_request_seat_state', ['approver_posting_id', 'state'], unique=False)
        batch_op.create_index(batch_op.f('ix_leave_request_extends_id'), ['extends_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_leave_request_person_id'), ['person_id'], unique=False)
        batch_op.create_index('ix_leave_request_posting_first', ['posting_id', 'first_day'], unique=False)
        batch_op.create_index('ix_leave_request_unit_first', ['unit_code', 'first_day'], unique=False)

    op.create_table('official_trip',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('form_id', sa.String(length=36), nullable=False),
    sa.Column('posting_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('unit_code', webapp.db.Code(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('first_half', sa.String(length=2), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('last_half', sa.String(length=2), nullable=False),
    sa.Column('subject', sa.String(length=120), nullable=False),
    sa.Column('document_no', sa.String(length=60), nullable=True),
    sa.Column('reported_at', webapp.db.UTCDateTime(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("first_half IN ('am', 'pm')", name=op.f('ck_official_trip_first_half')),
    sa.CheckConstraint("kind IN ('meeting', 'training', 'project_work')", name=op.f('ck_official_trip_kind')),
    sa.CheckConstraint("last_half IN ('am', 'pm')", name=op.f('ck_official_trip_last_half')),
    sa.CheckConstraint("state IN ('reported', 'cancelled')", name=op.f('ck_official_trip_state')),
    sa.CheckConstraint('last_day >= first_day', name=op.f('ck_official_trip_days')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_official_trip_person_id_person')),
    sa.ForeignKeyConstraint(['posting_id'], ['posting.id'], name=op.f('fk_official_trip_posting_id_posting')),
    sa.ForeignKeyConstraint(['unit_code'], ['division.code'], name=op.f('fk_official_trip_unit_code_division')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_official_trip')),
    sa.UniqueConstraint('form_id', name=op.f('uq_official_trip_form_id'))
    )
    with op.batch_alter_table('official_trip', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_official_trip_person_id'), ['person_id'], unique=False)
        batch_op.create_index('ix_official_trip_posting_first', ['posting_id', 'first_day'], unique=False)
        batch_op.create_index('ix_official_trip_unit_first', ['unit_code', 'first_day'], unique=False)

    op.create_table('leave_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('request_id', sa.Integer(), nullable=False),
    sa.Column('unit_code', webapp.db.Code(), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=False),
    sa.Column('at', webapp.db.UTCDateTime(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('actor_name', sa.String(length=60), nullable=False),
    sa.Column('text', sa.Text(), nullable=True),
    sa.Column('to_person_id', sa.Integer(), nullable=True),
    sa.Column('to_name', sa.String(length=60), nullable=True),
    sa.Column('route', sa.String(length=10), nullable=True),
    sa.CheckConstraint("kind IN ('ask', 'route', 'review', 'approve', 'decline', 'withdraw', 'cancel', 'return')", name=op.f('ck_leave_event_kind')),
    sa.ForeignKeyConstraint(['owner_id'], ['person.id'], name=op.f('fk_leave_event_owner_id_person')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_leave_event_person_id_person')),
    sa.ForeignKeyConstraint(['request_id'], ['leave_request.id'], name=op.f('fk_leave_event_request_id_leave_request')),
    sa.ForeignKeyConstraint(['to_person_id'], ['person.id'], name=op.f('fk_leave_event_to_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_leave_event'))
    )
    with op.batch_alter_table('leave_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_leave_event_request_id'), ['request_id'], unique=False)

    op.create_table('trip_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('trip_id', sa.Integer(), nullable=False),
    sa.Column('unit_code', webapp.db.Code(), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=False),
    sa.Column('at', webapp.db.UTCDateTime(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('actor_name', sa.String(length=60), nullable=False),
    sa.Column('text', sa.Text(), nullable=True),
    sa.Column('before', sa.JSON(), nullable=True),
    sa.CheckConstraint("kind IN ('report', 'correct', 'cancel')", name=op.f('ck_trip_event_kind')),
    sa.ForeignKeyConstraint(['owner_id'], ['person.id'], name=op.f('fk_trip_event_owner_id_person')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_trip_event_person_id_person')),
    sa.ForeignKeyConstraint(['trip_id'], ['official_trip.id'], name=op.f('fk_trip_event_trip_id_official_trip')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_trip_event'))
    )
    with op.batch_alter_table('trip_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_trip_event_trip_id'), ['trip_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('trip_event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_trip_event_trip_id'))

    op.drop_table('trip_event')
    with op.batch_alter_table('leave_event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_leave_event_request_id'))

    op.drop_table('leave_event')
    with op.batch_alter_table('official_trip', schema=None) as batch_op:
        batch_op.drop_index('ix_official_trip_unit_first')
        batch_op.drop_index('ix_official_trip_posting_first')
        batch_op.drop_index(batch_op.f('ix_official_trip_person_id'))

    op.drop_table('official_trip')
    with op.batch_alter_table('leave_request', schema=None) as batch_op:
        batch_op.drop_index('ix_leave_request_unit_first')
        batch_op.drop_index('ix_leave_request_posting_first')
        batch_op.drop_index(batch_op.f('ix_leave_request_person_id'))
        batch_op.drop_index(batch_op.f('ix_leave_request_extends_id'))
        batch_op.drop_index('ix_leave_request_seat_state')
        batch_op.drop_index(batch_op.f('ix_leave_request_answer_by'))

    op.drop_table('leave_request')
    with op.batch_alter_table('leave_entitlement', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_leave_entitlement_unit_code'))
        batch_op.drop_index(batch_op.f('ix_leave_entitlement_person_id'))

    op.drop_table('leave_entitlement')
