"""Tables that a page sends as a file: CSV piece by piece, XLSX from a temporary file; what was sent is audited first."""

from collections.abc import Iterable
from math import ceil
from urllib.parse import quote

from flask import Response, request, send_file, stream_with_context
from limits import parse
from werkzeug.exceptions import TooManyRequests

from webapp import audit, clock
from webapp import db as database
from webapp.access import Viewer
from webapp.extensions import db, limiter
from webapp.spreadsheets import csv_stream, xlsx_file

FORMATS = ("csv", "xlsx")
EXPORTS = parse("60 per hour")
"""Files of one person, of whatever list: more than anybody reads, and too few to copy the whole site."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def asked_format() -> str:
    """ "csv" or "xlsx" where the address asks for a file (`?format=`), else ""."""
    wanted = request.args.get("format", "")
    return wanted if wanted in FORMATS else ""


def note_export(action: str, kind: str, what: object, viewer: Viewer, after: dict[str, object]) -> None:
    """Write the audit entry of an export in a transaction of its own: the rows are read after it, and no lock is held
    while they go out. Over the limit of `EXPORTS` nothing is written and nothing sent."""
    _count_export(viewer)
    db.session.rollback()
    database.intend_to_write(True)
    audit.record(db.session(), action, kind, what, unit_code=viewer.prefixes[0] if viewer.prefixes else "", after=after)
    db.session.commit()
    database.intend_to_write(False)


def _count_export(viewer: Viewer) -> None:
    """One more file of this person. Raises `TooManyRequests` with the seconds to wait."""
    whose = f"export:{viewer.person_id}"
    if not limiter.limiter.hit(EXPORTS, whose):
        window = limiter.limiter.get_window_stats(EXPORTS, whose)
        raise TooManyRequests(retry_after=max(1, ceil(window.reset_time - clock.now().timestamp())))


def send_table(rows: Iterable[Iterable[object]], name: str, wanted: str) -> Response:
    """The rows as a file. They are read inside this request, so the session's scope holds to the last one."""
    if wanted == "xlsx":
        return send_file(xlsx_file(rows), mimetype=XLSX, as_attachment=True, download_name=f"{name}.xlsx")
    return Response(
        stream_with_context(csv_stream(rows)),
        mimetype="text/csv",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}.csv"},
    )
