"""Which models with a rule of access a statement can touch; `webapp.access` asks this of every statement."""

from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Executable, TableClause
from sqlalchemy.sql import visitors

from webapp.db import Base

_known: WeakKeyDictionary[Executable, tuple[Any, ...]] = WeakKeyDictionary()
"""Of statements that are still held: one that is written once and asked by every page is looked through once."""


def models_in(statement: Executable) -> tuple[Any, ...]:
    """Scoped models a statement can touch, wherever in it they are named; in a fixed order, for the statement cache."""
    found = _known.get(statement)
    if found is None:
        found = _known[statement] = _looked_through(statement)
    return found


def _looked_through(statement: Any) -> tuple[Any, ...]:
    parts = list(visitors.iterate(statement))
    tables = {part.name for part in parts if isinstance(part, TableClause)}
    eager = any(part._with_options for part in parts if isinstance(part, Executable))
    return tuple(sorted({one for table in tables for one in _reachable(table, eager)}, key=lambda one: one.__name__))


@cache
def _reachable(table: str, eager: bool) -> frozenset[Any]:
    """The scoped models a statement on a table can load: its own, and with `eager` all that its options may join to it.

    Whatever a lazy load brings is asked for by a statement of its own.
    """
    found: set[Any] = set()
    waiting = [mapper for mapper in Base.registry.mappers if mapper.local_table is Base.metadata.tables.get(table)]
    while waiting:
        if (mapper := waiting.pop()) not in found:
            found.add(mapper)
            waiting += [one.mapper for one in mapper.relationships if eager or one.lazy != "select"]
    return frozenset(mapper.class_ for mapper in found if hasattr(mapper.class_, "__scope__"))
