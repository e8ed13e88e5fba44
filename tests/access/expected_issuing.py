"""Routes of drafts and of saved groups: those who hand tasks down, each for the own unit."""

from tests.access.lines import CHILD, DESKS, OWN_UNIT, SUBTREE, Line

DRAFT = {"number": "task number"}
GROUP = {"group_id": "unit_group"}

LINES: dict[str, Line] = {
    "GET /tasks/drafts/": Line("task.issue", DESKS),
    "GET /tasks/drafts/<number>": Line("task.issue", DESKS, DRAFT, OWN_UNIT),
    "POST /tasks/drafts/<number>/unschedule": Line("task.issue", DESKS, DRAFT, OWN_UNIT),
    "POST /tasks/drafts/<number>/delete": Line("task.issue", DESKS, DRAFT, OWN_UNIT),
    "GET /tasks/<number>/wording": Line("task.issue", DESKS, DRAFT, OWN_UNIT),
    "POST /tasks/<number>/wording": Line("task.issue", DESKS, DRAFT, OWN_UNIT),
    "GET /tasks/<number>/recall": Line("task.issue", DESKS, DRAFT, OWN_UNIT),
    "POST /tasks/<number>/recall": Line("task.issue", DESKS, DRAFT, OWN_UNIT),
    "GET /org/groups/": Line("group.write", DESKS),
    "GET /org/groups/new": Line("group.write", DESKS),
    "POST /org/groups/new": Line("group.write", DESKS),
    # a unit's groups are seen from above and changed by the unit alone
    "GET /org/groups/<int:group_id>": Line("group.write", DESKS, GROUP, SUBTREE),
    "POST /org/groups/<int:group_id>": Line("group.write", DESKS, GROUP, OWN_UNIT, refuses=CHILD),
    "POST /org/groups/<int:group_id>/delete": Line("group.write", DESKS, GROUP, OWN_UNIT, refuses=CHILD),
}
