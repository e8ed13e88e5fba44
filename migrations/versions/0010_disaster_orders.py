"""Disaster orders

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

import webapp.db


revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('disaster_order',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_code', webapp.db.Code(), nullable=False),
    sa.Column('document_no', sa.String(length=80), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('units', sa.JSON(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('first_ends_on', sa.Date(), nullable=False),
    sa.Column('made_at', webapp.db.UTCDateTime(), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=False),
    sa.Column('made_by_name', sa.String(length=60), nullable=False),
    sa.Column('ended_at', webapp.db.UTCDateTime(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('ends_on >= starts_on', name=op.f('ck_disaster_order_dates')),
    sa.ForeignKeyConstraint(['made_by_id'], ['person.id'], name=op.f('fk_disaster_order_made_by_id_person')),
    sa.ForeignKeyConstraint(['unit_code'], ['division.code'], name=op.f('fk_disaster_order_unit_code_division')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_disaster_order')),
    sa.UniqueConstraint('unit_code', 'document_no', name=op.f('uq_disaster_order_unit_code_document_no'))
    )
    with op.batch_alter_table('disaster_order', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_disaster_order_ends_on'), ['ends_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_disaster_order_unit_code'), ['unit_code'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('disaster_order', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_disaster_order_unit_code'))
        batch_op.drop_index(batch_op.f('ix_disaster_order_ends_on'))

    op.drop_table('disaster_order')
