"""What a log can serve besides being read: tasks, lines of month sheets, and whatever registers here later.

A kind says which of its rows stand open in a village, and what they are called. The rows of tasks are `WorkLogTask`,
because a task opens a log to others (X-17); those of every other kind are `WorkLogBinding` and open nothing.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.access import Viewer, acting_as
from webapp.accountability.models import AccountabilityTask, Assignment, number_of
from webapp.sheets.models import MonthSheet, SheetLine
from webapp.words import day_words
from webapp.worklogs.models import WorkLog
from webapp.worklogs.rules import Entry

DONE = ("verified", "closed", "recalled", "suspended")
TASK, LINE = "task", "sheet_line"


@dataclass(frozen=True)
class Target:
    """One row that a log can serve, as a person chooses it."""

    id: int
    title: str
    detail: str
    unit_code: str
    due: str | None = None
    number: str | None = None


@dataclass(frozen=True)
class Kind:
    """A kind of row that logs serve. `field` is its name in what a device sends, and in the form for all but tasks."""

    name: str
    field: str
    label: str
    asks: str
    """The question of the form."""
    open_in: Callable[[Session, Sequence[str]], list[Target]]
    """Rows of some villages that can be served now."""
    titles: Callable[[Session, str, Collection[int]], dict[int, str]]
    """Those among some ids that lie in a village, with their titles."""


@dataclass(frozen=True)
class Save:
    """Something that a log serves, so that nobody writes it there again."""

    kind: str
    title: str


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Let logs serve one more kind of row: forms, phones and pages take it from here."""
    KINDS[kind.name] = kind


def others() -> list[Kind]:
    """The kinds besides tasks, in the order in which they registered."""
    return [kind for kind in KINDS.values() if kind.name != TASK]


def titles_in(session: Session, unit_code: str, kind: str, ids: Collection[int]) -> dict[int, str]:
    """Id → title of those rows that lie in the author's village, also where the author's post there has ended."""
    if not ids:
        return {}
    with acting_as(session, Viewer.system("工作日志", unit_code)):
        return KINDS[kind].titles(session, unit_code, ids)


def to_offer(
    session: Session, unit_codes: Sequence[str], named: Mapping[str, Collection[int]]
) -> dict[str, list[Target]]:
    """Kind besides tasks → its rows that stand open in some villages, and those that a log names already."""
    return {kind.name: _offered(session, kind, unit_codes, named.get(kind.name, ())) for kind in others()}


def _offered(session: Session, kind: Kind, unit_codes: Sequence[str], named: Collection[int]) -> list[Target]:
    offered = kind.open_in(session, unit_codes)
    missing = set(named) - {target.id for target in offered}
    for unit_code in unit_codes if missing else ():
        titles = sorted(titles_in(session, unit_code, kind.name, missing).items())
        offered += [Target(number, title, "", unit_code) for number, title in titles]
    return offered


def bound_by(entry: Entry) -> dict[str, tuple[int, ...]]:
    """Kind → ids that an entry names."""
    named: dict[str, tuple[int, ...]] = {TASK: entry.assignment_ids}
    for kind, target in entry.others:
        named[kind] = (*named.get(kind, ()), target)
    return named


def bound_to(log: WorkLog) -> dict[str, tuple[int, ...]]:
    """Kind → ids that a log serves, in order."""
    held: dict[str, tuple[int, ...]] = {TASK: tuple(sorted(link.assignment_id for link in log.tasks))}
    for row in sorted(log.bindings, key=lambda row: (row.kind, row.target_id)):
        held[row.kind] = (*held.get(row.kind, ()), row.target_id)
    return held


def saves_of(session: Session, log: WorkLog) -> list[Save]:
    """What a log serves, by kind and id."""
    return [
        Save(kind, title)
        for kind, ids in bound_to(log).items()
        for _, title in sorted(titles_in(session, log.unit_code, kind, ids).items())
    ]


def saved_typing(saves: Sequence[Save]) -> str:
    """What need not be written a second time, in one sentence; "" where the log serves nothing. No figure (X-8)."""
    if not saves:
        return ""
    named = "、".join(f"{KINDS[save.kind].label}“{save.title}”" for save in saves)
    return f"这条日志已关联{named}，填报时可以直接引用，不用再写一遍。"


def _open_tasks(session: Session, unit_codes: Sequence[str]) -> list[Target]:
    task = AccountabilityTask
    rows = session.execute(
        select(Assignment.id, Assignment.unit_code, Assignment.due_on)
        .add_columns(task.title, task.issuer_code, task.drafted_at, task.id.label("task_id"))
        .join(Assignment.task)
        .where(Assignment.unit_code.in_(unit_codes), Assignment.state.not_in(DONE), task.state != "drafted")
        .order_by(Assignment.due_on, Assignment.id)
    )
    return [
        Target(
            row.id,
            row.title,
            f"{day_words(row.due_on)}前完成",
            row.unit_code,
            row.due_on.isoformat(),
            number_of(row.issuer_code, row.drafted_at, row.task_id),
        )
        for row in rows
    ]


def _task_titles(session: Session, unit_code: str, ids: Collection[int]) -> dict[int, str]:
    named = select(Assignment.id, AccountabilityTask.title).join(Assignment.task)
    rows = session.execute(named.where(Assignment.id.in_(ids), Assignment.unit_code == unit_code))
    return dict(rows.tuples().all())


def _open_lines(session: Session, unit_codes: Sequence[str]) -> list[Target]:
    rows = session.execute(
        select(SheetLine, MonthSheet.month)
        .join(MonthSheet, MonthSheet.id == SheetLine.sheet_id)
        .join(Assignment, Assignment.id == MonthSheet.assignment_id)
        .where(MonthSheet.unit_code.in_(unit_codes), Assignment.state.not_in(DONE))
        .order_by(MonthSheet.month.desc(), MonthSheet.unit_code, SheetLine.position)
    ).all()
    newest = {line.unit_code: month for line, month in reversed(rows)}
    return [
        Target(line.id, line.title, f"{int(month[:4])}年{int(month[5:])}月月报单", line.unit_code)
        for line, month in rows
        if newest[line.unit_code] == month
    ]


def _line_titles(session: Session, unit_code: str, ids: Collection[int]) -> dict[int, str]:
    named = select(SheetLine.id, SheetLine.title).where(SheetLine.id.in_(ids), SheetLine.unit_code == unit_code)
    return dict(session.execute(named).tuples().all())


register(Kind(TASK, "assignment_ids", "任务", "为哪些任务做的", _open_tasks, _task_titles))
register(Kind(LINE, "sheet_lines", "月报事项", "用于哪些月报事项", _open_lines, _line_titles))
