"""Month sheets of villages: lines, versions, answers

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

import webapp.db


revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('month_sheet',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('assignment_id', sa.Integer(), nullable=False),
    sa.Column('unit_code', webapp.db.Code(), nullable=False),
    sa.Column('month', sa.String(length=7), nullable=False),
    sa.Column('current', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], name=op.f('fk_month_sheet_assignment_id_assignment')),
    sa.ForeignKeyConstraint(['unit_code'], ['division.code'], name=op.f('fk_month_sheet_unit_code_division')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_month_sheet')),
    sa.UniqueConstraint('assignment_id', name=op.f('uq_month_sheet_assignment_id')),
    sa.UniqueConstraint('unit_code', 'month', name=op.f('uq_month_sheet_unit_code_month'))
    )
    with op.batch_alter_table('month_sheet', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_month_sheet_month'), ['month'], unique=False)

    op.create_table('sheet_line',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('sheet_id', sa.Integer(), nullable=False),
    sa.Column('unit_code', webapp.db.Code(), nullable=False),
    sa.Column('template_code', sa.String(length=12), nullable=False),
    sa.Column('period', sa.String(length=10), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('evidence', sa.String(length=12), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['sheet_id'], ['month_sheet.id'], name=op.f('fk_sheet_line_sheet_id_month_sheet')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sheet_line')),
    sa.UniqueConstraint('template_code', 'unit_code', 'period', name=op.f('uq_sheet_line_template_code_unit_code_period'))
    )
    with op.batch_alter_table('sheet_line', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sheet_line_sheet_id'), ['sheet_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_sheet_line_unit_code'), ['unit_code'], unique=False)

    op.create_table('sheet_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('sheet_id', sa.Integer(), nullable=False),
    sa.Column('unit_code', webapp.db.Code(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('request_id', sa.String(length=36), nullable=False),
    sa.Column('paper', sa.Boolean(), nullable=False),
    sa.Column('paper_on', sa.Date(), nullable=True),
    sa.Column('reason', sa.String(length=300), nullable=True),
    sa.Column('sent_at', webapp.db.UTCDateTime(), nullable=False),
    sa.Column('sent_by_id', sa.Integer(), nullable=True),
    sa.Column('sent_by_name', sa.String(length=60), nullable=False),
    sa.Column('sent_by_unit', webapp.db.Code(), nullable=False),
    sa.ForeignKeyConstraint(['sent_by_id'], ['person.id'], name=op.f('fk_sheet_version_sent_by_id_person')),
    sa.ForeignKeyConstraint(['sheet_id'], ['month_sheet.id'], name=op.f('fk_sheet_version_sheet_id_month_sheet')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sheet_version')),
    sa.UniqueConstraint('request_id', name=op.f('uq_sheet_version_request_id')),
    sa.UniqueConstraint('sheet_id', 'number', name=op.f('uq_sheet_version_sheet_id_number'))
    )
    with op.batch_alter_table('sheet_version', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sheet_version_unit_code'), ['unit_code'], unique=False)

    op.create_table('sheet_answer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('line_id', sa.Integer(), nullable=False),
    sa.Column('unit_code', webapp.db.Code(), nullable=False),
    sa.Column('no_change', sa.Boolean(), nullable=False),
    sa.Column('text', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['line_id'], ['sheet_line.id'], name=op.f('fk_sheet_answer_line_id_sheet_line')),
    sa.ForeignKeyConstraint(['version_id'], ['sheet_version.id'], name=op.f('fk_sheet_answer_version_id_sheet_version')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sheet_answer')),
    sa.UniqueConstraint('version_id', 'line_id', name=op.f('uq_sheet_answer_version_id_line_id'))
    )
    with op.batch_alter_table('sheet_answer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sheet_answer_line_id'), ['line_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_sheet_answer_unit_code'), ['unit_code'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('sheet_answer', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sheet_answer_unit_code'))
        batch_op.drop_index(batch_op.f('ix_sheet_answer_line_id'))

    op.drop_table('sheet_answer')
    with op.batch_alter_table('sheet_version', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sheet_version_unit_code'))

    op.drop_table('sheet_version')
    with op.batch_alter_table('sheet_line', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sheet_line_unit_code'))
        batch_op.drop_index(batch_op.f('ix_sheet_line_sheet_id'))

    op.drop_table('sheet_line')
    with op.batch_alter_table('month_sheet', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_month_sheet_month'))

    op.drop_table('month_sheet')