"""Further parts of pages of tasks, given at start-up by features that stand above this one."""

from collections.abc import Callable

Panel = Callable[[int], str]
"""Assignment id → HTML made by a template (escaped there), "" when there is nothing to show."""

panels: list[Panel] = []
"""Parts of an assignment's page."""
above_lists: list[Callable[[], str]] = []
"""Parts above the list of tasks, made by templates (saved filters stand there)."""
