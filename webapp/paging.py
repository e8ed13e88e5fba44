"""Lists page by 25 rows; a page knows its count and its neighbours."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

SIZE = 25
LAST_PAGE = 100_000


@dataclass(frozen=True)
class Page:
    """One page of rows; `number` counts from 1."""

    rows: list[Any]
    number: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // SIZE))


def number_from(text: str | None) -> int:
    """The page number typed into an address; anything odd is the first page."""
    return min(int(text), LAST_PAGE) if text and text.isascii() and text.isdigit() and int(text) > 0 else 1


def paged(session: Session, statement: Select[Any], number: int) -> Page:
    """Rows of one page of an ordered ORM statement of one entity."""
    total = session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    rows = list(session.scalars(statement.limit(SIZE).offset((number - 1) * SIZE)).unique())
    return Page(rows, number, total)
