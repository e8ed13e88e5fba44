"""A list of assignments as a table: facts and days, no lamps (T-7); named issuer and end date (X-20, X-11)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp import spreadsheets
from webapp.access import Viewer
from webapp.accountability import sought
from webapp.accountability.models import STATES, AccountabilityTask, Assignment
from webapp.accountability.sought import Sought
from webapp.errors import Refused
from webapp.org.codes import full
from webapp.org.queries import names, own_names

LIMIT = 200_000
"""Rows of one file: they are streamed, so the bound keeps the reader's spreadsheet usable, not our memory."""
AT_ONCE = 1_000
"""Rows held in memory at a time."""
HEADINGS = (
    "任务名称",
    "任务编号",
    "依据文件",
    "文号",
    "下达单位",
    "承办单位",
    "区划代码",
    "状态",
    "下达日期",
    "首次期限",
    "现行期限",
    "签收日期",
    "首次反馈日期",
    "核验日期",
    "销号日期",
    "退回次数",
)
_COLUMNS = (
    Assignment.task_id,
    Assignment.unit_code,
    Assignment.state,
    Assignment.closed_as,
    Assignment.issued_on,
    Assignment.first_due_on,
    Assignment.due_on,
    Assignment.acknowledged_on,
    Assignment.first_reported_on,
    Assignment.verified_on,
    Assignment.closed_on,
    Assignment.times_returned,
)


def state_words(state: str, closed_as: str | None) -> str:
    """The state as a table says it; what was closed unsampled is never called verified."""
    return f"{STATES[state]}（未抽中，未核验）" if closed_as == "unsampled" else STATES[state]


def head(session: Session, title: str, viewer: Viewer, on: date) -> list[Sequence[object]]:
    """The lines above the headings of a table that the viewer makes."""
    return spreadsheets.head(title, own_names(session, viewer), viewer.name, on)


def counted(session: Session, wanted: Sought) -> int:
    """How many rows the file will hold. Raises `Refused` over the limit."""
    bare = sought.keys(wanted).limit(LIMIT + 1).subquery()
    number = session.scalar(select(func.count()).select_from(bare)) or 0
    if number > LIMIT:
        raise Refused(f"一次最多导出 {LIMIT:,} 行。请按状态、期限或单位筛选后分次导出。")
    return number


def table(session: Session, wanted: Sought, viewer: Viewer, on: date) -> Iterator[Iterable[object]]:
    """All rows of the file."""
    yield from head(session, "责任任务清单", viewer, on)
    yield HEADINGS
    yield from lines(session, wanted)


def lines(session: Session, wanted: Sought) -> Iterator[Sequence[object]]:
    """The assignments, read from the database as they are taken; a million of them would need no more memory."""
    statement = sought.ordered(sought.narrowed(select(*_COLUMNS), wanted), wanted).limit(LIMIT)
    tasks: dict[int, tuple[Any, ...]] = {}
    units: dict[str, str] = {}
    for part in session.execute(statement.execution_options(yield_per=AT_ONCE)).partitions():
        _learn_tasks(session, {row.task_id for row in part} - tasks.keys(), tasks)
        units |= names(session, {row.unit_code for row in part} - units.keys())
        for row in part:
            yield (
                *tasks[row.task_id],
                units[row.unit_code],
                full(row.unit_code),
                state_words(row.state, row.closed_as),
                *row[4:],
            )


def _learn_tasks(session: Session, missing: set[int], known: dict[int, tuple[Any, ...]]) -> None:
    if not missing:
        return
    wanted = sorted(missing)
    found = session.scalars(select(AccountabilityTask).where(AccountabilityTask.id.in_(wanted))).all()
    issuers = names(session, {task.issuer_code for task in found})
    for task in found:
        known[task.id] = (task.title, task.number, task.basis, task.document_no, issuers[task.issuer_code])
        session.expunge(task)
