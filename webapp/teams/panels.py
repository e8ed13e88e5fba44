"""Further parts of the page of a sending unit, given at start-up by features that stand above this one."""

from collections.abc import Callable

sending_panels: list[Callable[[], str]] = []
"""HTML made by a template (escaped there), "" when there is nothing to show."""
