"""What stands in a person's calendar. Features that stand above this one add their own source at start-up."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from webapp.access import Viewer
from webapp.accountability.models import AccountabilityTask, Assignment
from webapp.accountability.queries import by_id
from webapp.accountability.rules import OPEN
from webapp.org.models import Division
from webapp.rectification.models import Issue
from webapp.rectification.rules import CLOSING
from webapp.rectification.rules import OPEN as RECTIFYING
from webapp.supervision.models import LadderStep
from webapp.upward.models import OPEN as WAITING
from webapp.upward.models import UpwardRequest

MOST = 500
"""Entries of one source; a month never holds more than a person can read."""


@dataclass(frozen=True)
class Entry:
    """One due date of the viewer's own. `kind` says what is due in words that name nobody, for the feed."""

    day: date
    title: str
    path: str
    """Own path, e.g. "/tasks/assignments/17"."""
    unit: str
    kind: str


VERIFY = "核验到期"
TITLE = 60
"""Characters of a description that stand for a title."""

Source = Callable[[Session, Viewer, date, date], list[Entry]]
"""(session, viewer, first day, last day) → entries, both days included."""


def to_answer(session: Session, viewer: Viewer, first: date, last: date) -> list[Entry]:
    """What the viewer's own units still owe an answer to."""
    units = viewer.units_with("task.answer")
    statement = _between(first, last).where(Assignment.unit_code.in_(units), Assignment.state.in_(OPEN))
    return [_entry(row, "责任任务到期") for row in session.scalars(statement)] if units else []


def to_verify(session: Session, viewer: Viewer, first: date, last: date) -> list[Entry]:
    """What was reported to the viewer's own units and waits to be verified or closed: one entry a task and day, so that
    a task of two hundred villages is one line."""
    units = viewer.units_with("task.verify")
    if not units:
        return []
    waits = Assignment.issuer_code.in_(units) & Assignment.state.in_(("reported", "verified"))
    statement = (
        select(Assignment.task_id, Assignment.due_on, func.count(), func.min(Assignment.id))
        .where(waits, Assignment.due_on.between(first, last))
        .group_by(Assignment.task_id, Assignment.due_on)
        .order_by(Assignment.due_on, Assignment.task_id)
        .limit(MOST)
    )
    found = session.execute(statement).tuples().all()
    shown = {row.id: row for row in by_id(session, [one for *_, one in found])}
    return [_waiting(shown[one], number) for *_, number, one in found]


def listed_supervision(session: Session, viewer: Viewer, first: date, last: date) -> list[Entry]:
    """Ends of 挂牌督办 at the viewer's own units, as receiver or as the one who decided."""
    units = {*viewer.units_with("task.answer"), *viewer.units_with("task.decide"), *viewer.units_with("task.issue")}
    statement = (
        select(LadderStep, func.coalesce(AccountabilityTask.title, Issue.description), Division.name)
        .outerjoin(Assignment, Assignment.id == LadderStep.assignment_id)
        .outerjoin(AccountabilityTask, AccountabilityTask.id == Assignment.task_id)
        .outerjoin(Issue, Issue.id == LadderStep.issue_id)
        .join(Division, Division.code == LadderStep.unit_code)
        .where(
            LadderStep.kind == "listed_supervision",
            LadderStep.withdrawn_at.is_(None),
            LadderStep.ends_on.between(first, last),
            LadderStep.unit_code.in_(units) | LadderStep.issuer_code.in_(units),
        )
        .order_by(LadderStep.ends_on, LadderStep.id)
        .limit(MOST)
    )
    found = session.execute(statement).all() if units else []
    return [
        Entry(step.ends_on, title[:TITLE], f"/supervision/{_about(step)}", name, "挂牌督办到期")
        for step, title, name in found
        if step.ends_on is not None
    ]


def _about(step: LadderStep) -> str:
    return f"issues/{step.issue_id}" if step.issue_id is not None else f"{step.assignment_id}"


def requests_to_answer(session: Session, viewer: Viewer, first: date, last: date) -> list[Entry]:
    """Requests from below that the viewer's own desks owe an answer to (T-10)."""
    units = viewer.units_with("request.answer")
    statement = (
        select(UpwardRequest)
        .join(UpwardRequest.unit)
        .options(contains_eager(UpwardRequest.unit))
        .where(
            UpwardRequest.asked_code.in_(units),
            UpwardRequest.state.in_(WAITING),
            UpwardRequest.due_on.between(first, last),
        )
        .order_by(UpwardRequest.due_on, UpwardRequest.id)
        .limit(MOST)
    )
    found = session.scalars(statement) if units else ()
    return [Entry(row.due_on, row.title, f"/requests/{row.id}", row.unit.name, "请示答复到期") for row in found]


def issues(session: Session, viewer: Viewer, first: date, last: date) -> list[Entry]:
    """Issues that the viewer's own units put right, and those they are to verify or close out (R-2, R-3)."""
    leads, closers = viewer.units_with("task.answer"), viewer.units_with("task.verify")
    owed = Issue.unit_code.in_(leads) & Issue.state.in_(RECTIFYING)
    asked = Issue.closer_code.in_(closers) & Issue.state.in_(CLOSING)
    statement = (
        select(Issue)
        .join(Issue.unit)
        .options(contains_eager(Issue.unit))
        .where(or_(owed, asked), Issue.due_on.between(first, last))
        .order_by(Issue.due_on, Issue.id)
        .limit(MOST)
    )
    return [
        Entry(
            row.due_on,
            row.description if len(row.description) <= TITLE else f"{row.description[:TITLE]}……",
            f"/rectification/{row.id}",
            row.unit.name,
            "整改到期" if row.state in RECTIFYING else "销号核验到期",
        )
        for row in (session.scalars(statement) if leads or closers else ())
    ]


sources: list[Source] = [to_answer, to_verify, listed_supervision, requests_to_answer, issues]


def entries(session: Session, viewer: Viewer, first: date, last: date) -> list[Entry]:
    """All entries of a span, by day; within a day by kind, unit and title."""
    found = [entry for source in sources for entry in source(session, viewer, first, last)]
    return sorted(found, key=lambda entry: (entry.day, entry.kind, entry.path))


def _between(first: date, last: date) -> Select[tuple[Assignment]]:
    return (
        select(Assignment)
        .join(Assignment.task)
        .join(Assignment.unit)
        .options(contains_eager(Assignment.task), contains_eager(Assignment.unit))
        .where(Assignment.due_on.between(first, last))
        .order_by(Assignment.due_on, Assignment.id)
        .limit(MOST)
    )


def _entry(row: Assignment, kind: str) -> Entry:
    return Entry(row.due_on, row.task.title, f"/tasks/assignments/{row.id}", row.unit.name, kind)


def _waiting(row: Assignment, number: int) -> Entry:
    """The entry of a task that waits for its verifier at a number of units, of which `row` is one."""
    if number == 1:
        return _entry(row, VERIFY)
    return Entry(row.due_on, row.task.title, f"/tasks/{row.task.number}", f"{row.unit.name}等 {number} 个单位", VERIFY)
