"""催办 and 督办 of the demo: what the scheduler would have sent on the last working days, and one step of the ladder."""

from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.access import Viewer, acting_as
from webapp.accountability.models import Assignment
from webapp.accountability.rules import OPEN
from webapp.clock import CHINA
from webapp.demo.people import Staff
from webapp.demo.places import COUNTY
from webapp.org.queries import valid_grants
from webapp.policy.workdays import WorkCalendar
from webapp.supervision import ladder
from webapp.supervision.escalating import escalate_due
from webapp.supervision.reminding import remind_due

DAYS = 5
"""How many working days before the set-up are looked back on."""


def run(session: Session, staff: Staff, calendar: WorkCalendar, today: date) -> None:
    """Remind and escalate as on the last working days, then let the county desk note one 提醒."""
    days = [calendar.add_workdays(today, -ago) for ago in range(DAYS, 0, -1)]
    with acting_as(session, Viewer.system("期限提醒", "")):
        for day in days:
            remind_due(session, COUNTY, at=_at(day, 9))
            escalate_due(session, COUNTY, at=_at(day, 9))
    overdue = select(Assignment).where(
        Assignment.issuer_code == COUNTY, Assignment.state.in_(OPEN), Assignment.due_on < days[-1]
    )
    row = session.scalars(overdue.order_by(Assignment.unit_code, Assignment.due_on, Assignment.id).limit(1)).first()
    if row is None:
        return
    person = staff.with_permission("task.issue", COUNTY, days[-1])[0]
    desk = Viewer(
        "account",
        person.person.name,
        person_id=person.person_id,
        grants=valid_grants(session, person.person_id, days[-1]),
    )
    typed = ladder.Typed(reason="到期未反馈，请说明原因，抓紧办理。", decided_on=days[-1])
    with acting_as(session, desk):
        ladder.take(session, row.id, "remind", typed, at=_at(days[-1], 10), by="desk")


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour, 30), CHINA)
