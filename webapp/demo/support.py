"""Support of those who are stationed in the demo: what was due is recorded, but for one health check that is overdue."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp.accountability.models import AccountabilityTask, Assignment
from webapp.clock import CHINA
from webapp.demo.people import Staff
from webapp.demo.places import ACCOUNT_VILLAGES, COUNTY
from webapp.support import duty
from webapp.support.models import SupportEvent, SupportItem
from webapp.support.opening import open_items, owed_in
from webapp.support.rules import WITH_AMOUNT

BEGAN = date(2025, 12, 31)
"""The ledger is kept from the year of the first check on."""
FORGOTTEN = "health_check"
BEFORE = timedelta(days=12)
"""Recorded so long before its day."""


def add(session: Session, staff: Staff, today: date) -> None:
    """Open the items of each year since the ledger began, record those whose day is over, and let the ledger answer the
    county's yearly checks as it stood on their day."""
    open_items(session, BEGAN)
    open_items(session, today)
    waiting = next(one for one in staff.on_post(ACCOUNT_VILLAGES[0], today) if one.role == "first_secretary")
    due = select(SupportItem).where(SupportItem.due_on < today).options(joinedload(SupportItem.sending_unit))
    items = [
        item
        for item in session.scalars(due.order_by(SupportItem.due_on, SupportItem.id))
        if (item.year, item.posting_id, item.kind) != (today.year, waiting.id, FORGOTTEN)
    ]
    for check in _checks(session):
        answered = check.last_reported_on or today
        _record(session, [item for item in items if item.state == "open" and _done_on(item) <= answered], today)
        check.report_text = duty.words(session, check.unit_code, int(check.task.period or 0))
        for event in check.events:
            if event.kind == "report":
                event.text = check.report_text
    _record(session, [item for item in items if item.state == "open"], today)


def _checks(session: Session) -> list[Assignment]:
    """The yearly checks that are answered, the oldest first."""
    of_duty = select(Assignment).join(Assignment.task).where(AccountabilityTask.template_code == duty.DUTY)
    answered = of_duty.where(Assignment.last_reported_on.is_not(None)).order_by(Assignment.last_reported_on)
    return list(session.scalars(answered))


def _done_on(item: SupportItem) -> date:
    return item.due_on - BEFORE if item.due_on else date.max


def _record(session: Session, items: list[SupportItem], today: date) -> None:
    kinds, _ = owed_in(session, COUNTY, today)
    for item in items:
        sender = item.sending_unit
        usual = kinds[item.kind].usual_yuan(sender.unit_code if sender else None)
        item.state, item.done_on = "done", _done_on(item)
        item.document_no = f"演示〔{item.year}〕{30 + list(kinds).index(item.kind)}号"
        item.amount = Decimal(usual) if usual is not None and item.kind in WITH_AMOUNT else None
        item.events.append(
            SupportEvent(
                person_id=item.person_id,
                unit_code=item.unit_code,
                sending_unit_id=item.sending_unit_id,
                at=datetime.combine(item.done_on, time(10), CHINA),
                actor_name="经办（演示）",
                actor_unit=sender.name if sender and item.owner == "sending_unit" else "福贡县",
                state=item.state,
                done_on=item.done_on,
                document_no=item.document_no,
                amount=item.amount,
            )
        )
    session.flush()
