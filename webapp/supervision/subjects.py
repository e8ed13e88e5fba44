"""What is reminded of and sent up when it is late: an assignment of a task, or an issue to put right (T-6, R-2)."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from webapp.accountability.models import Assignment
from webapp.accountability.rules import OPEN, Clock, clock_of
from webapp.errors import NotFound
from webapp.policy.workdays import WorkCalendar
from webapp.rectification.models import Issue
from webapp.rectification.rules import OPEN as RECTIFYING
from webapp.rectification.rules import clock_for
from webapp.supervision.models import Escalation, Reminder

TASK, ISSUE = "assignment_id", "issue_id"
Key = tuple[str, int]
TITLE_LIMIT = 40
AT_ONCE = 500


@dataclass(frozen=True)
class Subject:
    """One of them, as reminders and 督办 see it: who owes it, who handed it down, by when, and whether it is still owed."""

    row: Assignment | Issue

    @property
    def column(self) -> str:
        """The column by which rows of this feature point to it."""
        return TASK if isinstance(self.row, Assignment) else ISSUE

    @property
    def key(self) -> Key:
        return self.column, self.row.id

    @property
    def unit_code(self) -> str:
        return self.row.unit_code

    @property
    def unit_name(self) -> str:
        return self.row.unit.name

    @property
    def issuer_code(self) -> str:
        """The unit that handed it down and verifies it; of an issue the one that closes it."""
        return self.row.issuer_code if isinstance(self.row, Assignment) else self.row.closer_code

    @property
    def deciding_code(self) -> str:
        """The unit that decides on the ladder: the one that handed it down; about a unit's own task the level above."""
        own = self.issuer_code == self.unit_code
        return (self.row.unit.parent_code or self.unit_code) if own else self.issuer_code

    @property
    def side(self) -> str:
        """What the unit that decides is to it, in words."""
        return "下达单位" if isinstance(self.row, Assignment) else "销号单位"

    @property
    def handed_on(self) -> date:
        """The day on which the unit got it."""
        return self.row.issued_on if isinstance(self.row, Assignment) else self.row.entered_on

    @property
    def answered_on(self) -> date | None:
        """The day of the last report, or of the wish to close an issue."""
        return self.row.last_reported_on if isinstance(self.row, Assignment) else self.row.requested_on

    def clock(self, on: date, calendar: WorkCalendar, near_due: int) -> Clock:
        """Its lamp of a day: red once overdue until it is closed (T-7)."""
        judged = clock_of if isinstance(self.row, Assignment) else clock_for
        return judged(self.row.state, self.due_on, self.answered_on, on, calendar, near_due)

    @property
    def due_on(self) -> date:
        return self.row.due_on

    @property
    def title(self) -> str:
        if isinstance(self.row, Assignment):
            return self.row.task.title
        return f"整改问题 {self.row.number}：{self.row.description[:TITLE_LIMIT]}"

    @property
    def template_code(self) -> str | None:
        return self.row.task.template_code if isinstance(self.row, Assignment) else None

    @property
    def owed(self) -> bool:
        """Whether the unit still has to act."""
        return self.row.state in (OPEN if isinstance(self.row, Assignment) else RECTIFYING)

    @property
    def noun(self) -> str:
        """What it is called in a sentence."""
        return "任务" if isinstance(self.row, Assignment) else "问题"

    @property
    def this(self) -> str:
        """The same with its word for "this"."""
        return "这项任务" if isinstance(self.row, Assignment) else "这个问题"

    @property
    def object_name(self) -> str:
        """How the audit log calls it."""
        return "assignment" if isinstance(self.row, Assignment) else "issue"


def locked(session: Session, column: str, row_id: int) -> Subject:
    """One of them, held until the transaction ends. Raises `NotFound`."""
    model: Any = Assignment if column == TASK else Issue
    statement = select(model).where(model.id == row_id).with_for_update()
    row = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound()
    return Subject(row)


def of_rows(reminders: Sequence[Reminder]) -> dict[int, Subject]:
    """Reminder → what it is about."""
    return {one.id: Subject(one.assignment or one.issue) for one in reminders}  # type: ignore[arg-type]


def owing(session: Session, issuer_code: str, due_by: date, *, sent_up: bool | None = None) -> Iterator[list[Subject]]:
    """What units owe to the one that handed it down, with a deadline at most `due_by`, batch by batch.

    With `sent_up=False` only what was not yet sent to the level above.
    """
    tasks = select(Assignment).where(Assignment.issuer_code == issuer_code, Assignment.state.in_(OPEN))
    tasks = tasks.options(joinedload(Assignment.task), joinedload(Assignment.unit))
    issues = select(Issue).where(Issue.closer_code == issuer_code, Issue.state.in_(RECTIFYING))
    issues = issues.options(joinedload(Issue.unit))
    for model, column, statement in ((Assignment, TASK, tasks), (Issue, ISSUE, issues)):
        wanted: Select[Any] = statement.where(model.due_on <= due_by).order_by(model.id).limit(AT_ONCE)
        if sent_up is False:
            wanted = wanted.where(~_above(model, column))
        last = 0
        while rows := list(session.scalars(wanted.where(model.id > last))):
            last = rows[-1].id
            yield [Subject(row) for row in rows]


def reminders_by(session: Session, subjects: Collection[Subject]) -> dict[Key, list[Reminder]]:
    """Subject → its reminders, the first one first."""
    held: dict[Key, list[Reminder]] = {one.key: [] for one in subjects}
    for column in {one.column for one in subjects}:
        ids = [one.row.id for one in subjects if one.column == column]
        found = select(Reminder).where(getattr(Reminder, column).in_(ids)).order_by(Reminder.id)
        for reminder in session.scalars(found):
            held[column, getattr(reminder, column)].append(reminder)
    return held


def told_office(session: Session, subjects: Collection[Subject]) -> set[Key]:
    """Those of which the secretary's own office was told (P-31)."""
    ids = [one.row.id for one in subjects if one.column == TASK]
    told = select(Escalation.assignment_id).where(Escalation.assignment_id.in_(ids), Escalation.kind == "office")
    return {(TASK, row_id) for row_id in session.scalars(told) if row_id is not None}


def owed_to(session: Session) -> set[str]:
    """Units that somebody owes something to."""
    tasks = select(Assignment.issuer_code).where(Assignment.state.in_(OPEN)).distinct()
    issues = select(Issue.closer_code).where(Issue.state.in_(RECTIFYING)).distinct()
    return {*session.scalars(tasks), *session.scalars(issues)}


def _above(model: type[Assignment] | type[Issue], column: str):  # type: ignore[no-untyped-def]
    return select(Escalation.id).where(getattr(Escalation, column) == model.id, Escalation.kind == "above").exists()
