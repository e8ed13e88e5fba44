"""Routes of tasks."""

from tests.access.lines import (
    ACT,
    ASSIGNMENT,
    CHILD,
    COUNTY_DESK,
    DESKS,
    HIGH_DESKS,
    OFFICE,
    OWN_UNIT,
    SUBTREE,
    TASK_READERS,
    VILLAGE,
    Line,
)

APPROVERS = DESKS | {"township secretary", "county secretary"}

TASK = {"number": "task number"}
LINES: dict[str, Line] = {
    # tasks: an unread form of an act is refused with a sentence, an assignment outside the units is not there
    "GET /tasks/": Line("task.read", TASK_READERS),
    "GET /tasks/new": Line("task.issue", DESKS),
    "POST /tasks/new": Line("task.issue", DESKS),
    "GET /tasks/<number>": Line("task.read", TASK_READERS, {"number": "task number"}, SUBTREE),
    # the reports, the reasons and the decisions are those of a unit that verifies; only a batch of one's own is undone
    "GET /tasks/<number>/verify": Line("task.verify", DESKS, TASK, SUBTREE),
    "POST /tasks/<number>/verify": Line("task.verify", DESKS, TASK, SUBTREE),
    "POST /tasks/<number>/verify/undo": Line("task.verify", DESKS, TASK, SUBTREE),
    "POST /tasks/<number>/verify/reasons": Line("task.verify", DESKS, TASK, SUBTREE),
    "POST /tasks/<number>/sample": Line("task.verify", DESKS, {"number": "task number"}, SUBTREE),
    # a receiver splits its own assignment; a child's is the child's to split
    "GET /tasks/assignments/<int:assignment_id>/split": Line("task.issue", DESKS, ASSIGNMENT, OWN_UNIT, refuses=CHILD),
    "POST /tasks/assignments/<int:assignment_id>/split": Line("task.issue", DESKS, ASSIGNMENT, OWN_UNIT, refuses=CHILD),
    "GET /tasks/orders": Line("order.write", COUNTY_DESK | HIGH_DESKS),
    "GET /tasks/orders/new": Line("order.write", COUNTY_DESK | HIGH_DESKS),
    "GET /tasks/orders/check": Line("order.write", COUNTY_DESK | HIGH_DESKS),
    "POST /tasks/orders/new": Line("order.write", COUNTY_DESK | HIGH_DESKS),
    "POST /tasks/orders/<int:order_id>/end": Line(
        "order.write", COUNTY_DESK | HIGH_DESKS, {"order_id": "disaster_order"}, SUBTREE
    ),
    # a delegation is taken back by whoever made it; a colleague's is refused with a sentence
    "GET /delegations/": Line("approval.delegate", APPROVERS),
    "POST /delegations/": Line("approval.delegate", APPROVERS),
    "POST /delegations/<int:delegation_id>/revoke": Line(
        "approval.delegate", APPROVERS, {"delegation_id": "delegation"}, refuses=SUBTREE
    ),
    "GET /tasks/assignments/<int:assignment_id>": Line("task.read", TASK_READERS, ASSIGNMENT, SUBTREE),
    ACT.format("acknowledge,start,progress,report,withdraw,extend_ask"): Line(
        "task.answer", VILLAGE | DESKS | OFFICE, ASSIGNMENT, OWN_UNIT, {"kind": "acknowledge"}, CHILD
    ),
    ACT.format("'return',verify,close"): Line("task.verify", DESKS, ASSIGNMENT, OWN_UNIT, {"kind": "verify"}, CHILD),
    ACT.format("recall,exempt,suspend,resume,extend_grant,extend_refuse"): Line(
        "task.issue", DESKS, ASSIGNMENT, SUBTREE, {"kind": "recall"}
    ),
}
