"""One unit's open matters of all kinds in due order: what it must answer, verify and decide, and what it has issued.

Numbers on it are facts; no unit is put beside another. Features above add their own sections at start-up.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.access import Viewer
from webapp.accountability import export, queries
from webapp.accountability.models import STATES, AccountabilityTask, Assignment, Extension
from webapp.accountability.rules import OPEN, UNFINISHED
from webapp.accountability.sought import Sought
from webapp.paging import Page, paged
from webapp.words import day_words

SECTIONS = {
    "answer": "要办理的",
    "verify": "要核验的",
    "decide": "要答复的延期申请",
    "issued": "已下达、未办结的",
}


@dataclass(frozen=True)
class Matter:
    """One line: what, where its record is, by when, and a few words more. `lamp` is kind and words, where it may be seen."""

    title: str
    path: str
    due_on: date
    words: str
    lamp: tuple[str, str] | None = None


@dataclass(frozen=True)
class Section:
    """Matters of one kind; `page` holds the first of them, or those of the page that was asked for."""

    key: str
    label: str
    page: Page


others: dict[str, Callable[[Session, str, Viewer, date, int], Section | None]] = {}
"""Sections of features that stand above this one, by key: (session, unit code, viewer, day, page number) → section; None
where the viewer may not read what it holds."""


def board(session: Session, code: str, viewer: Viewer, on: date, only: str = "", number: int = 1) -> list[Section]:
    """The sections of a unit; with `only` just that one, at its page."""
    keys = (*SECTIONS, *others)
    wanted, page = ([only], number) if only in keys else (keys, 1)
    made = (
        _section(session, key, code, viewer, on, page)
        if key in SECTIONS
        else others[key](session, code, viewer, on, page)
        for key in wanted
    )
    return [section for section in made if section is not None]


def _section(session: Session, key: str, code: str, viewer: Viewer, on: date, number: int) -> Section:
    page = paged(session, _STATEMENTS[key](code), number)
    if key == "issued":
        rows = _issued(session, page.rows)
    elif key == "decide":
        rows = [_asked(row) for row in page.rows]
    else:
        items = queries.items(session, page.rows, on)
        rows = [_matter(item, viewer, own=key == "answer") for item in items]
    return Section(key, SECTIONS[key], replace(page, rows=rows))


def _assignments() -> Select[tuple[Assignment]]:
    return (
        select(Assignment)
        .options(selectinload(Assignment.task).joinedload(AccountabilityTask.issuer), joinedload(Assignment.unit))
        .order_by(Assignment.due_on, Assignment.unit_code, Assignment.id)
    )


def _to_answer(code: str) -> Select[Any]:
    return _assignments().where(Assignment.unit_code == code, Assignment.state.in_(OPEN))


def _to_verify(code: str) -> Select[Any]:
    return _assignments().where(Assignment.issuer_code == code, Assignment.state.in_(("reported", "verified")))


def _to_decide(code: str) -> Select[Any]:
    return (
        _assignments()
        .join(Extension, Extension.assignment_id == Assignment.id)
        .where(Extension.state == "asked", Assignment.issuer_code == code, Assignment.state.in_(OPEN))
        .options(selectinload(Assignment.extensions))
    )


def _issued_by(code: str) -> Select[Any]:
    unfinished = select(Assignment.id).where(
        Assignment.task_id == AccountabilityTask.id, Assignment.state.in_(UNFINISHED)
    )
    return (
        select(AccountabilityTask)
        .where(AccountabilityTask.issuer_code == code, AccountabilityTask.state == "issued", unfinished.exists())
        .order_by(AccountabilityTask.due_on, AccountabilityTask.id)
    )


_STATEMENTS = {"answer": _to_answer, "verify": _to_verify, "decide": _to_decide, "issued": _issued_by}


def _matter(item: queries.Item, viewer: Viewer, own: bool) -> Matter:
    row = item.assignment
    who = f"{row.task.issuer.name}下达" if own else row.unit.name
    lamp = (item.lamp, item.clock.words) if queries.lamps_open(viewer, row) else None
    return Matter(row.task.title, _path(row), row.due_on, f"{who}，{STATES[row.state]}", lamp)


def _asked(row: Assignment) -> Matter:
    asked = next(one for one in row.extensions if one.state == "asked")
    words = f"{row.unit.name}申请延到{day_words(asked.wanted_due_on)}"
    return Matter(row.task.title, _path(row), row.due_on, words)


def _path(row: Assignment) -> str:
    return f"/tasks/assignments/{row.id}"


def _issued(session: Session, tasks: Sequence[AccountabilityTask]) -> list[Matter]:
    """Each task with how many units are in which state."""
    counted = (
        select(Assignment.task_id, Assignment.state, func.count())
        .where(Assignment.task_id.in_([task.id for task in tasks]))
        .group_by(Assignment.task_id, Assignment.state)
    )
    standing: dict[int, dict[str, int]] = {}
    for task_id, state, number in session.execute(counted).tuples():
        standing.setdefault(task_id, {})[state] = number
    return [
        Matter(
            task.title,
            f"/tasks/{task.number}/replies",
            task.due_on,
            "，".join(
                f"{words} {standing[task.id][state]} 个"
                for state, words in STATES.items()
                if state in standing[task.id]
            ),
        )
        for task in tasks
    ]


def table(session: Session, code: str, viewer: Viewer, on: date) -> Iterator[Sequence[object]]:
    """The unit's open assignments as rows of a file: what it answers, then what it handed down."""
    yield from export.head(session, "单位未办结任务", viewer, on)
    yield ("类别", *export.HEADINGS)
    for view, label in (("answer", "承办"), ("issued", "下达")):
        for line in export.lines(session, Sought(view=view, units=(code,), state="open")):
            yield (label, *line)
