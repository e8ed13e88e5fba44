"""Alembic's entry: the same migrations for both databases, called by `flask db …` and by the tests."""

from alembic import context

from webapp.app import load_models
from webapp.config import Settings
from webapp.db import Base, engine_for, intend_to_write

load_models()


def run() -> None:
    """Migrate the database named by the caller, else the configured one, in one transaction."""
    url = context.config.attributes.get("url") or Settings.from_env().database_url
    engine = engine_for(url)
    intend_to_write(True)
    with engine.connect() as connection:
        sqlite = engine.dialect.name == "sqlite"
        if sqlite:  # a changed table is made anew and its rows moved: rows that point to them must not mind
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        if sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()):
            raise RuntimeError(f"the migration left rows that point nowhere: {broken[:5]}")
        connection.commit()
    engine.dispose()


run()
