"""What the home page lists: what the viewer must do, what others owe, what has changed. At most twelve statements.

Answers are listed one by one. What waits for the viewer's own judgement, or is owed by others, is one line a task,
however many of its units it concerns.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from webapp.access import Viewer
from webapp.accountability import queries as tasks
from webapp.accountability.answering import path_of
from webapp.accountability.models import AccountabilityTask, Assignment, number_of
from webapp.accountability.queries import Item
from webapp.accountability.rules import OPEN
from webapp.burden import complaints
from webapp.burden.models import Complaint
from webapp.dashboard import stationed
from webapp.dashboard.leave_lines import leave_lines
from webapp.dashboard.lines import Todo, due_words
from webapp.handover.answering import BEFORE
from webapp.notices.models import InboxMessage
from webapp.notices.queries import newest_unread
from webapp.org.models import Division
from webapp.org.queries import names
from webapp.policy.calendar import work_calendar
from webapp.policy.workdays import WorkCalendar
from webapp.rectification import queries as issues
from webapp.rectification.models import SecondLook
from webapp.sheets.queries import sheet_lines
from webapp.upward import queries as upward
from webapp.upward.models import KINDS

SHOWN = 10
"""Lines of what others owe, and of new messages."""
MOST = 50
"""Lines of what the viewer must do."""


@dataclass(frozen=True)
class Home:
    """The parts of the home page; `more_…`: there are more lines than those listed."""

    todo: list[Todo]
    more_todo: bool
    owed: list[Todo]
    more_owed: bool
    support: list[Todo]
    """What should have been done for the viewer (Z-12)."""
    changed: list[InboxMessage]


def home(session: Session, viewer: Viewer, on: date) -> Home:
    """What one viewer must do, in due order, and what waits for others. Raises nothing; may be empty."""
    calendar = work_calendar(session)
    # Each source gives its earliest lines and one more than is shown: so the first of all of them are known.
    owing = tasks.to_answer(session, viewer, on, MOST + 1)
    sheets = sheet_lines(session, [item.assignment for item in owing])
    before = stationed.due_before(session, viewer, [item.assignment for item in owing], on)
    lines = [_answer(item, sheets.get(item.assignment.id, []), item.assignment.id in before) for item in owing]
    lines += [_request(item) for item in upward.to_answer(session, viewer, on, MOST + 1)]
    lines += _to_judge(session, viewer) + stationed.handovers_to_arrange(session, viewer, on, calendar, MOST + 1)
    lines += stationed.own_handovers(session, viewer, on, calendar, MOST + 1)
    lines += [_issue(item) for item in issues.to_act(session, viewer, on, MOST + 1)]
    lines += _second_looks(session, viewer, on, calendar) + _complaints(session, viewer, on, calendar)
    lines += stationed.to_recall(session, viewer, MOST + 1)
    lines += stationed.support_to_record(session, viewer, on, calendar)
    leave = leave_lines(session, viewer, on, MOST + 1, calendar)
    lines += leave.todo
    lines.sort(key=lambda line: (line.due_on, line.what, line.path))
    owed = _owed(session, viewer, on, calendar) + leave.to_look_into
    unread = newest_unread(session, SHOWN)
    support = stationed.support_owed(session, viewer, on, calendar)
    return Home(lines[:MOST], len(lines) > MOST, owed[:SHOWN], len(owed) > SHOWN, support, unread)


@dataclass(frozen=True)
class _Waiting:
    """Assignments of one task: how many, the earliest, and the name of the one when there is but one."""

    task_id: int
    issuer_code: str
    drafted_at: datetime
    title: str
    state: str
    number: int
    due_on: date
    assignment_id: int
    unit: str

    @property
    def path(self) -> str:
        return (
            f"/tasks/assignments/{self.assignment_id}"
            if self.number == 1
            else f"/tasks/{number_of(self.issuer_code, self.drafted_at, self.task_id)}"
        )

    @property
    def units(self) -> str:
        return self.unit if self.number == 1 else f"{self.number} 个单位"


def _by_task(session: Session, condition: ColumnElement[bool], limit: int, *, by_state: bool) -> list[_Waiting]:
    """One line a task, or one a task and state, the earliest due first."""
    task, one = AccountabilityTask, Assignment
    earliest, state = func.min(one.due_on), func.min(one.state)
    statement = (
        select(
            one.task_id,
            task.issuer_code,
            task.drafted_at,
            task.title,
            state,
            func.count(one.id),
            earliest,
            func.min(one.id),
            func.min(Division.name),
        )
        .join(task, task.id == one.task_id)
        .join(Division, Division.code == one.unit_code)
        .where(condition)
        .group_by(one.task_id, task.issuer_code, task.drafted_at, task.title, *([one.state] if by_state else []))
        .order_by(earliest, one.task_id, state)
        .limit(limit)
    )
    return [_Waiting(*row) for row in session.execute(statement)]


def _answer(item: Item, lines: list[str], before: bool) -> Todo:
    """`before`: it fell due before the viewer had taken it over, which is to be done all the same and nobody's lateness here."""
    row, lamps = item.assignment, {} if before else {"red": "over", "amber": "near"}
    button = (
        "查看下级办理情况"
        if item.waits
        else {"issued": "签收任务", "returned": "补充后反馈"}.get(row.state, "反馈结果")
    )
    lamp = lamps.get(item.clock.lamp, "waiting" if row.state == "issued" else "doing")
    return Todo(
        what=row.task.title,
        path=f"/tasks/{row.task.number}?under={row.unit_code}"
        if item.waits
        else path_of(row.task, row.unit_code, row.id),
        unit=f"{row.unit.name}承办",
        why=f"本月事项：{'、'.join(lines)}" if lines else f"{row.task.issuer.name}下达，依据{row.task.grounds}",
        due_on=row.due_on,
        when=BEFORE if before else item.clock.words,
        lamp=lamp,
        button="填写月报单" if lines else button,
    )


def _request(item: upward.Item) -> Todo:
    """A request from below stands among the unit's own demands (T-10)."""
    row = item.row
    return Todo(
        what=row.title,
        path=f"/requests/{row.id}",
        unit=f"{row.unit.name}请示",
        why=f"请本单位答复，事关{KINDS[row.kind]}",
        due_on=row.due_on,
        when=item.clock.words,
        lamp=item.lamp,
        button="签收请示" if row.state == "asked" else "答复请示",
    )


def _to_judge(session: Session, viewer: Viewer) -> list[Todo]:
    units = viewer.units_with("task.verify")
    if not units:
        return []
    waits = Assignment.issuer_code.in_(units) & Assignment.state.in_(("reported", "verified"))
    return [
        Todo(
            what=one.title,
            path=one.path,
            unit=f"{one.units}{'已反馈' if one.state == 'reported' else '已核实通过'}",
            why="由下达单位核验" if one.state == "reported" else "由下达单位销号",
            due_on=one.due_on,
            when="待核验" if one.state == "reported" else "待销号",
            lamp="doing",
            button="核验结果" if one.state == "reported" else "办理销号",
        )
        for one in _by_task(session, waits, MOST + 1, by_state=True)
    ]


_ISSUE_ACTS = {
    "new": "认领问题",
    "claimed": "填写整改措施",
    "in_rectification": "申请销号",
    "returned": "补充后申请销号",
    "closure_requested": "核验整改",
    "verified": "办理销号",
}
_SUBJECT = 40


def _issue(item: issues.Item) -> Todo:
    row = item.issue
    return Todo(
        what=f"问题整改：{row.description[:_SUBJECT]}",
        path=f"/rectification/{row.id}",
        unit=f"{row.unit.name}牵头",
        why=f"{row.issuer.name}登记，来源{row.source_document}",
        due_on=row.due_on,
        when=item.clock.words,
        lamp=item.lamp,
        button=_ISSUE_ACTS[row.state],
    )


def _second_looks(session: Session, viewer: Viewer, on: date, calendar: WorkCalendar) -> list[Todo]:
    """Drawn second looks of what own units have closed, and the drawing of what else they closed (R-5)."""
    units = viewer.units_with("task.verify")
    if not units:
        return []
    return [
        _second_look(look, on, calendar) if look.drawn else _drawing(look, on, calendar)
        for look in session.scalars(issues.to_look(units).limit(MOST + 1))
    ]


def _second_look(look: SecondLook, on: date, calendar: WorkCalendar) -> Todo:
    return Todo(
        what=f"回头看：{look.issue.description[:_SUBJECT]}",
        path=f"/rectification/{look.issue_id}",
        unit=f"{look.issue.unit.name}已销号",
        why="销号后抽中回头看",
        due_on=look.due_on,
        when=due_words(look.due_on, on, calendar),
        lamp="over" if look.due_on < on else "doing",
        button="登记结果",
    )


def _drawing(look: SecondLook, on: date, calendar: WorkCalendar) -> Todo:
    return Todo(
        what="回头看：从已销号问题中抽取",
        path="/rectification/second-looks",
        unit=f"{look.issue.unit.name}等已销号",
        why="逾期不抽，复发的问题不能按原编号重新整改",
        due_on=look.due_on,
        when=due_words(look.due_on, on, calendar),
        lamp="over" if look.due_on < on else "waiting",
        button="抽取",
    )


def _complaints(session: Session, viewer: Viewer, on: date, calendar: WorkCalendar) -> list[Todo]:
    """One line for the complaints that wait for the office's answer, by the earliest of them.

    A line alone: a message would hold the moment at which somebody complained.
    """
    if not viewer.units_with("complaint.answer"):
        return []
    row = session.scalars(complaints.received().where(Complaint.answered_on.is_(None)).limit(1)).first()
    if row is None:
        return []
    due = complaints.due_on(session, row, calendar)
    return [
        Todo(
            what="投诉建议待答复",
            path="/complaints/",
            unit=names(session, [row.unit_code])[row.unit_code],
            why="匿名提交，按回执码查看答复",
            due_on=due,
            when=due_words(due, on, calendar),
            lamp="over" if due < on else "doing",
            button="答复",
        )
    ]


def _owed(session: Session, viewer: Viewer, on: date, calendar: WorkCalendar) -> list[Todo]:
    units = viewer.units_with("task.issue")
    if not units:
        return []
    owed = Assignment.issuer_code.in_(units) & Assignment.state.in_(OPEN) & (Assignment.due_on <= on)
    lines = []
    for one in _by_task(session, owed, SHOWN + 1, by_state=False):
        unit = one.unit if one.number == 1 else f"{one.units}没有反馈"
        lamp = "over" if one.due_on < on else "near"
        lines.append(Todo(one.title, one.path, unit, "", one.due_on, due_words(one.due_on, on, calendar), lamp))
    return lines
