"""Postings as CSV for a spreadsheet: UTF-8 with a byte order mark, no cell that a spreadsheet would run."""

import csv
import io
from collections.abc import Iterable

from webapp.org.codes import full
from webapp.org.models import Posting
from webapp.permissions import ROLE_NAMES

HEADINGS = ("区划代码", "区划", "岗位", "姓名", "所在机构", "派出单位", "任职开始", "最后任职日", "文号", "离任原因")
_STARTS = tuple("=+-@\t\r\n＝＋－＠")


def safe(cell: str) -> str:
    """The cell as text: "=1+1" → "'=1+1"."""
    return f"'{cell}" if cell.startswith(_STARTS) else cell


def csv_bytes(rows: Iterable[Posting]) -> bytes:
    """The file with its headings."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    writer.writerows([safe(cell) for cell in _cells(row)] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _cells(row: Posting) -> list[str]:
    return [
        full(row.unit_code),
        row.division.name,
        ROLE_NAMES[row.role],
        row.person.name,
        row.organisation.name if row.organisation else "",
        row.sending_unit.name if row.sending_unit else "",
        row.starts_on.isoformat(),
        row.ends_on.isoformat() if row.ends_on else "",
        row.document_no or "",
        row.end_reason or "",
    ]
