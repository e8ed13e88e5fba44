"""A list of issues for a spreadsheet: facts and days, no lamps (T-7); named issuer and end date (X-20, X-11)."""

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import func
from sqlalchemy.orm import Session, selectinload

from webapp.access import Viewer
from webapp.accountability.export import LIMIT, head
from webapp.errors import Refused
from webapp.org.codes import full
from webapp.rectification.models import CLASSES, RESULTS, SOURCES, STATES, Issue, IssueSupport
from webapp.rectification.queries import Sought, matching, sought

BATCH = 500
HEADINGS = (
    "问题编号",
    "问题来源",
    "来源文件",
    "原编号",
    "问题性质",
    "问题描述",
    "责任领导",
    "牵头单位",
    "区划代码",
    "配合单位",
    "整改措施",
    "佐证要求",
    "首次期限",
    "现行期限",
    "状态",
    "整改进展",
    "整改结果",
    "申请销号日期",
    "核验日期",
    "销号单位",
    "销号日期",
    "回头看期限",
    "回头看日期",
    "回头看结果",
)


def rows_of(session: Session, wanted: Sought, viewer: Viewer, on: date) -> Iterator[Sequence[object]]:
    """The head of the file, then the issues batch by batch: memory does not grow with them."""
    yield from head(session, "整改问题清单", viewer, on)
    yield HEADINGS
    helpers = selectinload(Issue.supports).joinedload(IssueSupport.unit)
    ids = list(session.scalars(matching(wanted).with_only_columns(Issue.id)))
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        statement = sought(wanted).where(Issue.id.in_(some)).options(helpers, selectinload(Issue.looks))
        for row in session.scalars(statement).unique():
            yield _line(row)
        session.expunge_all()


def number_of_rows(session: Session, wanted: Sought) -> int:
    """Issues of a list. Raises `Refused` where one file may not hold them all."""
    number = session.scalar(matching(wanted).with_only_columns(func.count(Issue.id)).order_by(None)) or 0
    if number > LIMIT:
        raise Refused(f"一次最多导出 {LIMIT:,} 行。请按状态、期限或单位筛选后分次导出。")
    return number


def _line(row: Issue) -> Sequence[object]:
    look = row.look
    return (
        row.number,
        SOURCES[row.source],
        row.source_document,
        row.source_number,
        CLASSES[row.issue_class],
        row.description,
        row.leader,
        row.unit.name,
        full(row.unit_code),
        "、".join(support.unit.name for support in row.supports),
        row.measure,
        "；".join(row.evidence),
        row.first_due_on,
        row.due_on,
        STATES[row.state],
        row.progress,
        row.outcome,
        row.requested_on,
        row.verified_on,
        row.closer.name,
        row.closed_on,
        look.due_on if look else None,
        look.looked_on if look else None,
        RESULTS[look.result] if look and look.result else None,
    )
