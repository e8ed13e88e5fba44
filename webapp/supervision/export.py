"""What is under 督办 as a table: facts and days in the order of units, no lamps and no totals (T-7)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp import clock
from webapp.access import Viewer
from webapp.accountability.export import LIMIT, head, state_words
from webapp.accountability.models import Assignment
from webapp.errors import Refused
from webapp.org.codes import full
from webapp.supervision import queries
from webapp.supervision.models import STEPS, Escalation
from webapp.supervision.queries import Wanted

AT_ONCE = 500
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
    "最近措施",
    "决定日期",
    "文号",
    "牵头领导",
    "办结期限",
)


def counted(session: Session, wanted: Wanted) -> int:
    """How many rows the file will hold. Raises `Refused` where one file may not hold them all."""
    number = session.scalar(select(func.count()).select_from(_ids(wanted).subquery())) or 0
    if number > LIMIT:
        raise Refused(f"一次最多导出 {LIMIT:,} 行。请按单位或任务查找后分次导出。")
    return number


def table(session: Session, wanted: Wanted, viewer: Viewer, on: date) -> Iterator[Iterable[object]]:
    """All rows of the file, read batch by batch."""
    yield from head(session, "督办事项清单", viewer, on)
    yield HEADINGS
    ids = list(session.scalars(_ids(wanted)))
    for start in range(0, len(ids), AT_ONCE):
        yield from _lines(session, wanted, ids[start : start + AT_ONCE])
        session.expunge_all()


def _ids(wanted: Wanted):  # type: ignore[no-untyped-def]
    return queries.listed(wanted).with_only_columns(Assignment.id)


def _lines(session: Session, wanted: Wanted, ids: Sequence[int]) -> Iterator[Sequence[object]]:
    rows = list(session.scalars(queries.listed(wanted).where(Assignment.id.in_(ids))))
    steps = queries.highest_steps(session, ids)
    up = dict(
        session.execute(
            select(Escalation.assignment_id, func.max(Escalation.at))
            .where(Escalation.assignment_id.in_(ids), Escalation.kind == "above")
            .group_by(Escalation.assignment_id)
        )
        .tuples()
        .all()
    )
    for row in rows:
        step = steps.get(row.id)
        yield (
            row.task.title,
            row.task.number,
            row.task.issuer.name,
            row.unit.name,
            full(row.unit_code),
            state_words(row.state, row.closed_as),
            row.first_due_on,
            row.due_on,
            clock.day_of(up[row.id]) if row.id in up else None,
            *(
                (STEPS[step.kind], step.decided_on, step.document_no, step.leader_name, step.ends_on)
                if step
                else (None,) * 5
            ),
        )
