"""Assignments that fall due on 23 October 2026, a Friday, and what the scheduler does with them."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.making import Parties, issued
from tests.factories import COUNTY, VILLAGE
from webapp.access import Viewer, acting_as
from webapp.accountability import orders
from webapp.accountability.models import Assignment
from webapp.notices.models import InboxMessage
from webapp.policy import packs
from webapp.policy.models import RulePackRecord
from webapp.supervision import escalating, reminding
from webapp.supervision.models import Escalation, Reminder

WATCH = Viewer.system("期限提醒", "")


def on(text: str) -> datetime:
    """An aware moment of October or November 2026 in China: on("10-26 09:00")."""
    return factories.at(f"2026-{text}")


def assignment(session: Session, people: Parties, unit: str = VILLAGE) -> Assignment:
    return issued(session, people.first_desk, [unit]).assignments[0]


def duty(session: Session, people: Parties, unit: str) -> Assignment:
    """A secretary's own duty at a unit."""
    row = assignment(session, people, unit)
    row.task.template_code, row.task.period = "WA28-T4", "2026"
    session.flush()
    return row


def look(session: Session, at: datetime, issuer: str = COUNTY) -> tuple[int, int]:
    """What one look of the scheduler does for an issuer: reminders sent, 督办 recorded."""
    with acting_as(session, WATCH):
        reminding.deliver_waiting(session, at=at)
        sent = reminding.remind_due(session, issuer, at=at)
        return sent, escalating.escalate_due(session, issuer, at=at)


def freeze(session: Session, people: Parties, *units: str) -> None:
    """A disaster order of the county holds the clocks of units from 26 October to 13 November."""
    with acting_as(session, people.second_desk):
        wanted = orders.Wanted(
            unit_code=COUNTY,
            document_no="福政办发〔2026〕40号",
            title="关于启动防汛应急响应的通知",
            units=units,
            starts_on=date(2026, 10, 26),
            ends_on=date(2026, 11, 13),
        )
        orders.make(session, wanted, on("10-26 08:00"))


def press(session: Session, viewer: Viewer, row: Assignment, at: datetime) -> tuple[Reminder, bool]:
    with acting_as(session, viewer):
        return reminding.remind(session, row.id, at=at)


def reminders(session: Session, row: Assignment) -> list[Reminder]:
    return reminding.reminders_of(session, row.id)


def escalations(session: Session, row: Assignment) -> list[tuple[str, str]]:
    found = select(Escalation.kind, Escalation.level_code).where(Escalation.assignment_id == row.id)
    return list(session.execute(found.order_by(Escalation.id)).tuples())


def messages(session: Session, person_id: int | None, what: str) -> list[InboxMessage]:
    """Gathered messages of a person: what is "reminder", "escalation" or "supervision"."""
    session.flush()
    found = select(InboxMessage).where(InboxMessage.person_id == person_id, InboxMessage.key.startswith(f"{what}:"))
    return list(session.scalars(found.order_by(InboxMessage.id)))


def notice_hours(session: Session, unit_code: str, opens: str, closes: str) -> None:
    """A county's own pack with its hours of notices."""
    national = packs.shipped()[-1]
    own = {
        key: {**national.parameters[f"notice.{key}"], "value": value}
        for key, value in (("from", opens), ("to", closes))
    }
    body = {**national.body, "slug": unit_code, "base": national.slug, "division": unit_code}
    body["parameters"] = {"notice": own}
    session.add(
        RulePackRecord(
            slug=unit_code,
            sha256=packs.from_body(body).sha256,
            base=national.slug,
            unit_code=unit_code,
            valid_from=date(2026, 1, 1),
            body=body,
            loaded_at=on("01-01 09:00"),
        )
    )
