"""What makes engines of tests cheap: statements are compiled once for all of them, and no commit waits for the disk."""

from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.util import LRUCache

KEPT = 3_000  # statements of a kind of database
_first: dict[str, Engine] = {}


def prepared(engine: Engine) -> Engine:
    """Give a new engine the dialect and the compiled statements of the first one of its kind.

    Each test has a database and so an engine of its own; compiling every statement anew was a fifth of all the time.
    """
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _without_waiting)
    if engine.dialect.name not in _first:
        with engine.connect():  # the dialect learns its server's version
            engine.update_execution_options(compiled_cache=LRUCache(KEPT))
        _first[engine.dialect.name] = engine
    first = _first[engine.dialect.name]
    engine.dialect = first.dialect
    engine.update_execution_options(compiled_cache=first.get_execution_options()["compiled_cache"])
    return engine


def _without_waiting(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")
