"""What has to move when the list of a year's holidays changes: each feature with deadlines registers its own part.

A deadline is only ever moved to a later day: nobody loses time because a list was published or corrected.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.access import Viewer, acting_as
from webapp.policy.calendar import work_calendar
from webapp.policy.workdays import WorkCalendar

Recalculator = Callable[[Session, int, WorkCalendar, datetime], int]
"""(session, year, the new calendar, moment) → how many deadlines of that year were moved, each to a later day."""

recalculators: list[Recalculator] = []
RECKONER = Viewer.system("工作日历", "")


def recalculate(session: Session, year: int, at: datetime) -> int:
    """Move the open deadlines of a year that the present list no longer allows; gives how many were moved.

    The list holds for everybody, so this acts for the whole instance and not only for the unit that changed it.
    """
    session.flush()
    session.info.pop("work_calendar", None)
    calendar = work_calendar(session)
    with acting_as(session, RECKONER):
        return sum(move(session, year, calendar, at) for move in recalculators)
