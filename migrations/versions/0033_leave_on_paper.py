"""Leave that came on paper, several people a shift, and steps that can only be added to

Revision ID: 0033
Revises: 0032
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

STEPS = ("leave_event", "trip_event", "inspection_event", "presence_list", "posting_step", "recall_step")
"""What happened, row by row. A later step that rebuilds one of these tables on SQLite loses its triggers: make them anew."""


def upgrade() -> None:
    with op.batch_alter_table("leave_request") as batch_op:
        batch_op.add_column(sa.Column("paper_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("paper_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("paper_by_name", sa.String(length=60), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_leave_request_paper_by_id_person"), "person", ["paper_by_id"], ["id"])
    with op.batch_alter_table("roster_entry") as batch_op:
        batch_op.drop_constraint("uq_roster_entry_unit_code_day_shift", type_="unique")
        batch_op.create_unique_constraint(
            "uq_roster_entry_unit_code_day_shift_person_id", ["unit_code", "day", "shift", "person_id"]
        )
    _refuse_changes()


def _refuse_changes() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in STEPS:
            # INSERT OR REPLACE removes a row without asking the trigger for deletes.
            replaces = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id) "
            for act, condition in (("UPDATE", ""), ("DELETE", ""), ("INSERT", replaces)):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} {condition}"
                    f"BEGIN SELECT RAISE(ABORT, 'steps are only added to'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION refuse_step_change() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION 'steps are only added to'; END $$"
    )
    for table in STEPS:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_step_change()"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in STEPS:
            for act in ("update", "delete", "insert"):
                op.execute(f"DROP TRIGGER {table}_no_{act}")
    else:
        for table in STEPS:
            op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        op.execute("DROP FUNCTION refuse_step_change()")
    # One person a shift again: whoever was entered first stays.
    op.execute(
        "DELETE FROM roster_entry WHERE id NOT IN (SELECT MIN(id) FROM roster_entry GROUP BY unit_code, day, shift)"
    )
    with op.batch_alter_table("roster_entry") as batch_op:
        batch_op.drop_constraint("uq_roster_entry_unit_code_day_shift_person_id", type_="unique")
        batch_op.create_unique_constraint("uq_roster_entry_unit_code_day_shift", ["unit_code", "day", "shift"])
    with op.batch_alter_table("leave_request") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_leave_request_paper_by_id_person"), type_="foreignkey")
        batch_op.drop_column("paper_by_name")
        batch_op.drop_column("paper_by_id")
        batch_op.drop_column("paper_on")
