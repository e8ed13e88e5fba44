"""The database: base class, column types, engine settings and the unit of work outside the web."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import DateTime, Engine, MetaData, String, create_engine, event, func, select
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

USUAL_MS, BRIEF_MS = 15_000, 200  # how long a statement waits for a lock
SAMPLED = 1_000  # entries of an index that SQLite looks at to learn its size
# SQLite locks late by default: two readers that both turn into writers end in an error no wait can mend.
# A unit of work that will write therefore takes the lock at its first statement.
_begin: ContextVar[str] = ContextVar("sqlite_begin", default="BEGIN")


class Base(DeclarativeBase):
    """Base of all tables; constraint names are fixed, so that both databases can migrate them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UTCDateTime(TypeDecorator[datetime]):
    """An aware moment, stored as naive UTC in both databases. Naive values are refused."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without time zone cannot be stored")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Code(String):
    """A division code at the length of its level: 2, 4, 6, 9 or 12 digits; a prefix is a subtree."""

    def __init__(self) -> None:
        super().__init__(12)


def one_of(column: str, names: Iterable[str]) -> str:
    """The condition of a CHECK constraint that allows some names."""
    return f"{column} IN ('" + "', '".join(names) + "')"


def configure(engine: Engine) -> Engine:
    """Give a SQLite engine its promises: WAL, durable commits, a bounded wait for the lock, foreign keys."""
    if engine.dialect.name != "sqlite":
        return engine

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions are ours to begin, see `on_begin`
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={USUAL_MS}", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Any) -> None:
        connection.exec_driver_sql(_begin.get())

    return engine


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite address; None for any other database."""
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None


@lru_cache(maxsize=8)
def engine_for(url: str) -> Engine:
    """The process-wide engine of a database address (CLI, flows); the web has Flask-SQLAlchemy's."""
    return configure(create_engine(url, pool_pre_ping=not url.startswith("sqlite"), hide_parameters=True))


def intend_to_write(writes: bool) -> None:
    """Say whether the next transaction of this context will write (a POST does)."""
    _begin.set("BEGIN IMMEDIATE" if writes else "BEGIN")


def take_turn(session: Session, matter: int, number: int = 0) -> None:
    """Wait until no other transaction has the turn (matter, number), and keep it until this one ends.

    For what two must not judge side by side because neither sees what the other writes. SQLite's one writer needs it not.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(matter, number)))


@contextmanager
def reading() -> Iterator[None]:
    """Let a second session read beside a transaction of this context that holds the lock."""
    token = _begin.set("BEGIN")
    try:
        yield
    finally:
        _begin.reset(token)


@contextmanager
def session_scope(url: str, viewer: Any, *, writes: bool = True) -> Iterator[Session]:
    """One unit of work outside the web: commits at its end, rolls back on any error.

    `viewer` is a `webapp.access.Viewer`; what it may see and change is what this session sees and changes.
    """
    token = _begin.set("BEGIN IMMEDIATE" if writes else "BEGIN")
    try:
        with Session(engine_for(url), info={"viewer": viewer}) as session:
            yield session
            session.commit()
    finally:
        _begin.reset(token)


def learn_sizes(url: str) -> None:
    """Let SQLite sample its indexes anew: without figures it sorts a million rows that an index holds in order.

    PostgreSQL does so by itself.
    """
    engine = engine_for(url)
    if engine.dialect.name != "sqlite":
        return
    with engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA analysis_limit={SAMPLED}")
        connection.exec_driver_sql("ANALYZE")
        connection.commit()


class Busy(Exception):
    """Somebody else holds the lock; what was to be written can wait."""


@contextmanager
def brief_scope(engine: Engine, viewer: Any) -> Iterator[Session]:
    """A small write beside a request's own transaction: waits at most 200 ms for a lock, then raises `Busy`."""
    sqlite = engine.dialect.name == "sqlite"
    token = _begin.set("BEGIN IMMEDIATE")
    try:
        with engine.connect() as connection:
            raw = connection.connection
            if sqlite:
                raw.cursor().execute(f"PRAGMA busy_timeout={BRIEF_MS}")
            else:
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = {BRIEF_MS}")
            try:
                with Session(connection, info={"viewer": viewer}) as session:
                    yield session
                    session.flush()
                    connection.commit()
            finally:
                connection.rollback()
                if sqlite:
                    raw.cursor().execute(f"PRAGMA busy_timeout={USUAL_MS}")
    except OperationalError as problem:
        raise Busy from problem
    finally:
        _begin.reset(token)
