"""The days of 年休假 of a year: one's own, and those that the sending unit or the county enters."""

from functools import partial
from typing import Any

from flask import Response, flash, g, redirect, render_template, request, url_for

from webapp import clock
from webapp.downloads import asked_format
from webapp.errors import Faulty
from webapp.extensions import db
from webapp.guards import requires
from webapp.leave import balance, tables
from webapp.leave.views_pages import pages
from webapp.org.queries import sender_names
from webapp.org.views_files import send_list
from webapp.paging import number_from, paged

FIRST_YEAR = 2021


@pages.get("/leave/entitlements")
@requires("leave.read")
def entitlements() -> Response | str:
    """One's own balance; for those who decide also what was entered for the people stationed below, also as a file."""
    return _file() if asked_format() and g.viewer.may("leave.decide") else _entitlements()


@pages.post("/leave/entitlements")
@requires("leave.entitle")
def entitle() -> Any:
    """Enter what a stationed person has in a year: the sending unit for those it has sent, the county for its own."""
    typed, year = request.form, _year(request.form.get("year", ""))
    try:
        row, before = balance.entitle(
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
    words = "已登记年休假天数"
    if before is not None and before != row.days:
        words = f"{year}年年休假天数已由 {float(before):g} 天更正为 {float(row.days):g} 天"
    flash(f"{words}，本人可以看到。", "done")
    page, back = typed.get("page", ""), "sent_entitlements" if g.viewer.sending_units else "entitlements"
    db.session.commit()
    return redirect(url_for(f".{back}", year=year, page=page), 303)


@pages.get("/sending/entitlements")
@requires("sending.read")
def sent_entitlements() -> Response | str:
    """What was entered for those whom the viewer's organisation has sent, also as a file."""
    return _file(issuer=sender_names(db.session(), g.viewer)) if asked_format() else _entitlements()


def _file(issuer: str = "") -> Response:
    year = _year(request.args.get("year", ""))
    shown = partial(tables.entitlement_rows, db.session(), year)
    audited = ("leave.export", "list", f"entitlements:{year}")
    title, statement = f"{year}年年休假天数", balance.stationed(year)
    return send_list(title, tables.ENTITLEMENT_HEADINGS, statement, shown, audited, issuer=issuer)


def _entitlements(problem: str | None = None) -> str:
    year = _year(request.values.get("year", ""))
    session, sends = db.session(), bool(g.viewer.sending_units)
    listed = sends or g.viewer.may("leave.decide")
    page = paged(session, balance.stationed(year), number_from(request.values.get("page"))) if listed else None
    return render_template(
        "leave/entitlements.html",
        sends=sends,
        year=year,
        own=balance.balance(session, g.viewer.person_id, year),
        page=page,
        entered=balance.entered(session, [one.person_id for one in page.rows], year) if page else {},
        sources=balance.SOURCES,
        choices=balance.sources_of(g.viewer),
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
