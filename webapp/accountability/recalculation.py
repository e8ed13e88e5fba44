"""Open assignments follow a list of holidays that was published or corrected, never to an earlier day (T-5, X-5).

What can be proved is recounted: a recurring task's deadline from its period, and the answer time of the pack from the
day of issue. Every other deadline is a date that somebody named; it moves only off a day on which nobody works.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.accountability.models import AccountabilityTask, Assignment
from webapp.accountability.occasions import due_of
from webapp.accountability.parties import Actor, posted
from webapp.accountability.postponing import AT_ONCE, Shift, postpone, standing
from webapp.accountability.rules import OPEN
from webapp.accountability.thresholds import thresholds
from webapp.burden.models import Demand
from webapp.notices.service import notify_many
from webapp.org.queries import names
from webapp.policy.recalculation import RECKONER, recalculators
from webapp.policy.work_areas import Template, templates
from webapp.policy.workdays import WorkCalendar
from webapp.words import day_words

KIND = "recalculated"
NAMED_AT_MOST = 5
_LAST_MONTH = {"quarter": lambda period: int(period[-1]) * 3, "half_year": lambda period: int(period[-1]) * 6}


def move_deadlines(session: Session, year: int, calendar: WorkCalendar, at: datetime) -> int:
    """Move open deadlines of a year to where the new list puts them, if that is later; gives how many were moved.

    Each move leaves a granted extension (so that closed months are read as they stood) and an event with both dates;
    the demand goes into the burden ledger's month of its new deadline. Suspended ones are counted when they resume.
    """
    shifts = []
    for task_id, issuer_code, issued_on, due_on, first_due_on, after in list(_to_move(session, year, calendar)):
        rows = standing(
            session,
            Assignment.task_id == task_id,
            Assignment.issuer_code == issuer_code,
            Assignment.issued_on == issued_on,
            Assignment.due_on == due_on,
            Assignment.first_due_on == first_due_on,
            Assignment.state.in_(OPEN),
            lock=True,
        )
        data = {"due_on": after.isoformat(), "before": due_on.isoformat()}
        shifts += [Shift(row, after, data) for row in rows]
    # All are known before the first one moves: what moves to the old day of another group is not moved with that too.
    postpone(session, KIND, shifts, Actor(None, RECKONER.name, None), at, words="节假日安排公布或调整，")
    _note(session, shifts)
    _tell(session, shifts, at)
    return len(shifts)


def _to_move(session: Session, year: int, calendar: WorkCalendar) -> Iterable[tuple[int, str, date, date, date, date]]:
    """(task, issuer, day of issue, deadline, first deadline, deadline after) of what has to move."""
    task, row = AccountabilityTask, Assignment
    held = session.execute(
        select(
            row.task_id,
            row.issued_on,
            row.due_on,
            row.first_due_on,
            task.template_code,
            task.period,
            Demand.urgent,
            row.issuer_code,
        )
        .join(task, task.id == row.task_id)
        .outerjoin(Demand, Demand.id == task.demand_id)
        .where(row.state.in_(OPEN), row.due_on.between(date(year, 1, 1), date(year, 12, 31)))
        .distinct()
        .order_by(row.task_id, row.due_on)
    ).all()
    known = {template.code: template for template in templates()}
    for task_id, issued_on, due_on, first_due_on, code, period, urgent, issuer_code in held:
        wanted = [due_on, calendar.add_workdays(due_on, 0)]
        if not urgent:
            answer_time = thresholds(session, issued_on, issuer_code).min_answer_workdays
            wanted.append(calendar.add_workdays(issued_on, answer_time))
        counted = _counted(known.get(code or ""), period, calendar)
        if counted is not None and due_on == first_due_on:
            wanted.append(counted)
        if max(wanted) > due_on:
            yield task_id, issuer_code, issued_on, due_on, first_due_on, max(wanted)


def _counted(template: Template | None, period: str | None, calendar: WorkCalendar) -> date | None:
    """The deadline of a recurring task as its duty list counts it; None where it cannot be told."""
    if template is None or template.due is None or not period or not period[:4].isdigit():
        return None
    if template.every == "month":
        month = int(period[5:])
    elif template.every in _LAST_MONTH:
        month = _LAST_MONTH[template.every](period)
    elif template.months:
        month = template.months[-1]
    else:
        return None
    return due_of(template, int(period[:4]), month, calendar)


def _note(session: Session, shifts: Sequence[Shift]) -> None:
    """One entry in the audit log for what moved alike; every assignment has its own event beside it."""
    alike: dict[tuple[int, str, date, date], int] = defaultdict(int)
    for one in shifts:
        alike[one.row.task_id, one.row.issuer_code, one.row.due_on, one.due_on] += 1
    for (task_id, issuer_code, before, after), number in sorted(alike.items()):
        audit.record(
            session,
            f"task.{KIND}",
            "task",
            task_id,
            unit_code=issuer_code,
            before={"due_on": before.isoformat()},
            after={"due_on": after.isoformat(), "assignments": number},
        )


def _tell(session: Session, shifts: Sequence[Shift], at: datetime) -> None:
    """One message a person, however many deadlines moved."""
    people = posted(session, {one.row.unit_code for one in shifts}, clock.day_of(at), root="")
    by_person: dict[int, list[Shift]] = defaultdict(list)
    for one in shifts:
        for person_id in people.with_permission("task.answer", one.row.unit_code):
            by_person[person_id].append(one)
    units = names(session, [one.row.unit_code for some in by_person.values() for one in some[:NAMED_AT_MOST]])
    titles = _titles(session, {one.row.task_id for one in shifts})
    notify_many(
        session,
        [
            (
                person_id,
                f"recalculated:{some[0].row.id}:{some[0].due_on}:{at.isoformat()}:{person_id}",
                f"节假日安排调整，{len(some)} 项任务的期限顺延",
                "\n".join(
                    f"{titles[one.row.task_id]}（{units[one.row.unit_code]}）：{day_words(one.due_on)}"
                    for one in some[:NAMED_AT_MOST]
                )
                + (f"\n等 {len(some)} 项。" if len(some) > NAMED_AT_MOST else ""),
                "/tasks/?view=answer",
            )
            for person_id, some in by_person.items()
        ],
        at,
    )


def _titles(session: Session, tasks: Collection[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    ids = sorted(tasks)
    for start in range(0, len(ids), AT_ONCE):
        some = AccountabilityTask.id.in_(ids[start : start + AT_ONCE])
        found |= dict(
            session.execute(select(AccountabilityTask.id, AccountabilityTask.title).where(some)).tuples().all()
        )
    return found


recalculators.append(move_deadlines)
