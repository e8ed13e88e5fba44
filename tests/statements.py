"""What is sent to the database, for tests that hold pages and acts to a budget of statements."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import Connection, Engine, event

from webapp.extensions import db


@contextmanager
def sent(where: Flask | Engine | Connection) -> Iterator[list[str]]:
    """The statements that a block sends through an application or a database, without what opens a transaction."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            found.append(statement)

    if isinstance(where, Flask):
        with where.app_context():
            where = db.engine
    event.listen(where, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(where, "before_cursor_execute", note)
