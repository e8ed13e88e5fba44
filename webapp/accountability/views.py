"""Lists of assignments on a page and as a file, and one task with its units."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from flask import g, render_template, request
from markupsafe import Markup
from sqlalchemy import Row
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from webapp import clock
from webapp.access import Viewer
from webapp.accountability import (
    drafts,
    export,
    queries,
    recalculation,
    remark_views,
    sought,
    views_drafts,
    views_files,
    views_matrix,
    views_new,
    views_orders,
    views_record,
    views_replies,
    views_split,
    views_task,
    views_verify,
    views_wording,
)
from webapp.accountability.answering import path_of
from webapp.accountability.models import STATES
from webapp.accountability.panels import above_lists
from webapp.accountability.sought import KINDS, SORTS, Sought
from webapp.accountability.views_pages import pages
from webapp.downloads import asked_format, note_export, send_table
from webapp.errors import Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.codes import prefix_of
from webapp.paging import number_from, paged_far

__all__ = [
    "pages",
    "recalculation",
    "remark_views",
    "views_files",
    "views_matrix",
    "views_drafts",
    "views_new",
    "views_orders",
    "views_record",
    "views_replies",
    "views_split",
    "views_task",
    "views_verify",
    "views_wording",
]

VIEWS = {"answer": "我要办的", "issued": "本单位下达的", "all": "辖区内全部"}
_PERMISSION = {"answer": "task.answer", "issued": "task.issue"}
FILTERS = ("view", "state", "kind", "template", "issuer", "from", "to", "unit", "q", "sort")
"""The names in the address that narrow the list; a saved filter keeps just these."""


@pages.get("/tasks/")
@requires("task.read")
def listing() -> str | Response | tuple[str, int]:
    """Assignments to answer, issued by own units, or all in scope; 25 a page, or all of them as a file."""
    wanted, problem = _sought(request.args, g.viewer)
    status = 200
    if asked_format() and problem is None:
        try:
            return _file(wanted)
        except Refused as refused:
            problem, status = refused.sentence, refused.status
    page = paged_far(db.session(), sought.rows(wanted), sought.keys(wanted), number_from(request.args.get("page")))
    items, tasks = queries.items(db.session(), page.rows, clock.today()), sought.tasks(db.session(), page.rows)
    units, issuers = queries.around(db.session(), g.viewer.prefixes)
    answer = render_template(
        "accountability/listing.html",
        items=items,
        tasks=tasks,
        lamps=_lamps(g.viewer, page.rows, tasks),
        page=page,
        wanted=wanted,
        problem=problem,
        views=[(name, words) for name, words in VIEWS.items() if name in _offered(g.viewer)],
        states=STATES,
        path_of=path_of,
        kinds=KINDS,
        units=units,
        issuers=issuers,
        kept=[(name, request.args[name]) for name in FILTERS if request.args.get(name)],
        drafts=drafts.waiting(db.session(), issuing) if (issuing := g.viewer.units_with("task.issue")) else 0,
        own=[grant.unit_code for grant in g.viewer.opening][:1],
        above=[Markup(part()) for part in above_lists],  # noqa: S704 — made and escaped by templates
    )
    return answer, status


def _lamps(viewer: Viewer, rows: Collection[Row[Any]], tasks: Mapping[int, Row[Any]]) -> set[int]:
    """The rows of a page whose lamps the viewer sees."""
    return {row.id for row in rows if queries.lamps_between(viewer, tasks[row.task_id].issuer_code, row.unit_code)}


def _file(wanted: Sought) -> Response:
    """The rows of the list as CSV or XLSX, with issuer and end date (X-20); the export itself is audited."""
    session, today = db.session(), clock.today()
    number = export.counted(session, wanted)
    note_export("task.export", "list", wanted.view, g.viewer, {"rows": number})
    rows = export.table(session, wanted, g.viewer, today)
    return send_table(rows, f"责任任务清单-{today:%Y%m%d}", asked_format())


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
    return (
        Sought(
            view=view,
            units=viewer.units_with(_PERMISSION[view]) if view in _PERMISSION else viewer.prefixes,
            state="" if state == "every" else state if state in STATES else "open",
            due_from=days["from"],
            due_to=days["to"],
            unit_prefix=prefix_of(typed.get("unit", "")),
            words=typed.get("q", "").replace("\x00", "").strip()[:50],
            kind=typed["kind"] if typed.get("kind") in KINDS else "",
            template=typed.get("template", "").replace("\x00", "").strip()[:12],
            issuer=prefix_of(typed.get("issuer", "")),
            sort=typed["sort"] if typed.get("sort") in SORTS else "due",
        ),
        problem,
    )
