"""The pack's limits of reminders and escalation, and what holds a clock still."""

from collections.abc import Collection
from datetime import date

from sqlalchemy.orm import Session

from webapp.access import acting_as
from webapp.accountability.freezing import FREEZING, orders_from
from webapp.accountability.order_rules import covers
from webapp.notices.hours import pack_hours
from webapp.policy.service import parameter
from webapp.supervision.rules import Limits
from webapp.supervision.subjects import Key, Subject


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


def stopped(session: Session, subjects: Collection[Subject], on: date) -> set[Key]:
    """Which of these are neither reminded of nor escalated on a day: suspended ones, and those of units whose clocks a disaster order holds still that day, also where they were late before it (T-9).

    Orders are read as a part of the system: a township does not see those of its county, they still hold.
    """
    with acting_as(session, FREEZING):
        orders = [order for order in orders_from(session, on) if order.starts_on <= on]
    return {
        one.key
        for one in subjects
        if one.row.state == "suspended" or any(covers(order, one.unit_code) for order in orders)
    }
