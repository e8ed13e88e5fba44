"""灾情期间暂停计时: the list of disaster orders, a new one, ending one early."""

from datetime import date
from functools import partial
from urllib.parse import urlencode

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from webapp import clock
from webapp.accountability import desk_tables, orders, queries
from webapp.accountability.views_pages import pages
from webapp.downloads import asked_format
from webapp.errors import Conflict, DandangError, Faulty, Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.queries import names
from webapp.org.units import by_codes
from webapp.org.views_files import send_list
from webapp.paging import SIZE, Page, number_from, paged

_TYPED = ("unit", "document_no", "title", "starts_on", "ends_on", "units")


@pages.get("/tasks/orders")
@requires("order.write")
def order_list() -> str | Response:
    """Orders of the own units and of units below, the latest first."""
    if asked_format():
        shown = partial(desk_tables.order_rows, db.session())
        audited = ("order.export", "list", "orders")
        return send_list("灾情期间暂停计时", desk_tables.ORDER_HEADINGS, orders.listed(), shown, audited)
    return _list()


@pages.get("/tasks/orders/new")
@requires("order.write")
def order_form() -> str:
    """The form: empty, or with what was typed before it was checked."""
    return _form(request.args)


@pages.get("/tasks/orders/check")
@requires("order.write")
def order_check() -> str | tuple[str, int]:
    """What the order would stop, before it is made; its address holds what was typed, so that Back shows it again."""
    try:
        wanted = _wanted(request.args)
        foreseen = orders.foresee(db.session(), wanted, clock.now())
    except DandangError as error:
        return _form(request.args, error), error.status
    number = number_from(request.args.get("page"))
    shown = foreseen.units[(number - 1) * SIZE : number * SIZE]
    typed = [(name, value) for name in _TYPED for value in request.args.getlist(name)]
    return render_template(
        "accountability/order_check.html",
        wanted=wanted,
        foreseen=foreseen,
        page=Page(shown, number, len(foreseen.units)),
        typed=typed,
        back=f"{url_for('accountability.order_form')}?{urlencode(typed)}",
        unit=names(db.session(), [wanted.unit_code])[wanted.unit_code],
    )


@pages.post("/tasks/orders/new")
@requires("order.write")
def order_make() -> Response | tuple[str, int]:
    """Enter an order; the deadlines move at once."""
    try:
        order, _ = orders.make(db.session(), _wanted(request.form), clock.now())
        told = orders.stopped_by(db.session(), order)
    except DandangError as error:
        db.session.rollback()
        return _form(request.form, error), error.status
    db.session.commit()
    told = f"未办结的 {told}期限已顺延，并已通知承办单位。" if told else "目前没有需要顺延的期限。"
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
            last_day=_day(request.form.get("last_day", ""), "最后暂停日"),
            at=clock.now(),
            version=request.form.get("version", type=int),
        )
    except (Refused, Conflict) as error:
        db.session.rollback()
        return _list(error.sentence), error.status
    db.session.commit()
    told = orders.said(moved)
    told = f"{told}的期限相应提前，并已通知承办单位。" if told else "没有需要提前的期限。"
    flash(f"已提前结束。{told}", "done")
    return redirect(url_for("accountability.order_list"))


def _wanted(typed: MultiDict[str, str]) -> orders.Wanted:
    """The order as it was typed. Raises `Faulty` with all that is wrong where a day cannot be read."""
    days: dict[str, date | None] = {}
    faults: dict[str, str] = {}
    for name in orders.DAYS:
        days[name] = None
        try:
            days[name] = _day(typed.get(name, ""), orders.DAYS[name])
        except Faulty as fault:
            faults[name] = fault.sentence
    own = g.viewer.units_with("order.write")
    wanted = orders.Wanted(
        unit_code=typed.get("unit", own[0]),
        document_no=typed.get("document_no", ""),
        title=typed.get("title", ""),
        units=typed.getlist("units"),
        starts_on=days["starts_on"],
        ends_on=days["ends_on"],
    )
    if faults:
        raise Faulty(orders.faults_of(wanted, clock.today()) | faults)
    return wanted


def _day(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        words = f"{name}不正确。请按“2026-11-24”的样子填写。" if text.strip() else f"没有填写{name}。请补填。"
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


def _form(typed: MultiDict[str, str], error: DandangError | None = None) -> str:
    own = by_codes(db.session(), g.viewer.units_with("order.write"))
    unit = typed.get("unit") or own[0].code
    unit = unit if unit in {one.code for one in own} else own[0].code
    below = queries.choosable(db.session(), unit, clock.today())
    first = min((one.level for one in below), default=0)
    faults = error.faults if isinstance(error, Faulty) else {}
    return render_template(
        "accountability/order_new.html",
        own=own,
        unit=next(one for one in own if one.code == unit),
        branches=[
            (one, [leaf for leaf in below if leaf.parent_code == one.code]) for one in below if one.level == first
        ],
        typed=typed,
        chosen=set(typed.getlist("units")),
        problem=error.sentence if error and not faults else None,
        faults=faults,
        labels={**orders.NAMES, **orders.DAYS, "units": "暂停单位"},
    )
