"""Where to send: the list of villages that must have a first secretary or a team, and one village's entries on it (Z-1)."""

from typing import Any

from flask import Response, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from webapp import clock
from webapp.downloads import asked_format
from webapp.errors import DandangError, NotFound, Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.org import queries as org
from webapp.org.codes import full
from webapp.org.forms import number_or_none
from webapp.org.models import DESIGNATIONS, Division
from webapp.org.pages_views import unit_at
from webapp.paging import number_from, page_of
from webapp.teams import designating, queries
from webapp.teams.forms import faults_of
from webapp.teams.queries import COUNTY, VILLAGE
from webapp.teams.tables import NEED_HEADINGS, need_rows
from webapp.teams.views_pages import pages, table_file
from webapp.words import typed_day

SHOWN = {"open": "未覆盖", "covered": "已覆盖"}


@pages.get("/teams/needs")
@requires("team.read")
def needs() -> Response | Redirect | str:
    """The villages of a county or township on the list, in the order of codes, with what is not covered yet."""
    unit = unit_at(request.args.get("unit") or g.viewer.prefixes[0])
    if unit.level < COUNTY:
        return render_template("teams/choose.html", unit=unit, below=org.children(db.session(), unit.code))
    wanted, kind = request.args.get("show", ""), request.args.get("kind", "")
    lines = [
        line
        for line in queries.teams(db.session(), unit.code, clock.today())
        if line.designations
        and (wanted not in SHOWN or bool(line.lacking) == (wanted == "open"))
        and (kind not in DESIGNATIONS or DESIGNATIONS[kind] in line.kinds)
    ]
    if asked_format():
        return table_file("应派村名单", NEED_HEADINGS, need_rows(lines), f"needs:{unit.code}")
    number = number_from(request.args.get("page"))
    return render_template(
        "teams/needs.html",
        page=page_of(lines, number),
        unit=unit,
        shown=SHOWN,
        kinds=DESIGNATIONS,
        writes=bool(g.viewer.units_with("posting.write")),
    )


@pages.get("/teams/needs/new")
@requires("posting.write")
def need_find() -> str | Redirect:
    """Find the village that is to be put on the list."""
    words = request.args.get("village", "").strip()
    problem = None
    if words:
        try:
            found = org.find(db.session(), words)
            if found.level == VILLAGE and g.viewer.reaches(found.code):
                return redirect(url_for(".need", code=full(found.code)))
            problem = f"{found.name}不是您管辖的村。请填写 12 位村代码。"
        except DandangError as error:
            problem = error.sentence
    return render_template("teams/need_find.html", problem=problem)


@pages.get("/teams/needs/<code>")
@requires("posting.write")
def need(code: str) -> str:
    """One village: its designations, and the forms that add or end one."""
    return _page(_village(code))


@pages.post("/teams/needs/<code>")
@requires("posting.write")
def change_need(code: str) -> Any:
    """Add a designation, or end one."""
    unit, typed = _village(code), request.form
    ended = number_or_none(typed.get("designation"))
    try:
        if ended is not None:
            designating.end_designation(
                db.session(),
                unit.code,
                ended,
                valid_to=typed_day(typed.get("valid_to")),
                reason=typed.get("reason", ""),
                at=clock.now(),
            )
        else:
            designating.designate(
                db.session(),
                unit.code,
                kind=typed.get("kind", ""),
                valid_from=typed_day(typed.get("valid_from")),
                document_no=typed.get("document_no", ""),
                at=clock.now(),
            )
    except NotFound:
        raise
    except DandangError as error:
        db.session.rollback()
        return _page(_village(code), faults_of(error), ended), error.status
    flash("已登记。", "done")
    db.session.commit()
    return redirect(url_for(".need", code=code), 303)


def _page(unit: Division, faults: dict[str, str] | None = None, ended: int | None = None) -> str:
    return render_template(
        "teams/need.html",
        unit=unit,
        rows=designating.of_village(db.session(), unit.code),
        kinds=DESIGNATIONS,
        faults=faults or {},
        ended=ended,
    )


def _village(code: str) -> Division:
    unit = unit_at(code)
    if unit.level != VILLAGE:
        raise Refused("应派类别按村登记。请从名单中选择一个村。")
    return unit
