"""Pages of stationed teams: the teams of a unit in the order of codes, and one village's team."""

from flask import Response, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from webapp import clock
from webapp.downloads import asked_format
from webapp.extensions import db
from webapp.guards import requires
from webapp.org import queries as org
from webapp.org.codes import full
from webapp.org.models import DESIGNATIONS, Division
from webapp.org.pages_views import unit_at
from webapp.paging import number_from, page_of
from webapp.permissions import ROLE_NAMES
from webapp.teams import (
    events,
    queries,
    views_events,
    views_import,
    views_life,
    views_needs,
    views_recalls,
    views_sending,
)
from webapp.teams.event_models import EVENTS
from webapp.teams.queries import COUNTY, VIEWS, VILLAGE
from webapp.teams.tables import TEAM_HEADINGS, team_rows
from webapp.teams.views_pages import pages, table_file

__all__ = ["pages", "views_events", "views_import", "views_life", "views_needs", "views_recalls", "views_sending"]
SHOWN = 20
"""Open tasks and former members on a team's page."""


@pages.get("/teams/")
@requires("team.read")
def listing() -> Response | Redirect | str:
    """The teams of a county or a township; a higher unit chooses a county first, a village sees its own."""
    unit = chosen_unit()
    if unit.level == VILLAGE:
        return redirect(url_for(".show", code=full(unit.code)))
    if unit.level < COUNTY:
        return render_template("teams/choose.html", unit=unit, below=org.children(db.session(), unit.code))
    view = request.args.get("view", "")
    lines = [line for line in queries.teams(db.session(), unit.code, clock.today()) if queries.matches(line, view)]
    if asked_format():
        queries.add_tasks(db.session(), lines, clock.today())
        return table_file("驻村队伍", TEAM_HEADINGS, team_rows(lines), f"teams:{unit.code}")
    number = number_from(request.args.get("page"))
    page = page_of(lines, number)
    queries.add_tasks(db.session(), page.rows, clock.today())
    return render_template(
        "teams/listing.html", page=page, unit=unit, units=unit_choices(unit), views=VIEWS, today=clock.today()
    )


@pages.get("/teams/<code>")
@requires("team.read")
def show(code: str) -> Redirect | str:
    """One village's team: people, terms, what is lacking and why, the village's open tasks."""
    unit = unit_at(code)
    if unit.level != VILLAGE:
        return redirect(url_for(".listing", unit=full(unit.code)))
    today = clock.today()
    left = queries.leavers(db.session(), unit.code, today, SHOWN)
    return render_template(
        "teams/show.html",
        unit=unit,
        line=queries.team(db.session(), unit, today),
        former=[post for post, _ in left if post.ends_on and post.ends_on < today],
        tasks=queries.open_tasks(db.session(), unit.code, SHOWN + 1),
        handovers=[(post, row) for post, row in left if row is not None and g.viewer.may("handover.read")],
        shown=SHOWN,
        events=events.of_village(db.session(), unit.code, SHOWN),
        event_kinds=EVENTS,
        roles=ROLE_NAMES,
        designations=DESIGNATIONS,
        writes=writes_at(unit.code),
    )


def chosen_unit() -> Division:
    """The unit in the address, else the viewer's first."""
    return unit_at(request.args.get("unit") or g.viewer.prefixes[0])


def unit_choices(unit: Division) -> list[tuple[str, str]]:
    """Units that a list leads to: the county or the own township, and what lies directly below, as (12 digits, name)."""
    top = unit.code[:6] if g.viewer.reaches(unit.code[:6]) else unit.code
    return [(full(code), name) for code, name in queries.with_children(db.session(), top)]


def writes_at(unit_code: str) -> bool:
    """Whether the viewer arranges posts at a village."""
    return any(unit_code.startswith(own) for own in g.viewer.units_with("posting.write"))
