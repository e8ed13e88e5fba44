"""Pages of runs: the list, asking for one, its values, and the rows behind each figure."""

import uuid
from functools import partial

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp import clock
from webapp.downloads import asked_format
from webapp.errors import DandangError, NotFound
from webapp.evaluation import figure_rows, list_tables, queries, requests, views_assessments
from webapp.evaluation.forms import RunForm, choices
from webapp.evaluation.models import REPORT_KINDS, RunRequest
from webapp.evaluation.periods import holding, parse
from webapp.evaluation.schemes import DIMENSIONS, scheme
from webapp.evaluation.scoring import TOTAL
from webapp.evaluation.views_pages import pages
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.models import Division
from webapp.org.queries import find, names
from webapp.org.views_files import send_headed, send_list
from webapp.paging import number_from, paged
from webapp.policy.service import known_packs
from webapp.policy.work_areas import indicator

__all__ = ["pages", "views_assessments"]
REFRESH_SECONDS = 3


@pages.get("/runs/")
@requires("run.read")
def listing() -> Response | str:
    """Runs in scope, the latest period first, and requests that are not done."""
    typed, problem, period = request.args.get("period", "").strip(), None, ""
    try:
        period = parse(typed).text if typed else ""
    except DandangError as error:
        problem = error.sentence
    statement = queries.runs(period)
    if asked_format() and problem is None:
        shown = partial(list_tables.run_rows, db.session())
        return send_list(
            "考核测算清单", list_tables.RUN_HEADINGS, statement, shown, ("run.export", "list", period or "runs")
        )
    page = paged(db.session(), statement, number_from(request.args.get("page")))
    waiting = queries.open_requests(db.session()) if g.viewer.may("run.request") else []
    return render_template(
        "evaluation/listing.html",
        page=page,
        typed=typed,
        problem=problem,
        waiting=waiting,
        names=names(db.session(), {row.unit_code for row in [*page.rows, *waiting]}),
        labels={row.period: parse(row.period).label for row in [*page.rows, *waiting]},
    )


@pages.get("/runs/new")
@requires("run.request")
def new() -> str:
    """The form, filled with the last closed month and the viewer's unit."""
    form = _run_form()
    if not form.period.data:
        form.period.data = holding(clock.today(), "month").before.text
    if not form.unit.data:
        form.unit.data = g.viewer.prefixes[0]
    form.token.data = str(uuid.uuid4())
    return render_template("evaluation/new.html", form=form)


@pages.post("/runs/new")
@requires("run.request")
def ask() -> Response | tuple[str, int]:
    """Ask for a run; a double click asks once."""
    form = _run_form()
    if not form.validate_on_submit():
        return render_template("evaluation/new.html", form=form), 400
    try:
        row = requests.request_run(
            db.session(),
            token=form.token.data or "",
            period=form.period.data or "",
            unit=form.unit.data or "",
            plan_number=form.assessment.data or "",
            report_kind=form.report_kind.data or None,
            at=clock.now(),
        )
    except DandangError as error:
        field = form.unit if isinstance(error, NotFound) or error.status == 403 else form.period
        field.errors = [*field.errors, error.sentence]
        return render_template("evaluation/new.html", form=form), error.status
    target = url_for("evaluation.requested", request_id=row.id)
    db.session.commit()
    return redirect(target)


def _run_form() -> RunForm:
    form = RunForm(data=None if request.method == "POST" else request.args.to_dict())
    opened = queries.open_assessments(db.session())
    plain = ("", "普通测算（只有数值，不评分）")
    form.assessment.choices = choices([plain, *((a.plan_number, f"{a.title}（{a.plan_number}）") for a in opened)])
    return form


@pages.get("/runs/requests/<int:request_id>")
@requires("run.request")
def requested(request_id: int) -> Response | str:
    """How far a requested run is; the page asks again by itself, also without JavaScript, until it is done."""
    row = db.session.get(RunRequest, request_id)
    if row is None:
        raise NotFound()
    if row.state == "done" and row.run_key:
        if row.report_kind:
            flash("测算完成，报告生成后将送到您的收件箱。", "success")
        return redirect(url_for("evaluation.show", key=row.run_key))
    return render_template(
        "evaluation/requested.html",
        row=row,
        division=db.session.get(Division, row.unit_code),
        label=parse(row.period).label,
        seconds=REFRESH_SECONDS,
    )


@pages.get("/runs/<key>")
@requires("run.read")
def show(key: str) -> Response | str:
    """Values of the units in scope by indicator, in the order of codes; dimension results inside an assessment."""
    run = queries.run_by_key(db.session(), key)
    under = _under(run.unit_code)
    if asked_format():
        shown = partial(list_tables.value_rows, db.session())
        audited = ("run.export", "run", run.key)
        return send_list(
            f"测算数值-{run.key}", list_tables.VALUE_HEADINGS, queries.values_below(run, under), shown, audited
        )
    matrix = queries.matrix(db.session(), run, under, number_from(request.args.get("page")))
    version = scheme(run.assessment.scheme_slug, run.assessment.scheme_version) if run.assessment else None
    return render_template(
        "evaluation/show.html",
        run=run,
        matrix=matrix,
        under=under,
        root=db.session.get(Division, run.unit_code),
        label=parse(run.period).label,
        states=queries.states(db.session(), run.id),
        version=version,
        dimensions=[*((d, DIMENSIONS[d]) for d in version.dimensions), (TOTAL, "合计")] if version else [],
        pack_title=next((p.title for p in known_packs(db.session()) if p.slug == run.frozen["pack"]), ""),
        kind="evaluation-report" if version else "period-report",
        kinds=REPORT_KINDS,
        token=str(uuid.uuid4()),
    )


def _under(root: str) -> str:
    """The unit typed in the address, when it lies below the run's root; else the root."""
    typed = request.args.get("under", "").strip()
    if not typed:
        return root
    try:
        code = find(db.session(), typed).code
    except DandangError:
        return root
    return code if code.startswith(root) else root


@pages.get("/runs/<key>/<unit>/<code>")
@requires("run.read")
def rows(key: str, unit: str, code: str) -> Response | str:
    """The rows behind one figure; as many as its numerator and denominator say."""
    run = queries.run_by_key(db.session(), key)
    division = find(db.session(), unit)
    value = queries.value_of(db.session(), run, division.code, code)
    shown = request.args.get("show", "")
    shown = shown if shown in figure_rows.SHOWN else ""
    behind = figure_rows.rows_behind(db.session(), run, value, shown, number_from(request.args.get("page")))
    if asked_format():
        every = list_tables.figure_rows(figure_rows.every_row(db.session(), run, value, shown))
        title, audited = f"{division.name}{indicator(code).name}明细", ("run.export", "run", f"{run.key}:{code}")
        return send_headed(title, list_tables.FIGURE_HEADINGS, every, audited, behind.page.total)
    return render_template(
        "evaluation/rows.html",
        run=run,
        division=division,
        value=value,
        item=indicator(code),
        behind=behind,
        shown=[(k, words) for k, words in figure_rows.SHOWN.items() if k != "missing" or behind.missing],
        label=parse(run.period).label,
        person_days=code == "POS-1",
    )
