"""Lists page by 25 rows; a page knows its count and its neighbours."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

SIZE = 25
LAST_PAGE = 100_000
COUNTED = 1_000
"""Rows a long list counts beyond the page that is shown: to count a million of them costs more than the page itself."""


@dataclass(frozen=True)
class Page:
    """One page of rows; `number` counts from 1."""

    rows: list[Any]
    number: int
    total: int
    more: bool = False
    """Whether there are more rows than were counted."""

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // SIZE))


def number_from(text: str | None) -> int:
    """The page number typed into an address; anything odd is the first page."""
    return min(int(text), LAST_PAGE) if text and text.isascii() and text.isdigit() and int(text) > 0 else 1


def page_of(rows: Sequence[Any], number: int) -> Page:
    """One page of rows that are all held already."""
    return Page(list(rows[(number - 1) * SIZE : number * SIZE]), number, len(rows))


def paged(session: Session, statement: Select[Any], number: int) -> Page:
    """Rows of one page of an ordered ORM statement of one entity."""
    total = session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    rows = list(session.scalars(statement.limit(SIZE).offset((number - 1) * SIZE)).unique())
    return Page(rows, number, total)


def paged_far(session: Session, statement: Select[Any], keys: Select[Any], number: int) -> Page:
    """The same for columns of a list that may be very long: `keys`, the bare keys of its rows, are counted in the same
    breath, and only so far."""
    most = max(COUNTED, (number - 1) * SIZE + COUNTED)
    counted = select(func.count()).select_from(keys.order_by(None).limit(most + 1).subquery())
    page = statement.add_columns(counted.scalar_subquery().label("counted")).limit(SIZE).offset((number - 1) * SIZE)
    rows = list(session.execute(page))
    total = rows[0].counted if rows else (session.scalar(counted) or 0)
    return Page(rows, number, min(total, most), more=total > most)
