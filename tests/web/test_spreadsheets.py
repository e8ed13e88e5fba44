"""No cell of an export is run by the spreadsheet that opens it."""

import pytest

from webapp.spreadsheets import csv_bytes, safe


@pytest.mark.parametrize("cell", ["=1+1", "+86", "-2", "@a", "\tx", "\rx", "＝1"])
def test_cells_that_a_spreadsheet_would_run_become_text(cell: str) -> None:
    assert safe(cell) == f"'{cell}"


def test_a_table_begins_with_a_byte_order_mark() -> None:
    content = csv_bytes([("日期", "内容", "文号"), ("2026-11-04", "第一行\n第二行", None)])
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig").splitlines()[0] == "日期,内容,文号"
