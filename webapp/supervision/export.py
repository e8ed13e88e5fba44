"""What is under 督办 as a table: facts and days in the order of units, no lamps and no totals (T-7)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from webapp import clock
from webapp.access import Viewer
from webapp.accountability.export import LIMIT, head, state_words
from webapp.accountability.models import Assignment
from webapp.errors import Refused
from webapp.org.codes import full
from webapp.rectification.models import STATES as ISSUE_STATES
from webapp.rectification.models import Issue
from webapp.supervision import queries
from webapp.supervision.models import STEPS, Escalation, LadderStep
from webapp.supervision.queries import Wanted
from webapp.supervision.subjects import ISSUE

AT_ONCE = 500
MEASURES = ("最近措施", "决定日期", "文号", "牵头领导", "办结期限")
HEADINGS = (
    "任务名称",
    "任务编号",
    "下达单位",
    "承办单位",
    "区划代码",
    "状态",
    "首次期限",
    "现行期限",
    "报上一级督办日期",
    *MEASURES,
)
ISSUE_HEADINGS = (
    "问题编号",
    "问题",
    "牵头单位",
    "区划代码",
    "销号单位",
    "状态",
    "最初期限",
    "现行期限",
    "报上一级督办日期",
    *MEASURES,
)


def counted(session: Session, wanted: Wanted) -> int:
    """How many rows the file will hold. Raises `Refused` where one file may not hold them all."""
    return _within_limit(session, _ids(wanted))


def table(session: Session, wanted: Wanted, viewer: Viewer, on: date) -> Iterator[Iterable[object]]:
    """All rows of the file, read batch by batch."""
    yield from head(session, "督办事项清单", viewer, on)
    yield HEADINGS
    ids = list(session.scalars(_ids(wanted)))
    for start in range(0, len(ids), AT_ONCE):
        yield from _lines(session, wanted, ids[start : start + AT_ONCE])
        session.expunge_all()


def issues_counted(session: Session, wanted: Wanted) -> int:
    """The same for issues to put right."""
    return _within_limit(session, queries.issues(wanted).with_only_columns(Issue.id))


def issue_table(session: Session, wanted: Wanted, viewer: Viewer, on: date) -> Iterator[Iterable[object]]:
    """All issues of the file, read batch by batch."""
    yield from head(session, "督办整改问题清单", viewer, on)
    yield ISSUE_HEADINGS
    ids = list(session.scalars(queries.issues(wanted).with_only_columns(Issue.id)))
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        up, steps = _sent_up(session, Escalation.issue_id, some), queries.highest_steps(session, some, ISSUE)
        for row in session.scalars(queries.issues(wanted).where(Issue.id.in_(some))):
            yield (
                row.number,
                row.description,
                row.unit.name,
                full(row.unit_code),
                row.closer.name,
                ISSUE_STATES[row.state],
                row.first_due_on,
                row.due_on,
                up.get(row.id),
                *_measure(steps.get(row.id)),
            )
        session.expunge_all()


def _measure(step: LadderStep | None) -> tuple[object, ...]:
    if step is None:
        return (None,) * len(MEASURES)
    return STEPS[step.kind], step.decided_on, step.document_no, step.leader_name, step.ends_on


def _within_limit(session: Session, ids: Select[tuple[int]]) -> int:
    number = session.scalar(select(func.count()).select_from(ids.order_by(None).subquery())) or 0
    if number > LIMIT:
        raise Refused(f"一次最多导出 {LIMIT:,} 行。请按单位或任务查找后分次导出。")
    return number


def _sent_up(session: Session, column: Any, ids: Sequence[int]) -> dict[int, date]:
    """Row → the day on which it last went up one level."""
    found = select(column, func.max(Escalation.at)).where(column.in_(ids), Escalation.kind == "above").group_by(column)
    return {row_id: clock.day_of(at) for row_id, at in session.execute(found)}


def _ids(wanted: Wanted):  # type: ignore[no-untyped-def]
    return queries.listed(wanted).with_only_columns(Assignment.id)


def _lines(session: Session, wanted: Wanted, ids: Sequence[int]) -> Iterator[Sequence[object]]:
    rows = list(session.scalars(queries.listed(wanted).where(Assignment.id.in_(ids))))
    steps = queries.highest_steps(session, ids)
    up = _sent_up(session, Escalation.assignment_id, ids)
    for row in rows:
        yield (
            row.task.title,
            row.task.number,
            row.task.issuer.name,
            row.unit.name,
            full(row.unit_code),
            state_words(row.state, row.closed_as),
            row.first_due_on,
            row.due_on,
            up.get(row.id),
            *_measure(steps.get(row.id)),
        )
