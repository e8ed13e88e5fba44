"""Trainings and meetings of teams

Revision ID: 0032
Revises: 0031
"""

import sqlalchemy as sa
from alembic import op

import webapp.db


revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('team_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('form_id', sa.String(length=36), nullable=False),
    sa.Column('unit_code', webapp.db.Code(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('held_on', sa.Date(), nullable=False),
    sa.Column('subject', sa.String(length=120), nullable=False),
    sa.Column('document_no', sa.String(length=60), nullable=True),
    sa.Column('entered_by_name', sa.String(length=60), nullable=False),
    sa.Column('entered_at', webapp.db.UTCDateTime(), nullable=False),
    sa.Column('withdrawn_at', webapp.db.UTCDateTime(), nullable=True),
    sa.Column('withdrawn_reason', sa.String(length=200), nullable=True),
    sa.CheckConstraint("kind IN ('training', 'meeting')", name=op.f('ck_team_event_kind')),
    sa.ForeignKeyConstraint(['unit_code'], ['division.code'], name=op.f('fk_team_event_unit_code_division')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_team_event')),
    sa.UniqueConstraint('form_id', name=op.f('uq_team_event_form_id'))
    )
    with op.batch_alter_table('team_event', schema=None) as batch_op:
        batch_op.create_index('ix_team_event_unit_held', ['unit_code', 'kind', 'held_on'], unique=False)

    op.create_table('team_event_posting',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('posting_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('unit_code', webapp.db.Code(), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['team_event.id'], name=op.f('fk_team_event_posting_event_id_team_event')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_team_event_posting_person_id_person')),
    sa.ForeignKeyConstraint(['posting_id'], ['posting.id'], name=op.f('fk_team_event_posting_posting_id_posting')),
    sa.ForeignKeyConstraint(['unit_code'], ['division.code'], name=op.f('fk_team_event_posting_unit_code_division')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_team_event_posting')),
    sa.UniqueConstraint('event_id', 'posting_id', name=op.f('uq_team_event_posting_event_id_posting_id'))
    )
    with op.batch_alter_table('team_event_posting', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_team_event_posting_posting_id'), ['posting_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_team_event_posting_unit_code'), ['unit_code'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('team_event_posting', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_team_event_posting_unit_code'))
        batch_op.drop_index(batch_op.f('ix_team_event_posting_posting_id'))

    op.drop_table('team_event_posting')
    with op.batch_alter_table('team_event', schema=None) as batch_op:
        batch_op.drop_index('ix_team_event_unit_held')

    op.drop_table('team_event')
