"""Bars and lines stand where the values say, and a missing value is a gap."""

from decimal import Decimal

import pytest

from reports.charts import BAR_RIGHT, LABEL_STEP, LINE_HEIGHT, bar_chart, line_chart, wrap
from reports.model import TrendPoint, TrendSeries


def series(name, *values):
    points = (TrendPoint(label=f"{n}月", percent=None if v is None else Decimal(v)) for n, v in enumerate(values, 1))
    return TrendSeries(name=name, points=tuple(points))


def test_the_length_of_a_bar_is_its_share():
    chart = bar_chart("图", [("甲", Decimal(50), "50%", None), ("乙", Decimal(100), "100%", Decimal(0))])
    whole = BAR_RIGHT - chart.left
    assert [bar.length for bar in chart.bars] == pytest.approx([whole / 2, whole], abs=1)
    assert chart.bars[0].previous is None
    assert chart.bars[1].previous == chart.left


def test_a_bar_past_a_hundred_percent_stays_in_the_chart_and_says_its_value():
    bar = bar_chart("图", [("甲", Decimal(130), "130%", None)]).bars[0]
    assert bar.length == BAR_RIGHT - bar_chart("图", [("甲", Decimal(0), "", None)]).left
    assert bar.text == "130%"


@pytest.mark.parametrize("length", [0, 1, 12, 13, 24, 25, 33])
def test_labels_take_at_most_two_lines_of_twelve(length):
    lines = wrap("字" * length)
    assert len(lines) <= 2
    assert all(len(line) <= 12 for line in lines)


def test_a_missing_value_breaks_the_line():
    line = line_chart("图", [series("甲", "80", "82", None, "90", "91")]).lines[0]
    assert len(line.paths) == 2
    assert len(line.markers) == 4


def test_a_single_value_between_gaps_is_a_mark_without_a_line():
    line = line_chart("图", [series("甲", None, "82", None), series("乙", "90", "91", "92")]).lines[0]
    assert (len(line.paths), len(line.markers)) == (0, 1)


def test_labels_at_the_ends_do_not_overlap():
    chart = line_chart("图", [series(name, "90", "90.1") for name in "甲乙丙丁"])
    heights = sorted(line.end_y for line in chart.lines)
    assert all(after - before >= LABEL_STEP for before, after in zip(heights, heights[1:], strict=False))


def test_low_values_bring_the_axis_down_to_zero():
    chart = line_chart("图", [series("甲", "3", "97")])
    assert chart.ticks[0].text == "0%"
    assert chart.bottom - chart.top == LINE_HEIGHT


def test_nothing_to_draw_gives_no_chart():
    assert bar_chart("图", []) is None
    assert line_chart("图", []) is None
    assert line_chart("图", [series("甲", None, None)]) is None
    assert line_chart("图", [series("甲", "90")]) is None
