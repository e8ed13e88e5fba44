"""Divisions: the tree with people in post, one division, and the postings below it."""

from flask import g, redirect, render_template, request, url_for
from sqlalchemy import Select
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Redirect

from webapp import clock
from webapp.access import acting_as
from webapp.downloads import asked_format
from webapp.extensions import db
from webapp.guards import requires
from webapp.org import export, listing, queries
from webapp.org.codes import LEVEL_NAMES, full
from webapp.org.listing import Sought
from webapp.org.models import ORGANISATION_KINDS, Division, Organisation
from webapp.org.occupancy import occupancy
from webapp.org.pages_views import may_appoint, pages, people_reader, rule_value
from webapp.org.tree import beside
from webapp.org.views_files import send_list
from webapp.paging import number_from, paged
from webapp.permissions import ROLE_NAMES


@pages.get("/org/")
@requires("org.read")
def index() -> Redirect | str:
    """The viewer's own units with what lies below, or divisions found by name or code."""
    words = request.args.get("q", "").strip()[:40].replace("\0", "")
    everywhere = request.args.get("all") == "1"
    if words or everywhere:
        statement = listing.divisions(words) if words else listing.divisions("").where(Division.parent_code.is_(None))
        if asked_format():
            return _divisions("区划", statement, "found")
        found = paged(db.session(), statement, number_from(request.args.get("page")))
        return render_template("org/found.html", page=found, words=words, level_names=LEVEL_NAMES)
    codes = [grant.unit_code for grant in g.viewer.grants]
    own = [queries.division(db.session(), code) for code in dict.fromkeys(codes)]
    below = [(unit, queries.children(db.session(), unit.code)) for unit in own]
    shown = {unit.code: unit for unit, children in below for unit in (unit, *children)}
    units = list(shown.values())
    return render_template("org/index.html", below=below, held=_held(units), more=beside(units))


@pages.get("/org/<code>")
@requires("org.read")
def show(code: str) -> str | Redirect:
    """One division: its facts, people in post, vacancies, organisations and what lies below."""
    unit = queries.find(db.session(), code)
    if code not in (unit.code, full(unit.code)):
        return redirect(url_for(".show", code=unit.code))
    words = request.args.get("q", "").strip()[:40].replace("\0", "")
    statement = listing.divisions(words, unit.code)
    if asked_format():
        return _divisions(f"{unit.name}所辖区划", statement, unit.code)
    below = paged(db.session(), statement, number_from(request.args.get("page")))
    reader = people_reader()
    with acting_as(db.session(), reader):
        handovers = listing.open_handovers(db.session(), unit.code)
        named = {one.id: _names(one) for one in handovers}
    organisations = db.session.query(Organisation).filter_by(unit_code=unit.code).order_by(Organisation.id).all()
    return render_template(
        "org/division.html",
        unit=unit,
        level_names=LEVEL_NAMES,
        successor=db.session.get(Division, unit.successor_code) if unit.successor_code else None,
        below=below,
        words=words,
        held=_held([unit, *below.rows]),
        gaps=_gaps(unit) if unit.level in (3, 4) and reader.reaches(unit.code) else [],
        handovers=handovers,
        named=named,
        organisations=organisations,
        kinds=ORGANISATION_KINDS,
        in_reach=reader.reaches(unit.code),
        may_appoint=may_appoint(unit.code),
        roles=ROLE_NAMES,
    )


@pages.get("/org/<code>/postings")
@requires("people.read")
def postings(code: str) -> Redirect | str:
    """People in post, gone or expected in a division and below it: filter, sort, page."""
    unit = queries.find(db.session(), code)
    sought = _sought(unit.code, request.args)
    statement = listing.postings(sought, clock.today())
    if asked_format():
        title, audited = f"{unit.name}人员名单", ("posting.export", "division", unit.code)
        return send_list(title, export.HEADINGS, statement, export.posting_rows, audited)
    page = paged(db.session(), statement, number_from(request.args.get("page")))
    return render_template(
        "org/postings.html", unit=unit, page=page, sought=sought, roles=ROLE_NAMES, when=listing.WHEN
    )


def _divisions(title: str, statement: Select[tuple[Division]], what: str) -> Redirect:
    audited = ("divisions.export", "list", what)
    return send_list(title, export.DIVISION_HEADINGS, statement, export.division_rows, audited)


def _held(units: list[Division]) -> dict:  # type: ignore[type-arg]
    team_min = rule_value("team.min", units[0].code if units else "")
    return occupancy(db.session(), units, people_reader(), clock.today(), team_min)


def _gaps(unit: Division) -> list[tuple[Division, list[str]]]:
    """Villages of a county or township where a post is empty, in the order of codes, with what is missing."""
    villages = listing.villages(db.session(), unit.code)
    held = _held(villages)
    return [(one, held[one.code].vacancies) for one in villages if one.code in held and held[one.code].vacancies]


def _names(handover) -> tuple[str, str]:  # type: ignore[no-untyped-def]
    successor = handover.successor.person.name if handover.successor else "尚未确定"
    return handover.leaver.person.name, successor


def _sought(unit_code: str, typed: MultiDict[str, str]) -> Sought:
    """What the address or the form asks for; anything unknown is left out."""
    sort = typed.get("sort", "")
    return Sought(
        unit_code=unit_code,
        when=typed["when"] if typed.get("when") in listing.WHEN else "now",
        role=typed["role"] if typed.get("role") in ROLE_NAMES else "",
        words=typed.get("q", "").strip()[:60].replace("\0", ""),
        sort=sort if sort.removeprefix("-") in listing.SORTS else "unit",
    )
