"""Routes of rectification: those who answer for tasks put issues right, those who verify tasks close them."""

from tests.access.lines import CHILD, DESKS, OFFICE, OWN_UNIT, SUBTREE, TASK_READERS, VILLAGE, Line

ISSUE = {"issue_id": "issue"}
ACT = "POST /rectification/<int:issue_id>/<any({}):kind>"

LINES: dict[str, Line] = {
    "GET /rectification/": Line("task.read", TASK_READERS),
    "GET /rectification/<int:issue_id>": Line("task.read", TASK_READERS, ISSUE, SUBTREE),
    "GET /rectification/new": Line("task.issue", DESKS),
    "POST /rectification/new": Line("task.issue", DESKS),
    # put right by whoever entered it, while nobody has claimed it
    "GET /rectification/<int:issue_id>/correct": Line("task.issue", DESKS, ISSUE, OWN_UNIT, refuses=CHILD),
    "POST /rectification/<int:issue_id>/correct": Line("task.issue", DESKS, ISSUE, OWN_UNIT, refuses=CHILD),
    ACT.format("claim,start,progress,request,withdraw"): Line(
        "task.answer", VILLAGE | DESKS | OFFICE, ISSUE, OWN_UNIT, {"kind": "claim"}, CHILD
    ),
    ACT.format("'return',verify,close,held,relapse"): Line(
        "task.verify", DESKS, ISSUE, OWN_UNIT, {"kind": "verify"}, CHILD
    ),
    # an unread form is refused with a sentence before anybody asks whose act it is
    "POST /rectification/<int:issue_id>/extend": Line("task.issue", DESKS, ISSUE, SUBTREE),
    "GET /rectification/<int:issue_id>/lateral": Line("task.issue", DESKS, ISSUE, OWN_UNIT, refuses=CHILD),
    "POST /rectification/<int:issue_id>/lateral": Line("task.issue", DESKS, ISSUE, OWN_UNIT, refuses=CHILD),
    "GET /rectification/second-looks": Line("task.verify", DESKS),
    "POST /rectification/second-looks": Line("task.verify", DESKS),
    # a table that was sent is its sender's alone
    "GET /rectification/import": Line("task.issue", DESKS),
    "POST /rectification/import": Line("task.issue", DESKS),
    "GET /rectification/import/template": Line("task.issue", DESKS),
    "GET /rectification/import/<int:import_id>": Line("task.issue", DESKS, {"import_id": "issue_import"}),
    "POST /rectification/import/<int:import_id>": Line("task.issue", DESKS, {"import_id": "issue_import"}),
}
