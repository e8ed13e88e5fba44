"""What the system finds for a hand-over sheet by itself; a feature with open work of a village registers its own source."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp.accountability.models import Assignment
from webapp.accountability.rules import OPEN, SHEET
from webapp.handover.models import TYPED
from webapp.rectification.models import Issue
from webapp.rectification.rules import OPEN as OPEN_ISSUES
from webapp.sheets.models import MonthSheet
from webapp.upward.models import OPEN as OPEN_REQUESTS
from webapp.upward.models import UpwardRequest

LONGEST = 200
"""Characters of a title on a sheet."""


@dataclass(frozen=True)
class Found:
    """One open thing of a village."""

    kind: str
    source: str
    title: str
    due_on: date | None
    path: str
    detail: str | None = None


@dataclass(frozen=True)
class Source:
    """One kind of open things: what pages call it, and session and village → those there, the earliest due first."""

    label: str
    find: Callable[[Session, str], Iterable[Found]]


SOURCES: dict[str, Source] = {}


def register(kind: str, label: str, find: Callable[[Session, str], Iterable[Found]]) -> None:
    """Let hand-over sheets list one more kind of open things; pages and files take it from here."""
    SOURCES[kind] = Source(label, find)


def kind_name(kind: str) -> str:
    """What pages call the kind of a line, found or typed."""
    return TYPED.get(kind) or SOURCES[kind].label


def tasks(session: Session, unit_code: str) -> Iterator[Found]:
    """Open assignments but for those of month sheets, which stand line by line."""
    statement = (
        select(Assignment)
        .where(Assignment.unit_code == unit_code, Assignment.state.in_(OPEN))
        .options(joinedload(Assignment.task))
        .order_by(Assignment.due_on, Assignment.id)
    )
    for row in session.scalars(statement):
        if row.task.via != SHEET:
            yield Found("task", f"task:{row.id}", row.task.title, row.due_on, f"/tasks/assignments/{row.id}")


def sheet_lines(session: Session, unit_code: str) -> Iterator[Found]:
    """Lines of month sheets that nobody has answered."""
    statement = (
        select(MonthSheet)
        .where(MonthSheet.unit_code == unit_code, MonthSheet.current == 0)
        .options(joinedload(MonthSheet.assignment), joinedload(MonthSheet.lines))
        .order_by(MonthSheet.month)
    )
    for sheet in session.scalars(statement).unique():
        path = f"/sheets/{unit_code}/{sheet.month}"
        for line in sheet.lines:
            yield Found("sheet", f"sheet:{line.id}", line.title, sheet.assignment.due_on, path, f"{sheet.month} 月报单")


def issues(session: Session, unit_code: str) -> Iterator[Found]:
    """Issues that the village has to put right."""
    statement = select(Issue).where(Issue.unit_code == unit_code, Issue.state.in_(OPEN_ISSUES))
    for row in session.scalars(statement.order_by(Issue.due_on, Issue.id)):
        yield Found("issue", f"issue:{row.id}", row.description, row.due_on, f"/rectification/{row.id}")


def requests(session: Session, unit_code: str) -> Iterator[Found]:
    """Requests of the village that a higher unit has not answered."""
    statement = select(UpwardRequest).where(
        UpwardRequest.unit_code == unit_code, UpwardRequest.state.in_(OPEN_REQUESTS)
    )
    for row in session.scalars(statement.order_by(UpwardRequest.due_on, UpwardRequest.id)):
        yield Found("request", f"request:{row.id}", row.title, row.due_on, f"/requests/{row.id}")


register("task", "未办结任务", tasks)
register("sheet", "月报单事项", sheet_lines)
register("issue", "未销号问题", issues)
register("request", "未答复请示", requests)


def found(session: Session, unit_code: str) -> list[Found]:
    """Everything open in a village, by kind, within each kind by deadline."""
    rows = (one for source in SOURCES.values() for one in source.find(session, unit_code))
    return [replace(one, title=one.title[:LONGEST]) for one in rows]
