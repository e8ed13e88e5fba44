"""督办: an overdue assignment goes one level up, once, and is told there and to the issuer (T-6, P-31)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp import audit, clock
from webapp.accountability.models import Assignment
from webapp.accountability.rules import OPEN
from webapp.notices.hours import open_now
from webapp.org.models import Division
from webapp.policy.calendar import work_calendar
from webapp.supervision.limits import limits_of, stopped
from webapp.supervision.models import Escalation
from webapp.supervision.rules import goes_up, is_secretary_duty
from webapp.supervision.telling import answering, deciding, gather, office_of
from webapp.words import day_words

AT_ONCE = 500


def escalate_due(session: Session, issuer_code: str, *, at: datetime) -> int:
    """Send 督办 of one issuer's overdue assignments where it belongs; gives how many were recorded. Safe to run twice.

    Once for each assignment and level. What was answered, is suspended or stands under a disaster order stays; so does
    what lies within the grace period of a secretary's own duty, of which only the secretary's office is told (P-31).
    """
    today, calendar = clock.local(at).date(), work_calendar(session)
    limits = limits_of(session, today, issuer_code)
    if not open_now(session, at, limits.hours):
        return 0
    made = last = 0
    while rows := list(
        session.scalars(
            select(Assignment)
            .where(
                Assignment.issuer_code == issuer_code,
                Assignment.state.in_(OPEN),
                Assignment.due_on < today,
                Assignment.id > last,
                ~select(Escalation.id)
                .where(Escalation.assignment_id == Assignment.id, Escalation.kind == "above")
                .exists(),
            )
            .options(joinedload(Assignment.task), joinedload(Assignment.unit))
            .order_by(Assignment.id)
            .limit(AT_ONCE)
        )
    ):
        last = rows[-1].id
        told = select(Escalation.assignment_id).where(
            Escalation.assignment_id.in_([row.id for row in rows]), Escalation.kind == "office"
        )
        at_office, still = set(session.scalars(told)), stopped(session, rows, today)
        for row in rows:
            duty = is_secretary_duty(row.task.template_code)
            late = calendar.workdays_between(row.due_on, today)
            if row.id in still or late < 1:
                continue
            if duty and row.id not in at_office:
                _to_office(session, row, late, at)
                made += 1
            if goes_up(row.due_on, today, secretary_duty=duty, limits=limits, calendar=calendar):
                _up(session, row, late, at)
                made += 1
        session.flush()
    return made


def level_above(session: Session, row: Assignment) -> str:
    """The unit one level above the one that handed the assignment down; a province has none above and watches itself."""
    issuer = session.get_one(Division, row.issuer_code)
    return issuer.parent_code or issuer.code


def _to_office(session: Session, row: Assignment, late: int, at: datetime) -> None:
    people = office_of(session, row.unit_code, at) or answering(session, row, at)
    _record(session, row, "office", row.unit_code, late, at)
    for person_id in people:
        gather(session, person_id, "escalation", _line(row, late), f"/tasks/assignments/{row.id}", at)


def _up(session: Session, row: Assignment, late: int, at: datetime) -> None:
    level = level_above(session, row)
    _record(session, row, "above", level, late, at)
    for person_id in deciding(session, {level, row.issuer_code}, "task.issue", at):
        gather(session, person_id, "escalation", _line(row, late), f"/supervision/{row.id}", at)


def _record(session: Session, row: Assignment, kind: str, level: str, late: int, at: datetime) -> None:
    session.add(
        Escalation(
            assignment_id=row.id,
            unit_code=row.unit_code,
            issuer_code=row.issuer_code,
            level_code=level,
            kind=kind,
            overdue=late,
            due_on=row.due_on,
            at=at,
        )
    )
    audit.record(
        session,
        "task.escalate",
        "assignment",
        row.id,
        unit_code=row.unit_code,
        after={"level": level, "overdue": late, "due_on": row.due_on.isoformat()},
    )


def _line(row: Assignment, late: int) -> str:
    return f"{row.task.title}（{row.unit.name}）：期限{day_words(row.due_on)}，逾期 {late} 个工作日"
