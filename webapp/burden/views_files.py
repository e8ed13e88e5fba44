"""A list as a file: who made it and until when it may be used stand above its headings (X-20)."""

from collections.abc import Iterable
from itertools import chain

from flask import Response, g

from webapp import clock
from webapp.burden.tables import Row, headed
from webapp.downloads import asked_format, note_export, send_table
from webapp.extensions import db
from webapp.org.queries import own_names


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
