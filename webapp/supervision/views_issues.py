"""催办 and 督办 of issues to put right: the part on an issue's page, the button, and the list of what went up."""

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp import clock
from webapp.downloads import asked_format, note_export, send_table
from webapp.errors import Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.paging import number_from, paged
from webapp.rectification import queries as issues
from webapp.rectification.models import STATES, Issue
from webapp.rectification.panels import panels
from webapp.supervision import export, limits, queries, reminding
from webapp.supervision.models import STEPS
from webapp.supervision.queries import Wanted
from webapp.supervision.rules import KIND_WORDS
from webapp.supervision.subjects import ISSUE, Subject, reminders_by
from webapp.supervision.views_acts import told
from webapp.supervision.views_pages import pages


@pages.post("/supervision/issues/<int:issue_id>/remind")
@requires("task.remind")
def remind_of_issue(issue_id: int) -> Response:
    """催办 of one issue; back to its page."""
    try:
        made, fresh = reminding.remind(db.session(), issue_id, at=clock.now(), column=ISSUE)
    except Refused as error:
        db.session.rollback()
        flash(error.sentence, "problem")
        return redirect(url_for("rectification.issue", issue_id=issue_id))
    flash(told(made, fresh), "done")
    db.session.commit()
    return redirect(url_for("rectification.issue", issue_id=issue_id))


def issue_list(wanted: Wanted) -> Response | tuple[str, int]:
    """Issues under 督办 in the viewer's units, in code order; 25 a page, or as a file."""
    problem, status = None, 200
    if asked_format():
        try:
            return _file(wanted)
        except Refused as refused:
            problem, status = refused.sentence, refused.status
    page = paged(db.session(), queries.issues(wanted), number_from(request.args.get("page")))
    answer = render_template(
        "supervision/issues.html",
        page=page,
        items=issues.items(db.session(), page.rows, clock.today()),
        lamps={row.id for row in page.rows if issues.lamps_open(g.viewer, row)},
        states=STATES,
        steps=queries.highest_steps(db.session(), [row.id for row in page.rows], ISSUE),
        step_names=STEPS,
        wanted=wanted,
        problem=problem,
    )
    return answer, status


def _file(wanted: Wanted) -> Response:
    """The list as a file; the export is audited."""
    session, today = db.session(), clock.today()
    note_export("supervision.export", "list", "issues", g.viewer, {"rows": export.issues_counted(session, wanted)})
    rows = export.issue_table(session, wanted, g.viewer, today)
    return send_table(rows, f"督办整改问题清单-{today:%Y%m%d}", asked_format())


def panel(issue_id: int) -> str:
    """Reminders so far, the button or why it is barred, and how far it went up."""
    row, today = db.session.get_one(Issue, issue_id), clock.today()
    one = Subject(row)
    held = reminders_by(db.session(), [one])[one.key]
    up, supervised = queries.beside_issue(db.session(), issue_id)
    values = limits.limits_of(db.session(), today, one.issuer_code)
    sender = reminding.sender_unit(g.viewer, row)
    return render_template(
        "supervision/panel.html",
        remind_path=url_for("supervision.remind_of_issue", issue_id=issue_id),
        more_path=url_for("supervision.item", issue_id=issue_id),
        reminders=held,
        escalations=up,
        limits=values,
        kinds=KIND_WORDS,
        may=sender is not None,
        barred=reminding.why_not(row, held, values, today, still=False) if sender else None,
        supervised=supervised,
    )


panels.append(panel)
