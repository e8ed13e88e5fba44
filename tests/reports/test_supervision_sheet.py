"""The supervision sheet: one ordinary page, no red head and no seal, its text escaped and bounded."""

import io
import logging
from dataclasses import replace
from datetime import date
from pathlib import Path

import pdfplumber
import pytest

from reports.errors import ReportRefused
from reports.supervision import SheetStep, SupervisionSheet, render_sheet, to_html

STEPS = (
    SheetStep(name="约谈", decided_on=date(2026, 11, 3), reason="多次催办仍未反馈"),
    SheetStep(name="通报", decided_on=date(2026, 11, 10), reason="约谈后仍未反馈", document_no="福委通〔2026〕8号"),
    SheetStep(
        name="挂牌督办",
        decided_on=date(2026, 11, 17),
        reason="通报后仍未反馈",
        leader_name="某副县长",
        document_no="福委督〔2026〕3号",
        ends_on=date(2026, 11, 30),
    ),
)
SHEET = SupervisionSheet(
    number="533323-2026-17-533323101201",
    issuer="福贡县",
    unit_name="上帕村委会",
    title="冬春防火隐患排查",
    content="对房前屋后、田间地头火灾隐患开展一次排查，建立台账。",
    basis="福政办发〔2026〕31号",
    issued_on=date(2026, 10, 12),
    first_due_on=date(2026, 10, 20),
    due_on=date(2026, 10, 23),
    state_text="任务状态为“已签收”",
    working_days_over=17,
    reminders_sent=3,
    told_levels=(("怒江傈僳族自治州", date(2026, 10, 30)),),
    steps=STEPS,
    document_date=date(2026, 11, 17),
)


def words(content: bytes) -> str:
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        return "".join("".join((page.extract_text() or "").split()) for page in pdf.pages)


def test_the_sheet_says_what_it_must_in_order(fonts: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        found = words(render_sheet(SHEET, fonts))
    assert not caplog.records
    place = -1
    for part in (
        "内部材料",
        "督办单",
        "（编号：533323-2026-17-533323101201）",
        "上帕村委会：",
        "（首次期限为2026年10月20日）",
        "逾期17个工作日",
        "一、督办事项",
        "二、已采取的措施",
        "已催办3次",
        "报怒江傈僳族自治州督办",
        "1.2026年11月3日约谈",
        "3.2026年11月17日挂牌督办（福委督〔2026〕3号）。牵头领导：某副县长。办结期限：2026年11月30日。",
        "三、办理要求",
        "福贡县2026年11月17日",
    ):
        assert part in found, part
        assert found.index(part) > place, part
        place = found.index(part)


@pytest.mark.parametrize("length", (40, 300, 496, 524, 552))
def test_the_date_stands_under_the_signature_wherever_the_page_ends(length: int, fonts: Path) -> None:
    sheet = replace(SHEET, content="排查" * (length // 2))
    assert "福贡县2026年11月17日" in words(render_sheet(sheet, fonts))


def test_it_is_a_page_or_two_without_red(fonts: Path) -> None:
    with pdfplumber.open(io.BytesIO(render_sheet(SHEET, fonts))) as pdf:
        assert len(pdf.pages) <= 2
        colours = {str(char["non_stroking_color"]) for page in pdf.pages for char in page.chars}
        assert not any(page.images for page in pdf.pages)
    assert colours <= {"(0,)", "(0, 0, 0)", "0", "(0.0,)", "(0.0, 0.0, 0.0)", "None"}, colours


def test_same_values_same_bytes(fonts: Path) -> None:
    assert render_sheet(SHEET, fonts) == render_sheet(SHEET, fonts)


def test_text_is_escaped_and_cut() -> None:
    html = to_html(replace(SHEET, title="<b>甲</b>", content="长" * 3000))
    assert "&lt;b&gt;甲" in html
    assert "长" * 1001 not in html and "……" in html


def test_a_sheet_about_nothing_or_too_long_is_refused() -> None:
    with pytest.raises(ReportRefused, match="缺少任务名称"):
        replace(SHEET, title="")
    with pytest.raises(ReportRefused, match="超过12条"):
        replace(SHEET, steps=STEPS * 5)
