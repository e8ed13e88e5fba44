"""Support of those who are stationed in the demo: what was due is recorded, but for one health check that is overdue."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp.clock import CHINA
from webapp.demo.people import Staff
from webapp.demo.places import ACCOUNT_VILLAGES, COUNTY
from webapp.support.models import SupportEvent, SupportItem
from webapp.support.opening import open_items, owed_in
from webapp.support.rules import WITH_AMOUNT

FORGOTTEN = "health_check"
BEFORE = timedelta(days=12)
"""Recorded so long before its day."""


def add(session: Session, staff: Staff, today: date) -> None:
    """Open the items of the year of loading, and record those whose day is over."""
    open_items(session, today)
    kinds, _ = owed_in(session, COUNTY, today)
    waiting = next(one for one in staff.on_post(ACCOUNT_VILLAGES[0], today) if one.role == "first_secretary")
    due = select(SupportItem).where(SupportItem.due_on < today).options(joinedload(SupportItem.sending_unit))
    for item in session.scalars(due.order_by(SupportItem.id)):
        if item.due_on is None or (item.posting_id == waiting.id and item.kind == FORGOTTEN):
            continue
        sender = item.sending_unit
        usual = kinds[item.kind].usual_yuan(sender.unit_code if sender else None)
        item.state, item.done_on = "done", item.due_on - BEFORE
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
