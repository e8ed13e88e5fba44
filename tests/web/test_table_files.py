"""Tables that people send: what spoils a file, what is noted by row, what is put right."""

import io
import zipfile
from collections.abc import Iterable

import pytest
from openpyxl import Workbook

from webapp.errors import Refused
from webapp.spreadsheets import csv_bytes, csv_stream, xlsx_file
from webapp.table_files import LARGEST_FILE, Column, Faults, Line, read

COLUMNS = (Column("code", "区划代码"), Column("words", "完成情况"), Column("note", "备注", required=False))


def book(rows: Iterable[Iterable[object]], merge: str = "") -> bytes:
    made = Workbook()
    for row in rows:
        made.active.append(list(row))
    if merge:
        made.active.merge_cells(merge)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def lines(content: bytes) -> list[Line]:
    faults = Faults()
    found = read(content, COLUMNS, faults)
    faults.refuse()
    return found


def test_columns_are_found_by_their_headings_whatever_their_order() -> None:
    content = book([["完成情况", "别的", "区划代码"], ["已办", 1, 533323101201], [None, None, None], ["在办", 2, "x"]])
    assert lines(content) == [
        Line(2, {"code": "533323101201", "words": "已办"}),
        Line(4, {"code": "x", "words": "在办"}),
    ]


def test_csv_and_xlsx_of_the_same_rows_read_the_same() -> None:
    rows = [["区划代码", "完成情况", "备注"], ["533323101201", "已办，共 3 处", "无"]]
    with xlsx_file(rows) as handle:
        written = handle.read()
    assert lines(csv_bytes(rows)) == lines(written) == lines(b"".join(csv_stream(rows)))


def test_sixty_thousand_empty_rows_are_passed_over() -> None:
    made = Workbook()
    made.active.append(["区划代码", "完成情况"])
    made.active["A60002"] = "533323101201"
    made.active["B60002"] = "已办"
    out = io.BytesIO()
    made.save(out)
    assert [line.number for line in lines(out.getvalue())] == [60002]


def test_full_width_digits_are_put_right_and_said() -> None:
    notes: list[str] = []
    found = read(book([["区划代码", "完成情况"], ["５３３３２３", "已办"]]), COLUMNS, Faults(), notes)
    assert found[0].cells["code"] == "533323"
    assert notes == ["有 1 格的全角数字已按半角处理。"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "空的"),
        (b"\xff\xfe\x00a", "UTF-8"),
        (b"PK\x03\x04broken", "打不开"),
        (b"x" * (LARGEST_FILE + 1), "超过 5 MB"),
        ("区划代码\n1\n".encode(), "缺少列“完成情况”"),
        ('区划代码,完成情况\n"1,2\n'.encode(), "引号不完整"),
        (book([["区划代码", "完成情况"], ["1", "2"], ["", ""]], merge="A2:A3"), "合并单元格（A2:A3）"),
        (book([["区划代码", "完成情况"], ["1", "=1+1"]]), "单元格 B2 是公式"),
    ],
)
def test_what_cannot_be_taken_is_said(content: bytes, said: str) -> None:
    with pytest.raises(Refused, match=said):
        lines(content)


@pytest.mark.parametrize(
    ("name", "said"), [("xl/vbaProject.bin", "带有宏"), ("xl/externalLinks/externalLink1.xml", "链接了其他文件")]
)
def test_macros_and_links_are_refused(name: str, said: str) -> None:
    out = io.BytesIO(book([["区划代码", "完成情况"], ["1", "2"]]))
    with zipfile.ZipFile(out, "a") as pack:
        pack.writestr(name, "x")
    with pytest.raises(Refused, match=said):
        lines(out.getvalue())


def test_a_file_that_unpacks_to_too_much_is_not_unpacked() -> None:
    out = io.BytesIO(book([["区划代码", "完成情况"], ["1", "2"]]))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("xl/media/big", b"0" * (121 * 1024 * 1024))
    with pytest.raises(Refused, match="展开后过大"):
        lines(out.getvalue())


def test_cells_are_never_formulas_or_links() -> None:
    with xlsx_file([["=1+1", "http://example.invalid/", "@x", 3]]) as handle:
        pack = zipfile.ZipFile(handle)
        sheet = pack.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet and "hyperlink" not in sheet and "<v>3</v>" in sheet
