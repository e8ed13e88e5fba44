"""What is owed to those who are stationed; days of yearly leave that the sending unit enters"""

import sqlalchemy as sa
from alembic import op

import webapp.db


revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('support_item',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('posting_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('unit_code', webapp.db.Code(), nullable=False),
    sa.Column('sending_unit_id', sa.Integer(), nullable=True),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('owner', sa.String(length=12), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('done_on', sa.Date(), nullable=True),
    sa.Column('document_no', sa.String(length=60), nullable=True),
    sa.Column('amount', sa.Numeric(precision=9, scale=2), nullable=True),
    sa.Column('reason', sa.String(length=12), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind IN ('county_funds', 'work_funds', 'allowance', 'health_check', 'insurance', 'medical', 'hardship', 'detached')", name=op.f('ck_support_item_kind')),
    sa.CheckConstraint("owner IN ('county', 'sending_unit')", name=op.f('ck_support_item_owner')),
    sa.CheckConstraint("reason IN ('elsewhere', 'predecessor', 'local', 'short', 'declined', 'none', 'document')", name=op.f('ck_support_item_reason')),
    sa.CheckConstraint("state <> 'done' OR done_on IS NOT NULL", name=op.f('ck_support_item_done')),
    sa.CheckConstraint("state <> 'not_applicable' OR reason IS NOT NULL", name=op.f('ck_support_item_not_applicable')),
    sa.CheckConstraint("state IN ('open', 'done', 'not_applicable')", name=op.f('ck_support_item_state')),
    sa.CheckConstraint('amount IS NULL OR amount > 0', name=op.f('ck_support_item_amount')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_support_item_person_id_person')),
    sa.ForeignKeyConstraint(['posting_id'], ['posting.id'], name=op.f('fk_support_item_posting_id_posting')),
    sa.ForeignKeyConstraint(['sending_unit_id'], ['organisation.id'], name=op.f('fk_support_item_sending_unit_id_organisation')),
    sa.ForeignKeyConstraint(['unit_code'], ['division.code'], name=op.f('fk_support_item_unit_code_division')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_support_item')),
    sa.UniqueConstraint('posting_id', 'year', 'kind', name=op.f('uq_support_item_posting_id_year_kind'))
    )
    with op.batch_alter_table('support_item', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_support_item_person_id'), ['person_id'], unique=False)
        batch_op.create_index('ix_support_item_sender_year', ['sending_unit_id', 'year'], unique=False)
        batch_op.create_index('ix_support_item_unit_year', ['unit_code', 'year'], unique=False)

    op.create_table('support_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('unit_code', webapp.db.Code(), nullable=False),
    sa.Column('sending_unit_id', sa.Integer(), nullable=True),
    sa.Column('at', webapp.db.UTCDateTime(), nullable=False),
    sa.Column('actor_name', sa.String(length=60), nullable=False),
    sa.Column('actor_unit', sa.String(length=120), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('done_on', sa.Date(), nullable=True),
    sa.Column('document_no', sa.String(length=60), nullable=True),
    sa.Column('amount', sa.Numeric(precision=9, scale=2), nullable=True),
    sa.Column('reason', sa.String(length=12), nullable=True),
    sa.Column('correction', sa.String(length=10), nullable=True),
    sa.CheckConstraint("correction IN ('typing', 'later', 'changed')", name=op.f('ck_support_event_correction')),
    sa.CheckConstraint("state IN ('open', 'done', 'not_applicable')", name=op.f('ck_support_event_state')),
    sa.ForeignKeyConstraint(['item_id'], ['support_item.id'], name=op.f('fk_support_event_item_id_support_item')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_support_event_person_id_person')),
    sa.ForeignKeyConstraint(['sending_unit_id'], ['organisation.id'], name=op.f('fk_support_event_sending_unit_id_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_support_event'))
    )
    with op.batch_alter_table('support_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_support_event_item_id'), ['item_id'], unique=False)

    with op.batch_alter_table('leave_entitlement', schema=None) as batch_op:
        batch_op.add_column(sa.Column('sending_unit_id', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_leave_entitlement_sending_unit_id'), ['sending_unit_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_leave_entitlement_sending_unit_id_organisation'), 'organisation', ['sending_unit_id'], ['id'])
    # What the county has entered so far belongs to the sending unit of the post as well.
    op.execute(
        "UPDATE leave_entitlement SET sending_unit_id ="
        " (SELECT posting.sending_unit_id FROM posting WHERE posting.id = leave_entitlement.posting_id)"
    )



def downgrade() -> None:
    with op.batch_alter_table('leave_entitlement', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_leave_entitlement_sending_unit_id_organisation'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_leave_entitlement_sending_unit_id'))
        batch_op.drop_column('sending_unit_id')

    with op.batch_alter_table('support_event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_support_event_item_id'))

    op.drop_table('support_event')
    with op.batch_alter_table('support_item', schema=None) as batch_op:
        batch_op.drop_index('ix_support_item_unit_year')
        batch_op.drop_index('ix_support_item_sender_year')
        batch_op.drop_index(batch_op.f('ix_support_item_person_id'))

    op.drop_table('support_item')
