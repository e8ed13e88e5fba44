"""Routes of presence: spot checks are seen from the township up, and by the person concerned once they are made."""

from tests.access.lines import COUNTY_DESK, DESKS, READERS, SUBTREE, TEAM, Line

INSPECTION = {"inspection_id": "inspection"}
FILE = INSPECTION | {"file_id": "inspection_file"}
READ = TEAM | DESKS | READERS
INSPECTOR = DESKS | {"county supervisor"}
OPINE = frozenset({"township desk", "township secretary"})
DECIDE = COUNTY_DESK | {"county secretary"}

LINES: dict[str, Line] = {
    "GET /inspections/": Line("inspection.read", READ),
    "GET /inspections/draw": Line("inspection.draw", DESKS),
    "POST /inspections/draw": Line("inspection.draw", DESKS),
    # of a colleague in the own village a team sees nothing
    "GET /inspections/<int:inspection_id>": Line("inspection.read", READ, INSPECTION, SUBTREE, blind=TEAM),
    "GET /inspections/<int:inspection_id>/files/<int:file_id>": Line(
        "inspection.read", READ, FILE, SUBTREE, blind=TEAM
    ),
    # only the inspector who was named enters the finding
    "POST /inspections/<int:inspection_id>/find": Line(
        "inspection.find", INSPECTOR, INSPECTION, SUBTREE, refuses=SUBTREE
    ),
    "POST /inspections/<int:inspection_id>/cancel": Line(
        "inspection.draw", DESKS, INSPECTION, SUBTREE, refuses=frozenset({"child"})
    ),
    "POST /inspections/<int:inspection_id>/<any(state,reply):kind>": Line(
        "inspection.answer", TEAM, INSPECTION, values={"kind": "state"}
    ),
    "POST /inspections/<int:inspection_id>/opine": Line("inspection.opine", OPINE, INSPECTION, SUBTREE),
    "POST /inspections/<int:inspection_id>/decide": Line("inspection.decide", DECIDE, INSPECTION, SUBTREE),
    "POST /inspections/<int:inspection_id>/revoke": Line("inspection.decide", DECIDE, INSPECTION, SUBTREE),
}
