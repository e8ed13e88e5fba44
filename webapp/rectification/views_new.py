"""登记问题, and 更正登记 while nobody has claimed it."""

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp import clock
from webapp.accountability import queries as task_queries
from webapp.accountability.parties import actor_at
from webapp.errors import DandangError, Faulty, NotFound
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.units import by_codes
from webapp.rectification import entering
from webapp.rectification.forms import IssueForm, as_typed
from webapp.rectification.models import Issue
from webapp.rectification.reading import Units, particulars, spoken
from webapp.rectification.rules import MOVES, Particulars, why_not
from webapp.rectification.views_pages import entering_units, pages


@pages.get("/rectification/new")
@requires("task.issue")
def new() -> str:
    """The empty form."""
    form = IssueForm(formdata=None)
    form.offer(entering_units())
    return _page(form)


@pages.post("/rectification/new")
@requires("task.issue")
def enter() -> Response | tuple[str, int]:
    """Enter one issue."""
    form = IssueForm()
    form.offer(entering_units())
    form.validate()
    try:
        row = entering.enter(
            db.session(),
            _particulars(form, form.issuer.data),
            issuer_code=form.issuer.data,
            request_id=form.request_id.data,
            at=clock.now(),
        )
    except DandangError as error:
        db.session.rollback()
        return _refused(form, error)
    flash(f"已登记，编号 {row.number}，并已通知{row.unit.name}认领。", "done")
    issue_id = row.id
    db.session.commit()
    return redirect(url_for(".issue", issue_id=issue_id))


@pages.get("/rectification/<int:issue_id>/correct")
@requires("task.issue")
def correct_form(issue_id: int) -> str | tuple[str, int]:
    """The form as the issue stands."""
    row = _own(issue_id)
    codes = [row.unit_code, row.closer_code, *(support.unit_code for support in row.supports)]
    form = IssueForm(formdata=None, data=as_typed(row, spoken(db.session(), codes, row.issuer_code)))
    form.offer(by_codes(db.session(), [row.issuer_code]))
    if row.state not in MOVES["correct"].from_states:
        return _page(form, row, why_not(MOVES["correct"], row.state)), 409
    return _page(form, row)


@pages.post("/rectification/<int:issue_id>/correct")
@requires("task.issue")
def correct(issue_id: int) -> Response | tuple[str, int]:
    """Put right what was entered."""
    row = _own(issue_id)
    form = IssueForm()
    form.offer(by_codes(db.session(), [row.issuer_code]))
    form.validate()
    try:
        version = request.form.get("version", type=int)
        entering.correct(db.session(), issue_id, _particulars(form, row.issuer_code), at=clock.now(), version=version)
    except DandangError as error:
        db.session.rollback()
        return _refused(form, error, _own(issue_id))
    db.session.commit()
    flash("已更正，并已通知牵头单位。", "done")
    return redirect(url_for(".issue", issue_id=issue_id))


def _own(issue_id: int) -> Issue:
    """An issue that one of the viewer's units entered."""
    row = db.session.get(Issue, issue_id)
    if row is None:
        raise NotFound()
    actor_at(g.viewer, "task.issue", row.issuer_code)
    return row


def _particulars(form: IssueForm, issuer: str) -> Particulars:
    """What was typed. Raises `Faulty` by field, the unreadable and the missing together."""
    line = form.line()
    one, unread = particulars(line, Units(db.session(), [line], issuer))
    if unread:
        raise Faulty(entering.judge(db.session(), one, issuer, clock.now()) | unread)
    return one


def _refused(form: IssueForm, error: DandangError, row: Issue | None = None) -> tuple[str, int]:
    if isinstance(error, Faulty):
        form.take(error.faults)
        return _page(form, row), error.status
    return _page(form, row, error.sentence), error.status


def _page(form: IssueForm, row: Issue | None = None, problem: str | None = None) -> str:
    return render_template(
        "rectification/new.html",
        form=form,
        row=row,
        problem=problem,
        units=task_queries.branches(db.session(), [form.issuer.data]),
    )
