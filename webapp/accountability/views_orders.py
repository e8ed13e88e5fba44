"""灾情期间暂停计时: the list of disaster orders, a new one, ending one early."""

from datetime import date

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp import clock
from webapp.accountability import orders, queries
from webapp.accountability.views_pages import pages
from webapp.errors import Conflict, DandangError, Faulty, Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.queries import names
from webapp.org.units import by_codes
from webapp.paging import number_from, paged

_ASKED = {"starts_on": "开始日期", "ends_on": "结束日期", "last_day": "最后暂停日"}


@pages.get("/tasks/orders")
@requires("order.write")
def order_list() -> str:
    """Orders of the own units and of units below, the latest first."""
    return _list()


@pages.get("/tasks/orders/new")
@requires("order.write")
def order_form() -> str:
    """An empty form."""
    return _form()


@pages.post("/tasks/orders/new")
@requires("order.write")
def order_make() -> Response | tuple[str, int]:
    """Enter an order; the deadlines move at once."""
    own = g.viewer.units_with("order.write")
    unit = request.form.get("unit", own[0])
    try:
        _, moved = orders.make(
            db.session(),
            unit_code=unit,
            document_no=request.form.get("document_no", ""),
            title=request.form.get("title", ""),
            units=request.form.getlist("units"),
            starts_on=_day("starts_on"),
            ends_on=_day("ends_on"),
            at=clock.now(),
        )
    except DandangError as error:
        db.session.rollback()
        return _form(error), error.status
    db.session.commit()
    told = f"{moved} 项未办结任务的期限已顺延，并已通知承办单位。" if moved else "目前没有需要顺延期限的任务。"
    flash(f"已登记。{told}", "done")
    return redirect(url_for("accountability.order_list"))


@pages.post("/tasks/orders/<int:order_id>/end")
@requires("order.write")
def order_end(order_id: int) -> Response | tuple[str, int]:
    """End an order early; the deadlines move back by the days that are left."""
    try:
        orders.order_of(db.session(), order_id)
        _, moved = orders.end(
            db.session(),
            order_id,
            last_day=_day("last_day"),
            at=clock.now(),
            version=request.form.get("version", type=int),
        )
    except (Refused, Conflict) as error:
        db.session.rollback()
        return _list(error.sentence), error.status
    db.session.commit()
    flash(f"已提前结束。{moved} 项任务的期限相应提前，并已通知承办单位。", "done")
    return redirect(url_for("accountability.order_list"))


def _day(name: str) -> date:
    text = request.form.get(name, "").strip()
    try:
        return date.fromisoformat(text)
    except ValueError:
        words = f"{_ASKED[name]}不正确。请按“2026-11-24”的样子填写。" if text else f"没有填写{_ASKED[name]}。请补填。"
        raise Faulty({name: words}) from None


def _list(problem: str | None = None) -> str:
    page = paged(db.session(), orders.listed(), number_from(request.args.get("page")))
    codes = {code for row in page.rows for code in (row.unit_code, *row.units)}
    return render_template(
        "accountability/orders.html",
        page=page,
        names=names(db.session(), codes),
        own=g.viewer.units_with("order.write"),
        problem=problem,
    )


def _form(error: DandangError | None = None) -> str:
    own = by_codes(db.session(), g.viewer.units_with("order.write"))
    unit = request.values.get("unit") or own[0].code
    unit = unit if unit in {one.code for one in own} else own[0].code
    below = queries.choosable(db.session(), unit, clock.today())
    first = min((one.level for one in below), default=0)
    return render_template(
        "accountability/order_new.html",
        own=own,
        unit=next(one for one in own if one.code == unit),
        branches=[
            (one, [leaf for leaf in below if leaf.parent_code == one.code]) for one in below if one.level == first
        ],
        typed=request.form,
        chosen=set(request.form.getlist("units")),
        problem=error.sentence if error else None,
        faults=error.faults if isinstance(error, Faulty) else {},
    )
