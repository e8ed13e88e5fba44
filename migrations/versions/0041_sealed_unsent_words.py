"""What is typed and not sent is sealed: it may hold a number that the sending refuses"""

import sqlalchemy as sa
from alembic import op

from webapp.accountability.sealing import seal, unseal
from webapp.config import Settings

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

KEPT = sa.table("kept_words", sa.column("id"), sa.column("key"), sa.column("words", sa.JSON), sa.column("held"))
ENTRY = sa.table(
    "task_entry",
    sa.column("id"),
    sa.column("request_id"),
    sa.column("person_id"),
    sa.column("typed", sa.JSON),
    sa.column("told", sa.JSON),
    sa.column("held"),
)


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":  # what is replaced is overwritten in the file too
        connection.exec_driver_sql("PRAGMA secure_delete=ON")
    for table in ("kept_words", "task_entry"):
        op.add_column(table, sa.Column("held", sa.Text()))
    for row in connection.execute(sa.select(KEPT)).all():
        sealed = seal(_master(), f"kept_words:{row.key}:held", row.words)
        connection.execute(sa.update(KEPT).where(KEPT.c.id == row.id).values(held=sealed, words={}))
    for row in connection.execute(sa.select(ENTRY)).all():
        sealed = seal(_master(), _entry_cell(row), {"typed": row.typed, "told": row.told})
        connection.execute(sa.update(ENTRY).where(ENTRY.c.id == row.id).values(held=sealed, typed=[], told={}))
    _swap({"kept_words": ("words",), "task_entry": ("typed", "told")}, gone=True)


def downgrade() -> None:
    connection = op.get_bind()
    for table, names in (("kept_words", ("words",)), ("task_entry", ("typed", "told"))):
        for name in names:
            op.add_column(table, sa.Column(name, sa.JSON()))
    for row in connection.execute(sa.select(KEPT)).all():
        words = unseal(_master(), f"kept_words:{row.key}:held", row.held) or {}
        connection.execute(sa.update(KEPT).where(KEPT.c.id == row.id).values(words=words))
    for row in connection.execute(sa.select(ENTRY)).all():
        said = unseal(_master(), _entry_cell(row), row.held) or {"typed": [], "told": {"step": ""}}
        connection.execute(sa.update(ENTRY).where(ENTRY.c.id == row.id).values(**said))
    _swap({"kept_words": ("words",), "task_entry": ("typed", "told")}, gone=False)


def _swap(clear: dict[str, tuple[str, ...]], *, gone: bool) -> None:
    """Drop one of the two forms and require the other."""
    for table, names in clear.items():
        with op.batch_alter_table(table) as batch:
            for name in names if gone else ("held",):
                batch.drop_column(name)
            for name in ("held",) if gone else names:
                batch.alter_column(name, existing_type=sa.Text() if gone else sa.JSON(), nullable=False)


def _entry_cell(row: sa.Row) -> str:
    return f"task_entry:{row.request_id}:{row.person_id}:held"


def _master() -> bytes:
    """Asked for only where a row is: a new database is made before there is a key."""
    return Settings.from_env().master_key()
