"""From a finished run to the paper's values: own figures, own past, who owes what, and no score where none may be."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from reports.render import to_html
from tests.delivery.conftest import MADE, finished_run
from tests.delivery.making import ABSENT, paper, value
from tests.factories import COUNTY, NEIGHBOUR_COUNTY, OTHER_TOWNSHIP, TOWNSHIP
from webapp.errors import Refused
from webapp.evaluation.assessments import open_assessment
from webapp.evaluation.models import IndicatorValue, Run, UnitScore
from webapp.policy.calendar import seed


def earlier(session: Session, period: str, n: int, d: int, key: str = "") -> Run:
    first = date.fromisoformat(f"{period}-01")
    run = finished_run(
        session, key=f"{period}-r{key}", period=period, starts_on=first, ends_on=first.replace(day=28), cut_off=first
    )
    value(session, run, "TSK-1", COUNTY, n, d)
    return run


def row(document: Any, code: str = "TSK-1") -> Any:
    return next(r for r in document.indicators if r.code == code)


def test_own_value_and_own_past(county: Session, october: Run) -> None:
    earlier(county, "2026-09", 30, 40)
    found = row(paper(county, october))
    assert (found.numerator, found.denominator, found.value_text) == (44, 55, "80.0%")
    assert (found.previous_text, found.previous_percent) == ("75.0%", Decimal("75.0"))


def test_without_a_past_there_is_none_and_no_line(county: Session, october: Run) -> None:
    document = paper(county, october)
    assert (row(document).previous_text, row(document).previous_percent) == ("", None)
    assert document.trend == ()


def test_a_month_that_was_not_compiled_is_a_gap_not_zero(county: Session, october: Run) -> None:
    earlier(county, "2026-08", 1, 2)
    [line] = paper(county, october).trend
    assert [(p.label, p.percent) for p in line.points] == [
        ("8月", Decimal("50.0")),
        ("9月", None),
        ("10月", Decimal("80.0")),
    ]


def test_states_are_counted_and_said_in_words(county: Session, october: Run) -> None:
    document = paper(county, october)
    counts = row(document).states
    assert (counts.value, counts.missing, counts.total) == (3, 1, 4)
    assert row(document, "TSK-4").state_text == "不适用（分母为0）"
    assert row(document, "TSK-4").percent is None
    assert [(s.level, s.subjects) for s in document.subjects] == [("县", 1), ("乡镇", 2), ("村", 1)]


def test_missing_names_who_owes_it(county: Session, october: Run) -> None:
    value(county, october, "POS-1", OTHER_TOWNSHIP, *ABSENT, "missing")
    owed = [(m.indicator_code, m.unit_name, m.owner) for m in paper(county, october).missing]
    assert owed == [("POS-1", "匹河怒族乡", "组织部"), ("TSK-1", "匹河怒族乡", "匹河怒族乡")]


def test_units_stand_in_the_order_of_codes_with_both_parts(county: Session, october: Run) -> None:
    [table] = paper(county, october).unit_tables
    assert [(r.code, r.cells) for r in table.rows] == [
        ("533323101000", ("87.5%（7/8）",)),
        ("533323201000", ("缺",)),
    ]


def test_many_indicators_make_more_tables_and_lose_none(county: Session, october: Run) -> None:
    codes = ("POS-1", "POS-2", "POS-3", "TSK-2", "TSK-3", "TSK-5")
    for code in codes:
        value(county, october, code, TOWNSHIP, 1, 2)
    tables = paper(county, october).unit_tables
    assert [c.split()[0] for t in tables for c in t.columns] == sorted((*codes, "TSK-1"))


def every_name(document: Any) -> Iterator[str]:
    for field in fields(document):
        yield field.name
        inner = getattr(document, field.name)
        for part in inner if isinstance(inner, tuple) else (inner,):
            if is_dataclass(part) and not isinstance(part, type):
                yield from every_name(part)


def test_no_score_stands_in_a_period_report(county: Session, october: Run) -> None:
    county.query(IndicatorValue).filter_by(run_id=october.id).update({"score": 123456})
    county.add(UnitScore(run_id=october.id, unit_code=COUNTY, dimension="TOTAL", score=876543, attainable=10**6))
    document = paper(county, october)
    assert not {"score", "weight", "grade"} & set(every_name(document))
    html = to_html(document)
    assert "12.35" not in html
    assert "87.65" not in html


@pytest.fixture
def assessed(county: Session) -> Run:
    seed(county)
    plan = open_assessment(
        county,
        plan_number="福考〔2026〕1号",
        title="上半年考核",
        unit=COUNTY,
        period="2026H1",
        plan_approved_on=date(2026, 3, 1),
        scheme_slug="standing-provisional-2026",
        scheme_version=1,
        opened_by="测试",
        at=MADE,
    )
    run = finished_run(
        county,
        key="2026H1-533323-a1-r1",
        period="2026H1",
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 6, 30),
        cut_off=date(2026, 6, 30),
        assessment_id=plan.id,
        assessment_key=plan.plan_number,
    )
    run.assessment = plan
    value(county, run, "TSK-1", COUNTY, 50, 50)
    value(county, run, "TSK-1", TOWNSHIP, 3, 10)
    value(county, run, "TSK-1", OTHER_TOWNSHIP, 9, 10)
    value(county, run, "TSK-5", COUNTY, 0, 9)
    value(county, run, "TSK-5", TOWNSHIP, 1, 4)
    value(county, run, "TSK-2", COUNTY, 0, 4)
    value(county, run, "TSK-2", TOWNSHIP, 0, 4)
    county.add(UnitScore(run_id=run.id, unit_code=COUNTY, dimension="TOTAL", score=865000, attainable=10**6))
    return run


def test_a_period_report_is_not_made_of_an_assessment(county: Session, assessed: Run) -> None:
    with pytest.raises(Refused, match="得分"):
        paper(county, assessed, "period-report")


def test_an_evaluation_report_is_not_made_of_a_plain_run(county: Session, october: Run) -> None:
    with pytest.raises(Refused, match="考核"):
        paper(county, october, "evaluation-report")


def test_an_unfinished_run_has_no_report(county: Session, october: Run) -> None:
    october.state = "running"
    with pytest.raises(Refused, match="尚未完成"):
        paper(county, october)


def test_findings_are_values_short_of_their_target_in_the_order_of_codes(county: Session, assessed: Run) -> None:
    document = paper(county, assessed, "evaluation-report")
    assert document.score == Decimal("86.5")
    assert [(i.unit_name, i.indicator_code, i.text) for i in document.issues] == [
        ("上帕镇", "TSK-1", "任务按期反馈率为30.0%，目标为100%"),
        ("上帕镇", "TSK-5", "逾期未销号占比为25.0%，目标为0%"),
        ("匹河怒族乡", "TSK-1", "任务按期反馈率为90.0%，目标为100%"),
    ]


def test_a_half_year_without_a_past_shows_its_months(county: Session, assessed: Run) -> None:
    earlier(county, "2026-05", 1, 2)
    earlier(county, "2026-06", 3, 4)
    [line] = paper(county, assessed, "evaluation-report").trend
    assert [(p.label, p.percent) for p in line.points] == [("5月", Decimal("50.0")), ("6月", Decimal("75.0"))]


def test_a_root_above_the_county_sums_its_counties(county: Session) -> None:
    seed(county)
    for period, parts in (("2026-09", ((1, 4), (1, 4))), ("2026-10", ((3, 4), (1, 2)))):
        first = date.fromisoformat(f"{period}-01")
        run = finished_run(
            county, key=period, period=period, unit_code="5333", starts_on=first, ends_on=first.replace(day=30)
        )
        for unit, (n, d) in zip((COUNTY, NEIGHBOUR_COUNTY), parts, strict=True):
            value(county, run, "TSK-1", unit, n, d)
        value(county, run, "TSK-1", TOWNSHIP, 3, 4)
    document = paper(county, run)
    found = row(document)
    assert (found.numerator, found.denominator, found.previous_text) == (4, 6, "25.0%")
    assert len(document.trend[0].points) == 2
