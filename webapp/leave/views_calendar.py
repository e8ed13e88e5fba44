"""The calendar of who is away, and the entitlements of 年休假."""

from datetime import timedelta
from functools import partial
from typing import Any

from flask import Response, flash, g, redirect, render_template, request, url_for

from webapp import clock
from webapp.downloads import asked_format
from webapp.errors import Faulty
from webapp.extensions import db
from webapp.guards import requires
from webapp.leave import away, balance, tables
from webapp.leave.views_pages import pages
from webapp.org.codes import held
from webapp.org.queries import children, division
from webapp.org.views_files import send_list
from webapp.paging import number_from, paged

FIRST_YEAR = 2021
TOWNSHIP = 4


@pages.get("/leave/calendar")
@requires("leave.read")
def calendar() -> str:
    """A month of a team or a township; above it a township is chosen first."""
    asked = held(request.args.get("unit", ""))
    unit = division(db.session(), asked if asked and g.viewer.reaches(asked) else g.viewer.prefixes[0])
    month = away.month_of(request.args.get("month"), clock.today())
    wide = unit.level < TOWNSHIP
    return render_template(
        "leave/calendar.html",
        unit=unit,
        month=month,
        before=(month - timedelta(days=1)).strftime("%Y-%m"),
        after=(month + timedelta(days=31)).strftime("%Y-%m"),
        days={} if wide else away.days_away(db.session(), unit.code, month),
        below=children(db.session(), unit.code) if unit.level <= TOWNSHIP else [],
        wide=wide,
    )


@pages.get("/leave/entitlements")
@requires("leave.read")
def entitlements() -> Response | str:
    """One's own balance; for those who decide also what was entered for the people stationed below, also as a file."""
    if asked_format() and g.viewer.may("leave.decide"):
        year = _year(request.args.get("year", ""))
        shown = partial(tables.entitlement_rows, db.session(), year)
        audited = ("leave.export", "list", f"entitlements:{year}")
        return send_list(f"{year}年年休假天数", tables.ENTITLEMENT_HEADINGS, balance.stationed(year), shown, audited)
    return _entitlements()


@pages.post("/leave/entitlements")
@requires("leave.entitle")
def entitle() -> Any:
    """Enter what a stationed person has in a year."""
    typed, year = request.form, _year(request.form.get("year", ""))
    try:
        balance.entitle(
            db.session(),
            typed.get("posting", type=int) or 0,
            year,
            source=typed.get("source", ""),
            years=typed.get("years", ""),
            days=typed.get("days", ""),
            at=clock.now(),
        )
    except Faulty as error:
        db.session.rollback()
        return _entitlements(error.sentence), error.status
    flash("已登记年休假天数，本人可以看到。", "done")
    page = typed.get("page", "")
    db.session.commit()
    return redirect(url_for("leave.entitlements", year=year, page=page), 303)


def _entitlements(problem: str | None = None) -> str:
    year = _year(request.values.get("year", ""))
    session, listed = db.session(), g.viewer.may("leave.decide")
    page = paged(session, balance.stationed(year), number_from(request.values.get("page"))) if listed else None
    return render_template(
        "leave/entitlements.html",
        year=year,
        own=balance.balance(session, g.viewer.person_id, year),
        page=page,
        entered=balance.entered(session, [one.id for one in page.rows], year) if page else {},
        sources=balance.SOURCES,
        enters=g.viewer.may(balance.ENTITLE),
        problem=problem,
        tried=request.form.get("posting", type=int) if problem else None,
    )


def _year(text: str) -> int:
    this = clock.today().year
    return (
        int(text)
        if text.isascii() and text.isdigit() and FIRST_YEAR <= int(text[:4]) <= this + 1 and len(text) == 4
        else this
    )
