"""The pack's limits of reminders and escalation, and what holds a clock still beside the state of an assignment."""

from collections.abc import Callable, Collection
from datetime import date

from sqlalchemy.orm import Session

from webapp.accountability.models import Assignment
from webapp.notices.hours import pack_hours
from webapp.policy.service import parameter
from webapp.supervision.rules import Limits

Stop = Callable[[Session, Collection[Assignment], date], set[int]]
"""(session, assignments, day) → ids of those whose clock stands still that day, e.g. by a disaster order (T-9)."""

stops: list[Stop] = []


def limits_of(session: Session, on: date, issuer_code: str) -> Limits:
    """What is in force for the units of an issuer on a day."""

    def value(key: str) -> str:
        return str(parameter(session, key, on=on, unit_code=issuer_code))

    return Limits(
        before=int(value("task.reminders_before")),
        after=int(value("task.reminders_after")),
        near_due=int(value("task.near_due_workdays")),
        escalate=int(value("task.escalate_days")),
        grace=int(value("duty.grace_days")),
        hours=pack_hours(session, on, issuer_code),
    )


def stopped(session: Session, rows: Collection[Assignment], on: date) -> set[int]:
    """Which of these assignments are neither reminded of nor escalated on a day."""
    found = {row.id for row in rows if row.state == "suspended"}
    for stop in stops:
        found |= stop(session, rows, on)
    return found
