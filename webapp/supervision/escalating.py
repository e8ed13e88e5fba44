"""督办: an overdue assignment or issue goes one level up, once, and is told there and to the issuer (T-6, P-31)."""

from datetime import datetime, timedelta
from functools import partial
from itertools import chain

from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.notices.hours import open_now
from webapp.org.models import Division
from webapp.policy.calendar import work_calendar
from webapp.supervision.limits import limits_of, stopped
from webapp.supervision.models import Escalation
from webapp.supervision.rules import goes_up
from webapp.supervision.subjects import TASK, Subject, owing, told_office
from webapp.supervision.telling import gather, holding, own_duties_among, reminded
from webapp.words import day_words


def escalate_due(session: Session, issuer_code: str, *, at: datetime) -> int:
    """Send 督办 of what units owe to one unit where it belongs; gives how many were recorded. Safe to run twice.

    Once for each subject and level. What was answered, is suspended or stands under a disaster order stays; so does
    what lies within the grace period of a secretary's own duty, of which only the secretary's office is told (P-31).
    """
    today, calendar = clock.day_of(at), work_calendar(session)
    limits = limits_of(session, today, issuer_code)
    if not open_now(session, at, limits.hours):
        return 0
    level = level_above(session, issuer_code)
    above = holding(session, {level, issuer_code}, "task.issue", at)
    made = 0
    for some in owing(session, issuer_code, today - timedelta(days=1), sent_up=False):
        at_office, still = told_office(session, some), stopped(session, some, today)
        moving = [one for one in some if one.key not in still and calendar.workdays_between(one.due_on, today) >= 1]
        duties = own_duties_among(session, moving, today)
        to_office = [one for one in moving if one.key in duties and one.key not in at_office]
        goes = partial(goes_up, limits=limits, calendar=calendar)
        to_above = [one for one in moving if goes(one.due_on, today, secretary_duty=one.key in duties)]
        own = reminded(session, to_office, at)
        lines: dict[int, list[str]] = {}
        for one, kind, unit, people in (
            *((one, "office", one.unit_code, own[one.key]) for one in to_office),
            *((one, "above", level, chain.from_iterable(above.values())) for one in to_above),
        ):
            late = calendar.workdays_between(one.due_on, today)
            _record(session, one, kind, unit, late, at)
            for person_id in dict.fromkeys(people):
                lines.setdefault(person_id, []).append(_line(one, late))
        gather(session, "escalation", lines, at)
        made += len(to_office) + len(to_above)
        session.flush()
    return made


def level_above(session: Session, issuer_code: str) -> str:
    """The unit one level above the one that handed down; a province has none above and watches itself."""
    issuer = session.get_one(Division, issuer_code)
    return issuer.parent_code or issuer.code


def _record(session: Session, one: Subject, kind: str, level: str, late: int, at: datetime) -> None:
    session.add(
        Escalation(
            **{one.column: one.row.id},
            unit_code=one.unit_code,
            issuer_code=one.issuer_code,
            level_code=level,
            kind=kind,
            overdue=late,
            due_on=one.due_on,
            at=at,
        )
    )
    audit.record(
        session,
        "task.escalate" if one.column == TASK else "rectification.escalate",
        one.object_name,
        one.row.id,
        unit_code=one.unit_code,
        after={"level": level, "overdue": late, "due_on": one.due_on.isoformat()},
    )


def _line(one: Subject, late: int) -> str:
    return f"{one.title}（{one.unit_name}）：期限{day_words(one.due_on)}，逾期 {late} 个工作日"
