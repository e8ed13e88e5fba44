"""Many rows of one table at once: a COPY stream in PostgreSQL, one prepared statement elsewhere.

A task to 25,000 villages writes 100,000 rows in its one transaction; sent statement by statement, even in a pipeline,
they cost PostgreSQL and its driver several times what the rows themselves do (`python -m benchmarks.fan_out`).
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Column, Table, insert
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

_ARRIVED = "arrived_rows"


def insert_many(
    session: Session, model: type[Any], rows: Sequence[dict[str, Any]], *, known_by: str | None = None
) -> None:
    """Insert rows with the same keys; what a row leaves out gets the column's default.

    With `known_by`, a unique column, rows whose value is held already are left out, also those that another
    transaction writes in the same moment. Who may write the rows is judged before (`access.insert_rows`). Raises the
    errors of SQLAlchemy, as an insert does.
    """
    if not rows:
        return
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        _copy(session.connection(), model.__table__, rows, known_by)
    elif known_by is None:
        session.execute(insert(model), list(rows))
    else:
        session.execute(sqlite.insert(model).on_conflict_do_nothing(index_elements=[known_by]), list(rows))


def _copy(connection: Connection, target: Table, rows: Sequence[dict[str, Any]], known_by: str | None) -> None:
    columns = [column for column in target.columns if column.key in rows[0] or column.default is not None]
    quoted = connection.dialect.identifier_preparer
    table, named = quoted.quote(target.name), ", ".join(quoted.quote(column.name) for column in columns)
    if known_by is None:
        _stream(connection, f"COPY {table} ({named}) FROM STDIN", _lines(connection, columns, rows))
        return
    connection.exec_driver_sql(f"CREATE TEMPORARY TABLE {_ARRIVED} (LIKE {table} INCLUDING DEFAULTS) ON COMMIT DROP")
    _stream(connection, f"COPY {_ARRIVED} ({named}) FROM STDIN", _lines(connection, columns, rows))
    connection.exec_driver_sql(
        f"INSERT INTO {table} ({named}) SELECT {named} FROM {_ARRIVED} "  # noqa: S608 — names of our own tables
        f"ON CONFLICT ({quoted.quote(known_by)}) DO NOTHING"
    )
    connection.exec_driver_sql(f"DROP TABLE {_ARRIVED}")


def _lines(
    connection: Connection, columns: Sequence[Column[Any]], rows: Sequence[dict[str, Any]]
) -> Iterable[tuple[Any, ...]]:
    """Each row's values in the order of the columns, as the driver takes them."""
    cells = []
    for column in columns:
        store = column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
        fixed = None if column.key in rows[0] else column.default.arg  # type: ignore[union-attr]
        cells.append((column.key, column.key in rows[0], fixed, store or (lambda value: value)))
    for row in rows:
        yield tuple(store(row[key] if given else fixed) for key, given, fixed, store in cells)


def _stream(connection: Connection, statement: str, lines: Iterable[tuple[Any, ...]]) -> None:
    driver = connection.dialect.loaded_dbapi
    try:
        with connection.connection.cursor() as cursor, cursor.copy(statement) as copy:  # type: ignore[attr-defined]
            for line in lines:
                copy.write_row(line)
    except driver.Error as problem:
        raise DBAPIError.instance(
            statement, None, problem, driver.Error, hide_parameters=True, dialect=connection.dialect
        ) from problem
