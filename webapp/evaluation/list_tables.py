"""Runs, assessments, the values of a run and the rows of a figure as tables for a spreadsheet, in the order of codes."""

from collections.abc import Iterable, Iterator

from sqlalchemy.orm import Session

from webapp import clock
from webapp.evaluation.figure_rows import FigureRow
from webapp.evaluation.figures import state_text
from webapp.evaluation.models import Assessment, IndicatorValue, Run
from webapp.evaluation.periods import parse
from webapp.evaluation.schemes import scheme
from webapp.org.codes import full
from webapp.org.queries import with_names
from webapp.policy.work_areas import indicator
from webapp.spreadsheets import Row

RUN_HEADINGS = ("编号", "周期", "版次", "单位", "区划代码", "种类", "截止日", "状态")
ASSESSMENT_HEADINGS = ("考核", "单位", "区划代码", "周期", "计划文号", "指标体系", "状态", "启动日期")
VALUE_HEADINGS = ("单位", "区划代码", "指标", "指标编号", "分子", "分母", "状态", "得分")
FIGURE_HEADINGS = ("记录", "单位", "区划代码", "情况", "计入分子", "计入分母")


def run_rows(session: Session, runs: Iterable[Run]) -> Iterator[Row]:
    """One row a run."""
    for row, unit in with_names(session, runs, lambda one: one.unit_code):
        kind = "考核测算" if row.assessment_key else "普通测算"
        state = "测算中" if row.state == "running" else "暂定" if row.provisional else "已完成"
        place = unit, full(row.unit_code)
        yield row.key, parse(row.period).label, row.revision, *place, kind, row.cut_off, state


def assessment_rows(session: Session, assessments: Iterable[Assessment]) -> Iterator[Row]:
    """One row an assessment."""
    for row, unit in with_names(session, assessments, lambda one: one.unit_code):
        yield (
            row.title,
            unit,
            full(row.unit_code),
            parse(row.period).label,
            row.plan_number,
            scheme(row.scheme_slug, row.scheme_version).title,
            "进行中" if row.state == "open" else "已结束",
            clock.day_of(row.opened_at),
        )


def value_rows(session: Session, values: Iterable[IndicatorValue]) -> Iterator[Row]:
    """One row a unit and indicator; what is no value is named and never 0."""
    for row, unit in with_names(session, values, lambda one: one.unit_code):
        item = indicator(row.indicator)
        held = row.state == "value"
        yield (
            unit,
            full(row.unit_code),
            item.name,
            item.code,
            row.numerator if held else None,
            row.denominator if held else None,
            "有值" if held else state_text(row.state, item.owner),
            float(row.score) if row.score is not None else None,
        )


def figure_rows(rows: Iterable[FigureRow]) -> Iterator[Row]:
    """One row of what a figure counts."""
    for row in rows:
        said = "；".join(f"{name} {text}" for name, text in row.facts)
        yield row.title, row.unit_name, full(row.unit_code), said, row.n, row.d
