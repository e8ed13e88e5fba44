"""What a collector is told: which days, which parameters. And the shape of the rows it gives back.

The subtree is a parameter of the statement (`within`, `shard`): the text is built once and serves every county.

A collector gives one SELECT of the rows behind a figure. Each row says its unit and what it adds:

- `n`, `d`: what it adds to numerator and denominator (whole numbers: rows, or person-days)
- `missing`: 1 for something owed that nobody has recorded
- `later`: 1 for something of the period that falls due after the cut-off

Facts dated after the cut-off do not count, so that a closed month keeps its values.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, bindparam, case

from webapp import clock

ROW = ("row_id", "unit_code", "n", "d", "missing", "later")
STATIONED = ("first_secretary", "team_member")


@dataclass(frozen=True)
class AnswerDay:
    """Reports of one day in China and the moment by which the level above has to have answered them (UTC)."""

    starts_at: datetime
    ends_at: datetime
    answer_by: datetime
    due: bool
    """Whether the answer time had ended at the cut-off."""


@dataclass(frozen=True)
class Cut:
    """One period; all days are days in China and included."""

    starts_on: date
    ends_on: date
    cut_off: date
    parameters: tuple[tuple[str, Any], ...]
    answer_days: tuple[AnswerDay, ...] = ()

    def parameter(self, key: str) -> Any:
        """A value of the rule pack. Raises `KeyError`."""
        return dict(self.parameters)[key]

    @property
    def end(self) -> datetime:
        """The first moment that no longer counts."""
        return clock.day_end(self.cut_off)


Collector = Callable[[Cut], Select[Any]]


def within(column: Any) -> ColumnElement[bool]:
    """Rows below the root that `shard` names when the statement runs; a range, so that an index serves it."""
    first, after = (bindparam(name, type_=String(12)) for name in ("shard_first", "shard_after"))
    return (column >= first) & (column < after)


def shard(root: str) -> dict[str, str]:
    """The parameters of `within` for one root: "533323" → codes from "533323" to before "533324"."""
    return {"shard_first": root, "shard_after": str(int(root) + 1).zfill(len(root))}


def flag(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """1 where the condition holds, else 0."""
    return case((condition, 1), else_=0)


def by(day: Any, last: date) -> ColumnElement[bool]:
    """Whether something had happened on or before a day."""
    return (day.is_not(None)) & (day <= last)


def not_by(day: Any, last: date) -> ColumnElement[bool]:
    """Whether something had not happened on or before a day."""
    return (day.is_(None)) | (day > last)
