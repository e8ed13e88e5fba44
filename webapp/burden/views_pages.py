"""The one blueprint of the feature, and what its lists share: files, and the audit entry of an export."""

from collections.abc import Iterable, Sequence
from io import BytesIO

from flask import Blueprint, g, request, send_file
from werkzeug.wrappers import Response

from webapp import audit, clock
from webapp.db import Busy, brief_scope
from webapp.errors import Refused
from webapp.extensions import db
from webapp.org.queries import names
from webapp.spreadsheets import csv_bytes, xlsx_file

pages = Blueprint("burden", __name__)
FORMATS = ("csv", "xlsx")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def wanted_format() -> str:
    """The file asked for by `?format=`; "" for the page."""
    wanted = request.args.get("format", "")
    return wanted if wanted in FORMATS else ""


def own_names() -> str:
    """The viewer's units in words."""
    return "、".join(names(db.session(), g.viewer.prefixes).values())


def as_file(name: str, rows: Iterable[Sequence[object]], kind: str, *, exported: str) -> Response:
    """Rows as a file with the day in its name; the export is audited in a transaction of its own."""
    held = list(rows)
    try:
        with brief_scope(db.engine, g.viewer) as own:
            own.info["address"] = g.address
            unit = g.viewer.prefixes[0] if g.viewer.prefixes else ""
            audit.record(own, "burden.export", "list", exported, unit_code=unit, after={"rows": len(held)})
    except Busy:
        raise Refused("系统正忙，没有导出。请过半分钟再次导出。") from None
    if kind == "csv":
        content = csv_bytes(held)
    else:
        with xlsx_file(held) as file:
            content = file.read()  # these lists are short: a month of a unit, the issuers of a province
    return send_file(
        BytesIO(content),
        mimetype="text/csv" if kind == "csv" else XLSX,
        as_attachment=True,
        download_name=f"{name}-{clock.today():%Y%m%d}.{kind}",
    )
