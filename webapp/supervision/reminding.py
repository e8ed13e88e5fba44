"""催办: pressed or automatic, under one cap, sent within the hours of the pack and counted at the sender (T-6, X-15)."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.access import Viewer, viewer_of
from webapp.accountability.models import Assignment
from webapp.accountability.parties import Actor, actor_at
from webapp.burden import service as burden
from webapp.errors import Forbidden, Refused
from webapp.notices.hours import open_now
from webapp.policy.calendar import work_calendar
from webapp.rectification.models import Issue
from webapp.supervision.limits import limits_of, stopped
from webapp.supervision.models import Reminder
from webapp.supervision.rules import KIND_WORDS, Limits, automatic, kind_on
from webapp.supervision.subjects import TASK, Subject, locked, of_rows, owing, reminders_by
from webapp.supervision.telling import gather, reminded
from webapp.words import day_words

PERMISSION = "task.remind"
AT_ONCE = 500


def sender_unit(viewer: Viewer, row: Assignment | Issue) -> str | None:
    """The viewer's unit that may remind: the one that handed it down, or one between it and the receiver."""
    issuer_code = Subject(row).issuer_code
    units = [
        unit
        for unit in viewer.units_with(PERMISSION)
        if row.unit_code.startswith(unit)
        and unit != row.unit_code
        and (len(unit) >= len(issuer_code) or issuer_code == row.unit_code)
    ]
    return min(units, key=len, default=None)


def why_not(row: Assignment | Issue, held: Sequence[Reminder], limits: Limits, on: date, *, still: bool) -> str | None:
    """Why something cannot be reminded of now, or None. `still`: its clock stands still that day."""
    if not Subject(row).owed:
        return f"承办单位已经反馈，或者{Subject(row).noun}已办结、中止，不需要催办。"
    if still:
        return f"{Subject(row).this}的期限正暂停计算，不催办。"
    kind = kind_on(row.due_on, on)
    used = sum(one.kind == kind for one in held)
    if used >= limits.cap(kind):
        return f"{KIND_WORDS[kind]}最多催办 {limits.cap(kind)} 次（含自动提醒），已用完。仍不反馈的，可以提醒、约谈或报上级督办。"
    return None


def remindable(session: Session, viewer: Viewer, rows: Sequence[Assignment], on: date) -> set[int]:
    """Which assignments of a page the viewer may remind of now."""
    own = [Subject(row) for row in rows if sender_unit(viewer, row) is not None]
    held = reminders_by(session, own)
    limits = {issuer: limits_of(session, on, issuer) for issuer in {one.issuer_code for one in own}}
    still = stopped(session, own, on)
    return {
        one.row.id
        for one in own
        if why_not(one.row, held[one.key], limits[one.issuer_code], on, still=one.key in still) is None
    }


def barred(session: Session, viewer: Viewer, row: Assignment | Issue, held: Sequence[Reminder], on: date) -> str | None:
    """Why the viewer, who may remind of it at all, cannot do so now, or None."""
    if sender_unit(viewer, row) is None:
        return None
    one = Subject(row)
    still = one.key in stopped(session, [one], on)
    return why_not(row, held, limits_of(session, on, one.issuer_code), on, still=still)


def reminders_of(session: Session, assignment_id: int) -> list[Reminder]:
    """All reminders of an assignment, the first one first."""
    return list(session.scalars(select(Reminder).where(Reminder.assignment_id == assignment_id).order_by(Reminder.id)))


def remind(session: Session, row_id: int, *, at: datetime, column: str = TASK) -> tuple[Reminder, bool]:
    """催办 by hand of an assignment, or of an issue (`column` says which); the reminder, and whether it is a new one:
    on one day each is reminded of once.

    Outside the hours of the pack it waits for the next ones. Raises `NotFound`, `Forbidden` and `Refused`.
    """
    one = locked(session, column, row_id)
    unit = sender_unit(viewer_of(session), one.row)
    if unit is None:
        raise Forbidden("催办由下达单位或其与承办单位之间的单位办理，您现任岗位不能催办。")
    actor = actor_at(viewer_of(session), PERMISSION, unit)
    today = clock.day_of(at)
    held = reminders_by(session, [one])[one.key]
    for reminder in held:
        if reminder.sent_at is None or clock.day_of(reminder.sent_at) == today:
            return reminder, False
    limits = limits_of(session, today, one.issuer_code)
    reason = why_not(one.row, held, limits, today, still=one.key in stopped(session, [one], today))
    if reason is not None:
        raise Refused(reason)
    if not reminded(session, [one], at)[one.key]:
        raise Refused(f"{one.unit_name}的岗位空缺，没有可以催办的人。请联系其上级单位。")
    made = _add(session, one, held, actor, today, at)
    action = "task.urge" if one.column == TASK else "rectification.urge"
    audit.record(session, action, one.object_name, row_id, unit_code=one.unit_code, after={"kind": made.kind})
    session.flush()
    if open_now(session, at, limits.hours):
        _send(session, [made], at)
    session.flush()
    return made, True


def remind_due(session: Session, issuer_code: str, *, at: datetime) -> int:
    """Automatic reminders about what is owed to one unit; gives how many were sent. Safe to run twice.

    After days of downtime each still gets at most one a day, and never more than the cap.
    """
    today, calendar = clock.day_of(at), work_calendar(session)
    limits = limits_of(session, today, issuer_code)
    if not open_now(session, at, limits.hours):
        return 0
    sent = 0
    until = calendar.add_workdays(today, limits.near_due) if limits.before else today
    for some in owing(session, issuer_code, until):
        held, still = reminders_by(session, some), stopped(session, some, today)
        due = [
            one
            for one in some
            if one.key not in still
            and not any(r.sent_at is None or clock.day_of(r.sent_at) == today for r in held[one.key])
            and automatic(_next_number(one, today, held[one.key]), one.due_on, today, limits, calendar)
        ]
        people = reminded(session, due, at)
        sender = Actor(None, viewer_of(session).name, issuer_code)
        made = [_add(session, one, held[one.key], sender, today, at) for one in due if people[one.key]]
        session.flush()
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
        subjects = of_rows(some)
        still = stopped(session, list(subjects.values()), today)
        hours = {code: limits_of(session, today, code).hours for code in {one.issuer_code for one in subjects.values()}}
        ready = []
        for reminder in some:
            one = subjects[reminder.id]
            if not one.owed or one.key in still:
                session.delete(reminder)
            elif open_now(session, at, hours[one.issuer_code]):
                ready.append(reminder)
        _send(session, ready, at)
        session.flush()
        sent += len(ready)
    return sent


def _add(session: Session, one: Subject, held: Sequence[Reminder], actor: Actor, on: date, at: datetime) -> Reminder:
    """A reminder that is not sent yet; by a part of the system where the actor is no person."""
    made = Reminder(
        **{one.column.removesuffix("_id"): one.row},
        unit_code=one.unit_code,
        issuer_code=one.issuer_code,
        kind=kind_on(one.due_on, on),
        number=_next_number(one, on, held),
        automatic=actor.person_id is None,
        asked_at=at,
        sender_code=actor.unit_code or one.issuer_code,
        sender_id=actor.person_id,
        sender_name=actor.name,
    )
    session.add(made)
    return made


def _send(session: Session, reminders: Sequence[Reminder], at: datetime) -> None:
    """Tell the people of each subject, gathered, and count what was sent at its sender."""
    subjects = list(of_rows(reminders).values())
    people = reminded(session, subjects, at)
    lines: dict[int, list[str]] = {}
    for one in subjects:
        words = f"{one.title}（{one.unit_name}）：期限{day_words(one.due_on)}，{_stands(session, one, at)}"
        for person_id in people[one.key]:
            lines.setdefault(person_id, []).append(words)
    gather(session, "reminder", lines, at)
    for reminder in reminders:
        reminder.sent_at = at
    session.flush()
    burden.note_reminders(session, [(one.sender_code, one.unit_code) for one in reminders], clock.day_of(at))


def _next_number(one: Subject, on: date, held: Sequence[Reminder]) -> int:
    """The number of the next reminder of the day's kind; none is given twice, also after one was dropped."""
    kind = kind_on(one.due_on, on)
    return max((reminder.number for reminder in held if reminder.kind == kind), default=0) + 1


def _stands(session: Session, one: Subject, at: datetime) -> str:
    today, calendar = clock.day_of(at), work_calendar(session)
    if one.due_on == today:
        return "今天到期"
    if one.due_on < today:
        late = calendar.workdays_between(one.due_on, today)
        return f"逾期 {late} 个工作日" if late else "已过期限"
    return f"还有 {calendar.workdays_between(today, one.due_on)} 个工作日"
