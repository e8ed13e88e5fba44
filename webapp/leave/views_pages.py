"""The blueprint that the modules of pages share, and what several of them ask."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from flask import Blueprint, g
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from webapp import clock
from webapp.burden.tables import headed
from webapp.downloads import asked_format, note_export, send_table
from webapp.extensions import db
from webapp.leave import service
from webapp.org.models import Posting
from webapp.org.queries import names
from webapp.permissions import ROLE_NAMES

pages = Blueprint("leave", __name__)


def own_posts() -> list[SelectChoice]:
    """The viewer's own posts of today that may ask for leave, as choices of a form."""
    own = service.own_posts(g.viewer)
    statement = select(Posting).where(Posting.id.in_(own)).options(joinedload(Posting.division)).order_by(Posting.id)
    return [
        SelectChoice(str(one.id), f"{one.division.name}{ROLE_NAMES[one.role]}")
        for one in db.session().scalars(statement)
    ]


def send_list(
    title: str,
    kind: str,
    statement: Select[Any],
    headings: Sequence[object],
    rows_of: Callable[[Iterable[Any]], Iterable[Sequence[object]]],
) -> Response:
    """A list as a file, with issuer and end date (X-20), in the order of the list; the export itself is audited."""
    session, today = db.session(), clock.today()
    number = session.scalar(select(func.count()).select_from(statement.order_by(None).subquery()))
    note_export(f"{kind}.export", "list", title, g.viewer, {"rows": number})
    issuer = "、".join(names(session, g.viewer.prefixes).values())
    rows = rows_of(_each(session, statement))
    head = headed(title, issuer, g.viewer.name, today, headings, ())
    return send_table(chain(head, rows), f"{title}-{today:%Y%m%d}", asked_format())


def _each(session: Session, statement: Select[Any]) -> Iterator[Any]:
    """Rows read from the database as the file goes out."""
    yield from session.scalars(statement.execution_options(yield_per=500))
