"""Routes of search and of saved filters."""

from tests.access.lines import NONE, OWN_UNIT, TASK_READERS, Line

LINES: dict[str, Line] = {
    # each kind of row is found behind its own permission
    "GET /search": Line("org.read"),
    "POST /tasks/filters": Line("task.read", TASK_READERS),
    # shared within exactly one unit, taken out by the owner alone
    "POST /tasks/filters/<int:filter_id>/remove": Line(
        "task.read", TASK_READERS, {"filter_id": "saved_filter"}, NONE, refuses=OWN_UNIT
    ),
}
