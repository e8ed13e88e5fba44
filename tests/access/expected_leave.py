"""Routes of leave: those stationed and those who decide ask for their own; the units above and the village read."""

from tests.access.lines import COUNTY_DESKS, LOCAL_DESKS, OWN_UNIT, POSTING, SENDING, SUBTREE, TEAM, Line

TOWNSHIP_DESK = frozenset({"township desk"})
VILLAGE = TEAM | {"village secretary", "village deputy"}
DECIDE = COUNTY_DESKS | {"township secretary", "township deputy", "department's deputy"}
ASK = TEAM | DECIDE
READ = VILLAGE | LOCAL_DESKS | DECIDE
ROW, TRIP = {"request_id": "leave_request"}, {"trip_id": "official_trip"}

LINES: dict[str, Line] = {
    "GET /leave/": Line("leave.read", READ),
    "GET /leave/new": Line("leave.ask", ASK),
    "POST /leave/new": Line("leave.ask", ASK),
    # somebody else's turn, or somebody else's leave: seen, and refused with a sentence
    "POST /leave/<int:request_id>/<any(approve,decline):verb>": Line(
        "leave.decide", DECIDE, ROW, SUBTREE, {"verb": "approve"}, refuses=SUBTREE
    ),
    "POST /leave/<int:request_id>/reason": Line("leave.decide", DECIDE, ROW, SUBTREE, refuses=SUBTREE),
    "POST /leave/<int:request_id>/<any(withdraw,cancel):verb>": Line(
        "leave.ask", ASK, ROW, SUBTREE, {"verb": "cancel"}, refuses=SUBTREE
    ),
    "POST /leave/<int:request_id>/return": Line("leave.ask", ASK, ROW, SUBTREE, refuses=SUBTREE),
    "GET /leave/paper": Line("leave.paper", TOWNSHIP_DESK),
    "GET /leave/paper/<int:posting_id>": Line("leave.paper", TOWNSHIP_DESK, POSTING, SUBTREE),
    "POST /leave/paper/<int:posting_id>": Line("leave.paper", TOWNSHIP_DESK, POSTING, SUBTREE),
    "POST /leave/<int:request_id>/paper/<any(withdraw,cancel,return):verb>": Line(
        "leave.paper", TOWNSHIP_DESK, ROW, SUBTREE, {"verb": "cancel"}, refuses=OWN_UNIT
    ),
    "GET /leave/calendar": Line("leave.read", READ),
    "GET /leave/entitlements": Line("leave.read", READ),
    "POST /leave/entitlements": Line("leave.entitle", COUNTY_DESKS | SENDING),
    "GET /sending/entitlements": Line("sending.read", SENDING),
    "GET /trips/": Line("leave.read", READ),
    "GET /trips/new": Line("leave.ask", ASK),
    "POST /trips/new": Line("leave.ask", ASK),
    "GET /trips/<int:trip_id>": Line("leave.read", READ, TRIP, SUBTREE),
    "POST /trips/<int:trip_id>/correct": Line("leave.ask", ASK, TRIP, SUBTREE, refuses=SUBTREE),
    "POST /trips/<int:trip_id>/cancel": Line("leave.ask", ASK, TRIP, SUBTREE, refuses=SUBTREE),
    "GET /trips/paper/<int:posting_id>": Line("leave.paper", TOWNSHIP_DESK, POSTING, SUBTREE),
    "POST /trips/paper/<int:posting_id>": Line("leave.paper", TOWNSHIP_DESK, POSTING, SUBTREE),
    "POST /trips/<int:trip_id>/paper/<any(correct,cancel):verb>": Line(
        "leave.paper", TOWNSHIP_DESK, TRIP, SUBTREE, {"verb": "cancel"}, refuses=OWN_UNIT
    ),
    "GET /leave/<int:request_id>": Line("leave.read", READ, ROW, SUBTREE),
}
