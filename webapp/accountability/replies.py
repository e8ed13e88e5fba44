"""Replies to one task, collected in code order: as a list, and as one table with a column for each asked field.

What an answer cost in minutes is not among them: it serves the estimate alone.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from webapp.access import Viewer, below
from webapp.accountability import asked
from webapp.accountability.brought_out import answerable, brought_out, values_of
from webapp.accountability.export import AT_ONCE, head, state_words
from webapp.accountability.models import AccountabilityTask, Assignment, AssignmentEvent, AssignmentFile
from webapp.accountability.rules import BY_PAPER, ENTERED_FOR
from webapp.org.codes import full
from webapp.org.queries import names

WHICH = {"given": "已反馈", "missing": "未反馈"}
HEADINGS = ("区划代码", "承办单位", "状态", "现行期限", "首次反馈日期", "完成情况", "文号", "文件日期", "佐证说明")


def of_task(task_id: int, which: str = "", prefix: str = "") -> Select[tuple[Assignment]]:
    """The assignments of a task in scope, in code order."""
    statement = select(Assignment).where(Assignment.task_id == task_id).options(joinedload(Assignment.unit))
    if which in WHICH:
        given = Assignment.first_reported_on.is_not(None)
        statement = statement.where(given if which == "given" else ~given)
    if prefix:
        statement = statement.where(below(Assignment.unit_code, prefix))
    return statement.order_by(Assignment.unit_code)


def table(
    session: Session, task: AccountabilityTask, viewer: Viewer, on: date, which: str = "", prefix: str = ""
) -> Iterator[Sequence[object]]:
    """The rows of the file: its head, then each unit with its reply, read as they are taken."""
    fields = answerable(task)
    yield from head(session, f"{task.title}（{task.number}）反馈汇总", viewer, on)
    yield (*HEADINGS, *(asked.heading(field) for field in fields), "佐证材料份数", "录入方式")
    columns = (
        Assignment.id,
        Assignment.unit_code,
        Assignment.state,
        Assignment.closed_as,
        Assignment.due_on,
        Assignment.first_reported_on,
        Assignment.report_text,
        Assignment.report_document_no,
        Assignment.report_document_on,
        Assignment.report_evidence,
        Assignment.answers,
    )
    statement = of_task(task.id, which, prefix).options().with_only_columns(*columns)
    for part in session.execute(statement.execution_options(yield_per=AT_ONCE)).partitions():
        units = names(session, [row.unit_code for row in part])
        brought = brought_out(session, task, [row.unit_code for row in part])
        files, paper = file_counts(session, [row.id for row in part]), on_paper(session, [row.id for row in part])
        for row in part:
            given = row.answers or values_of(brought[row.unit_code])
            yield (
                full(row.unit_code),
                units[row.unit_code],
                state_words(row.state, row.closed_as),
                *row[4:10],
                *(asked.cell(field, given.get(field["name"])) for field in fields),
                files.get(row.id, 0),
                BY_PAPER if row.id in paper else None,
            )


def file_counts(session: Session, assignment_ids: Sequence[int]) -> dict[int, int]:
    """How many files lie beside each assignment."""
    statement = (
        select(AssignmentFile.assignment_id, func.count())
        .where(AssignmentFile.assignment_id.in_(assignment_ids))
        .group_by(AssignmentFile.assignment_id)
    )
    return dict(session.execute(statement).tuples().all())


def on_paper(session: Session, assignment_ids: Sequence[int]) -> set[int]:
    """Assignments whose last report was entered by the township from paper."""
    statement = (
        select(AssignmentEvent.assignment_id, AssignmentEvent.data)
        .where(AssignmentEvent.assignment_id.in_(assignment_ids), AssignmentEvent.kind == "report")
        .order_by(AssignmentEvent.id)
    )
    last: dict[int, Any] = dict(session.execute(statement).tuples().all())
    return {assignment_id for assignment_id, data in last.items() if data and ENTERED_FOR in data}
