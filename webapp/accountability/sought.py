"""What a list of assignments is narrowed to, and the statement of it. Lists stand by due date, code or title (T-7)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, or_, select
from sqlalchemy.orm import Session

from webapp.access import below
from webapp.accountability.documents import as_numbered
from webapp.accountability.models import AccountabilityTask, Assignment
from webapp.accountability.rules import UNFINISHED
from webapp.org.codes import LENGTHS
from webapp.org.models import Division

KINDS = {"recurring": "周期任务", "once": "一次性任务"}


@dataclass(frozen=True)
class Sought:
    """What a list is narrowed to. `view`: "answer" own units, "issued" by own units, "all" in scope."""

    view: str = "all"
    units: tuple[str, ...] = ()
    """Own units for the views "answer" and "issued"; the viewer's units for "all", so that a search knows where to look."""
    state: str = ""
    """A state, "open" for all that is not over, "" for any."""
    due_from: date | None = None
    due_to: date | None = None
    unit_prefix: str = ""
    words: str = ""
    kind: str = ""
    """A key of `KINDS`, "" for both."""
    template: str = ""
    """Code of the recurring duty that opened it."""
    issuer: str = ""
    """Code of the unit that issued the task."""
    sort: str = "due"


SORTS: dict[str, tuple[Any, ...]] = {
    "due": (Assignment.due_on, Assignment.unit_code, Assignment.id),
    "-due": (Assignment.due_on.desc(), Assignment.unit_code, Assignment.id),
    "unit": (Assignment.unit_code, Assignment.due_on, Assignment.id),
    "title": (AccountabilityTask.title, Assignment.unit_code, Assignment.id),
}


_SHOWN = (
    Assignment.id,
    Assignment.task_id,
    Assignment.unit_code,
    Assignment.state,
    Assignment.due_on,
    Assignment.last_reported_on,
    Division.name.label("unit_name"),
)


def rows(wanted: Sought) -> Select[Any]:
    """The statement of a list: the columns that its page shows, of the rows in scope. Whole rows would cost several times
    as much as they tell."""
    shown = select(*_SHOWN).select_from(Assignment).outerjoin(Assignment.unit)
    return ordered(narrowed(shown, wanted), wanted)


def tasks(session: Session, shown: Collection[Row[Any]]) -> dict[int, Row[Any]]:
    """Of the rows of one page the tasks by their ids: what is asked, by whom, and where it is answered."""
    wanted = {"ids": list({row.task_id for row in shown})}
    return {row.id: row for row in session.execute(_tasks(), wanted)}


@cache
def _tasks() -> Select[Any]:
    """Written once, because every list asks it."""
    task, columns = AccountabilityTask, (AccountabilityTask.title, AccountabilityTask.via, AccountabilityTask.period)
    shown = select(task.id, *columns, task.issuer_code, Division.name.label("issuer_name")).join(task.issuer)
    return shown.where(task.id.in_(bindparam("ids", expanding=True)))


def keys(wanted: Sought) -> Select[tuple[int]]:
    """The bare keys of the same rows, to be counted."""
    return narrowed(select(Assignment.id), wanted)


def ordered(statement: Select[Any], wanted: Sought) -> Select[Any]:
    """The list's order; only the order by title has to look at the task of every row."""
    if wanted.sort == "title":
        statement = statement.join(Assignment.task)
    return statement.order_by(*SORTS[wanted.sort])


def narrowed(statement: Select[Any], wanted: Sought) -> Select[Any]:
    """A statement on assignments with the conditions of a list.

    Tasks are asked in a sub-query and not joined: the rule of their rows would be judged again for every assignment.
    """
    if wanted.view == "answer":
        statement = statement.where(Assignment.unit_code.in_(wanted.units))
    elif wanted.view == "issued":
        statement = statement.where(Assignment.issuer_code.in_(wanted.units))
    if wanted.state == "open":
        # The days say the same again, in the words of the index of what is not over: only so it is read.
        not_over = (Assignment.closed_on.is_(None), Assignment.recalled_on.is_(None))
        statement = statement.where(Assignment.state.in_(UNFINISHED), *not_over)
    elif wanted.state:
        statement = statement.where(Assignment.state == wanted.state)
    if wanted.due_from:
        statement = statement.where(Assignment.due_on >= wanted.due_from)
    if wanted.due_to:
        statement = statement.where(Assignment.due_on <= wanted.due_to)
    if _wide(wanted):
        # Says nothing, but lets SQLite read the days in their order; it would sort all that lies below the unit.
        statement = statement.where(Assignment.due_on.between(date.min, date.max))
    if wanted.unit_prefix:
        statement = statement.where(below(Assignment.unit_code, wanted.unit_prefix))
    tasks = _of_tasks(wanted)
    if tasks:
        statement = statement.where(Assignment.task_id.in_(select(AccountabilityTask.id).where(*tasks)))
    if wanted.words:
        statement = statement.where(_says(wanted.words, wanted.units))
    return statement


def _wide(wanted: Sought) -> bool:
    """Whether a list by due date spans a province or city, so that its first page lies early among all days."""
    narrow = wanted.due_from or wanted.due_to or wanted.unit_prefix or wanted.words or wanted.template or wanted.issuer
    return wanted.view == "all" and not narrow and min(map(len, wanted.units), default=12) <= LENGTHS[2]


def _of_tasks(wanted: Sought) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.kind:
        recurring = AccountabilityTask.template_code.is_not(None)
        found.append(recurring if wanted.kind == "recurring" else ~recurring)
    if wanted.template:
        found.append(AccountabilityTask.template_code == wanted.template)
    if wanted.issuer:
        found.append(AccountabilityTask.issuer_code == wanted.issuer)
    return found


def _says(words: str, under: Collection[str]) -> ColumnElement[bool]:
    tasks = select(AccountabilityTask.id).where(
        or_(
            AccountabilityTask.title.icontains(words, autoescape=True),
            AccountabilityTask.basis.icontains(words, autoescape=True),
            AccountabilityTask.document_no.icontains(as_numbered(words), autoescape=True),
        )
    )
    units = select(Division.code).where(Division.name.icontains(words, autoescape=True))
    if under:
        units = units.where(or_(*(below(Division.code, code) for code in under)))
    return or_(Assignment.task_id.in_(tasks), Assignment.unit_code.in_(units))
