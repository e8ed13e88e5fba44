"""Further parts of pages of tasks, given at start-up by features that stand above this one."""

from collections.abc import Callable, Sequence

from webapp.accountability.models import AccountabilityTask, Assignment

Panel = Callable[[int], str]
"""Assignment id → HTML made by a template (escaped there), "" when there is nothing to show."""

panels: list[Panel] = []
"""Parts of an assignment's page."""
above_lists: list[Callable[[], str]] = []
"""Parts above the list of tasks, made by templates (saved filters stand there)."""
task_acts: list[Callable[[AccountabilityTask, Sequence[Assignment]], str]] = []
"""Acts of the issuer on a task's page, made by templates: the task and those of its assignments that the page shows."""
