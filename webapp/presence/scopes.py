"""Which rows about stationed people open to whom: from a level up, and to the person; nothing of a colleague in the village."""

from typing import Any

from sqlalchemy import ColumnElement, false, or_, true

from webapp.access import Rule, Viewer, below

TOWNSHIP_LENGTH, COUNTY_LENGTH = 9, 6


def from_township() -> Rule:
    """Rows of units in the subtree, for viewers at a township or above: a colleague in the village sees none."""
    return _from_level(TOWNSHIP_LENGTH)


def from_county() -> Rule:
    """The same for viewers at a county or above."""
    return _from_level(COUNTY_LENGTH)


def _from_level(length: int) -> Rule:
    def wide(viewer: Viewer) -> list[str]:
        return [prefix for prefix in viewer.prefixes if len(prefix) <= length]

    return Rule(
        lambda cls, viewer: or_(false(), *(below(cls.unit_code, prefix) for prefix in wide(viewer))),
        lambda row, viewer: any(row.unit_code.startswith(prefix) for prefix in wide(viewer)),
    )


def of_own_township() -> Rule:
    """Rows of a township for the teams in its villages; reading only. They hold nothing about a person."""

    def reads(cls: Any, viewer: Viewer) -> ColumnElement[bool]:
        if viewer.kind == "system":
            return true()
        return cls.unit_code.in_(
            [prefix[:TOWNSHIP_LENGTH] for prefix in viewer.prefixes if len(prefix) > TOWNSHIP_LENGTH]
        )

    return Rule(reads, lambda row, viewer: False, same=False)
