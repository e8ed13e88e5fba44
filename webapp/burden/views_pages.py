"""The one blueprint of the feature, and what its lists share: files, and the audit entry of an export."""

from collections.abc import Iterable, Sequence

from flask import Blueprint, g
from werkzeug.wrappers import Response

from webapp import clock
from webapp.downloads import note_export, send_table

pages = Blueprint("burden", __name__)


def as_file(name: str, rows: Iterable[Sequence[object]], kind: str, *, exported: str) -> Response:
    """Rows as a file with the day in its name; the export is audited in a transaction of its own."""
    held = list(rows)  # these lists are short: a month of a unit, the issuers of a province
    note_export("burden.export", "list", exported, g.viewer, {"rows": len(held)})
    return send_table(held, f"{name}-{clock.today():%Y%m%d}", kind)
