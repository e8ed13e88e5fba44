"""Logs as CSV for a spreadsheet: UTF-8 with a byte order mark, no cell that a spreadsheet would run."""

import csv
import io
from collections.abc import Iterable

HEADINGS = ("日期", "村", "工作方面", "记录人", "内容", "服务的任务")
_STARTS = tuple("=+-@\t\r\n＝＋－＠")


def safe(cell: str) -> str:
    """The cell as text: "=1+1" → "'=1+1"."""
    return f"'{cell}" if cell.startswith(_STARTS) else cell


def csv_bytes(rows: Iterable[Iterable[str]]) -> bytes:
    """The file with its headings."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")
