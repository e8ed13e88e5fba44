"""The month's answers as a table, villages in code order; named issuer and end date (X-20), and who issued each sheet."""

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp import clock
from webapp.access import Viewer
from webapp.accountability.export import AT_ONCE, LIMIT, head
from webapp.accountability.models import Assignment
from webapp.errors import Refused
from webapp.org.codes import full
from webapp.org.queries import names
from webapp.sheets import queries
from webapp.sheets.models import MonthSheet, SheetAnswer, SheetLine, SheetVersion

HEAD = ("区划代码", "村", "月份", "事项", "答复", "情况", "版次", "提交日期", "方式", "下达单位", "反馈期限")
_COLUMNS = (
    MonthSheet.unit_code,
    MonthSheet.month,
    MonthSheet.current,
    SheetLine.title,
    SheetVersion.sent_at,
    SheetVersion.paper,
    SheetAnswer.no_change,
    SheetAnswer.text,
    Assignment.issuer_code,
    Assignment.due_on,
)


def counted(session: Session, month: str, status: str) -> int:
    """How many rows the file will hold: one for each line of each sheet. Raises `Refused` over the limit."""
    lines = select(SheetLine.id).join(MonthSheet, MonthSheet.id == SheetLine.sheet_id)
    bare = lines.where(*queries.conditions(month, status)).limit(LIMIT + 1).subquery()
    number = session.scalar(select(func.count()).select_from(bare)) or 0
    if number > LIMIT:
        raise Refused(f"一次最多导出 {LIMIT:,} 行。请按提交情况筛选后分次导出。")
    return number


def table(session: Session, month: str, status: str, viewer: Viewer, on: date) -> Iterator[Sequence[object]]:
    """The rows of the file, read from the database as they are taken: memory does not grow with the villages."""
    yield from head(session, f"{month} 村级月报单", viewer, on)
    yield HEAD
    present = (SheetVersion.sheet_id == MonthSheet.id) & (SheetVersion.number == MonthSheet.current)
    given = (SheetAnswer.version_id == SheetVersion.id) & (SheetAnswer.line_id == SheetLine.id)
    statement = (
        select(*_COLUMNS)
        .select_from(MonthSheet)
        .join(SheetLine, SheetLine.sheet_id == MonthSheet.id)
        .join(Assignment, Assignment.id == MonthSheet.assignment_id)
        .outerjoin(SheetVersion, present)
        .outerjoin(SheetAnswer, given)
        .where(*queries.conditions(month, status))
        .order_by(MonthSheet.unit_code, SheetLine.position, SheetLine.id)
        .limit(LIMIT)
    )
    units: dict[str, str] = {}
    for part in session.execute(statement.execution_options(yield_per=AT_ONCE)).partitions():
        units |= names(session, {code for row in part for code in (row.unit_code, row.issuer_code)} - units.keys())
        for row in part:
            yield (
                full(row.unit_code),
                units[row.unit_code],
                row.month,
                row.title,
                "" if row.no_change is None else ("无变化" if row.no_change else "有情况"),
                row.text or "",
                row.current or "",
                clock.day_of(row.sent_at) if row.sent_at else "",
                "" if row.paper is None else ("纸质代录" if row.paper else "网上填报"),
                units[row.issuer_code],
                row.due_on,
            )
