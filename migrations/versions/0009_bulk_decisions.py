"""Batches of decisions, stored reasons, closings that were taken back

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

import webapp.db


revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('stored_reason',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_code', webapp.db.Code(), nullable=False),
    sa.Column('text', sa.String(length=200), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['made_by_id'], ['person.id'], name=op.f('fk_stored_reason_made_by_id_person')),
    sa.ForeignKeyConstraint(['unit_code'], ['division.code'], name=op.f('fk_stored_reason_unit_code_division')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stored_reason')),
    sa.UniqueConstraint('unit_code', 'text', name=op.f('uq_stored_reason_unit_code_text'))
    )
    op.create_table('decision_batch',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=36), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('unit_code', webapp.db.Code(), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('decided_at', webapp.db.UTCDateTime(), nullable=False),
    sa.Column('chosen', sa.Integer(), nullable=False),
    sa.Column('rows', sa.JSON(), nullable=False),
    sa.Column('sample_before', sa.String(length=8), nullable=True),
    sa.Column('undone_at', webapp.db.UTCDateTime(), nullable=True),
    sa.CheckConstraint("kind IN ('verify', 'return')", name=op.f('ck_decision_batch_kind')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_decision_batch_person_id_person')),
    sa.ForeignKeyConstraint(['task_id'], ['accountability_task.id'], name=op.f('fk_decision_batch_task_id_accountability_task')),
    sa.ForeignKeyConstraint(['unit_code'], ['division.code'], name=op.f('fk_decision_batch_unit_code_division')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decision_batch')),
    sa.UniqueConstraint('key', name=op.f('uq_decision_batch_key'))
    )
    with op.batch_alter_table('decision_batch', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_decision_batch_decided_at'), ['decided_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_decision_batch_task_id'), ['task_id'], unique=False)

    op.create_table('reopened_closing',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('assignment_id', sa.Integer(), nullable=False),
    sa.Column('unit_code', webapp.db.Code(), nullable=False),
    sa.Column('verified_on', sa.Date(), nullable=True),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.Column('reopened_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], name=op.f('fk_reopened_closing_assignment_id_assignment')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reopened_closing'))
    )
    with op.batch_alter_table('reopened_closing', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reopened_closing_assignment_id'), ['assignment_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('reopened_closing', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_reopened_closing_assignment_id'))

    op.drop_table('reopened_closing')
    with op.batch_alter_table('decision_batch', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_decision_batch_task_id'))
        batch_op.drop_index(batch_op.f('ix_decision_batch_decided_at'))

    op.drop_table('decision_batch')
    op.drop_table('stored_reason')
