"""Routes of presence: spot checks are seen from the township up, and by the person concerned once they are made."""

from tests.access.lines import COUNTY_DESKS, DESKS, LOCAL_DESKS, POSTING, READERS, SUBTREE, TEAM, VILLAGE, Line

INSPECTION = {"inspection_id": "inspection"}
FILE = INSPECTION | {"file_id": "inspection_file"}
READ = TEAM | DESKS | READERS
INSPECTOR = LOCAL_DESKS | {"county supervisor"}
OPINE = frozenset({"township desk", "township secretary"})
DECIDE = COUNTY_DESKS | {"county secretary"}
UNIT, OCTOBER = {"code": "unit"}, {"month": "2026-10"}
MONTH = {"month_id": "presence_month"}
CONFIRM = frozenset({"township desk"})
ROSTER = frozenset({"township desk", "village secretary", "first secretary"})

LINES: dict[str, Line] = {
    "GET /inspections/": Line("inspection.read", READ),
    "GET /inspections/draw": Line("inspection.draw", LOCAL_DESKS),
    "POST /inspections/draw": Line("inspection.draw", LOCAL_DESKS),
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
        "inspection.draw", LOCAL_DESKS, INSPECTION, SUBTREE, refuses=frozenset({"child"})
    ),
    "POST /inspections/<int:inspection_id>/<any(state,reply):kind>": Line(
        "inspection.answer", TEAM, INSPECTION, values={"kind": "state"}
    ),
    "POST /inspections/<int:inspection_id>/opine": Line("inspection.opine", OPINE, INSPECTION, SUBTREE),
    "POST /inspections/<int:inspection_id>/decide": Line("inspection.decide", DECIDE, INSPECTION, SUBTREE),
    "POST /inspections/<int:inspection_id>/revoke": Line("inspection.decide", DECIDE, INSPECTION, SUBTREE),
    # the list of a month: the own row to a person, every row from the township up
    "GET /presence/": Line("presence.read", READ),
    "GET /presence/<code>/<month>": Line("presence.read", READ, UNIT, SUBTREE, OCTOBER),
    "POST /presence/<code>/<month>/confirm": Line(
        "presence.confirm", CONFIRM, UNIT, SUBTREE, OCTOBER, refuses=frozenset({"child"})
    ),
    "GET /presence/months/<int:month_id>": Line("presence.lists", DESKS | READERS, MONTH, SUBTREE),
    "POST /presence/months/<int:month_id>/correct": Line(
        "presence.confirm", CONFIRM, MONTH, SUBTREE, refuses=frozenset({"child"})
    ),
    "POST /presence/corrections/<int:correction_id>/decide": Line(
        "presence.correct", DECIDE, {"correction_id": "presence_correction"}, SUBTREE
    ),
    "GET /presence/postings/<int:posting_id>/exemptions": Line("presence.correct", DECIDE, POSTING, SUBTREE),
    "POST /presence/postings/<int:posting_id>/exemptions": Line("presence.correct", DECIDE, POSTING, SUBTREE),
    # the roster is open to everybody in the unit
    "GET /roster/": Line("roster.read", READ | VILLAGE),
    "GET /roster/<code>/<month>": Line("roster.read", READ | VILLAGE, UNIT, SUBTREE, OCTOBER),
    "GET /roster/<code>/<month>/edit": Line("roster.write", ROSTER, UNIT, SUBTREE, OCTOBER),
    "POST /roster/<code>/<month>/edit": Line("roster.write", ROSTER, UNIT, SUBTREE, OCTOBER),
}
