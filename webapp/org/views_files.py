"""A list as a file: who made it and until when it may be used stand above its headings (X-20)."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any

from flask import Response, g
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from webapp import clock
from webapp.downloads import asked_format, note_export, send_table
from webapp.errors import Refused
from webapp.extensions import db
from webapp.org.queries import own_names
from webapp.spreadsheets import MOST_ROWS, Row, headed

AT_ONCE = 500
"""Rows of a list that are held in memory at a time."""


def send_headed(
    title: str,
    headings: Row,
    rows: Iterable[Row],
    audited: tuple[str, str, object],
    count: int,
    *,
    issuer: str = "",
    name: str = "",
) -> Response:
    """The file; the export is audited first as `audited`: action, kind and what. Rows that are not held yet are read
    after that, piece by piece. The viewer's units issue it unless an issuer is named; a `name` of its own has no day.
    """
    viewer, today = g.viewer, clock.today()
    issuer = issuer or own_names(db.session(), viewer)
    note_export(*audited, viewer, {"rows": count})
    head = headed(title, issuer, viewer.name, today, headings, ())
    return send_table(chain(head, rows), name or f"{title}-{today:%Y%m%d}", asked_format())


def send_list(
    title: str,
    headings: Row,
    statement: Select[Any],
    rows_of: Callable[[Iterable[Any]], Iterable[Row]],
    audited: tuple[str, str, object],
    *,
    issuer: str = "",
) -> Response:
    """All rows of a page's own statement, in its order, read as the file goes out; `rows_of` makes lines of entities.

    Raises `Refused` over `MOST_ROWS`, before anything is written or sent.
    """
    session = db.session()
    bare = statement.order_by(None).limit(MOST_ROWS + 1).subquery()
    count = session.scalar(select(func.count()).select_from(bare)) or 0
    if count > MOST_ROWS:
        raise Refused(f"一次最多导出 {MOST_ROWS:,} 行。请筛选后分次导出。")
    return send_headed(title, headings, rows_of(_each(session, statement)), audited, count, issuer=issuer)


def _each(session: Session, statement: Select[Any]) -> Iterator[Any]:
    yield from session.scalars(statement.execution_options(yield_per=AT_ONCE))
