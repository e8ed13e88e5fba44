"""What has to move when the list of a year's holidays changes: each feature with deadlines registers its own part.

A deadline is only ever moved to a later day: nobody loses time because a list was published or corrected.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.interfaces import ORMOption

from webapp.access import Viewer, acting_as
from webapp.policy.calendar import work_calendar
from webapp.policy.workdays import WorkCalendar

Recalculator = Callable[[Session, int, WorkCalendar, datetime], int]
"""(session, year, the new calendar, moment) → how many deadlines of that year were moved, each to a later day."""

recalculators: list[Recalculator] = []
RECKONER = Viewer.system("工作日历", "")
_AT_ONCE = 500
Row = TypeVar("Row")


def recalculate(session: Session, year: int, at: datetime) -> int:
    """Move the open deadlines of a year that the present list no longer allows; gives how many were moved.

    The list holds for everybody, so this acts for the whole instance and not only for the unit that changed it.
    """
    session.flush()
    session.info.pop("work_calendar", None)
    calendar = work_calendar(session)
    with acting_as(session, RECKONER):
        return sum(move(session, year, calendar, at) for move in recalculators)


def locked(session: Session, model: type[Row], ids: Sequence[int], *options: ORMOption) -> Iterator[Row]:
    """Rows by their ids as they stand now, held until the transaction ends, some hundreds at a time.

    Somebody may have acted on one since it was found: the caller looks again whether it still has to move.
    """
    key: Any = model.id  # type: ignore[attr-defined]
    for start in range(0, len(ids), _AT_ONCE):
        statement = select(model).where(key.in_(ids[start : start + _AT_ONCE])).order_by(key).options(*options)
        yield from session.scalars(statement.with_for_update().execution_options(populate_existing=True)).all()
