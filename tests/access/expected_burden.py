"""Routes of the burden gate, the ledger and complaints."""

from tests.access.lines import DESKS, OWN_UNIT, PUBLIC, RELIEF, SUBTREE, TASK_READERS, VILLAGE, Line

LINE_OF_LEVELS = SUBTREE | {"parent"}

LINES: dict[str, Line] = {
    # the own ledger, or what own units asked; everybody in the line of levels
    "GET /burden/": Line("task.read", TASK_READERS),
    # who asked what, by issuer: leadership and the burden-relief office
    "GET /burden/report": Line("burden.report", frozenset({"county leader"}) | RELIEF),
    # the form directory hides nothing from those who are asked or ask
    "GET /burden/directory": Line("task.read", TASK_READERS),
    "GET /burden/directory/<int:demand_id>": Line("task.read", TASK_READERS, {"demand_id": "demand"}, LINE_OF_LEVELS),
    # ended by the desk of the owner or above, or by the office; other readers of the ledger are refused by the service
    "POST /burden/directory/<int:demand_id>/end": Line("burden.read", DESKS | RELIEF, {"demand_id": "demand"}, SUBTREE),
    # 你已有此数据: told by those who answer, settled by the owner or the office
    "GET /burden/flags/": Line("task.read", TASK_READERS),
    "GET /burden/directory/<int:demand_id>/flag": Line("burden.object", VILLAGE, {"demand_id": "demand"}, OWN_UNIT),
    "POST /burden/directory/<int:demand_id>/flag": Line("burden.object", VILLAGE, {"demand_id": "demand"}, OWN_UNIT),
    "POST /burden/flags/<int:flag_id>/answer": Line(
        "task.issue", DESKS, {"flag_id": "duplicate_flag"}, OWN_UNIT, refuses=frozenset({"child"})
    ),
    "POST /burden/flags/<int:flag_id>/settle": Line("complaint.answer", RELIEF, {"flag_id": "duplicate_flag"}, SUBTREE),
    # complaints: anonymous, answered by the burden-relief office of the county
    "GET /complaints/new": PUBLIC,
    "POST /complaints/new": PUBLIC,
    "GET /complaints/receipt": PUBLIC,
    "POST /complaints/receipt": PUBLIC,
    "GET /complaints/<receipt>": PUBLIC,
    "GET /complaints/": Line("complaint.read", RELIEF),
    "POST /complaints/<complaint_id>/answer": Line("complaint.answer", RELIEF, {"complaint_id": "complaint"}, SUBTREE),
}
