"""The calendar of who is away."""

from datetime import timedelta

from flask import g, render_template, request

from webapp import clock
from webapp.extensions import db
from webapp.guards import requires
from webapp.leave import away
from webapp.leave.views_pages import pages
from webapp.org.codes import held
from webapp.org.queries import children, division

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
