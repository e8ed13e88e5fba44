"""Issues to put right: their events, helping units, second looks with their samples, and tables sent for import

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

import webapp.db

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('issue_import',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=36), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('unit_code', webapp.db.Code(), nullable=False),
    sa.Column('file_name', sa.String(length=120), nullable=False),
    sa.Column('lines', sa.JSON(), nullable=False),
    sa.Column('uploaded_at', webapp.db.UTCDateTime(), nullable=False),
    sa.Column('done_at', webapp.db.UTCDateTime(), nullable=True),
    sa.Column('entered', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_issue_import_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_issue_import')),
    sa.UniqueConstraint('token', name=op.f('uq_issue_import_token'))
    )
    with op.batch_alter_table('issue_import') as batch:
        batch.create_index(batch.f('ix_issue_import_person_id'), ['person_id'])

    op.create_table('second_look_sample',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('request_id', sa.String(length=36), nullable=False),
    sa.Column('unit_code', webapp.db.Code(), nullable=False),
    sa.Column('seed', sa.String(length=32), nullable=False),
    sa.Column('population', sa.Integer(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('drawn_at', webapp.db.UTCDateTime(), nullable=False),
    sa.Column('drawn_by_id', sa.Integer(), nullable=True),
    sa.Column('drawn_by_name', sa.String(length=60), nullable=False),
    sa.ForeignKeyConstraint(['drawn_by_id'], ['person.id'], name=op.f('fk_second_look_sample_drawn_by_id_person')),
    sa.ForeignKeyConstraint(['unit_code'], ['division.code'], name=op.f('fk_second_look_sample_unit_code_division')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_second_look_sample')),
    sa.UniqueConstraint('request_id', name=op.f('uq_second_look_sample_request_id'))
    )
    with op.batch_alter_table('second_look_sample') as batch:
        batch.create_index(batch.f('ix_second_look_sample_unit_code'), ['unit_code'])

    op.create_table('issue',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('request_id', sa.String(length=36), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('source', sa.String(length=24), nullable=False),
    sa.Column('source_document', sa.String(length=200), nullable=False),
    sa.Column('source_number', sa.String(length=60), nullable=True),
    sa.Column('issue_class', sa.String(length=12), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('leader', sa.String(length=60), nullable=False),
    sa.Column('unit_code', webapp.db.Code(), nullable=False),
    sa.Column('issuer_code', webapp.db.Code(), nullable=False),
    sa.Column('closer_code', webapp.db.Code(), nullable=False),
    sa.Column('evidence', sa.JSON(), nullable=False),
    sa.Column('measure', sa.Text(), nullable=True),
    sa.Column('progress', sa.Text(), nullable=True),
    sa.Column('outcome', sa.Text(), nullable=True),
    sa.Column('proofs', sa.JSON(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('first_due_on', sa.Date(), nullable=False),
    sa.Column('entered_on', sa.Date(), nullable=False),
    sa.Column('requested_on', sa.Date(), nullable=True),
    sa.Column('verified_on', sa.Date(), nullable=True),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.Column('requested_by_id', sa.Integer(), nullable=True),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('times_returned', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=True),
    sa.Column('changed_at', webapp.db.UTCDateTime(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("issue_class IN ('individual', 'common')", name=op.f('ck_issue_issue_class')),
    sa.CheckConstraint("source IN ('national_assessment', 'provincial_assessment', 'audit', 'inspection', 'unannounced_visit', 'petition', 'self_check')", name=op.f('ck_issue_source')),
    sa.CheckConstraint("state IN ('new', 'claimed', 'in_rectification', 'closure_requested', 'verified', 'closed', 'returned')", name=op.f('ck_issue_state')),
    sa.ForeignKeyConstraint(['requested_by_id'], ['person.id'], name=op.f('fk_issue_requested_by_id_person')),
    sa.ForeignKeyConstraint(['task_id'], ['accountability_task.id'], name=op.f('fk_issue_task_id_accountability_task')),
    sa.ForeignKeyConstraint(['unit_code'], ['division.code'], name=op.f('fk_issue_unit_code_division')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_issue')),
    sa.UniqueConstraint('request_id', name=op.f('uq_issue_request_id'))
    )
    with op.batch_alter_table('issue') as batch:
        batch.create_index(batch.f('ix_issue_closer_code'), ['closer_code'])
        batch.create_index(batch.f('ix_issue_issuer_code'), ['issuer_code'])
        batch.create_index('ix_issue_unit_due', ['unit_code', 'due_on', 'state'])

    op.create_table('issue_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('issue_id', sa.Integer(), nullable=False),
    sa.Column('unit_code', webapp.db.Code(), nullable=False),
    sa.Column('at', webapp.db.UTCDateTime(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('from_state', sa.String(length=20), nullable=True),
    sa.Column('to_state', sa.String(length=20), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('actor_name', sa.String(length=60), nullable=False),
    sa.Column('actor_unit', webapp.db.Code(), nullable=True),
    sa.Column('on_behalf_of_id', sa.Integer(), nullable=True),
    sa.Column('on_behalf_of_name', sa.String(length=60), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('text', sa.Text(), nullable=True),
    sa.Column('data', sa.JSON(), nullable=True),
    sa.ForeignKeyConstraint(['issue_id'], ['issue.id'], name=op.f('fk_issue_event_issue_id_issue')),
    sa.ForeignKeyConstraint(['on_behalf_of_id'], ['person.id'], name=op.f('fk_issue_event_on_behalf_of_id_person')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_issue_event_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_issue_event'))
    )
    with op.batch_alter_table('issue_event') as batch:
        batch.create_index(batch.f('ix_issue_event_issue_id'), ['issue_id'])

    op.create_table('issue_support',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('issue_id', sa.Integer(), nullable=False),
    sa.Column('unit_code', webapp.db.Code(), nullable=False),
    sa.Column('lead_code', webapp.db.Code(), nullable=False),
    sa.ForeignKeyConstraint(['issue_id'], ['issue.id'], name=op.f('fk_issue_support_issue_id_issue')),
    sa.ForeignKeyConstraint(['unit_code'], ['division.code'], name=op.f('fk_issue_support_unit_code_division')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_issue_support')),
    sa.UniqueConstraint('issue_id', 'unit_code', name=op.f('uq_issue_support_issue_id_unit_code'))
    )
    with op.batch_alter_table('issue_support') as batch:
        batch.create_index(batch.f('ix_issue_support_unit_code'), ['unit_code'])

    op.create_table('second_look',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('issue_id', sa.Integer(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('unit_code', webapp.db.Code(), nullable=False),
    sa.Column('closer_code', webapp.db.Code(), nullable=False),
    sa.Column('closed_on', sa.Date(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('sample_id', sa.Integer(), nullable=True),
    sa.Column('drawn', sa.Boolean(), nullable=True),
    sa.Column('looked_on', sa.Date(), nullable=True),
    sa.Column('result', sa.String(length=8), nullable=True),
    sa.Column('words', sa.Text(), nullable=True),
    sa.Column('looked_by_name', sa.String(length=60), nullable=True),
    sa.CheckConstraint("result IN ('held', 'relapsed')", name=op.f('ck_second_look_result')),
    sa.ForeignKeyConstraint(['issue_id'], ['issue.id'], name=op.f('fk_second_look_issue_id_issue')),
    sa.ForeignKeyConstraint(['sample_id'], ['second_look_sample.id'], name=op.f('fk_second_look_sample_id_second_look_sample')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_second_look')),
    sa.UniqueConstraint('issue_id', 'round', name=op.f('uq_second_look_issue_id_round'))
    )
    with op.batch_alter_table('second_look') as batch:
        batch.create_index('ix_second_look_closer_due', ['closer_code', 'due_on'])
        batch.create_index(batch.f('ix_second_look_sample_id'), ['sample_id'])
        batch.create_index(batch.f('ix_second_look_unit_code'), ['unit_code'])


def downgrade() -> None:
    for table in ("second_look", "issue_support", "issue_event", "issue", "second_look_sample", "issue_import"):
        op.drop_table(table)
