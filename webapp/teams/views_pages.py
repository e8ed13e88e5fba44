"""The one blueprint of the feature, and what its pages share: the unit in the address, files as answers."""

from collections.abc import Iterable, Sequence

from flask import Blueprint, Response, g

from webapp import clock
from webapp.burden.tables import headed
from webapp.downloads import asked_format, note_export, send_table
from webapp.errors import NotFound
from webapp.extensions import db
from webapp.org.codes import full, held
from webapp.org.models import Division
from webapp.org.queries import division, names
from webapp.teams.tables import title_on

pages = Blueprint("teams", __name__)


def unit_at(code: str) -> Division:
    """A unit in scope; the address holds 12 digits or fewer. Raises `NotFound`."""
    own = held(code)
    if not own or not g.viewer.reaches(own) or code not in (own, full(own)):
        raise NotFound()
    return division(db.session(), own)


def table_file(
    title: str, headings: Sequence[object], rows: Iterable[Sequence[object]], what: str, count: int
) -> Response:
    """Rows as a file with issuer and end date (X-20); the export itself is audited."""
    issuer, today = "、".join(names(db.session(), g.viewer.prefixes).values()), clock.today()
    wanted = asked_format()
    note_export("team.export", "list", what, g.viewer, {"rows": count})
    return send_table(headed(title, issuer, g.viewer.name, today, headings, rows), title_on(title, today), wanted)
