"""催办: pressed or automatic, under one cap, sent within the hours of the pack and counted at the sender (T-6, X-15)."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp import audit, clock
from webapp.access import Viewer, viewer_of
from webapp.accountability.models import Assignment
from webapp.accountability.parties import Actor, actor_at
from webapp.accountability.rules import OPEN
from webapp.burden import service as burden
from webapp.errors import Forbidden, NotFound, Refused
from webapp.notices.hours import open_now
from webapp.policy.calendar import work_calendar
from webapp.supervision.limits import limits_of, stopped
from webapp.supervision.models import Reminder
from webapp.supervision.rules import KIND_WORDS, Limits, automatic, kind_on
from webapp.supervision.telling import gather, reminded
from webapp.words import day_words

PERMISSION = "task.remind"
AT_ONCE = 500


def sender_unit(viewer: Viewer, row: Assignment) -> str | None:
    """The viewer's unit that may remind: the one that handed it down, or one between it and the receiver."""
    units = [
        unit
        for unit in viewer.units_with(PERMISSION)
        if row.unit_code.startswith(unit)
        and unit != row.unit_code
        and (len(unit) >= len(row.issuer_code) or row.issuer_code == row.unit_code)
    ]
    return min(units, key=len, default=None)


def why_not(row: Assignment, held: Sequence[Reminder], limits: Limits, on: date, *, still: bool) -> str | None:
    """Why an assignment cannot be reminded of now, or None. `still`: its clock stands still that day."""
    if row.state not in OPEN:
        return "承办单位已经反馈，或者任务已办结、中止，不需要催办。"
    if still:
        return "这项任务的期限正暂停计算，不催办。"
    kind = kind_on(row.due_on, on)
    used = sum(one.kind == kind for one in held)
    if used >= limits.cap(kind):
        return f"{KIND_WORDS[kind]}最多催办 {limits.cap(kind)} 次（含自动提醒），已用完。仍不反馈的，可以提醒、约谈或报上级督办。"
    return None


def remindable(session: Session, viewer: Viewer, rows: Sequence[Assignment], on: date) -> set[int]:
    """Which assignments of a page the viewer may remind of now."""
    own = [row for row in rows if sender_unit(viewer, row) is not None]
    held: dict[int, list[Reminder]] = {row.id: [] for row in own}
    for one in session.scalars(select(Reminder).where(Reminder.assignment_id.in_(held))):
        held[one.assignment_id].append(one)
    limits = {issuer: limits_of(session, on, issuer) for issuer in {row.issuer_code for row in own}}
    still = stopped(session, own, on)
    return {
        row.id for row in own if why_not(row, held[row.id], limits[row.issuer_code], on, still=row.id in still) is None
    }


def barred(session: Session, viewer: Viewer, row: Assignment, held: Sequence[Reminder], on: date) -> str | None:
    """Why the viewer, who may remind of it at all, cannot do so now, or None."""
    if sender_unit(viewer, row) is None:
        return None
    still = row.id in stopped(session, [row], on)
    return why_not(row, held, limits_of(session, on, row.issuer_code), on, still=still)


def reminders_of(session: Session, assignment_id: int) -> list[Reminder]:
    """All reminders of an assignment, the first one first."""
    return list(session.scalars(select(Reminder).where(Reminder.assignment_id == assignment_id).order_by(Reminder.id)))


def remind(session: Session, assignment_id: int, *, at: datetime) -> tuple[Reminder, bool]:
    """催办 by hand; the reminder, and whether it is a new one: on one day an assignment is reminded of once.

    Outside the hours of the pack it waits for the next ones. Raises `NotFound`, `Forbidden` and `Refused`.
    """
    row = _locked(session, assignment_id)
    unit = sender_unit(viewer_of(session), row)
    if unit is None:
        raise Forbidden("催办由下达单位或其与承办单位之间的单位办理，您现任岗位不能催办。")
    actor = actor_at(viewer_of(session), PERMISSION, unit)
    today = clock.day_of(at)
    held = reminders_of(session, row.id)
    for one in held:
        if one.sent_at is None or clock.day_of(one.sent_at) == today:
            return one, False
    limits = limits_of(session, today, row.issuer_code)
    reason = why_not(row, held, limits, today, still=row.id in stopped(session, [row], today))
    if reason is not None:
        raise Refused(reason)
    if not reminded(session, [row], at)[row.id]:
        raise Refused(f"{row.unit.name}的岗位空缺，没有可以催办的人。请联系其上级单位。")
    made = _add(session, row, held, actor, today, at)
    audit.record(session, "task.urge", "assignment", row.id, unit_code=row.unit_code, after={"kind": made.kind})
    if open_now(session, at, limits.hours):
        _send(session, [made], at)
    session.flush()
    return made, True


def remind_due(session: Session, issuer_code: str, *, at: datetime) -> int:
    """Automatic reminders about one issuer's assignments; gives how many were sent. Safe to run twice.

    After days of downtime an assignment still gets at most one a day, and never more than the cap.
    """
    today, calendar = clock.day_of(at), work_calendar(session)
    limits = limits_of(session, today, issuer_code)
    if not open_now(session, at, limits.hours):
        return 0
    sent = last = 0
    until = calendar.add_workdays(today, limits.near_due) if limits.before else today
    owed = (
        select(Assignment)
        .where(Assignment.issuer_code == issuer_code, Assignment.state.in_(OPEN), Assignment.due_on <= until)
        .options(joinedload(Assignment.task), joinedload(Assignment.unit))
        .order_by(Assignment.id)
        .limit(AT_ONCE)
    )
    while rows := list(session.scalars(owed.where(Assignment.id > last))):
        last = rows[-1].id
        held: dict[int, list[Reminder]] = {row.id: [] for row in rows}
        for one in session.scalars(select(Reminder).where(Reminder.assignment_id.in_(held))):
            held[one.assignment_id].append(one)
        still = stopped(session, rows, today)
        due = [
            row
            for row in rows
            if row.id not in still
            and not any(one.sent_at is None or clock.day_of(one.sent_at) == today for one in held[row.id])
            and automatic(_next_number(row, today, held[row.id]), row.due_on, today, limits, calendar)
        ]
        people = reminded(session, due, at)
        sender = Actor(None, viewer_of(session).name, issuer_code)
        made = [_add(session, row, held[row.id], sender, today, at) for row in due if people[row.id]]
        _send(session, made, at)
        sent += len(made)
    return sent


def deliver_waiting(session: Session, *, at: datetime) -> int:
    """Send what was pressed outside the hours; what has been answered meanwhile is dropped and counts for nothing."""
    today = clock.day_of(at)
    waiting = select(Reminder).where(Reminder.sent_at.is_(None)).order_by(Reminder.id).limit(AT_ONCE)
    sent = last = 0
    # In batches to the end: those whose hours are closed stay and must not stand before the ones behind them.
    while some := list(session.scalars(waiting.where(Reminder.id > last))):
        last = some[-1].id
        still = stopped(session, [one.assignment for one in some], today)
        hours = {code: limits_of(session, today, code).hours for code in {one.assignment.issuer_code for one in some}}
        ready = []
        for one in some:
            row = one.assignment
            if row.state not in OPEN or row.id in still:
                session.delete(one)
            elif open_now(session, at, hours[row.issuer_code]):
                ready.append(one)
        _send(session, ready, at)
        session.flush()
        sent += len(ready)
    return sent


def _add(session: Session, row: Assignment, held: Sequence[Reminder], actor: Actor, on: date, at: datetime) -> Reminder:
    """A reminder that is not sent yet; by a part of the system where the actor is no person."""
    made = Reminder(
        assignment=row,
        unit_code=row.unit_code,
        issuer_code=row.issuer_code,
        kind=kind_on(row.due_on, on),
        number=_next_number(row, on, held),
        automatic=actor.person_id is None,
        asked_at=at,
        sender_code=actor.unit_code or row.issuer_code,
        sender_id=actor.person_id,
        sender_name=actor.name,
    )
    session.add(made)
    return made


def _send(session: Session, reminders: Sequence[Reminder], at: datetime) -> None:
    """Tell the people of each assignment, gathered, and count what was sent at its sender."""
    rows = [one.assignment for one in reminders]
    people = reminded(session, rows, at)
    lines: dict[int, list[str]] = {}
    for row in rows:
        words = f"{row.task.title}（{row.unit.name}）：期限{day_words(row.due_on)}，{_stands(session, row, at)}"
        for person_id in people[row.id]:
            lines.setdefault(person_id, []).append(words)
    gather(session, "reminder", lines, at)
    for one in reminders:
        one.sent_at = at
    session.flush()
    burden.note_reminders(session, [(one.sender_code, one.unit_code) for one in reminders], clock.day_of(at))


def _next_number(row: Assignment, on: date, held: Sequence[Reminder]) -> int:
    """The number of the next reminder of the day's kind; none is given twice, also after one was dropped."""
    kind = kind_on(row.due_on, on)
    return max((one.number for one in held if one.kind == kind), default=0) + 1


def _stands(session: Session, row: Assignment, at: datetime) -> str:
    today, calendar = clock.day_of(at), work_calendar(session)
    if row.due_on == today:
        return "今天到期"
    if row.due_on < today:
        late = calendar.workdays_between(row.due_on, today)
        return f"逾期 {late} 个工作日" if late else "已过期限"
    return f"还有 {calendar.workdays_between(today, row.due_on)} 个工作日"


def _locked(session: Session, assignment_id: int) -> Assignment:
    statement = select(Assignment).where(Assignment.id == assignment_id).with_for_update()
    row = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound()
    return row
