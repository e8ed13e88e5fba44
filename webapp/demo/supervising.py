"""催办 and 督办 of the demo: what the scheduler would have sent on the last working days, and the first rung of the ladder."""

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
from webapp.rectification.models import Issue
from webapp.rectification.rules import OPEN as OPEN_ISSUES
from webapp.supervision import ladder
from webapp.supervision.escalating import escalate_due
from webapp.supervision.reminding import remind_due
from webapp.supervision.subjects import ISSUE, TASK

DAYS = 5
"""How many working days before the set-up are looked back on."""


def run(session: Session, staff: Staff, calendar: WorkCalendar, today: date) -> None:
    """Remind and escalate as on the last working days, then let the county desk note 提醒 for a task, 约谈 for an issue."""
    days = [calendar.add_workdays(today, -ago) for ago in range(DAYS, 0, -1)]
    with acting_as(session, Viewer.system("期限提醒", "")):
        for day in days:
            remind_due(session, COUNTY, at=_at(day, 9))
            escalate_due(session, COUNTY, at=_at(day, 9))
    overdue = select(Assignment).where(
        Assignment.issuer_code == COUNTY, Assignment.state.in_(OPEN), Assignment.due_on < days[-1]
    )
    task = session.scalars(overdue.order_by(Assignment.unit_code, Assignment.due_on, Assignment.id).limit(1)).first()
    put_right = select(Issue).where(Issue.issuer_code == COUNTY, Issue.state.in_(OPEN_ISSUES), Issue.due_on < days[-1])
    issue = session.scalars(put_right.order_by(Issue.id).limit(1)).first()
    if task is not None:
        reason = "到期未反馈，请说明原因，抓紧办理。"
        _step(session, staff, days[-1], "remind", task.id, TASK, reason)
    if issue is not None:
        reason = "逾期未申请销号，约谈牵头单位负责同志，重新确定完成时间（演示）。"
        _step(session, staff, days[-1], "talk", issue.id, ISSUE, reason)


def _step(session: Session, staff: Staff, day: date, kind: str, row_id: int, column: str, reason: str) -> None:
    """The county desk takes a step about a task or an issue."""
    post = staff.with_permission("task.issue", COUNTY, day)[0]
    grants = valid_grants(session, post.person_id, day)
    typed = ladder.Typed(reason=reason, decided_on=day)
    with acting_as(session, Viewer("account", post.person.name, person_id=post.person_id, grants=grants)):
        ladder.take(session, row_id, kind, typed, at=_at(day, 10), by="desk", column=column)


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour, 30), CHINA)
