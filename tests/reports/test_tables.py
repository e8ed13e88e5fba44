"""Tables of no, one and four hundred rows, and the longest names, stay inside the page."""

import pytest

from reports.model import MissingItem, StateCounts, UnitRow, UnitTable
from reports.render import to_html
from tests.reports.conftest import text_of
from tests.reports.samples import TOWNSHIPS, evaluation_report, period_report

MM = 25.4 / 72
LONG = "云南省怒江傈僳族自治州福贡县匹河怒族乡托坪五湖易地扶贫搬迁安置区社区居民委"  # longer than any real name
REAL_LONGEST = LONG[:33]


def villages(count: int) -> tuple[tuple[str, str], ...]:
    return tuple((str(533323101200 + number), f"第{number}村民委员会") for number in range(count))


def _missing(units) -> tuple[MissingItem, ...]:
    return tuple(
        MissingItem(unit_code=code, unit_name=name, indicator_code="TSK-1", indicator_name="按时报送率", owner=name)
        for code, name in units
    )


@pytest.mark.parametrize("count", [0, 1, 400])
@pytest.mark.parametrize("make", [period_report, evaluation_report])
def test_any_number_of_rows(render, make, count):
    units = villages(count)
    missing = _missing(units)
    table = UnitTable(
        title="各村", columns=("按时报送率",), rows=tuple(UnitRow(code=c, name=n, cells=("93.3%",)) for c, n in units)
    )
    pdf = render(make(units=(), missing=missing, unit_tables=(table,)))
    assert len(pdf.pages) <= 50
    text = text_of(pdf)
    if count == 0:
        assert "没有缺报" in text and "没有逾期未完成的任务" in text and "没有单位" in text
    if count == 400:
        tables = [page.extract_text() for page in pdf.pages if "第399村民委员会" in page.extract_text()]
        assert tables and all("单位" in page for page in tables), "the table head is repeated on every page"


def test_everything_empty(render):
    bare = {"units": (), "unit_tables": (), "missing": (), "overdue": (), "next_acts": (), "trend": (), "bases": ()}
    for make, more in ((period_report, {}), (evaluation_report, {"issues": ()})):
        text = text_of(render(make(**bare, **more, indicators=(), dimensions=(), subjects=(), burden=None)))
        assert "暂不能比较变化" in text
        assert "没有填报负担记录" in text


@pytest.mark.parametrize("make", [period_report, evaluation_report])
def test_the_longest_names_fit(render, make):
    assert len(REAL_LONGEST) == 33
    units = tuple((code, REAL_LONGEST) for code, _ in TOWNSHIPS)
    report = make(units=units, subject_name=REAL_LONGEST, issuer=f"中共{REAL_LONGEST}委员会")
    for page in render(report).pages:
        assert max(c["x1"] for c in page.chars) * MM <= 184.6
        assert min(c["x0"] for c in page.chars) * MM >= 27.5


def test_table_cells_do_not_run_into_each_other(render):
    row = StateCounts(value=123456, not_due=123456, not_applicable=123456, exempt=123456, missing=123456)
    report = period_report()
    report = period_report(indicators=tuple(type(i)(**{**vars(i), "states": row}) for i in report.indicators))
    for page in render(report).pages:
        for table in page.find_tables():
            assert table.bbox[2] * MM <= 184.6
        words = page.extract_words(keep_blank_chars=False, x_tolerance=1.0)
        assert not any("123456123456" in word["text"] for word in words)


def test_a_list_past_four_hundred_says_how_many_are_left_out():
    units = villages(403)
    html = to_html(period_report(units=(), overdue=(), missing=_missing(units)))
    assert "第399村民委员会" in html
    assert "第402村民委员会" not in html
    assert "以上列出前400条，另有3条" in html
