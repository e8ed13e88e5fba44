"""The list of issues and its files."""

from datetime import date

from flask import g, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from webapp import clock
from webapp.access import Viewer
from webapp.accountability import queries as task_queries
from webapp.downloads import asked_format, note_export, send_table
from webapp.errors import Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.codes import prefix_of
from webapp.paging import number_from, paged
from webapp.rectification import (
    export,
    on_board,
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

__all__ = [
    "on_board",
    "pages",
    "recalculation",
    "views_import",
    "views_lateral",
    "views_looks",
    "views_new",
    "views_record",
]

VIEWS = {"answer": "本单位整改的", "close": "本单位销号的", "all": "辖区内全部"}
_PERMISSION = {"answer": "task.answer", "close": "task.verify"}
_KEPT = ("view", "state", "source", "class", "from", "to", "unit", "q", "sort")


@pages.get("/rectification/")
@requires("task.read")
def listing() -> Response | tuple[str, int]:
    """Issues that own units put right or close, or all in scope; 25 a page, or as a file."""
    wanted, problem = _sought(request.args, g.viewer)
    status = 200
    if asked_format():
        try:
            return _file(wanted)
        except Refused as refused:
            problem, status = refused.sentence, refused.status
    page = paged(db.session(), queries.sought(wanted), number_from(request.args.get("page")))
    answer = render_template(
        "rectification/listing.html",
        lamps={row.id for row in page.rows if queries.lamps_open(g.viewer, row)},
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
    return answer, status


def _file(wanted: Sought) -> Response:
    """The list as a file; the export is audited."""
    session, today = db.session(), clock.today()
    note_export("rectification.export", "list", wanted.view, g.viewer, {"rows": export.number_of_rows(session, wanted)})
    rows = export.rows_of(session, wanted, g.viewer, today)
    return send_table(rows, f"整改问题清单-{today:%Y%m%d}", asked_format())


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
            unit_prefix=prefix_of(unit),
            words=typed.get("q", "").replace("\x00", "").strip()[:50],
            sort=typed["sort"] if typed.get("sort") in queries.SORTS else "due",
        ),
        problem,
    )
