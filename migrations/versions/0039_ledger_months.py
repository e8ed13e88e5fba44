"""A demand counts in the month of its first deadline, and a month sheet for the county whose lines it holds"""

from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

entry = sa.table(
    "burden_entry",
    sa.column("key", sa.String),
    sa.column("month", sa.Date),
    sa.column("issuer_code", sa.String),
    sa.column("demand_id", sa.Integer),
)
assignment = sa.table(
    "assignment",
    sa.column("id", sa.Integer),
    sa.column("issuer_code", sa.String),
    sa.column("due_on", sa.Date),
    sa.column("first_due_on", sa.Date),
)
demand = sa.table(
    "demand", sa.column("id", sa.Integer), sa.column("kind", sa.String), sa.column("owner_code", sa.String)
)
KEY = sa.literal("assignment:") + sa.cast(assignment.c.id, sa.String)
SHEETS = sa.select(demand.c.id).where(demand.c.kind == "sheet")


def upgrade() -> None:
    _count_by(assignment.c.first_due_on)
    _charge(sa.select(demand.c.owner_code).where(demand.c.id == entry.c.demand_id))


def downgrade() -> None:
    _count_by(assignment.c.due_on)
    _charge(sa.select(assignment.c.issuer_code).where(KEY == entry.c.key))


def _count_by(deadline: sa.ColumnClause[date]) -> None:
    """Put the entries of moved assignments into the month of one of their two deadlines."""
    moved = assignment.c.due_on != assignment.c.first_due_on
    days: Iterable[date] = op.get_bind().scalars(sa.select(deadline).where(moved).distinct()).all()
    for month in sorted({day.replace(day=1) for day in days}):
        in_month = [day for day in days if day.replace(day=1) == month]
        keys = sa.select(KEY).where(moved, deadline.in_(in_month))
        op.execute(sa.update(entry).where(entry.c.key.in_(keys)).values(month=month))


def _charge(issuer: sa.Select[tuple[str]]) -> None:
    """Let the entries of month sheets name another unit as the one that asks."""
    sheets = sa.update(entry).where(entry.c.demand_id.in_(SHEETS))
    op.execute(sheets.values(issuer_code=sa.func.coalesce(issuer.scalar_subquery(), entry.c.issuer_code)))
