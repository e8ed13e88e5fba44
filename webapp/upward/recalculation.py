"""Open requests follow a list of holidays that was published or corrected, never to an earlier day (T-10)."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit
from webapp.policy.recalculation import locked, recalculators
from webapp.policy.workdays import WorkCalendar
from webapp.upward.models import OPEN, UpwardRequest


def move_deadlines(session: Session, year: int, calendar: WorkCalendar, at: datetime) -> int:
    """Move what is due on a day on which nobody works to the next working day; gives how many were moved.

    The first deadline stays visible; the unit that asked reads both on the request's page.
    """
    in_year = UpwardRequest.due_on.between(date(year, 1, 1), date(year, 12, 31))
    found = session.execute(
        select(UpwardRequest.id, UpwardRequest.due_on).where(in_year, UpwardRequest.state.in_(OPEN))
    ).tuples()
    ids = sorted(id_ for id_, due_on in found if not calendar.is_workday(due_on))
    rows = locked(session, UpwardRequest, ids)
    moved = [row for row in rows if row.state in OPEN and not calendar.is_workday(row.due_on)]
    for row in moved:
        before, row.due_on, row.changed_at = row.due_on, calendar.add_workdays(row.due_on, 0), at
        audit.record(
            session,
            "upward.recalculated",
            "upward_request",
            row.id,
            unit_code=row.unit_code,
            before={"due_on": before.isoformat()},
            after={"due_on": row.due_on.isoformat()},
        )
    session.flush()
    return len(moved)


recalculators.append(move_deadlines)
