"""Routes of tasks."""

from tests.access.lines import ACT, ASSIGNMENT, CHILD, DESKS, OFFICE, OWN_UNIT, SUBTREE, TASK_READERS, VILLAGE, Line

LINES: dict[str, Line] = {
    # tasks: an unread form of an act is refused with a sentence, an assignment outside the units is not there
    "GET /tasks/": Line("task.read", TASK_READERS),
    "POST /tasks/export": Line("task.read", TASK_READERS),
    "GET /tasks/new": Line("task.issue", DESKS),
    "POST /tasks/new": Line("task.issue", DESKS),
    "GET /tasks/<int:task_id>": Line("task.read", TASK_READERS, {"task_id": "accountability_task"}, SUBTREE),
    "GET /tasks/assignments/<int:assignment_id>": Line("task.read", TASK_READERS, ASSIGNMENT, SUBTREE),
    ACT.format("acknowledge,start,report,withdraw,extend_ask"): Line(
        "task.answer", VILLAGE | DESKS | OFFICE, ASSIGNMENT, OWN_UNIT, {"kind": "acknowledge"}, CHILD
    ),
    ACT.format("'return',verify,close"): Line("task.verify", DESKS, ASSIGNMENT, OWN_UNIT, {"kind": "verify"}, CHILD),
    ACT.format("recall,suspend,resume,extend_grant,extend_refuse"): Line(
        "task.issue", DESKS, ASSIGNMENT, SUBTREE, {"kind": "recall"}
    ),
}
