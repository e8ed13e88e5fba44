"""Routes of 催办 and 督办."""

from tests.access.lines import (
    ASSIGNMENT,
    CHILD,
    DESKS,
    NONE,
    OWN_UNIT,
    SUBTREE,
    TASK_READERS,
    Line,
)

DECIDERS = frozenset({"township secretary", "county secretary"})
REMINDERS = DESKS | {"county supervisor"}
STEP = "POST /supervision/<int:assignment_id>/{}/<any(remind,talk,circular,listed_supervision,accountability):kind>"
WITHDRAW = "POST /supervision/<int:assignment_id>/{}/<int:step_id>/withdraw"
OF_ISSUE = ("<int:assignment_id>", "issues/<int:issue_id>")
ISSUE = {"issue_id": "issue"}
ISSUE_STEP = ISSUE | {"step_id": "ladder_step"}
STEP_ROWS = {"assignment_id": "assignment", "step_id": "ladder_step"}

LINES: dict[str, Line] = {
    # 督办: read along the line of responsibility
    "GET /supervision/": Line("task.read", TASK_READERS),
    "GET /supervision/<int:assignment_id>": Line("task.read", TASK_READERS, ASSIGNMENT, SUBTREE),
    "GET /supervision/<int:assignment_id>/sheet.pdf": Line("task.read", TASK_READERS, ASSIGNMENT, SUBTREE),
    # a unit does not remind itself of what another unit handed to itself, nor of what a unit below handed down to itself
    "GET /supervision/issues/<int:issue_id>": Line("task.read", TASK_READERS, ISSUE, SUBTREE),
    "GET /supervision/issues/<int:issue_id>/sheet.pdf": Line("task.read", TASK_READERS, ISSUE, SUBTREE),
    "POST /supervision/<int:assignment_id>/remind": Line("task.remind", REMINDERS, ASSIGNMENT, CHILD, {}, OWN_UNIT),
    "POST /supervision/remind": Line("task.remind", REMINDERS),
    "POST /supervision/issues/<int:issue_id>/remind": Line("task.remind", REMINDERS, ISSUE, CHILD, {}, OWN_UNIT),
    # steps of the ladder: judged by the deciding unit; in the world every unit has its own task, decided one level up
    STEP.format("desk"): Line("task.issue", DESKS, ASSIGNMENT, CHILD, {"kind": "talk"}, OWN_UNIT),
    # the pack gives 提醒 to the desk: at the secretary's door it is refused with a sentence, whoever stands there
    STEP.format("secretary"): Line("task.decide", DECIDERS, ASSIGNMENT, NONE, {"kind": "remind"}, SUBTREE),
    STEP.format("desk").replace(*OF_ISSUE): Line("task.issue", DESKS, ISSUE, CHILD, {"kind": "talk"}, OWN_UNIT),
    STEP.format("secretary").replace(*OF_ISSUE): Line(
        "task.decide", DECIDERS, ISSUE, NONE, {"kind": "remind"}, SUBTREE
    ),
    # in the world the step is one of the row's own unit, and units above the one that decided do not see it
    WITHDRAW.format("desk"): Line("task.issue", DESKS, STEP_ROWS, OWN_UNIT),
    WITHDRAW.format("secretary"): Line("task.decide", DECIDERS, STEP_ROWS, NONE, {}, OWN_UNIT),
    # the world's steps are about assignments: at an issue there is none of them
    WITHDRAW.format("desk").replace(*OF_ISSUE): Line("task.issue", DESKS, ISSUE_STEP, NONE),
    WITHDRAW.format("secretary").replace(*OF_ISSUE): Line("task.decide", DECIDERS, ISSUE_STEP, NONE),
}
