"""Deadlines that people set for an issue, judged with the calendar and the pack in force."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from webapp import clock
from webapp.accountability.thresholds import thresholds
from webapp.errors import Faulty
from webapp.policy.calendar import work_calendar
from webapp.rectification.rules import deadline_fault


def check_due(session: Session, due_on: date, unit_code: str, at: datetime) -> None:
    """Raise `Faulty` for a deadline that is past, the same day, too short, on a day of rest, or years away."""
    today = clock.day_of(at)
    least = thresholds(session, today, unit_code).min_answer_workdays
    fault = deadline_fault(due_on, today, work_calendar(session), least)
    if fault:
        raise Faulty({"due_on": fault})
