"""Duties that a record of the product answers by itself, so that nobody is asked for what is held already (X-4)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import clock
from webapp.access import viewer_of
from webapp.accountability import service as tasks
from webapp.accountability.models import AccountabilityTask, Assignment
from webapp.accountability.moving import apply, locked
from webapp.accountability.parties import actor_at
from webapp.accountability.rules import MOVES, OPEN


def open_duty(session: Session, template_code: str, unit_code: str, period: str) -> Assignment | None:
    """A unit's assignment of a recurring duty for a period, as long as it is to be answered."""
    return session.scalar(
        select(Assignment)
        .join(AccountabilityTask, AccountabilityTask.id == Assignment.task_id)
        .where(
            AccountabilityTask.template_code == template_code,
            AccountabilityTask.period == period,
            Assignment.unit_code == unit_code,
            Assignment.state.in_(OPEN),
        )
    )


def answer(session: Session, found: Assignment, text: str, at: datetime) -> None:
    """Report an open assignment with a sentence; what was not acknowledged before is so by the answer."""
    row = locked(session, found.id)
    actor = actor_at(viewer_of(session), MOVES["report"].permission, row.unit_code)
    if row.state == "issued":
        row.acknowledged_on = clock.day_of(at)
        apply(session, MOVES["acknowledge"], row, actor, at=at)
    tasks.take_report(session, row, actor, text=text, at=at)
