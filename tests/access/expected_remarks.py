"""Routes of remarks and watching: whoever reads an assignment may say something beside it."""

from tests.access.lines import ASSIGNMENT, NONE, SUBTREE, TASK_READERS, Line

LINES: dict[str, Line] = {
    "GET /tasks/assignments/<int:assignment_id>/remarks": Line("task.read", TASK_READERS, ASSIGNMENT, SUBTREE),
    "POST /tasks/assignments/<int:assignment_id>/remarks": Line("task.read", TASK_READERS, ASSIGNMENT, SUBTREE),
    # the remark is another person's: seen, and not to be corrected
    "POST /tasks/assignments/<int:assignment_id>/remarks/<int:remark_id>": Line(
        "task.read", TASK_READERS, ASSIGNMENT | {"remark_id": "remark"}, NONE, refuses=SUBTREE
    ),
    # what is typed is kept for the person alone who may read the page
    "POST /tasks/assignments/<int:assignment_id>/kept": Line("task.read", TASK_READERS, ASSIGNMENT, SUBTREE),
    "POST /tasks/assignments/<int:assignment_id>/kept/drop": Line("task.read", TASK_READERS, ASSIGNMENT, SUBTREE),
    "POST /tasks/assignments/<int:assignment_id>/watch/<any(on,off):act>": Line(
        "task.read", TASK_READERS, ASSIGNMENT, SUBTREE, {"act": "on"}
    ),
    "POST /tasks/<number>/watch/<any(on,off):act>": Line(
        "task.read", TASK_READERS, {"number": "task number"}, SUBTREE, {"act": "on"}
    ),
}
