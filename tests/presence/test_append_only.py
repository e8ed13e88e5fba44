"""What happened with leave, trips, spot checks, months, posts and recalls can be added to, never changed or taken away."""

import pytest
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

STEPS = ("leave_event", "trip_event", "inspection_event", "presence_list", "posting_step", "recall_step")


def added(engine: Engine, table: str, number: int) -> None:
    """A row with something in each column; what it points to is of no interest here."""
    columns = {one["name"]: one for one in inspect(engine).get_columns(table)}
    kinds = {"leave_event": "ask", "trip_event": "report", "inspection_event": "find"}
    kinds |= {"posting_step": "select", "recall_step": "propose"}
    values = {"id": str(number), "kind": f"'{kinds.get(table)}'", "unit_code": "'533323101'"}
    for name, column in columns.items():
        words = "'2026-11-01 00:00:00'" if any(one in str(column["type"]) for one in ("DATE", "TIME")) else "'1'"
        values.setdefault(name, "NULL" if column["nullable"] else words)
    names = ", ".join(f'"{name}"' for name in values if name in columns)
    said = ", ".join(value for name, value in values.items() if name in columns)
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text("PRAGMA foreign_keys = OFF"))
        else:
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({said})"))
        if engine.dialect.name != "sqlite":
            connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER ALL"))


@pytest.mark.parametrize("table", STEPS)
def test_a_step_is_neither_changed_nor_taken_away(database_url: str, table: str) -> None:
    engine = create_engine(database_url)
    added(engine, table, 7)
    acts = [f"UPDATE {table} SET unit_code = '53'", f"DELETE FROM {table}"]
    if engine.dialect.name == "sqlite":
        acts.append(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
    else:
        acts.append(f"TRUNCATE {table} CASCADE")
    for act in acts:
        with pytest.raises(DBAPIError, match="only added to"), engine.begin() as connection:
            connection.execute(text(act))
    with engine.connect() as connection:
        assert connection.execute(text(f"SELECT id, unit_code FROM {table}")).all() == [(7, "533323101")]
    engine.dispose()
