"""Duty lists as rows, how a task is answered, and up to which day recurring duties were opened

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

import webapp.db


revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('duty',
    sa.Column('code', sa.String(length=12), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('levels', sa.JSON(), nullable=False),
    sa.Column('interval', sa.String(length=12), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('source', sa.String(length=200), nullable=False),
    sa.Column('mark', sa.String(length=60), nullable=False),
    sa.Column('division', webapp.db.Code(), nullable=True),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('carried_by', sa.JSON(), nullable=False),
    sa.Column('coverage', sa.String(length=60), nullable=True),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('loaded_at', webapp.db.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_duty'))
    )
    op.create_table('opening_mark',
    sa.Column('root', webapp.db.Code(), nullable=False),
    sa.Column('opened_to', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('root', name=op.f('pk_opening_mark'))
    )
    with op.batch_alter_table('accountability_task', schema=None) as batch_op:
        batch_op.add_column(sa.Column('via', sa.String(length=8), server_default='direct', nullable=False))
        batch_op.create_check_constraint(batch_op.f('ck_accountability_task_via'), "via IN ('direct', 'sheet', 'case')")


def downgrade() -> None:
    with op.batch_alter_table('accountability_task', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_accountability_task_via'), type_='check')
        batch_op.drop_column('via')

    op.drop_table('opening_mark')
    op.drop_table('duty')