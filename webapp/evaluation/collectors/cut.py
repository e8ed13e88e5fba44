"""What a collector is told: which subtree, which days, which parameters. And the shape of the rows it gives back.

A collector gives one SELECT of the rows behind a figure. Each row says its unit and what it adds:

- `n`, `d`: what it adds to numerator and denominator (whole numbers: rows, or person-days)
- `missing`: 1 for something owed that nobody has recorded
- `later`: 1 for something of the period that falls due after the cut-off

Facts dated after the cut-off do not count, so that a closed month keeps its values.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case

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
    """One period of one subtree; all days are days in China and included."""

    root: str
    starts_on: date
    ends_on: date
    cut_off: date
    parameters: Mapping[str, Any]
    answer_days: tuple[AnswerDay, ...] = ()

    @property
    def end(self) -> datetime:
        """The first moment that no longer counts."""
        return clock.day_end(self.cut_off)


Collector = Callable[[Cut], Select[Any]]


def flag(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """1 where the condition holds, else 0."""
    return case((condition, 1), else_=0)


def by(day: Any, last: date) -> ColumnElement[bool]:
    """Whether something had happened on or before a day."""
    return (day.is_not(None)) & (day <= last)


def not_by(day: Any, last: date) -> ColumnElement[bool]:
    """Whether something had not happened on or before a day."""
    return (day.is_(None)) | (day > last)
