"""举一反三: one check list for sister units; its cost for each is shown before it goes out."""

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp import clock
from webapp.accountability.costs import costs_of
from webapp.accountability.parties import actor_at
from webapp.accountability.thresholds import thresholds
from webapp.errors import DandangError, Faulty, NotFound, Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.models import Division
from webapp.policy.calendar import work_calendar
from webapp.policy.service import parameter
from webapp.rectification import lateral
from webapp.rectification.forms import LateralForm, take
from webapp.rectification.models import Issue
from webapp.rectification.views_pages import pages


@pages.get("/rectification/<int:issue_id>/lateral")
@requires("task.issue")
def lateral_form(issue_id: int) -> str:
    """The sister units to choose from, and the terms."""
    row = _own(issue_id)
    session, today = db.session(), clock.today()
    workdays = int(parameter(session, "issue.lateral_workdays", on=today, unit_code=row.closer_code))
    offered = {
        "minutes": int(parameter(session, "issue.lateral_minutes", on=today, unit_code=row.closer_code)),
        "due_on": work_calendar(session).add_workdays(today, workdays),
    }
    form = LateralForm(formdata=None, data=offered)
    return _page(row, form, {unit.code for unit in lateral.sisters(session, row, today)})


@pages.post("/rectification/<int:issue_id>/lateral")
@requires("task.issue")
def hand_out(issue_id: int) -> Response | str | tuple[str, int]:
    """Show what it costs each unit, or hand it out."""
    row, form = _own(issue_id), LateralForm()
    chosen = set(request.form.getlist("unit"))
    try:
        if not form.validate():
            raise Faulty({name: str(errors[0]) for name, errors in form.errors.items() if name})
        if request.form.get("go") == "check":
            return _page(row, form, chosen, costs=True)
        lateral.hand_out(
            db.session(),
            issue_id,
            chosen,
            minutes=form.minutes.data or 0,
            due_on=form.due_on.data,  # type: ignore[arg-type]  # the form has just refused an empty one
            at=clock.now(),
            version=request.form.get("version", type=int),
        )
    except DandangError as error:
        db.session.rollback()
        if isinstance(error, Faulty):
            take(form, error.faults)
        elif not isinstance(error, Refused) and error.status != 409:  # noqa: PLR2004 - a conflict is shown on the page
            raise
        return _page(_own(issue_id), form, chosen, error.sentence), error.status
    db.session.commit()
    flash(f"已下达给 {len(chosen)} 个单位，并已送到各单位收件箱。", "done")
    return redirect(url_for(".issue", issue_id=issue_id))


def _own(issue_id: int) -> Issue:
    """An issue that one of the viewer's units closes."""
    row = db.session.get(Issue, issue_id)
    if row is None:
        raise NotFound()
    actor_at(g.viewer, "task.issue", row.closer_code)
    return row


def _page(row: Issue, form: LateralForm, chosen: set[str], problem: str | None = None, *, costs: bool = False) -> str:
    units = lateral.sisters(db.session(), row, clock.today())
    return render_template(
        "rectification/lateral.html",
        row=row,
        form=form,
        units=units,
        chosen=chosen,
        problem=problem,
        evidence=lateral.EVIDENCE,
        costs=_costs(row, form, [unit for unit in units if unit.code in chosen]) if costs else None,
    )


def _costs(row: Issue, form: LateralForm, units: list[Division]) -> list[object]:
    limits = thresholds(db.session(), clock.today(), row.closer_code)
    return list(
        costs_of(
            db.session(),
            units,
            on=clock.today(),
            due_on=form.due_on.data,  # type: ignore[arg-type]  # validated before
            minutes=form.minutes.data or 0,
            regular=False,
            ceilings=limits.ceilings,
        )
    )
