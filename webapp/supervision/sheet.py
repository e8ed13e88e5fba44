"""From the rows of one item under 督办 to the values of its sheet."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from reports.supervision import RECTIFYING, SheetStep, SupervisionSheet
from webapp import clock
from webapp.accountability.models import STATES, Assignment
from webapp.policy.calendar import work_calendar
from webapp.rectification.models import SOURCES, Issue
from webapp.rectification.models import STATES as ISSUE_STATES
from webapp.supervision.ladder import standing
from webapp.supervision.models import STEPS
from webapp.supervision.queries import Record

ANSWERED = ("reported", "closure_requested", "verified", "closed")
"""The unit has done its part: lateness is counted up to that day."""


def sheet_of(session: Session, record: Record, on: date) -> SupervisionSheet:
    """The values of the sheet on a day; withdrawn steps are not printed."""
    one = record.subject
    unit = one.deciding_code
    until = (one.answered_on or on) if one.row.state in ANSWERED else on
    return SupervisionSheet(
        issuer=record.names.get(unit, unit),
        unit_name=one.unit_name,
        due_on=one.due_on,
        first_due_on=one.row.first_due_on,
        working_days_over=max(0, work_calendar(session).workdays_between(one.due_on, until)),
        reminders_sent=sum(reminder.sent_at is not None for reminder in record.reminders),
        told_levels=tuple(
            (record.names.get(up.level_code, up.level_code), clock.day_of(up.at))
            for up in record.escalations
            if up.kind == "above"
        ),
        steps=tuple(
            SheetStep(
                name=STEPS[step.kind],
                decided_on=step.decided_on,
                reason=step.reason,
                leader_name=step.leader_name or "",
                document_no=step.document_no or "",
                ends_on=step.ends_on,
            )
            for step in standing(record.steps)
        ),
        document_date=on,
        **(_of_task(one.row) if isinstance(one.row, Assignment) else _of_issue(one.row)),
    )


def _of_task(row: Assignment) -> dict[str, Any]:
    return {
        "number": f"{row.task.number}-{row.unit_code}",
        "title": row.task.title,
        "content": row.task.content,
        "basis": row.task.grounds,
        "issued_on": row.issued_on,
        "state_text": f"任务状态为“{STATES[row.state]}”",
    }


def _of_issue(row: Issue) -> dict[str, Any]:
    return {
        "number": row.number,
        "title": f"{SOURCES[row.source]}发现的问题",
        "content": row.description,
        "basis": row.source_document,
        "issued_on": row.entered_on,
        "state_text": f"问题状态为“{ISSUE_STATES[row.state]}”",
        "acts": RECTIFYING,
    }
