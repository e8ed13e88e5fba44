"""Routes of leave: those stationed and those who decide ask for their own; the units above and the village read."""

from tests.access.lines import DESKS, SUBTREE, TEAM, Line

VILLAGE = TEAM | {"village secretary"}
ASK = TEAM | {"township secretary", "county desk"}
READ = VILLAGE | DESKS | {"township secretary"}
ROW = {"request_id": "leave_request"}

LINES: dict[str, Line] = {
    "GET /leave/": Line("leave.read", READ),
    "GET /leave/new": Line("leave.ask", ASK),
    "POST /leave/new": Line("leave.ask", ASK),
    "GET /leave/<int:request_id>": Line("leave.read", READ, ROW, SUBTREE),
}
