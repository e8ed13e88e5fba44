"""From the rows of one item under 督办 to the values of its sheet."""

from datetime import date

from sqlalchemy.orm import Session

from reports.supervision import SheetStep, SupervisionSheet
from webapp import clock
from webapp.accountability.models import STATES
from webapp.org.queries import names
from webapp.policy.calendar import work_calendar
from webapp.supervision.ladder import deciding_unit, standing
from webapp.supervision.models import STEPS
from webapp.supervision.queries import Record


def sheet_of(session: Session, record: Record, on: date) -> SupervisionSheet:
    """The values of the sheet on a day; withdrawn steps are not printed."""
    row = record.item.assignment
    unit = deciding_unit(session, row)
    answered = row.last_reported_on or on
    until = answered if row.state in ("reported", "verified", "closed") else on
    return SupervisionSheet(
        number=f"{row.task.number}-{row.unit_code}",
        issuer=names(session, [unit]).get(unit, unit),
        unit_name=row.unit.name,
        title=row.task.title,
        content=row.task.content,
        basis=row.task.grounds,
        issued_on=row.issued_on,
        first_due_on=row.first_due_on,
        due_on=row.due_on,
        state_text=f"任务状态为“{STATES[row.state]}”",
        working_days_over=max(0, work_calendar(session).workdays_between(row.due_on, until)),
        reminders_sent=sum(one.sent_at is not None for one in record.reminders),
        told_levels=tuple(
            (record.names.get(one.level_code, one.level_code), clock.day_of(one.at))
            for one in record.escalations
            if one.kind == "above"
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
    )
