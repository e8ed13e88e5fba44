"""Both documents say what they must, in order, and nothing that they must not."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from reports.errors import ReportRefused
from reports.model import Grade, Mode, NextAct, UnitRow, UnitTable
from reports.render import render_pdf, to_html
from reports.words import change
from tests.reports.conftest import text_of
from tests.reports.samples import TOWNSHIPS, evaluation_report, period_report

EVALUATION_PARTS = (
    "一、基本情况",
    "二、考核依据和方式",
    "三、指标结果",
    "四、存在问题",
    "五、等次意见及理由",
    "六、整改要求",
    "附件：1.指标表",
    "附件1指标表",
    "附件2数值状态",
    "附件3问题清单",
)
PERIOD_PARTS = (
    "一、基本情况",
    "二、数据来源和口径",
    "三、指标结果",
    "四、缺报和逾期",
    "五、下一步工作",
    "附件：1.指标表",
    "附件1指标表",
    "附件2数值状态和分单位情况",
    "附件3逾期未完成任务清单",
)


def without_page_numbers(text: str) -> str:
    return re.sub(r"—\d+—", "", text)


@pytest.mark.parametrize(("make", "parts"), [(period_report, PERIOD_PARTS), (evaluation_report, EVALUATION_PARTS)])
def test_parts_stand_in_order(render, make, parts):
    text = without_page_numbers(text_of(render(make())))
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_the_first_page_carries_mark_title_and_text(render):
    text = "".join(render(evaluation_report()).pages[0].extract_text().split())
    assert text.startswith("内部材料福贡县乡村振兴责任考核评价报告（2026年上半年）一、基本情况")


def test_the_evaluation_prints_what_g33_asks_for(render):
    text = without_page_numbers(text_of(render(evaluation_report())))
    for words in (
        "福考〔2026〕3号",
        "“福贡县责任落实半年考核方案”（版本1）",
        "standing-2026",
        "2026年7月6日9时00分",
        "不涉及抽样误差",
        "下达事项126项",
        "得分87.53分",
        "7K3M-9QXD-4TWH",
        "R-533323-2026（第1版）",
        "2026年7月8日",
    ):
        assert words in text


def test_without_a_panel_no_grade_is_given(render):
    text = text_of(render(evaluation_report()))
    assert "本报告不给出等次意见" in text
    assert "确定等次为" not in text


def test_a_grade_names_who_decided_it_and_why(render):
    grade = Grade(name="较好", reason="任务办结及时。", decided_by="县考核领导小组", decided_on=date(2026, 7, 7))
    text = text_of(render(evaluation_report(grade=grade)))
    assert "县考核领导小组于2026年7月7日集体研究，确定等次为“较好”。理由：任务办结及时。" in text
    assert "不给出等次" not in text


def test_the_period_report_holds_no_score(render):
    text = text_of(render(period_report()))
    assert text.count("得分") == 1  # the sentence that says there is none
    assert "不含得分和等次" in text
    assert "满分" not in text


def test_the_period_report_refuses_rows_and_columns_with_scores():
    scored = evaluation_report()
    with pytest.raises(ReportRefused, match="不得含有得分"):
        period_report(indicators=scored.indicators)
    with pytest.raises(ReportRefused, match="不得含有得分"):
        period_report(dimensions=scored.dimensions)
    table = UnitTable(title="表", columns=("得分",), rows=())
    with pytest.raises(ReportRefused, match="不得含有得分"):
        period_report(unit_tables=(table,))


def test_units_stand_in_the_order_of_their_codes_whatever_was_given(render):
    scores = ("61.00", "99.00", "75.00", "88.00", "92.00", "70.00", "83.00")
    rows = [
        UnitRow(code=code, name=name, cells=(score,)) for (code, name), score in zip(TOWNSHIPS, scores, strict=True)
    ]
    by_score = tuple(sorted(rows, key=lambda row: row.cells, reverse=True))
    report = evaluation_report(unit_tables=(UnitTable(title="各乡镇得分", columns=("得分",), rows=by_score),))
    text = text_of(render(report)).partition("各乡镇得分")[2]
    codes = re.findall(r"533323[12]0[1-6]", text)
    assert codes == sorted(codes) and len(codes) == 7


def test_a_ranking_column_is_refused():
    table = UnitTable(title="各乡镇", columns=("得分", "排名"), rows=())
    with pytest.raises(ReportRefused, match="不得给单位排名"):
        evaluation_report(unit_tables=(table,))


@pytest.mark.parametrize("mode", [Mode.PREPRINTED, Mode.DIGITAL])
def test_modes_that_are_not_built_are_refused(mode):
    with pytest.raises(ReportRefused, match="普通样式"):
        period_report(mode=mode)


def test_a_missing_value_is_said_in_words_and_never_zero():
    html = to_html(evaluation_report())
    row = re.search(r"<tr><td>SEC-1</td><td>遍访覆盖率</td>.*?</tr>", html)[0]
    assert re.findall(r">([^<>]+)<", row) == ["SEC-1", "遍访覆盖率", "缺（应由福贡县委办公室报送）", "无", "仅展示"]
    assert '<td>政策落实</td><td class="n">30</td><td class="n">未计分</td>' in html


def test_a_provisional_report_says_so_under_its_title_and_in_the_text(render):
    text = text_of(render(period_report(provisional=True)))
    assert "（2026年10月，暂行数据）" in text
    assert "本期数据为暂行数据" in text


@pytest.mark.parametrize("make", [period_report, evaluation_report])
def test_the_same_report_gives_the_same_bytes(fonts, make):
    assert render_pdf(make(), fonts) == render_pdf(make(), fonts)


@pytest.mark.parametrize("make", [period_report, evaluation_report])
def test_two_charts_each_with_a_title_and_neither_script_nor_opacity(make):
    html = to_html(make())
    charts = re.findall(r"<figure.*?</figure>", html, re.S)
    assert len(charts) == 2
    assert all("<title>" in chart for chart in charts)
    assert "opacity" not in html and "<script" not in html


def test_too_many_words_are_refused():
    acts = tuple(NextAct(text="抓紧落实" * 150, owner="县委组织部") for _ in range(9))
    with pytest.raises(ReportRefused, match="超过5000字"):
        to_html(period_report(next_acts=acts))


def test_long_lists_are_cut_in_the_text_and_whole_in_the_annex(render):
    many = tuple(
        replace(period_report().overdue[0], unit_code=f"{533323101200 + n}", unit_name=f"第{n}村") for n in range(40)
    )
    text = text_of(render(period_report(overdue=many)))
    assert "逾期未完成任务40件（列前5件，其余见附件3）" in without_page_numbers(text)
    assert text.count("第39村") == 1


def test_a_score_may_be_absent(render):
    assert "本次没有形成综合得分" in text_of(render(evaluation_report(score=None)))


def test_the_metadata_names_issuer_date_and_fonts(render):
    metadata = render(evaluation_report()).metadata
    assert metadata["Author"] == "中共福贡县委组织部"
    assert metadata["CreationDate"].startswith("D:20260708")
    assert "Dandang Fang" in metadata["Fonts"]


def test_change_is_the_difference_of_the_printed_figures():
    row = replace(period_report().indicators[0], percent=Decimal("66.666"), previous_percent=Decimal("66.64"))
    assert change(row) == "升0.1"


def test_the_signature_stands_as_g16_says(render):
    """The agency in one line, the date below it, its first character two to the right of the agency's first."""
    page = next(p for p in render(period_report()).pages if "中共福贡县委组织部" in (p.extract_text() or ""))
    lines = page.extract_text_lines()
    agency = next(i for i, line in enumerate(lines) if line["text"] == "中共福贡县委组织部")
    assert lines[agency + 1]["text"] == "2026年11月2日"
    assert lines[agency + 1]["x0"] - lines[agency]["x0"] == pytest.approx(32, abs=2)


@pytest.mark.parametrize("address", ["", "javascript:alert(1)", "file:///etc/passwd", "/verify/x"])
def test_only_a_web_address_serves_for_verification(address):
    with pytest.raises(ReportRefused, match="核验网址"):
        period_report(verification_url=address)
