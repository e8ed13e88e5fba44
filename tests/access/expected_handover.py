"""Routes of hand-overs: leaver and successor, and the desks above."""

from tests.access.lines import COUNTY_DESKS, DESKS, HANDOVER, READERS, SUBTREE, TEAM, Line

READ = TEAM | DESKS | READERS
WRITE = TEAM | COUNTY_DESKS
LINE = HANDOVER | {"line_id": "handover_line"}

LINES: dict[str, Line] = {
    "GET /handover/": Line("handover.read", READ),
    "GET /handover/<int:handover_id>": Line("handover.read", READ, HANDOVER, SUBTREE),
    "POST /handover/<int:handover_id>/lines": Line("handover.write", WRITE, HANDOVER, SUBTREE, barred=TEAM),
    "POST /handover/<int:handover_id>/lines/<int:line_id>/remove": Line(
        "handover.write", WRITE, LINE, SUBTREE, barred=TEAM
    ),
    "POST /handover/<int:handover_id>/hand-in": Line("handover.write", WRITE, HANDOVER, SUBTREE, barred=TEAM),
    "POST /handover/<int:handover_id>/accept": Line("handover.write", WRITE, HANDOVER, SUBTREE, barred=WRITE),
    "POST /handover/<int:handover_id>/finish": Line("posting.write", COUNTY_DESKS, HANDOVER, SUBTREE),
}
