"""Routes of the duty lists and the month sheets."""

from tests.access.lines import DESKS, SUBTREE, TASK_READERS, VILLAGE, Line

SHEET, OCTOBER = {"code": "unit"}, {"month": "2026-10"}
_ANSWERING = VILLAGE | DESKS | frozenset({"secretary's office"})
TOWNSHIP_DESK = frozenset({"township desk"})

LINES: dict[str, Line] = {
    # everybody in the line of levels reads what duties there are and what the year will bring
    "GET /duties/": Line("task.read", TASK_READERS),
    # matters by event are opened by those who issue tasks
    "GET /duties/cases/<template>": Line("task.issue", DESKS, {}, frozenset(), {"template": "WA25-T3"}),
    "POST /duties/cases/<template>": Line("task.issue", DESKS, {}, frozenset(), {"template": "WA25-T3"}),
    # sheets: the village and the levels above it
    "GET /sheets/": Line("task.read", TASK_READERS),
    "GET /sheets/<code>/<month>": Line("task.read", TASK_READERS, SHEET, SUBTREE, OCTOBER),
    "GET /sheets/<code>/<month>/versions/<int:number>": Line(
        "task.read", TASK_READERS, SHEET, SUBTREE, OCTOBER | {"number": "1"}
    ),
    # answered by the village itself (the service refuses other units' desks), on paper by its township
    "POST /sheets/<code>/<month>": Line("task.answer", _ANSWERING, SHEET, SUBTREE, OCTOBER),
    "GET /sheets/<code>/<month>/paper": Line("sheet.paper", TOWNSHIP_DESK, SHEET, SUBTREE, OCTOBER),
    "POST /sheets/<code>/<month>/paper": Line("sheet.paper", TOWNSHIP_DESK, SHEET, SUBTREE, OCTOBER),
}
