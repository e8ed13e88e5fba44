"""Pages of assessments: those that are open or closed, and opening one under an approved plan (X-9)."""

from functools import partial

from flask import flash, g, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from webapp import clock
from webapp.downloads import asked_format
from webapp.errors import DandangError
from webapp.evaluation import list_tables, queries
from webapp.evaluation.assessments import open_assessment
from webapp.evaluation.forms import AssessmentForm, choices
from webapp.evaluation.models import Run
from webapp.evaluation.periods import parse
from webapp.evaluation.schemes import scheme, schemes
from webapp.evaluation.views_pages import pages
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.models import Division
from webapp.org.queries import names
from webapp.org.views_files import send_list
from webapp.paging import number_from, paged


@pages.get("/assessments/")
@requires("run.read")
def assessments() -> Response | str:
    """Assessments in scope with their runs, the latest first."""
    if asked_format():
        shown = partial(list_tables.assessment_rows, db.session())
        audited = ("assessment.export", "list", "assessments")
        return send_list("考核评价清单", list_tables.ASSESSMENT_HEADINGS, queries.assessments(), shown, audited)
    page = paged(db.session(), queries.assessments(), number_from(request.args.get("page")))
    ids = [row.id for row in page.rows]
    runs = db.session.scalars(select(Run).where(Run.assessment_id.in_(ids), Run.state == "done").order_by(Run.revision))
    return render_template(
        "evaluation/assessments.html",
        page=page,
        names=names(db.session(), {row.unit_code for row in page.rows}),
        labels={row.period: parse(row.period).label for row in page.rows},
        titles={(s.slug, s.version): s.title for s in schemes()},
        latest={run.assessment_id: run for run in runs},
    )


@pages.get("/assessments/new")
@requires("assessment.write")
def new_assessment() -> str:
    """The form for what the approved plan says."""
    return render_template("evaluation/open.html", form=_form())


@pages.post("/assessments/new")
@requires("assessment.write")
def open_new() -> Response | tuple[str, int]:
    """Open an assessment; a second click meets the plan number that is already open."""
    form = _form()
    if not form.validate_on_submit():
        return render_template("evaluation/open.html", form=form), 400
    slug, _, version = (form.scheme.data or "").rpartition(":")
    try:
        row = open_assessment(
            db.session(),
            plan_number=form.plan_number.data or "",
            title=form.title.data or "",
            unit=form.unit.data or "",
            period=form.period.data or "",
            plan_approved_on=form.plan_approved_on.data,
            scheme_slug=slug,
            scheme_version=int(version),
            opened_by=g.viewer.name,
            at=clock.now(),
        )
    except DandangError as error:
        form.period.errors = [*form.period.errors, error.sentence]
        return render_template("evaluation/open.html", form=form), error.status
    title = scheme(row.scheme_slug, row.scheme_version).title
    flash(f"已启动考核，采用{title}。请接着申请测算。", "success")
    db.session.commit()
    return redirect(url_for("evaluation.assessments"))


def _form() -> AssessmentForm:
    form = AssessmentForm()
    units = g.viewer.units_with("assessment.write")
    found = db.session.scalars(select(Division).where(Division.code.in_(units)).order_by(Division.code))
    form.unit.choices = choices((division.code, division.name) for division in found)
    form.scheme.choices = choices((f"{s.slug}:{s.version}", f"{s.title}（第 {s.version} 版）") for s in schemes())
    return form
