"""Where and by what a task is answered, given at start-up by features that stand above this one."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Row

from webapp.accountability.models import AccountabilityTask, Assignment

AnswerPath = Callable[[str, str], str]
"""Unit and period → own path of the page on which the unit answers."""
answer_paths: dict[str, AnswerPath] = {}
"""`AccountabilityTask.via` → where such a task is answered; what is not here is answered on the assignment's page."""
record_duties: dict[str, str] = {}
"""Template code of a recurring duty that nothing but its record answers → what its unit does instead of writing (X-4)."""


def path_of(task: AccountabilityTask | Row[Any], unit_code: str, assignment_id: int) -> str:
    """Where a unit answers its assignment."""
    known = answer_paths.get(task.via)
    return known(unit_code, task.period or "") if known is not None else f"/tasks/assignments/{assignment_id}"


def left_to_record(row: Assignment) -> str | None:
    """What the unit does instead of writing a report, where only the record of its duty reports it. A part that was
    split off is answered in words: the record is that of the unit that split it."""
    if row.parent_id is not None or not row.task.period:
        return None
    return record_duties.get(row.task.template_code or "")
