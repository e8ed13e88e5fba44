"""The month's answers as a table, villages in code order."""

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session, selectinload

from webapp import clock
from webapp.org.codes import full
from webapp.sheets import queries
from webapp.sheets.models import MonthSheet, SheetVersion
from webapp.spreadsheets import csv_bytes, xlsx_file

FORMATS = ("csv", "xlsx")
HEAD = ("区划代码", "村", "月份", "事项", "答复", "情况", "版次", "提交日期", "方式", "制表单位", "反馈期限")


def table(session: Session, month: str, status: str, kind: str) -> bytes:
    """The file; each row names who issued the sheet and until when (X-20)."""
    rows = [HEAD, *_rows(session, month, status)]
    if kind == "csv":
        return csv_bytes(rows)
    with xlsx_file(rows) as file:
        return file.read()


def _rows(session: Session, month: str, status: str) -> Iterator[Sequence[object]]:
    statement = queries.listed(month, status).options(
        selectinload(MonthSheet.lines), selectinload(MonthSheet.versions).selectinload(SheetVersion.answers)
    )
    for sheet in session.scalars(statement):
        version = next((one for one in sheet.versions if one.number == sheet.current), None)
        answers = queries.answers_of(version)
        for line in sheet.lines:
            answer = answers.get(line.id)
            yield (
                full(sheet.unit_code),
                sheet.unit.name,
                sheet.month,
                line.title,
                "" if answer is None else ("无变化" if answer.no_change else "有情况"),
                "" if answer is None else (answer.text or ""),
                sheet.current or "",
                "" if version is None else clock.local(version.sent_at).date().isoformat(),
                "" if version is None else ("纸质代录" if version.paper else "网上填报"),
                sheet.assignment.issuer.name,
                sheet.assignment.due_on.isoformat(),
            )
