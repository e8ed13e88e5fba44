"""Pages of reports: the list, one report with its PDF, subscriptions and deliveries."""

from functools import partial
from io import BytesIO

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from webapp import clock
from webapp.delivery import archive, list_tables, queries, service
from webapp.delivery.forms import EndSubscriptionForm, SubscriptionForm
from webapp.downloads import asked_format
from webapp.errors import DandangError
from webapp.evaluation.models import REPORT_KINDS, Run
from webapp.evaluation.periods import parse
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.models import Division
from webapp.org.queries import names
from webapp.org.views_files import send_list
from webapp.paging import number_from, paged

pages = Blueprint("delivery", __name__)


@pages.get("/reports/")
@requires("report.read")
def listing() -> Response | str:
    """Archived reports in scope, newest first; kind, period and unit filter."""
    kept = {name: request.args.get(name, "").strip() for name in ("kind", "period", "unit")}
    problem = None
    try:
        statement = queries.reports(db.session(), kept["kind"], kept["period"], kept["unit"])
    except DandangError as error:
        statement, problem = queries.reports(db.session()), error.sentence
    if asked_format() and problem is None:
        shown = partial(list_tables.report_rows, db.session())
        return send_list(
            "报告清单", list_tables.REPORT_HEADINGS, statement, shown, ("report.export", "list", "reports")
        )
    page = paged(db.session(), statement, number_from(request.args.get("page")))
    return render_template(
        "delivery/listing.html",
        page=page,
        kept=kept,
        problem=problem,
        kinds=REPORT_KINDS,
        names=names(db.session(), {row.unit_code for row in page.rows}),
    )


@pages.get("/reports/<int:report_id>")
@requires("report.read")
def show(report_id: int) -> str:
    """One report: the PDF in the page, its hash, its versions, and the way to its figures."""
    row = queries.report(db.session(), report_id)
    return render_template(
        "delivery/show.html",
        report=row,
        kind=REPORT_KINDS[row.kind],
        run=db.session.get(Run, row.run_id),
        division=db.session.get(Division, row.unit_code),
        versions=queries.versions(db.session(), row),
        label=parse(row.period).label,
    )


@pages.get("/reports/<int:report_id>/file")
@requires("report.read")
def file(report_id: int) -> Response:
    """The archived bytes; `?download=1` to save them."""
    row = queries.report(db.session(), report_id)
    content = archive.read_bytes(current_app.config["SETTINGS"], row.sha256)
    return send_file(
        BytesIO(content),
        mimetype="application/pdf",
        as_attachment=bool(request.args.get("download")),
        download_name=f"{row.title}.pdf",
        etag=row.sha256,
    )


@pages.get("/reports/subscriptions")
@requires("subscription.write")
def subscriptions() -> str:
    """Subscriptions in scope, and the form for a new one."""
    return _subscriptions(_form())


def _form() -> SubscriptionForm:
    form = SubscriptionForm()
    form.unit_code.choices = service.subscribable_units(db.session(), g.viewer)
    form.recipient_id.choices = service.possible_recipients(db.session(), g.viewer, clock.today())
    return form


def _subscriptions(form: SubscriptionForm) -> str:
    return render_template(
        "delivery/subscriptions.html",
        form=form,
        ending=EndSubscriptionForm(),
        rows=db.session.execute(queries.subscriptions()).all(),
    )


@pages.post("/reports/subscriptions")
@requires("subscription.write")
def subscribe() -> Response | tuple[str, int]:
    """Start a subscription; a second send of the same changes nothing."""
    form = _form()
    if not form.validate_on_submit():
        return _subscriptions(form), 400
    try:
        service.subscribe(
            db.session(),
            kind="period-report",
            unit_code=form.unit_code.data,
            recipient_id=form.recipient_id.data,
            first_window=form.first_window.data or "",
            at=clock.now(),
        )
    except DandangError as error:
        form.first_window.errors = [*form.first_window.errors, error.sentence]
        return _subscriptions(form), error.status
    flash("已订阅。报告将在次月第一个工作日送达收件人的收件箱。", "success")
    db.session.commit()
    return redirect(url_for("delivery.subscriptions"))


@pages.post("/reports/subscriptions/<int:subscription_id>/end")
@requires("subscription.write")
def end(subscription_id: int) -> Response:
    """End a subscription today; repeated it stays ended."""
    service.end_subscription(db.session(), subscription_id, on=clock.today())
    flash("已停止订阅。已到期的报告仍会送达。", "success")
    db.session.commit()
    return redirect(url_for("delivery.subscriptions"))


@pages.get("/reports/deliveries")
@requires("delivery.read")
def deliveries() -> Response | str:
    """What was delivered to whom, what waits and why, mails whose arrival nobody can tell."""
    if asked_format():
        shown = partial(list_tables.delivery_rows, db.session())
        audited = ("delivery.export", "list", "deliveries")
        return send_list("报送情况", list_tables.DELIVERY_HEADINGS, queries.deliveries(), shown, audited)
    page = paged(db.session(), queries.deliveries(), number_from(request.args.get("page")))
    return render_template(
        "delivery/deliveries.html",
        page=page,
        names=names(db.session(), {row.unit_code for row in page.rows}),
        mails=queries.mails_of(db.session(), page.rows),
        people=queries.people_of(db.session(), page.rows),
        mail_words=list_tables.MAILS,
        mail_on=bool(current_app.config["SETTINGS"].smtp_url),
    )
