"""Open assignments follow a list of holidays that was published or corrected, never to an earlier day (T-5, X-5).

What can be proved is recounted: a recurring task's deadline from its period, and the answer time of the pack from the
day of issue. Every other deadline is a date that somebody named; it moves only off a day on which nobody works.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from webapp import audit, clock
from webapp.accountability.models import AccountabilityTask, Assignment, AssignmentEvent, Extension
from webapp.accountability.occasions import due_of
from webapp.accountability.parties import posted
from webapp.accountability.rules import OPEN
from webapp.accountability.thresholds import thresholds
from webapp.burden import service as burden
from webapp.burden.models import Demand
from webapp.notices.service import notify
from webapp.policy.recalculation import RECKONER, locked, recalculators
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
    targets: dict[int, tuple[date, date]] = {}
    for task_id, issuer_code, issued_on, due_on, first_due_on, after in _to_move(session, year, calendar):
        ids = session.scalars(
            select(Assignment.id).where(
                Assignment.task_id == task_id,
                Assignment.issuer_code == issuer_code,
                Assignment.issued_on == issued_on,
                Assignment.due_on == due_on,
                Assignment.first_due_on == first_due_on,
                Assignment.state.in_(OPEN),
            )
        )
        targets |= dict.fromkeys(ids, (due_on, after))
    # All are known before the first one moves: what moves to the old day of another group is not moved with that too.
    loaded = (selectinload(Assignment.events), selectinload(Assignment.extensions))
    moved = []
    for row in locked(session, Assignment, sorted(targets), *loaded):
        before, after = targets[row.id]
        if row.state in OPEN and row.due_on == before:
            moved.append(_move(session, row, before, after, at))
    session.flush()
    _tell(session, moved, at)
    return len(moved)


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


def _move(session: Session, row: Assignment, before: date, after: date, at: datetime) -> Assignment:
    words = f"节假日安排公布或调整，期限由{day_words(before)}改为{day_words(after)}"
    row.due_on, row.changed_at = after, at
    row.extensions.append(
        Extension(
            unit_code=row.unit_code,
            state="granted",
            asked_at=at,
            wanted_due_on=after,
            reason=words,
            decided_at=at,
        )
    )
    row.events.append(
        AssignmentEvent(
            unit_code=row.unit_code,
            at=at,
            kind=KIND,
            from_state=row.state,
            to_state=row.state,
            actor_name=RECKONER.name,
            text=words,
            data={"due_on": after.isoformat(), "before": before.isoformat()},
        )
    )
    burden.move(session, row.burden_key, after)
    audit.record(
        session,
        f"task.{KIND}",
        "assignment",
        row.id,
        unit_code=row.unit_code,
        before={"due_on": before.isoformat()},
        after={"due_on": after.isoformat()},
    )
    return row


def _tell(session: Session, moved: list[Assignment], at: datetime) -> None:
    """One message a person, however many deadlines moved."""
    people = posted(session, [row.unit_code for row in moved], clock.day_of(at), root="")
    by_person: dict[int, list[Assignment]] = defaultdict(list)
    for row in moved:
        for person_id in people.with_permission("task.answer", row.unit_code):
            by_person[person_id].append(row)
    say = partial(notify, session, at=at)
    for person_id, rows in by_person.items():
        lines = [f"{row.task.title}（{row.unit.name}）：{day_words(row.due_on)}" for row in rows[:NAMED_AT_MOST]]
        more = f"\n等 {len(rows)} 项。" if len(rows) > NAMED_AT_MOST else ""
        key = f"recalculated:{rows[0].id}:{rows[0].due_on}:{at.isoformat()}:{person_id}"
        say(
            person_id,
            key,
            f"节假日安排调整，{len(rows)} 项任务的期限顺延",
            "\n".join(lines) + more,
            path="/tasks/?view=answer",
        )


recalculators.append(move_deadlines)
