"""The list of issues and its files."""

from datetime import date

from flask import Response as FlaskResponse
from flask import g, render_template, request, send_file, stream_with_context
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from webapp import audit, clock
from webapp.access import Viewer
from webapp.accountability import queries as task_queries
from webapp.db import Busy, brief_scope
from webapp.errors import Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.paging import number_from, paged
from webapp.rectification import (
    export,
    queries,
    recalculation,
    views_import,
    views_lateral,
    views_looks,
    views_new,
    views_record,
)
from webapp.rectification.models import CLASSES, SOURCES, STATES
from webapp.rectification.queries import Sought
from webapp.rectification.views_pages import pages
from webapp.spreadsheets import csv_stream, xlsx_file

__all__ = ["pages", "recalculation", "views_import", "views_lateral", "views_looks", "views_new", "views_record"]

VIEWS = {"answer": "本单位整改的", "close": "本单位销号的", "all": "辖区内全部"}
_PERMISSION = {"answer": "task.answer", "close": "task.verify"}
_KEPT = ("view", "state", "source", "class", "from", "to", "unit", "q", "sort")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("/rectification/")
@requires("task.read")
def listing() -> Response | str:
    """Issues that own units put right or close, or all in scope; 25 a page, or as a file."""
    wanted, problem = _sought(request.args, g.viewer)
    kind = request.args.get("format", "")
    if kind in ("csv", "xlsx"):
        return _file(wanted, kind)
    page = paged(db.session(), queries.sought(wanted), number_from(request.args.get("page")))
    return render_template(
        "rectification/listing.html",
        items=queries.items(db.session(), page.rows, clock.today()),
        page=page,
        wanted=wanted,
        problem=problem,
        views=[(name, words) for name, words in VIEWS.items() if name in _offered(g.viewer)],
        states=STATES,
        sources=SOURCES,
        classes=CLASSES,
        units=task_queries.branches(db.session(), g.viewer.prefixes),
        enters=bool(g.viewer.units_with("task.issue")),
        closes=bool(g.viewer.units_with("task.verify")),
        kept=[(name, request.args[name]) for name in _KEPT if request.args.get(name)],
    )


def _file(wanted: Sought, kind: str) -> Response:
    """The list as a file; the export is audited in a transaction of its own."""
    count = export.number_of_rows(db.session(), wanted)
    try:
        with brief_scope(db.engine, g.viewer) as own:
            own.info["address"] = g.address
            audit.record(
                own, "rectification.export", "list", wanted.view, unit_code=g.viewer.prefixes[0], after={"rows": count}
            )
    except Busy:
        raise Refused("系统正忙，没有导出。请过半分钟再次导出。") from None
    rows = export.rows_of(db.session(), wanted, g.viewer, clock.today())
    name = f"整改问题清单-{clock.today():%Y%m%d}.{kind}"
    if kind == "xlsx":
        return send_file(xlsx_file(rows, "整改问题"), mimetype=XLSX, as_attachment=True, download_name=name)
    answer = FlaskResponse(stream_with_context(csv_stream(rows)), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _offered(viewer: Viewer) -> list[str]:
    return [name for name in VIEWS if name == "all" or viewer.units_with(_PERMISSION[name])]


def _sought(typed: MultiDict[str, str], viewer: Viewer) -> tuple[Sought, str | None]:
    """What the address asks for; a part that cannot be read is left out, with a sentence."""
    view = typed.get("view", "")
    view = view if view in _offered(viewer) else "all"
    problem = None
    days: dict[str, date | None] = {}
    for name in ("from", "to"):
        text = typed.get(name, "").strip()
        try:
            days[name] = date.fromisoformat(text) if text else None
        except ValueError:
            days[name] = None
            problem = f"日期“{text[:20]}”不正确，未按它筛选。请按“2026-11-24”的样子填写。"
    state, unit = typed.get("state", ""), typed.get("unit", "").strip()
    return (
        Sought(
            view=view,
            units=viewer.units_with(_PERMISSION[view]) if view in _PERMISSION else (),
            state="" if state == "every" else state if state in STATES else "open",
            source=typed["source"] if typed.get("source") in SOURCES else "",
            issue_class=typed["class"] if typed.get("class") in CLASSES else "",
            due_from=days["from"],
            due_to=days["to"],
            unit_prefix=unit if unit.isascii() and unit.isdigit() and len(unit) <= 12 else "",
            words=typed.get("q", "").replace("\x00", "").strip()[:50],
            sort=typed["sort"] if typed.get("sort") in queries.SORTS else "due",
        ),
        problem,
    )
