"""Further parts of the page of a month sheet, given at start-up by features that stand above this one."""

from collections.abc import Callable, Sequence

from webapp.sheets.models import SheetLine

sheet_panels: list[Callable[[Sequence[SheetLine]], str]] = []
"""The lines of a sheet → HTML made by a template (escaped there), "" when there is nothing to show."""

line_hints: dict[str, str] = {}
"""Template → what an answer to its line means, shown in the form."""
