"""Routes of lists of tasks: matrix, board, replies, files."""

from tests.access.lines import ASSIGNMENT, CHILD, DESKS, OFFICE, OWN_UNIT, SUBTREE, TASK_READERS, VILLAGE, Line

NUMBER = {"number": "task number"}
TOWNSHIP_DESK = frozenset({"township desk"})
FILE = ASSIGNMENT | {"file_id": "assignment_file"}

LINES: dict[str, Line] = {
    # lamps are shown from the issuer down to the receiver, not to those above the issuer (T-7)
    "GET /tasks/<number>/matrix": Line("task.read", TASK_READERS, NUMBER, OWN_UNIT, refuses=CHILD),
    "GET /tasks/board/<code>": Line("task.read", TASK_READERS, {"code": "unit"}, SUBTREE),
    "GET /tasks/<number>/replies": Line("task.read", TASK_READERS, NUMBER, SUBTREE),
    "GET /tasks/<number>/evidence": Line("task.read", TASK_READERS, NUMBER, SUBTREE),
    # replies on paper are entered by the township
    "GET /tasks/<number>/paper": Line("task.paper", TOWNSHIP_DESK, NUMBER, SUBTREE),
    "POST /tasks/<number>/paper": Line("task.paper", TOWNSHIP_DESK, NUMBER, SUBTREE),
    "POST /tasks/<number>/paper/enter": Line("task.paper", TOWNSHIP_DESK, NUMBER, SUBTREE),
    # files go with their assignment; only its unit adds or takes back
    "GET /tasks/assignments/<int:assignment_id>/files/<int:file_id>": Line("task.read", TASK_READERS, FILE, SUBTREE),
    "POST /tasks/assignments/<int:assignment_id>/files": Line(
        "task.answer", VILLAGE | DESKS | OFFICE, ASSIGNMENT, OWN_UNIT, refuses=CHILD
    ),
    "POST /tasks/assignments/<int:assignment_id>/files/<int:file_id>/remove": Line(
        "task.answer", VILLAGE | DESKS | OFFICE, FILE, OWN_UNIT, refuses=CHILD
    ),
}
