"""A list of assignments as CSV: facts and days, no lamps (T-7); named issuer and end date (X-20, X-11)."""

from datetime import date

from sqlalchemy.orm import Session

from webapp.access import Viewer
from webapp.accountability import queries
from webapp.accountability.models import STATES
from webapp.accountability.queries import Sought
from webapp.errors import Refused
from webapp.org.codes import full
from webapp.org.queries import names
from webapp.spreadsheets import csv_bytes

LIMIT = 10_000
"""Rows of one file."""
HEADINGS = (
    "任务名称",
    "依据文件",
    "下达单位",
    "承办单位",
    "区划代码",
    "状态",
    "下达日期",
    "首次期限",
    "现行期限",
    "签收日期",
    "首次反馈日期",
    "核验日期",
    "销号日期",
    "退回次数",
)


def csv_of(session: Session, wanted: Sought, viewer: Viewer, on: date) -> tuple[bytes, int]:
    """The file and its number of rows. Raises `Refused` over the limit."""
    rows = list(session.scalars(queries.sought(wanted).limit(LIMIT + 1)))
    if len(rows) > LIMIT:
        raise Refused(f"一次最多导出 {LIMIT} 行。请按状态、期限或单位筛选后分次导出。")
    issuers = "、".join(names(session, viewer.prefixes).values())
    head = [
        ("责任任务清单",),
        ("制表单位", issuers, "制表人", viewer.name),
        ("制表日期", on.isoformat(), "有效期至", date(on.year, 12, 31).isoformat()),
        HEADINGS,
    ]
    body = [
        (
            row.task.title,
            row.task.basis,
            row.task.issuer.name,
            row.unit.name,
            full(row.unit_code),
            STATES[row.state],
            row.issued_on,
            row.first_due_on,
            row.due_on,
            row.acknowledged_on,
            row.first_reported_on,
            row.verified_on,
            row.closed_on,
            row.times_returned,
        )
        for row in rows
    ]
    return csv_bytes([*head, *body]), len(rows)
