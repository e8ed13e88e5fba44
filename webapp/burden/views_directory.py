"""表单目录: what may be asked, its fields and end; an empty form for what is in force; ending one."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp import clock
from webapp.burden import directory, tables
from webapp.burden.views_pages import as_file, pages
from webapp.downloads import asked_format
from webapp.errors import Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.queries import names, own_names
from webapp.paging import number_from, paged
from webapp.spreadsheets import headed

STATES = {"": "在用", "over": "已到期或停用", "every": "全部"}
_ASKED = {"": "in_force", "over": "over", "every": ""}


@pages.get("/burden/directory")
@requires("task.read")
def form_directory() -> Response | str:
    """The directory of the viewer's line of levels, by owner and number."""
    state = request.args.get("state", "")
    state = state if state in STATES else ""
    words = request.args.get("q", "").replace("\x00", "").strip()[:50]
    statement = directory.listed(g.viewer, clock.today(), _ASKED[state], words)
    if kind := asked_format():
        rows = tables.directory_rows(db.session.scalars(statement), clock.today())
        heads = tables.DIRECTORY_HEADINGS
        table = headed("表单目录", own_names(db.session(), g.viewer), g.viewer.name, clock.today(), heads, rows)
        return as_file("表单目录", table, kind, exported="directory")
    return render_template(
        "burden/directory.html",
        page=paged(db.session(), statement, number_from(request.args.get("page"))),
        states=STATES,
        state=state,
        words=words,
        state_words=directory.state_words,
    )


@pages.get("/burden/directory/<int:demand_id>")
@requires("task.read")
def demand(demand_id: int) -> Response | str:
    """One form with its fields; `?format=` gives it empty while it is in force (X-20)."""
    row = directory.demand_of(db.session(), demand_id)
    if kind := asked_format():
        unit = names(db.session(), g.viewer.prefixes[:1])
        rows = directory.blank_form(row, next(iter(unit.values()), ""), clock.today())
        return as_file("空白表", rows, kind, exported=row.directory_no)
    return _demand_page(row)


@pages.post("/burden/directory/<int:demand_id>/end")
@requires("burden.read")
def end(demand_id: int) -> Any:
    """End a form, by the desk of its owner or above, or by the burden-relief office over it."""
    try:
        row = directory.end(db.session(), demand_id, reason=request.form.get("reason", ""), at=clock.now())
    except Refused as error:
        db.session.rollback()
        return _demand_page(directory.demand_of(db.session(), demand_id), error.sentence), error.status
    flash(f"“{row.title}”已停用，今后不能再下发。", "done")
    db.session.commit()
    return redirect(url_for(".demand", demand_id=demand_id), 303)


def _demand_page(row: Any, problem: str | None = None) -> str:
    return render_template(
        "burden/demand.html",
        demand=row,
        kind=directory.KINDS.get(row.kind, "表单"),
        state=directory.state_words(row, clock.today()),
        in_force=row.in_force(clock.today()),
        may_end=row.state == "granted" and directory.may_end(g.viewer, row),
        problem=problem,
    )
