"""Tables as people really send them: merged cells, formulas, a format dragged down to row 60,000.

Each import either reads them rightly or says in one sentence what to change, and takes over nothing by halves.
"""

import io
import re
import time
import zipfile
from collections.abc import Callable
from functools import cache

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories
from tests.architecture.source import modules
from tests.factories import COUNTY, VILLAGE
from webapp.errors import Refused
from webapp.org import group_import
from webapp.org.group_models import UnitGroup
from webapp.policy import calendar_file, calendar_service
from webapp.policy.models import CalendarDay

AT = factories.at("2026-11-26 10:00")
READS_LINES = re.compile(r"csv\.(reader|DictReader)\(")
EMPTY_ROWS = 60_000
QUICK = 12.0
"""Seconds on a busy machine with two cores; one second on a quiet one."""


def groups(session: Session, content: bytes) -> None:
    group_import.import_groups(session, content, AT)


def year(session: Session, content: bytes) -> None:
    calendar_service.import_year(session, calendar_file.parse(content), source="国办发明电〔2026〕9号", at=AT)


HEADS = {
    "groups": (groups, UnitGroup, ["所属单位代码", "分组名称", "依据文件", "单位"], [COUNTY, "临江村", "", VILLAGE]),
    "calendar": (year, CalendarDay, ["日期", "类别", "名称"], ["2027-01-01", "放假", "元旦"]),
}
Import = Callable[[Session, bytes], None]


def book(*rows: list[str], merge: str = "") -> bytes:
    made = Workbook()
    for row in rows:
        made.active.append(row)
    if merge:
        made.active.merge_cells(merge)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


@cache
def dragged(name: str) -> bytes:
    """The good table with a format dragged down over empty cells, and one more row below them that says the same."""
    _, _, head, good = HEADS[name]
    blank = "".join(
        f'<row r="{row}" spans="1:4">{"".join(f"""<c r="{column}{row}" s="0"/>""" for column in "ABCD")}</row>'
        for row in range(3, EMPTY_ROWS + 3)
    )
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book(head, good))) as pack, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for info in pack.infolist():
            part = pack.read(info)
            if info.filename == "xl/worksheets/sheet1.xml":
                part = part.replace(b"</sheetData>", blank.encode() + b"</sheetData>")
            made.writestr(info.filename, part)
    return out.getvalue()


@pytest.mark.parametrize("name", HEADS)
def test_merged_cells_are_named_and_nothing_is_taken_over(county: Session, name: str) -> None:
    load, model, head, good = HEADS[name]
    refused(
        county,
        load,
        book(head, good, good, merge="A2:A3"),
        "有合并单元格（A2:A3）。请取消合并、逐格填写后再导入。",
        model,
    )


@pytest.mark.parametrize("name", HEADS)
def test_a_formula_is_named_by_its_cell_and_nothing_is_taken_over(county: Session, name: str) -> None:
    load, model, head, good = HEADS[name]
    content = book(head, good, [*good[:-1], "=A2"])
    refused(county, load, content, rf"第 3 行：单元格 {'ABCD'[len(good) - 1]}3 是公式。请粘贴为数值。", model)


@pytest.mark.parametrize("name", HEADS)
def test_sixty_thousand_empty_rows_are_passed_over_quickly(county: Session, name: str) -> None:
    load, model, _, _ = HEADS[name]
    content, before, started = dragged(name), count(county, model), time.perf_counter()
    load(county, content)
    assert time.perf_counter() - started < QUICK
    assert count(county, model) == before + 1


def test_every_import_reads_tables_through_the_one_reader() -> None:
    """The divisions of the whole nation (665,276 lines) are streamed as CSV, and the demonstration's as well."""
    books = {m.name for m in modules() if any("load_workbook" in target for target, _ in m.imports())}
    lists = {m.name for m in modules() if READS_LINES.search(m.path.read_text(encoding="utf-8"))}
    assert books == {"webapp.table_files"}
    assert lists == {"webapp.table_files", "webapp.org.reading", "webapp.demo.places"}


def refused(session: Session, load: Import, content: bytes, said: str, model: type) -> None:
    before = count(session, model)
    with pytest.raises(Refused, match=said):
        load(session, content)
    session.flush()
    assert count(session, model) == before


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0
