"""Tables for a spreadsheet: no cell that a spreadsheet would run (CSV injection); long ones are streamed."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import IO

import xlsxwriter

Row = Sequence[object]
MOST_ROWS = 200_000
"""Rows of one file: they are streamed, so the bound keeps the reader's spreadsheet usable, not our memory."""
_STARTS = tuple("=+-@\t\r\n＝＋－＠")


def head(title: str, issuer: str, person: str, on: date) -> list[Row]:
    """The lines above the headings: what it is, who made it, and until when it may be used (X-20)."""
    return [
        (title,),
        ("制表单位", issuer, "制表人", person),
        ("制表日期", on, "有效期至", date(on.year, 12, 31)),
    ]


def headed(title: str, issuer: str, person: str, on: date, headings: Row, body: Iterable[Row]) -> list[Row]:
    """A table with its headings under the lines that every exported one has."""
    return [*head(title, issuer, person, on), headings, *body]


def safe(cell: object) -> str:
    """The cell as text: "=1+1" → "'=1+1"."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_STARTS) else text


def csv_bytes(rows: Iterable[Iterable[object]]) -> bytes:
    """A CSV file of rows; headings are its caller's first row."""
    out = io.StringIO()
    csv.writer(out).writerows([safe(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def csv_stream(rows: Iterable[Iterable[object]]) -> Iterator[bytes]:
    """The same piece by piece: memory does not grow with the rows."""
    out = io.StringIO()
    writer = csv.writer(out)
    yield "\ufeff".encode()
    for number, row in enumerate(rows, 1):
        writer.writerow([safe(cell) for cell in row])
        if number % 500 == 0:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()


def xlsx_file(rows: Iterable[Iterable[object]], title: str = "数据") -> IO[bytes]:
    """An XLSX file of rows in a temporary file, at its beginning; rows go to disk one by one. The caller closes it.

    Numbers stay numbers, days stay days; everything else is text, never a formula or a link.
    """
    handle = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    book = xlsxwriter.Workbook(
        handle, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet(title[:31])
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            if cell is None:
                continue
            if isinstance(cell, (int, float)) and not isinstance(cell, bool):
                sheet.write_number(number, place, cell)
            elif isinstance(cell, date):
                sheet.write_datetime(number, place, cell, day)
            else:
                sheet.write_string(number, place, str(cell)[:32_767])
    book.close()
    handle.seek(0)
    return handle
