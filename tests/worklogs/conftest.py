"""What several tests of work logs look at."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import event

from webapp.extensions import db


@pytest.fixture
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements that the application has sent to the database so far."""
    statements: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(_connection, _cursor, statement: str, *_rest) -> None:  # type: ignore[no-untyped-def]
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)
