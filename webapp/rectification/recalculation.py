"""Open issues follow a list of holidays that was published or corrected, never to an earlier day (R-1)."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from webapp import audit
from webapp.accountability.order_rules import moved_words
from webapp.accountability.parties import Actor
from webapp.policy.recalculation import RECKONER, locked, recalculators
from webapp.policy.workdays import WorkCalendar
from webapp.rectification.events import event_of
from webapp.rectification.models import Issue
from webapp.rectification.rules import OPEN

KIND = "recalculated"


def move_deadlines(session: Session, year: int, calendar: WorkCalendar, at: datetime) -> int:
    """Move what is due on a day on which nobody works to the next working day; gives how many were moved."""
    in_year = Issue.due_on.between(date(year, 1, 1), date(year, 12, 31))
    found = session.execute(select(Issue.id, Issue.due_on).where(in_year, Issue.state.in_(OPEN))).tuples()
    ids = sorted(id_ for id_, due_on in found if not calendar.is_workday(due_on))
    rows = locked(session, Issue, ids, selectinload(Issue.events))
    moved = [row for row in rows if row.state in OPEN and not calendar.is_workday(row.due_on)]
    for row in moved:
        before, row.due_on, row.changed_at = row.due_on, calendar.add_workdays(row.due_on, 0), at
        words = f"节假日安排公布或调整，{moved_words(before, row.due_on)}"
        data = {"due_on": row.due_on.isoformat(), "before": before.isoformat()}
        row.events.append(event_of(row, KIND, row.state, Actor(None, RECKONER.name, None), at, text=words, data=data))
        audit.record(
            session,
            f"rectification.{KIND}",
            "issue",
            row.id,
            unit_code=row.unit_code,
            before={"due_on": before.isoformat()},
            after={"due_on": row.due_on.isoformat()},
        )
    session.flush()
    return len(moved)


recalculators.append(move_deadlines)
