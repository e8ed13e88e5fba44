"""Routes of coverage visits: the secretary's office enters, the village confirms its year, those above read."""

from tests.access.lines import COUNTY_DESK, DESKS, OFFICE, OWN_UNIT, READERS, SUBTREE, VILLAGE, Line

READ = VILLAGE | DESKS | READERS | OFFICE
UNIT = {"code": "unit"}

LINES: dict[str, Line] = {
    "GET /coverage/": Line("coverage.read", READ),
    "GET /coverage/<code>": Line("coverage.read", READ, UNIT, SUBTREE),
    "POST /coverage/<code>/confirm": Line(
        "coverage.confirm", frozenset({"village secretary", "village deputy"}), UNIT, OWN_UNIT
    ),
    "GET /coverage/<code>/visits": Line("coverage.write", OFFICE, UNIT, OWN_UNIT),
    "POST /coverage/<code>/visits": Line("coverage.write", OFFICE, UNIT, OWN_UNIT),
    "GET /coverage/import": Line("coverage.import", OFFICE | COUNTY_DESK),
    "POST /coverage/import": Line("coverage.import", OFFICE | COUNTY_DESK),
    "GET /coverage/import/<any(visits,groups,terms):kind>": Line(
        "coverage.import", OFFICE | COUNTY_DESK, values={"kind": "groups"}
    ),
}
