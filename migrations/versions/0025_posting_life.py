"""Steps of postings, and recalls

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

import webapp.db


revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('posting_step',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('posting_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('unit_code', webapp.db.Code(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('term_from', sa.Date(), nullable=True),
    sa.Column('document_no', sa.String(length=60), nullable=True),
    sa.Column('text', sa.Text(), nullable=True),
    sa.Column('confirmed', sa.JSON(), nullable=False),
    sa.Column('other_posting_id', sa.Integer(), nullable=True),
    sa.Column('at', webapp.db.UTCDateTime(), nullable=False),
    sa.Column('actor_name', sa.String(length=120), nullable=False),
    sa.Column('actor_unit', webapp.db.Code(), nullable=False),
    sa.CheckConstraint("kind IN ('select', 'arrive', 'extend', 'adjust_out', 'adjust_in', 'assess')", name=op.f('ck_posting_step_kind')),
    sa.ForeignKeyConstraint(['other_posting_id'], ['posting.id'], name=op.f('fk_posting_step_other_posting_id_posting')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_posting_step_person_id_person')),
    sa.ForeignKeyConstraint(['posting_id'], ['posting.id'], name=op.f('fk_posting_step_posting_id_posting')),
    sa.ForeignKeyConstraint(['unit_code'], ['division.code'], name=op.f('fk_posting_step_unit_code_division')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_posting_step'))
    )
    with op.batch_alter_table('posting_step', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_posting_step_posting_id'), ['posting_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_posting_step_unit_code'), ['unit_code'], unique=False)

    op.create_table('recall',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('form_id', sa.String(length=36), nullable=False),
    sa.Column('posting_id', sa.Integer(), nullable=False),
    sa.Column('unit_code', webapp.db.Code(), nullable=False),
    sa.Column('sending_unit_id', sa.Integer(), nullable=True),
    sa.Column('person_name', sa.String(length=60), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('ground', sa.String(length=12), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('end_reason', sa.String(length=60), nullable=True),
    sa.Column('changed_at', webapp.db.UTCDateTime(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("ground IN ('presence', 'unable', 'style', 'absent', 'breach', 'unsuitable', 'other')", name=op.f('ck_recall_ground')),
    sa.CheckConstraint("state IN ('proposed', 'declined', 'withdrawn', 'decided', 'recalled', 'replaced')", name=op.f('ck_recall_state')),
    sa.ForeignKeyConstraint(['posting_id'], ['posting.id'], name=op.f('fk_recall_posting_id_posting')),
    sa.ForeignKeyConstraint(['sending_unit_id'], ['organisation.id'], name=op.f('fk_recall_sending_unit_id_organisation')),
    sa.ForeignKeyConstraint(['unit_code'], ['division.code'], name=op.f('fk_recall_unit_code_division')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recall')),
    sa.UniqueConstraint('form_id', name=op.f('uq_recall_form_id'))
    )
    with op.batch_alter_table('recall', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_recall_posting_id'), ['posting_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_recall_sending_unit_id'), ['sending_unit_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_recall_state'), ['state'], unique=False)
        batch_op.create_index(batch_op.f('ix_recall_unit_code'), ['unit_code'], unique=False)

    op.create_table('recall_step',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('recall_id', sa.Integer(), nullable=False),
    sa.Column('unit_code', webapp.db.Code(), nullable=False),
    sa.Column('sending_unit_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('day', sa.Date(), nullable=True),
    sa.Column('document_no', sa.String(length=60), nullable=True),
    sa.Column('text', sa.Text(), nullable=True),
    sa.Column('at', webapp.db.UTCDateTime(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('actor_name', sa.String(length=120), nullable=False),
    sa.Column('actor_unit', sa.String(length=120), nullable=False),
    sa.CheckConstraint("kind IN ('propose', 'withdraw', 'agree', 'decline', 'carry_out', 'replace')", name=op.f('ck_recall_step_kind')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_recall_step_person_id_person')),
    sa.ForeignKeyConstraint(['recall_id'], ['recall.id'], name=op.f('fk_recall_step_recall_id_recall')),
    sa.ForeignKeyConstraint(['sending_unit_id'], ['organisation.id'], name=op.f('fk_recall_step_sending_unit_id_organisation')),
    sa.ForeignKeyConstraint(['unit_code'], ['division.code'], name=op.f('fk_recall_step_unit_code_division')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recall_step'))
    )
    with op.batch_alter_table('recall_step', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_recall_step_recall_id'), ['recall_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('recall_step', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_recall_step_recall_id'))

    op.drop_table('recall_step')
    with op.batch_alter_table('recall', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_recall_unit_code'))
        batch_op.drop_index(batch_op.f('ix_recall_state'))
        batch_op.drop_index(batch_op.f('ix_recall_sending_unit_id'))
        batch_op.drop_index(batch_op.f('ix_recall_posting_id'))

    op.drop_table('recall')
    with op.batch_alter_table('posting_step', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_posting_step_unit_code'))
        batch_op.drop_index(batch_op.f('ix_posting_step_posting_id'))

    op.drop_table('posting_step')
