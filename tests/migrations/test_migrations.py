"""Head equals the models; every step goes up, down and up again on both databases, and keeps what is stored."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

from tests.migrating import config_for, downgrade, upgrade
from webapp.app import load_models
from webapp.db import Base


def test_head_equals_the_models(database_url: str) -> None:
    load_models()
    engine = create_engine(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory.from_config(config_for("sqlite://")).get_heads()) == 1


def test_every_step_goes_up_down_up(database_url: str) -> None:
    steps = [s.revision for s in ScriptDirectory.from_config(config_for("sqlite://")).walk_revisions()][::-1]
    downgrade(database_url)
    for revision in steps:
        upgrade(database_url, revision)
        downgrade(database_url, "-1")
        upgrade(database_url, revision)
    engine = create_engine(database_url)
    assert set(Base.metadata.tables) <= set(inspect(engine).get_table_names())
    engine.dispose()


def test_last_step_down_and_up_keeps_rows(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO division (code, level, name) VALUES ('53', 1, '云南省')"))
    downgrade(database_url, "-1")
    upgrade(database_url)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT name FROM division WHERE code = '53'")) == "云南省"
    engine.dispose()
