"""Coverage on the tree of units: how far each unit's secretary is, and at the units below what is left, by name."""

from collections.abc import Sequence

from flask import g, render_template

from webapp import clock
from webapp.access import Viewer, acting_as
from webapp.coverage import queries
from webapp.extensions import db
from webapp.org.codes import ancestors
from webapp.org.models import Division
from webapp.org.tree import columns


def on_tree(units: Sequence[Division]) -> dict[str, str]:
    """Unit → its own set, and what secretaries above it have left below it, as far as the viewer may read them."""
    viewer: Viewer = g.viewer
    reader = viewer.through("coverage.read")
    shown = [unit for unit in units if reader.reaches(unit.code)]
    wanted = {code for unit in shown for code in (*ancestors(unit.code), unit.code) if reader.reaches(code)}
    with acting_as(db.session(), reader):
        found = queries.sets_of(db.session(), sorted(wanted), clock.today())
    current = {code: one for code, sets in found.items() for one in sets if not one.closed}
    cells = {}
    for unit in shown:
        above = [current[code] for code in ancestors(unit.code) if code in current and current[code].visit_set.every]
        below = [
            (one, [target for target in one.coverage.targets if target.place.key.startswith(unit.code)])
            for one in above
        ]
        below = [(one, targets) for one, targets in below if targets]
        if unit.code in current or below:
            cells[unit.code] = render_template("coverage/tree.html", unit=unit, own=current.get(unit.code), below=below)
    return cells


columns.append(("遍访", on_tree))
