"""Pages of the duty lists: what a unit owes, its coming year, a county's calendar of load, and matters opened by hand."""

import uuid
from datetime import date

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp import clock
from webapp.accountability.not_opened import Unopened, unopened
from webapp.downloads import asked_format
from webapp.duties import cases, preview
from webapp.errors import DandangError, Faulty, NotFound
from webapp.extensions import db
from webapp.guards import requires
from webapp.org import queries as org
from webapp.org.codes import full, held
from webapp.org.models import Division
from webapp.org.views_files import send_headed
from webapp.paging import number_from, page_of
from webapp.policy import duty_lists
from webapp.policy.calendar import work_calendar
from webapp.policy.work_areas import templates

pages = Blueprint("duties", __name__)
COUNTY = 3
HEAD = ("单位", "开设日期", "截止日期", "责任事项", "预计用时（分钟）", "月报单各项", "本月未开设的原因")


@pages.get("/duties/")
@requires("task.read")
def listing() -> str | Response:
    """The duty list of a unit in scope and what it will owe in the coming twelve months or in a year; for a county also the load of its units by time."""
    unit = _unit()
    today = clock.today()
    years = (today.year, today.year + 1)
    wanted = request.args.get("year", "")
    year = next((one for one in years if str(one) == wanted), None)
    span = preview.of_year(year) if year is not None else preview.ahead(today)
    when = f"{year}年" if year is not None else f"今后12个月（至{span.last.year}年{span.last.month}月）"
    items, left = preview.owed_by(db.session(), unit, span)
    number = number_from(request.args.get("page"))
    if asked_format():
        return _file(unit, when, items, unopened(db.session(), unit.code, today))
    known = {template.code: template.title for template in templates()}
    below = org.children(db.session(), unit.code)
    return render_template(
        "duties/listing.html",
        unit=unit,
        units=_choices(unit, below),
        duties=duty_lists.duties_of(db.session(), unit.code, today),
        kinds=duty_lists.KINDS,
        intervals=duty_lists.INTERVALS,
        titles=known,
        year=year,
        years=years,
        when=when,
        page=page_of(items, number),
        left=left,
        unopened=unopened(db.session(), unit.code, today),
        calendar=preview.calendar_of(db.session(), unit, span) if unit.level == COUNTY else [],
        provisional=[one for one in years if span.first.year <= one <= span.last.year and _provisional(one)],
        closed=[one for one in below if one.valid_to is not None and one.valid_to < today],
        cases=cases.case_templates(unit.code) if unit.code in g.viewer.units_with("task.issue") else [],
        full=full,
    )


@pages.get("/duties/cases/<template>")
@requires("task.issue")
def case(template: str) -> str:
    """The form that opens one matter by hand."""
    return _case_page(template, {}, None)


@pages.post("/duties/cases/<template>")
@requires("task.issue")
def open_case(template: str) -> Response | tuple[str, int]:
    """Open it for the chosen units."""
    issuer = _issuer()
    try:
        task = cases.open_case(
            db.session(),
            template,
            [held(code) for code in request.form.getlist("unit")],
            issuer_code=issuer,
            subject=request.form.get("subject", ""),
            due_on=_due_on(request.form.get("due_on", "")),
            request_id=request.form.get("request_id", ""),
            at=clock.now(),
        )
    except NotFound:
        raise
    except Faulty as error:
        db.session.rollback()
        return _case_page(template, error.faults, None), error.status
    except DandangError as error:
        db.session.rollback()
        return _case_page(template, {}, error.sentence), error.status
    number, count = task.number, len(set(request.form.getlist("unit")))
    flash(f"已开设，交 {count} 个单位办理。", "done")
    db.session.commit()
    return redirect(url_for("accountability.task", number=number), 303)


def _case_page(code: str, faults: dict[str, str], sentence: str | None) -> str:
    issuer = _issuer()
    found = cases.case_template(code, issuer)
    return render_template(
        "duties/case.html",
        template=found,
        issuer=issuer,
        units=cases.case_units(db.session(), found, issuer, clock.today()),
        chosen=set(request.form.getlist("unit")),
        faults={name: words for name, words in faults.items() if name in ("subject", "due_on", "units")},
        sentence=sentence or "".join(w for n, w in faults.items() if n not in ("subject", "due_on", "units")) or None,
        request_id=request.form.get("request_id") or str(uuid.uuid4()),
        longest=cases.SUBJECT_LIMIT,
        full=full,
    )


def _issuer() -> str:
    """The unit the viewer opens matters for: the one named in the address, else the first with the right."""
    units = g.viewer.units_with("task.issue")
    wanted = held(request.values.get("issuer", ""))
    return wanted if wanted in units else units[0]


def _due_on(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Faulty({"due_on": "没有填写截止日期，或者写法不正确。请按“2026-11-27”的样子填写。"}) from None


def _unit() -> Division:
    """The unit in the address, else the viewer's first; 404 out of scope."""
    typed = request.args.get("unit", "")
    code = held(typed) if typed else g.viewer.prefixes[0]
    if not code or not g.viewer.reaches(code):
        raise NotFound()
    return org.division(db.session(), code)


def _provisional(year: int) -> bool:
    return work_calendar(db.session()).provisional(date(year, 1, 1))


def _choices(unit: Division, below: list[Division]) -> list[Division]:
    """The units that the page leads to: own ones, the shown one's way up within scope, and those directly below it."""
    codes = {*g.viewer.prefixes, unit.code}
    if unit.parent_code is not None and g.viewer.reaches(unit.parent_code):
        codes.add(unit.parent_code)
    named = [org.division(db.session(), code) for code in sorted(codes)]
    return sorted([*named, *(one for one in below if one.code not in codes)], key=lambda one: one.code)


def _file(unit: Division, when: str, items: list[preview.Item], left: list[Unopened]) -> Response:
    """What will be owed, then what this month's runs did not open, unit by unit."""
    rows: list[tuple[object, ...]] = [
        (unit.name, item.opens_on, item.due_on, item.title, item.minutes, "；".join(item.lines), None) for item in items
    ]
    rows += [(name, None, None, one.title, None, None, one.reason) for one in left for name in one.units]
    audited = ("duty.export", "list", f"{unit.code}:{when}")
    return send_headed("责任事项", HEAD, rows, audited, len(rows), name=f"责任事项-{full(unit.code)}-{when}")
