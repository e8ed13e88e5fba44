"""Further parts of the page of an issue, given at start-up by features that stand above this one."""

from collections.abc import Callable

panels: list[Callable[[int], str]] = []
"""Issue id → HTML made by a template (escaped there), "" when there is nothing to show."""
