"""督办: an overdue assignment goes one level up, once, and is told there and to the issuer (T-6, P-31)."""

from datetime import datetime
from functools import partial
from itertools import chain

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
from webapp.supervision.rules import goes_up
from webapp.supervision.telling import gather, holding, own_duties_among, reminded
from webapp.words import day_words

AT_ONCE = 500


def escalate_due(session: Session, issuer_code: str, *, at: datetime) -> int:
    """Send 督办 of one issuer's overdue assignments where it belongs; gives how many were recorded. Safe to run twice.

    Once for each assignment and level. What was answered, is suspended or stands under a disaster order stays; so does
    what lies within the grace period of a secretary's own duty, of which only the secretary's office is told (P-31).
    """
    today, calendar = clock.day_of(at), work_calendar(session)
    limits = limits_of(session, today, issuer_code)
    if not open_now(session, at, limits.hours):
        return 0
    level = level_above(session, issuer_code)
    above = holding(session, {level, issuer_code}, "task.issue", at)
    made = last = 0
    up = select(Escalation.id).where(Escalation.assignment_id == Assignment.id, Escalation.kind == "above").exists()
    overdue = (
        select(Assignment)
        .where(Assignment.issuer_code == issuer_code, Assignment.state.in_(OPEN), Assignment.due_on < today, ~up)
        .options(joinedload(Assignment.task), joinedload(Assignment.unit))
        .order_by(Assignment.id)
        .limit(AT_ONCE)
    )
    while rows := list(session.scalars(overdue.where(Assignment.id > last))):
        last = rows[-1].id
        told = select(Escalation.assignment_id).where(
            Escalation.assignment_id.in_([row.id for row in rows]), Escalation.kind == "office"
        )
        at_office, still = set(session.scalars(told)), stopped(session, rows, today)
        moving = [row for row in rows if row.id not in still and calendar.workdays_between(row.due_on, today) >= 1]
        duties = own_duties_among(session, moving, today)
        to_office = [row for row in moving if row.id in duties and row.id not in at_office]
        goes = partial(goes_up, limits=limits, calendar=calendar)
        to_above = [row for row in moving if goes(row.due_on, today, secretary_duty=row.id in duties)]
        own = reminded(session, to_office, at)
        lines: dict[int, list[str]] = {}
        for row, kind, unit, people in (
            *((row, "office", row.unit_code, own[row.id]) for row in to_office),
            *((row, "above", level, chain.from_iterable(above.values())) for row in to_above),
        ):
            late = calendar.workdays_between(row.due_on, today)
            _record(session, row, kind, unit, late, at)
            for person_id in dict.fromkeys(people):
                lines.setdefault(person_id, []).append(_line(row, late))
        gather(session, "escalation", lines, at)
        made += len(to_office) + len(to_above)
        session.flush()
    return made


def level_above(session: Session, issuer_code: str) -> str:
    """The unit one level above the one that handed down; a province has none above and watches itself."""
    issuer = session.get_one(Division, issuer_code)
    return issuer.parent_code or issuer.code


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
