"""Routes of stationed teams: villages, townships and those above read; the county keeps the list of villages."""

from tests.access.lines import COUNTY_DESK, DESKS, READERS, SUBTREE, VILLAGE, Line

READ = VILLAGE | DESKS | READERS
UNIT = {"code": "unit"}

LINES: dict[str, Line] = {
    "GET /teams/": Line("team.read", READ),
    "GET /teams/<code>": Line("team.read", READ, UNIT, SUBTREE),
    "GET /teams/needs": Line("team.read", READ),
    "GET /teams/needs/new": Line("posting.write", COUNTY_DESK),
    "GET /teams/needs/<code>": Line("posting.write", COUNTY_DESK, UNIT, SUBTREE),
    "POST /teams/needs/<code>": Line("posting.write", COUNTY_DESK, UNIT, SUBTREE),
}
