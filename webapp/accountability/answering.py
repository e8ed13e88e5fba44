"""Where a task is answered, given at start-up by features that stand above this one."""

from collections.abc import Callable

from webapp.accountability.models import AccountabilityTask

AnswerPath = Callable[[str, str], str]
"""Unit and period → own path of the page on which the unit answers."""
answer_paths: dict[str, AnswerPath] = {}
"""`AccountabilityTask.via` → where such a task is answered; what is not here is answered on the assignment's page."""


def path_of(task: AccountabilityTask, unit_code: str, assignment_id: int) -> str:
    """Where a unit answers its assignment."""
    known = answer_paths.get(task.via)
    return known(unit_code, task.period or "") if known is not None else f"/tasks/assignments/{assignment_id}"
