"""Postings as a table for a spreadsheet."""

from datetime import date

from sqlalchemy.orm import Session

from webapp.errors import Refused
from webapp.org import listing
from webapp.org.codes import full
from webapp.org.models import Posting
from webapp.permissions import ROLE_NAMES
from webapp.spreadsheets import csv_bytes

LIMIT = 10_000
"""Rows of one file."""
HEADINGS = ("区划代码", "区划", "岗位", "姓名", "所在机构", "派出单位", "任职开始", "最后任职日", "文号", "离任原因")


def csv_of(session: Session, sought: listing.Sought, on: date) -> tuple[bytes, int]:
    """The file and its number of rows. Raises `Refused` over the limit."""
    rows = session.scalars(listing.postings(sought, on).limit(LIMIT + 1)).unique().all()
    if len(rows) > LIMIT:
        raise Refused(f"一次最多导出 {LIMIT} 行。请进入下一级区划，或按岗位筛选后分次导出。")
    return csv_bytes([HEADINGS, *(_cells(row) for row in rows)]), len(rows)


def _cells(row: Posting) -> tuple[object, ...]:
    return (
        full(row.unit_code),
        row.division.name,
        ROLE_NAMES[row.role],
        row.person.name,
        row.organisation.name if row.organisation else "",
        row.sending_unit.name if row.sending_unit else "",
        row.starts_on,
        row.ends_on,
        row.document_no,
        row.end_reason,
    )
