"""下达任务 in three steps: what, whom, check. Nothing is stored before the last button; back keeps everything."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp import clock
from webapp.accountability import issuing, queries
from webapp.accountability.costs import costs_of
from webapp.accountability.forms import DemandForm
from webapp.accountability.rules import faults_of
from webapp.accountability.thresholds import Thresholds, thresholds
from webapp.accountability.views_pages import pages
from webapp.errors import DandangError, Faulty, Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.models import Division
from webapp.policy.calendar import work_calendar


@pages.get("/tasks/new")
@requires("task.issue")
def new() -> str:
    """Step one, empty."""
    form = DemandForm(formdata=None)
    form.offer(_issuing_units())
    return _what(form, [])


@pages.post("/tasks/new")
@requires("task.issue")
def issue() -> Response | str | tuple[str, int]:
    """Go to the step that was asked for, or issue."""
    form = DemandForm()
    form.offer(_issuing_units())
    form.validate()
    units = _units(form.issuer.data)
    step = request.form.get("go", "what")
    if step == "what":
        for one in form:
            one.errors = []
        return _what(form, units)
    limits = thresholds(db.session(), clock.today(), form.issuer.data)
    form.take(
        faults_of(
            form.terms(), form.issuer.data, clock.today(), work_calendar(db.session()), limits.min_answer_workdays
        )
    )
    if form.errors:
        return _what(form, units), 400
    if step == "whom":
        return _whom(form, units)
    try:
        chosen = issuing.targets(db.session(), units, form.issuer.data, clock.now())
        if step == "check":
            return _check(form, chosen, limits)
        task = issuing.issue(
            db.session(),
            form.terms(),
            units,
            issuer_code=form.issuer.data,
            request_id=form.request_id.data,
            at=clock.now(),
        )
    except DandangError as error:
        db.session.rollback()
        return _refused(form, units, error, limits, step)
    db.session.commit()
    flash(f"已下达给 {len(units)} 个单位，并已送到各单位收件箱。请在本页查看签收和反馈情况。", "done")
    return redirect(url_for("accountability.task", number=task.number))


def _refused(form: DemandForm, units: list[str], error: DandangError, limits: Thresholds, step: str) -> tuple[str, int]:
    """The step where it can be mended, with everything that was typed and chosen."""
    if isinstance(error, Faulty):
        form.take(error.faults)
        return _what(form, units), error.status
    if step == "issue" and isinstance(error, Refused):
        chosen = queries.divisions(db.session(), units)
        return _check(form, chosen, limits, error.sentence), error.status
    return _whom(form, units, error.sentence), error.status


def _what(form: DemandForm, units: list[str]) -> str:
    return render_template("accountability/new_what.html", form=form, units=units)


def _whom(form: DemandForm, units: list[str], problem: str | None = None) -> str:
    """The tree of the two levels below the issuer; a branch with a choice in it stands open."""
    issuer = form.issuer.data
    below = queries.choosable(db.session(), issuer, clock.today())
    first = min((division.level for division in below), default=0)
    return render_template(
        "accountability/new_whom.html",
        form=form,
        units=set(units),
        outside=[code for code in units if code not in {division.code for division in below}],
        branches=[
            (division, [leaf for leaf in below if leaf.parent_code == division.code])
            for division in below
            if division.level == first
        ],
        problem=problem,
    )


def _check(form: DemandForm, chosen: list[Division], limits: Thresholds, problem: str | None = None) -> str:
    """下达前核对: who is asked what in the month, this demand included (X-5)."""
    terms = form.terms()
    costs = costs_of(
        db.session(),
        chosen,
        due_on=terms.due_on,
        minutes=terms.minutes,
        regular=terms.regular,
        ceilings=limits.ceilings,
    )
    return render_template(
        "accountability/new_check.html",
        form=form,
        terms=terms,
        costs=costs,
        units=[unit.code for unit in chosen],
        issuer=dict(form.issuer.choices)[form.issuer.data],
        ceilings=limits.ceilings,
        workdays=work_calendar(db.session()).workdays_between(clock.today(), terms.due_on),
        provisional=work_calendar(db.session()).provisional(terms.due_on),
        problem=problem,
    )


def _units(issuer: str) -> list[str]:
    """The chosen codes: from the tree's boxes (a whole branch has one of its own), else as the step before kept them."""
    if "choosing" not in request.form:
        return sorted(filter(None, request.form.get("units", "").split(",")))
    kept = set(request.form.getlist("unit")) | set(filter(None, request.form.get("outside", "").split(",")))
    branches = set(request.form.getlist("under"))
    if branches:
        kept |= {d.code for d in queries.choosable(db.session(), issuer, clock.today()) if d.parent_code in branches}
    return sorted(kept)


def _issuing_units() -> list[Any]:
    return queries.divisions(db.session(), g.viewer.units_with("task.issue"))
