"""Further parts of an assignment's page, given at start-up by features that stand above this one."""

from collections.abc import Callable

Panel = Callable[[int], str]
"""Assignment id → HTML made by a template (escaped there), "" when there is nothing to show."""

panels: list[Panel] = []
