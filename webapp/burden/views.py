"""Own ledger by month, what own units asked, and the report by issuer."""

import re
from datetime import date

from flask import g, render_template, request
from werkzeug.wrappers import Response

from webapp import clock
from webapp.burden import queries, tables, views_complaints, views_directory, views_flags
from webapp.burden.limits import limits_for
from webapp.burden.report import issuer_report
from webapp.burden.rules import Load, month_of
from webapp.burden.views_pages import as_file, pages
from webapp.downloads import asked_format
from webapp.errors import Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.queries import names, own_names
from webapp.paging import number_from, page_of, paged
from webapp.spreadsheets import headed

__all__ = ["pages", "views_complaints", "views_directory", "views_flags"]

_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


@pages.get("/burden/")
@requires("task.read")
def ledger() -> Response | str:
    """A unit's own month for itself, or what own units asked of the units below."""
    own, asking = g.viewer.units_with("task.answer"), g.viewer.units_with("burden.read")
    view = request.args.get("view", "")
    if view not in ("own", "asked") or (view == "own" and not own) or (view == "asked" and not asking):
        view = "own" if own and not asking else "asked" if asking else "own"
    month, problem = _month()
    if view == "asked":
        return _asked(asking, month, problem, own)
    return _own(own, month, problem, asking)


def _own(own: tuple[str, ...], month: date, problem: str | None, asking: tuple[str, ...]) -> Response | str:
    unit = request.args.get("unit", "")
    unit = unit if unit in own else own[0] if own else ""
    statement = queries.own_ledger(unit, month)
    if kind := asked_format():
        rows = tables.ledger_rows(db.session.scalars(statement))
        name = names(db.session(), [unit]).get(unit, "")
        title = f"{name}{month.year}年{month.month}月负担台账"
        table = headed(title, name, g.viewer.name, clock.today(), tables.LEDGER_HEADINGS, rows)
        return as_file("负担台账", table, kind, exported=f"ledger:{unit}")
    return render_template(
        "burden/ledger.html",
        view="own",
        month=month,
        problem=problem,
        unit=unit,
        units=names(db.session(), own),
        page=paged(db.session(), statement, number_from(request.args.get("page"))),
        load=queries.month_load(db.session(), [unit], month).get(unit, Load()),
        ceilings=limits_for(db.session(), unit, [], month).ceilings(unit) if len(unit) == 12 else None,  # noqa: PLR2004
        views=_views(own, asking),
        **_around(month),
    )


def _asked(asking: tuple[str, ...], month: date, problem: str | None, own: tuple[str, ...]) -> Response | str:
    demands = queries.asked_by(db.session(), asking, month)
    if kind := asked_format():
        title = f"{month.year}年{month.month}月向下要求事项"
        rows = tables.asked_rows(demands)
        table = headed(
            title, own_names(db.session(), g.viewer), g.viewer.name, clock.today(), tables.ASKED_HEADINGS, rows
        )
        return as_file("向下要求事项", table, kind, exported="asked")
    number = number_from(request.args.get("page"))
    return render_template(
        "burden/asked.html",
        view="asked",
        month=month,
        problem=problem,
        page=page_of(demands, number),
        reminders=queries.reminders_sent(db.session(), asking, month),
        views=_views(own, asking),
        **_around(month),
    )


@pages.get("/burden/report")
@requires("burden.report")
def report() -> Response | str | tuple[str, int]:
    """Issuers in the order of codes; whom they asked is not in it (X-5, X-7)."""
    units = names(db.session(), g.viewer.prefixes)
    root = request.args.get("unit", "")
    root = root if root in units else g.viewer.prefixes[0]
    period = request.args.get("period", "") or f"{clock.today():%Y-%m}"
    problem, lines = None, []
    try:
        lines = issuer_report(db.session(), period, root)
    except Refused as error:
        problem = error.sentence
    if problem is None and (kind := asked_format()):
        title = f"{units.get(root, '')}{period}基层负担情况（按要求单位）"
        rows = tables.report_rows(lines)
        table = headed(
            title, own_names(db.session(), g.viewer), g.viewer.name, clock.today(), tables.REPORT_HEADINGS, rows
        )
        return as_file("基层负担情况", table, kind, exported=f"report:{root}:{period}")
    number = number_from(request.args.get("page"))
    page = render_template(
        "burden/report.html",
        period=period,
        root=root,
        units=units,
        page=page_of(lines, number),
        problem=problem,
    )
    return page if problem is None else (page, 400)


def _views(own: tuple[str, ...], asking: tuple[str, ...]) -> list[tuple[str, str]]:
    return [*([("own", "向本单位要求的")] if own else []), *([("asked", "本单位向下要求的")] if asking else [])]


def _month() -> tuple[date, str | None]:
    """The month in the address, else the present one; with a sentence when it cannot be read."""
    typed = request.args.get("month", "").strip()
    found = _MONTH.fullmatch(typed)
    if found:
        return date(int(found[1]), int(found[2]), 1), None
    told = f"月份“{typed[:10]}”不正确，已显示本月。请按“2026-11”的样子填写。" if typed else None
    return month_of(clock.today()), told


def _around(month: date) -> dict[str, str]:
    before = date(month.year - (month.month == 1), (month.month + 10) % 12 + 1, 1)
    after = date(month.year + (month.month == 12), month.month % 12 + 1, 1)  # noqa: PLR2004
    return {"before": f"{before:%Y-%m}", "after": f"{after:%Y-%m}"}
