"""Tables for a spreadsheet: UTF-8 with a byte order mark, no cell that a spreadsheet would run (CSV injection)."""

import csv
import io
from collections.abc import Iterable

_STARTS = tuple("=+-@\t\r\n＝＋－＠")


def safe(cell: object) -> str:
    """The cell as text: "=1+1" → "'=1+1"."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_STARTS) else text


def csv_bytes(rows: Iterable[Iterable[object]]) -> bytes:
    """A CSV file of rows; headings are its caller's first row."""
    out = io.StringIO()
    csv.writer(out).writerows([safe(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")
