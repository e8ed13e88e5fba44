"""Leave on the home page: what waits for the viewer's decision, the viewer's own return, and late returns of the township."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from webapp import clock
from webapp.access import Viewer
from webapp.dashboard.lines import Todo, due_words
from webapp.leave import queries
from webapp.leave.models import KINDS, LeaveRequest
from webapp.leave.rules import due_back
from webapp.policy.workdays import WorkCalendar


@dataclass(frozen=True)
class LeaveLines:
    """Lines with a button, and facts for the township to look into: no absence is made of them (Z-27, X-3)."""

    todo: list[Todo]
    to_look_into: list[Todo]


def leave_lines(session: Session, viewer: Viewer, on: date, limit: int, calendar: WorkCalendar) -> LeaveLines:
    """At most one statement."""
    found = queries.waiting(session, viewer, on, limit)
    todo = [_decide(row, on, calendar) for row in found.decide] + [_back(row, on, calendar) for row in found.back]
    late = [_late(row, on, calendar) for row in found.late]
    return LeaveLines(todo, [line for line in late if line.due_on < on])


def _decide(row: LeaveRequest, on: date, calendar: WorkCalendar) -> Todo:
    due = clock.day_of(row.answer_by or row.changed_at)
    return Todo(
        what=f"{row.person.name}请假",
        path=f"/leave/{row.id}",
        unit=row.unit.name,
        why=f"{KINDS[row.kind]}，{row.span.words}",
        due_on=due,
        when=due_words(due, on, calendar),
        lamp="over" if due < on else "waiting",
        button="审批请假",
    )


def _back(row: LeaveRequest, on: date, calendar: WorkCalendar) -> Todo:
    due = due_back(row.span.last, row.decided_on, calendar)
    return Todo(
        what="请假期满销假",
        path=f"/leave/{row.id}",
        unit=row.unit.name,
        why=row.span.words,
        due_on=due,
        when=due_words(due, on, calendar),
        lamp="over" if due < on else "doing",
        button="销假",
    )


def _late(row: LeaveRequest, on: date, calendar: WorkCalendar) -> Todo:
    due = due_back(row.span.last, row.decided_on, calendar)
    return Todo(
        f"{row.person.name}请假期满没有销假",
        f"/leave/{row.id}",
        row.unit.name,
        "",
        due,
        due_words(due, on, calendar),
        "over",
    )
