"""Further columns of the tree of units, given at start-up by features that stand above this one."""

from collections.abc import Callable, Sequence

from markupsafe import Markup

from webapp.org.models import Division

Words = Callable[[Sequence[Division]], dict[str, str]]
"""Units → what stands beside each, HTML made by a template (escaped there); units left out show nothing."""

columns: list[tuple[str, Words]] = []
"""Heading, and what stands under it."""


def beside(units: Sequence[Division]) -> list[tuple[str, dict[str, Markup]]]:
    """The columns that have something to say of these units."""
    found = [(heading, words(units)) for heading, words in columns]
    return [
        (heading, {code: Markup(html) for code, html in of_unit.items()})  # noqa: S704 — made and escaped by templates
        for heading, of_unit in found
        if of_unit
    ]
