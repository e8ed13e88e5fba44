"""The issuer's matrix: units in code order × tasks of one issuer (T-7).

It is a list of what needs help: no order, total or export by lamp, and nobody above the issuer sees it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from webapp.access import Viewer, below
from webapp.accountability.behind import behind
from webapp.accountability.export import state_words
from webapp.accountability.models import STATES, AccountabilityTask, Assignment
from webapp.accountability.queries import lamp_kind
from webapp.accountability.rules import UNFINISHED, clock_of
from webapp.accountability.thresholds import thresholds
from webapp.errors import Forbidden
from webapp.org.models import Division
from webapp.policy.calendar import work_calendar

MOST_TASKS = 40
ROWS = 50
"""Units of one page; a browser with scripts adds the following pages below."""
WHICH = {"open": "未办结的", "alone": "只看本任务", "every": "含已办结的"}


@dataclass(frozen=True)
class Cell:
    """One unit's part in one task: the kind of its lamp, its sign, and its state in words."""

    assignment_id: int
    lamp: str
    sign: str
    """The kind of the lamp; "unsampled" or "suspended" where a lamp alone would say too much or too little."""
    words: str


@dataclass(frozen=True)
class Row:
    """One unit and its cells beside each other; None where the task was not given to it."""

    unit: Division
    cells: list[Cell | None]


@dataclass(frozen=True)
class Matrix:
    """One page of units; `number` counts pages from 1."""

    tasks: list[AccountabilityTask]
    rows: list[Row]
    number: int
    total: int
    more: bool = False

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // ROWS))


def lit(viewer: Viewer, task: AccountabilityTask) -> tuple[str, ...]:
    """The viewer's units that stand at or below the issuer: only from there lamps are seen (T-7).

    Raises `Forbidden` where there is none.
    """
    found = tuple(prefix for prefix in viewer.prefixes if prefix.startswith(task.issuer_code))
    if not found:
        raise Forbidden("进度矩阵只供下达单位和承接任务的各级单位查看。请查看任务页面上的办理状态。")
    return found


def matrix(
    session: Session,
    task: AccountabilityTask,
    viewer: Viewer,
    on: date,
    *,
    which: str = "open",
    words: str = "",
    unit_prefix: str = "",
    number: int = 1,
) -> Matrix:
    """The chosen task first, then other tasks of its issuer by due date; the units that any of them was given to."""
    from_units = lit(viewer, task)
    tasks = [task, *_beside(session, task, which, words)]
    ids = [one.id for one in tasks]
    given = select(Assignment.id).where(Assignment.unit_code == Division.code, Assignment.task_id.in_(ids))
    shown: list[ColumnElement[bool]] = [
        below(Division.code, task.issuer_code),
        or_(*(below(Division.code, prefix) for prefix in from_units)),
        given.exists(),
    ]
    if unit_prefix:
        shown.append(below(Division.code, unit_prefix))
    total = session.scalar(select(func.count()).select_from(Division).where(*shown)) or 0
    page = select(Division).where(*shown).order_by(Division.code).limit(ROWS).offset((number - 1) * ROWS)
    units = list(session.scalars(page))
    cells = _cells(session, ids, [unit.code for unit in units], on, task.issuer_code)
    rows = [Row(unit, [cells.get((unit.code, one)) for one in ids]) for unit in units]
    return Matrix(tasks, rows, number, total)


def _beside(session: Session, task: AccountabilityTask, which: str, words: str) -> list[AccountabilityTask]:
    if which == "alone":
        return []
    statement = select(AccountabilityTask).where(
        AccountabilityTask.issuer_code == task.issuer_code,
        AccountabilityTask.state == "issued",
        AccountabilityTask.id != task.id,
    )
    if which == "open":
        unfinished = select(Assignment.id).where(
            Assignment.task_id == AccountabilityTask.id, Assignment.state.in_(UNFINISHED)
        )
        statement = statement.where(unfinished.exists())
    if words:
        statement = statement.where(AccountabilityTask.title.icontains(words, autoescape=True))
    ordered = statement.order_by(AccountabilityTask.due_on, AccountabilityTask.id)
    return list(session.scalars(ordered.limit(MOST_TASKS - 1)))


def _cells(
    session: Session, task_ids: Collection[int], codes: Collection[str], on: date, issuer_code: str
) -> dict[tuple[str, int], Cell]:
    calendar = work_calendar(session)
    near = thresholds(session, on, issuer_code).near_due_workdays
    statement = select(
        Assignment.id,
        Assignment.task_id,
        Assignment.unit_code,
        Assignment.state,
        Assignment.due_on,
        Assignment.last_reported_on,
        Assignment.closed_as,
    ).where(Assignment.task_id.in_(task_ids), Assignment.unit_code.in_(codes))
    said: dict[tuple[str, date, date | None, str | None, bool], tuple[str, str, str]] = {}
    found = {}
    rows = session.execute(statement).all()
    late_below = behind(session, rows, on)
    for row in rows:
        alike = row.state, row.due_on, row.last_reported_on, row.closed_as, row.id in late_below
        if alike not in said:  # most of a task's units stand alike
            state, due_on, answered_on, closed_as, below_late = alike
            clock = clock_of(state, due_on, answered_on, on, calendar, near, behind=below_late)
            known = clock.words.startswith(STATES[state])
            words = state_words(state, closed_as)
            words += clock.words.removeprefix(STATES[state]) if known else f"，{clock.words}"
            lamp = lamp_kind(state, clock)
            sign = "unsampled" if closed_as == "unsampled" else "suspended" if state == "suspended" else lamp
            said[alike] = lamp, sign, words
        found[row.unit_code, row.task_id] = Cell(row.id, *said[alike])
    return found
