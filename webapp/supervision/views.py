"""督办: the list, one item, its sheet, and the panel on an assignment's page."""

from collections.abc import Sequence

from flask import current_app, g, render_template, request, url_for
from werkzeug.wrappers import Response

from reports.errors import ReportError
from reports.supervision import render_sheet
from webapp import clock
from webapp.accountability import queries as tasks
from webapp.accountability.models import STATES, AccountabilityTask, Assignment
from webapp.accountability.panels import panels, task_acts
from webapp.accountability.rules import OPEN
from webapp.downloads import asked_format, note_export, send_table
from webapp.errors import Refused
from webapp.extensions import db, limiter
from webapp.guards import requires
from webapp.org.codes import prefix_of
from webapp.paging import number_from, paged
from webapp.supervision import export, limits, queries, reminding, views_acts, views_issues
from webapp.supervision.models import STEPS
from webapp.supervision.queries import Wanted
from webapp.supervision.rules import KIND_WORDS
from webapp.supervision.sheet import sheet_of
from webapp.supervision.subjects import TASK
from webapp.supervision.views_pages import item_page, named, pages

__all__ = ["pages", "views_acts", "views_issues"]

PRINTED = "10 per minute"
"""A sheet is rendered while its reader waits: one page, and no more of them than a person can use."""


@pages.get("/supervision/")
@requires("task.read")
def listing() -> Response | tuple[str, int]:
    """What is under 督办 in the viewer's units, in code order; 25 a page, or as a file."""
    unit = request.args.get("unit", "").strip()
    wanted = Wanted(
        every=request.args.get("show") == "every",
        unit_prefix=prefix_of(unit),
        words=request.args.get("q", "").replace("\x00", "").strip()[:50],
    )
    if request.args.get("what") == "issues":
        return views_issues.issue_list(wanted)
    problem, status = None, 200
    if asked_format():
        try:
            return _file(wanted)
        except Refused as refused:
            problem, status = refused.sentence, refused.status
    page = paged(db.session(), queries.listed(wanted), number_from(request.args.get("page")))
    answer = render_template(
        "supervision/listing.html",
        items=tasks.items(db.session(), page.rows, clock.today()),
        page=page,
        lamps={row.id for row in page.rows if tasks.lamps_open(g.viewer, row)},
        wanted=wanted,
        steps=queries.highest_steps(db.session(), [row.id for row in page.rows]),
        step_names=STEPS,
        states=STATES,
        units=tasks.branches(db.session(), g.viewer.prefixes),
        may_remind=reminding.remindable(db.session(), g.viewer, page.rows, clock.today()),
        problem=problem,
    )
    return answer, status


def _file(wanted: Wanted) -> Response:
    """The list as a file; the export is audited."""
    session, today = db.session(), clock.today()
    note_export("supervision.export", "list", "supervision", g.viewer, {"rows": export.counted(session, wanted)})
    rows = export.table(session, wanted, g.viewer, today)
    return send_table(rows, f"督办事项清单-{today:%Y%m%d}", asked_format())


@pages.get("/supervision/<int:assignment_id>")
@pages.get("/supervision/issues/<int:issue_id>")
@requires("task.read")
def item(assignment_id: int | None = None, issue_id: int | None = None) -> str:
    """One item: reminders, how far it went up, the steps taken and those that may follow."""
    return item_page(*named(assignment_id, issue_id))


@pages.get("/supervision/<int:assignment_id>/sheet.pdf")
@pages.get("/supervision/issues/<int:issue_id>/sheet.pdf")
@requires("task.read")
@limiter.limit(PRINTED, key_func=lambda: f"sheet:{g.viewer.person_id}")
def sheet(assignment_id: int | None = None, issue_id: int | None = None) -> Response:
    """The supervision sheet as an official page."""
    column, row_id = named(assignment_id, issue_id)
    record = queries.record(db.session(), row_id, clock.today(), column)
    if not (record.escalations or record.steps):
        raise Refused(f"这{'项任务' if column == TASK else '个问题'}没有督办记录，不能生成督办单。")
    values = sheet_of(db.session(), record, clock.today())
    try:
        content = render_sheet(values, current_app.config["SETTINGS"].fonts)
    except ReportError as error:
        raise Refused(str(error)) from error
    headers = {"Content-Disposition": f"inline; filename=supervision-{values.number}.pdf", "Cache-Control": "no-store"}
    return Response(content, mimetype="application/pdf", headers=headers)


def panel(assignment_id: int) -> str:
    """Reminders so far, the button or why it is barred, and the way to 督办, on the page of an assignment."""
    row = db.session.get_one(Assignment, assignment_id)
    today = clock.today()
    held, supervised = queries.beside(db.session(), assignment_id)
    values = limits.limits_of(db.session(), today, row.issuer_code)
    sender = reminding.sender_unit(g.viewer, row)
    return render_template(
        "supervision/panel.html",
        remind_path=url_for("supervision.remind", assignment_id=row.id),
        more_path=url_for("supervision.item", assignment_id=row.id),
        escalations=[],
        reminders=held,
        limits=values,
        kinds=KIND_WORDS,
        may=sender is not None,
        # Disaster orders are asked when somebody presses: this page keeps its budget of questions.
        barred=reminding.why_not(row, held, values, today, still=False) if sender else None,
        supervised=supervised,
    )


def task_act(task: AccountabilityTask, rows: Sequence[Assignment]) -> str:
    """催办 of all units on one page of a task, for its issuer; or why there is nobody to be reminded."""
    if task.state != "issued" or not g.viewer.may(reminding.PERMISSION):
        return ""
    # Caps and disaster orders are asked when somebody presses: this page keeps its budget of questions.
    may = [row.id for row in rows if row.state in OPEN and reminding.sender_unit(g.viewer, row) is not None]
    return render_template("supervision/task_act.html", task=task, may=may)


panels.append(panel)
task_acts.append(task_act)
