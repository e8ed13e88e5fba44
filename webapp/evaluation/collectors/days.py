"""The one thing in which the two databases differ here: how many days lie between two dates."""

from typing import Any

from sqlalchemy import Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class days_from(FunctionElement[int]):  # noqa: N801  (reads as an SQL function)
    """`days_from(earlier, later)`: whole days between two dates; an integer in both databases."""

    type = Integer()
    inherit_cache = True


@compiles(days_from, "sqlite")
def _sqlite(element: Any, compiler: Any, **kwargs: Any) -> str:
    earlier, later = (compiler.process(clause, **kwargs) for clause in element.clauses)
    # Julian days of dates end in .5 and are exact in binary; the cast cuts nothing off.
    return f"CAST(julianday({later}) - julianday({earlier}) AS INTEGER)"


@compiles(days_from, "postgresql")
def _postgresql(element: Any, compiler: Any, **kwargs: Any) -> str:
    earlier, later = (compiler.process(clause, **kwargs) for clause in element.clauses)
    return f"(CAST({later} AS DATE) - CAST({earlier} AS DATE))"
