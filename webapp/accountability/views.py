"""Lists of assignments, one task with its units, and the export."""

from datetime import date
from io import BytesIO

from flask import g, render_template, request, send_file
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from webapp import audit, clock
from webapp.access import Viewer
from webapp.accountability import (
    export,
    queries,
    recalculation,
    remark_views,
    views_new,
    views_orders,
    views_record,
    views_split,
    views_task,
    views_verify,
)
from webapp.accountability.models import STATES
from webapp.accountability.queries import Sought
from webapp.accountability.views_pages import pages
from webapp.extensions import db
from webapp.guards import requires
from webapp.paging import number_from, paged

__all__ = [
    "pages",
    "recalculation",
    "remark_views",
    "views_new",
    "views_orders",
    "views_record",
    "views_split",
    "views_task",
    "views_verify",
]

VIEWS = {"answer": "我要办的", "issued": "本单位下达的", "all": "辖区内全部"}
_PERMISSION = {"answer": "task.answer", "issued": "task.issue"}
_KEPT = ("view", "state", "from", "to", "unit", "q", "sort")


@pages.get("/tasks/")
@requires("task.read")
def listing() -> str:
    """Assignments to answer, issued by own units, or all in scope; 25 a page."""
    wanted, problem = _sought(request.args, g.viewer)
    page = paged(db.session(), queries.sought(wanted), number_from(request.args.get("page")))
    return render_template(
        "accountability/listing.html",
        items=queries.items(db.session(), page.rows, clock.today()),
        page=page,
        wanted=wanted,
        problem=problem,
        views=[(name, words) for name, words in VIEWS.items() if name in _offered(g.viewer)],
        states=STATES,
        units=queries.branches(db.session(), g.viewer.prefixes),
        kept=[(name, request.args[name]) for name in _KEPT if request.args.get(name)],
    )


@pages.post("/tasks/export")
@requires("task.read")
def export_list() -> Response:
    """The rows of a list as CSV, with issuer and end date (X-20); the export itself is audited."""
    wanted, _ = _sought(request.form, g.viewer)
    content, rows = export.csv_of(db.session(), wanted, g.viewer, clock.today())
    audit.record(db.session(), "task.export", "list", wanted.view, unit_code=g.viewer.prefixes[0], after={"rows": rows})
    db.session.commit()
    name = f"责任任务清单-{clock.today():%Y%m%d}.csv"
    return send_file(BytesIO(content), mimetype="text/csv", as_attachment=True, download_name=name)


def _offered(viewer: Viewer) -> list[str]:
    return [name for name in VIEWS if name == "all" or viewer.units_with(_PERMISSION[name])]


def _sought(typed: MultiDict[str, str], viewer: Viewer) -> tuple[Sought, str | None]:
    """What the address asks for; a part that cannot be read is left out, with a sentence."""
    offered = _offered(viewer)
    view = typed.get("view", "")
    view = view if view in offered else ("issued" if "issued" in offered else offered[0])
    state = typed.get("state", "")
    problem = None
    days: dict[str, date | None] = {}
    for name in ("from", "to"):
        text = typed.get(name, "").strip()
        try:
            days[name] = date.fromisoformat(text) if text else None
        except ValueError:
            days[name] = None
            problem = f"日期“{text[:20]}”不正确，未按它筛选。请按“2026-11-24”的样子填写。"
    unit = typed.get("unit", "").strip()
    return (
        Sought(
            view=view,
            units=viewer.units_with(_PERMISSION[view]) if view in _PERMISSION else (),
            state="" if state == "every" else state if state in STATES else "open",
            due_from=days["from"],
            due_to=days["to"],
            unit_prefix=unit if unit.isascii() and unit.isdigit() and len(unit) <= 12 else "",
            words=typed.get("q", "").replace("\x00", "").strip()[:50],
            sort=typed["sort"] if typed.get("sort") in queries.SORTS else "due",
        ),
        problem,
    )
