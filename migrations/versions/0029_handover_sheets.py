"""Rows of hand-over sheets; when a list was handed in, and when a sheet passed by itself (Z-18)."""

import sqlalchemy as sa
from alembic import op

import webapp.db


revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('handover_line',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('handover_id', sa.Integer(), nullable=False),
    sa.Column('unit_code', webapp.db.Code(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('source', sa.String(length=60), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('detail', sa.Text(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('path', sa.String(length=200), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('note', sa.String(length=300), nullable=True),
    sa.Column('added_by_id', sa.Integer(), nullable=True),
    sa.Column('accepted_by_id', sa.Integer(), nullable=True),
    sa.Column('accepted_at', webapp.db.UTCDateTime(), nullable=True),
    sa.CheckConstraint("state IN ('open', 'accepted', 'passed')", name=op.f('ck_handover_line_state')),
    sa.ForeignKeyConstraint(['accepted_by_id'], ['person.id'], name=op.f('fk_handover_line_accepted_by_id_person')),
    sa.ForeignKeyConstraint(['added_by_id'], ['person.id'], name=op.f('fk_handover_line_added_by_id_person')),
    sa.ForeignKeyConstraint(['handover_id'], ['handover.id'], name=op.f('fk_handover_line_handover_id_handover')),
    sa.ForeignKeyConstraint(['unit_code'], ['division.code'], name=op.f('fk_handover_line_unit_code_division')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handover_line')),
    sa.UniqueConstraint('handover_id', 'source', name=op.f('uq_handover_line_handover_id_source'))
    )
    with op.batch_alter_table('handover_line', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_handover_line_handover_id'), ['handover_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_handover_line_unit_code'), ['unit_code'], unique=False)

    with op.batch_alter_table('handover', schema=None) as batch_op:
        batch_op.add_column(sa.Column('listed_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('passed_on', sa.Date(), nullable=True))



def downgrade() -> None:
    with op.batch_alter_table('handover', schema=None) as batch_op:
        batch_op.drop_column('passed_on')
        batch_op.drop_column('listed_on')

    with op.batch_alter_table('handover_line', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_handover_line_unit_code'))
        batch_op.drop_index(batch_op.f('ix_handover_line_handover_id'))

    op.drop_table('handover_line')
