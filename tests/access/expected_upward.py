"""Routes of upward requests: villages and townships ask, the desk of the asked unit answers."""

from tests.access.lines import CHILD, DESKS, OFFICE, READERS, SUBTREE, VILLAGE, Line

READ = VILLAGE | DESKS | READERS | OFFICE
ASK = VILLAGE | {"township desk"}
ROW = {"request_id": "upward_request"}

LINES: dict[str, Line] = {
    "GET /requests/": Line("request.read", READ),
    "GET /requests/new": Line("request.ask", ASK),
    "POST /requests/new": Line("request.ask", ASK),
    "GET /requests/<int:request_id>": Line("request.read", READ, ROW, SUBTREE),
    # another unit's turn: seen, and refused with a sentence
    "POST /requests/<int:request_id>/<any(acknowledge,answer,pass):kind>": Line(
        "request.answer", DESKS, ROW, SUBTREE, {"kind": "acknowledge"}, refuses=CHILD
    ),
    "POST /requests/<int:request_id>/withdraw": Line("request.ask", ASK, ROW, SUBTREE, refuses=CHILD),
}
