"""The month sheets of this month, opened as on its first working day."""

from datetime import date, datetime, time

from sqlalchemy.orm import Session

from webapp.access import Viewer, acting_as
from webapp.clock import CHINA
from webapp.demo.places import COUNTY
from webapp.policy.workdays import WorkCalendar
from webapp.sheets.opening import open_sheets


def open_month(session: Session, calendar: WorkCalendar, today: date) -> None:
    """Open them, unless the month has not had a working day yet."""
    on = calendar.add_workdays(today.replace(day=1), 0)
    if on < today:
        with acting_as(session, Viewer.system("责任清单", COUNTY)):
            open_sheets(session, on, root=COUNTY, at=datetime.combine(on, time(9), CHINA))
