"""A small write beside the request's own transaction, which never keeps a page waiting for the database's lock."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from webapp import db as database
from webapp.access import Viewer

WAIT_MS = 200
USUAL_WAIT_MS = 15_000


class Busy(Exception):
    """Somebody else holds the lock; the note can be written with the next page."""


@contextmanager
def brief_session(engine: Engine) -> Iterator[Session]:
    """A session that commits at its end and waits at most 200 ms for a lock; raises `Busy` after that."""
    sqlite = engine.dialect.name == "sqlite"
    try:
        with engine.connect() as connection:
            if sqlite:
                raw = connection.connection
                raw.cursor().execute(f"PRAGMA busy_timeout={WAIT_MS}")
                database.intend_to_write(True)
            else:
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = {WAIT_MS}")
            try:
                with Session(connection, info={"viewer": Viewer.nobody()}) as session:
                    yield session
                    session.commit()
                connection.commit()
            finally:
                connection.rollback()
                if sqlite:
                    raw.cursor().execute(f"PRAGMA busy_timeout={USUAL_WAIT_MS}")
                    database.intend_to_write(False)
    except OperationalError as problem:
        raise Busy from problem
