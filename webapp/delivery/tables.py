"""The report's tables: a row an indicator with its own trend, and units by indicators in the order of codes."""

from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports import model as paper
from webapp.delivery.material import Material
from webapp.evaluation.figures import percent, state_text, value_text
from webapp.evaluation.models import IndicatorValue, Run
from webapp.evaluation.periods import Period, parse
from webapp.evaluation.schemes import DIMENSIONS, SchemeVersion
from webapp.org.codes import full, level
from webapp.policy.work_areas import Indicator

TREND_PERIODS = 6
MOST_LINES = 4
MOST_COLUMNS = 6


def own_value(material: Material, item: Indicator) -> tuple[str, int | None, int | None, int | None]:
    """State, numerator, denominator and score of the root; a root above the county sums its counties."""
    own = material.values.get((item.code, material.run.unit_code))
    if own:
        return own.state, own.numerator, own.denominator, own.score
    top = min(level(unit) for code, unit in material.values if code == item.code)
    rows = [v for (code, unit), v in material.values.items() if code == item.code and level(unit) == top]
    counted = [v for v in rows if v.state == "value"]
    if not counted:
        return rows[0].state, None, None, None
    return "value", sum(v.numerator or 0 for v in counted), sum(v.denominator or 0 for v in counted), None


def indicator_rows(session: Session, material: Material) -> tuple[paper.IndicatorRow, ...]:
    """One row an indicator, without any score."""
    return tuple(paper.IndicatorRow(**fields) for fields, _ in _rows(session, material))


def scored_rows(session: Session, material: Material, weights: SchemeVersion) -> tuple[paper.ScoredIndicatorRow, ...]:
    """One row an indicator with weight and score, only of an assessment's run."""
    return tuple(
        paper.ScoredIndicatorRow(
            **fields,
            weight=weights.weight(fields["code"]),
            score=None if score is None else Decimal(score) / 10_000,
        )
        for fields, score in _rows(session, material)
    )


def _rows(session: Session, material: Material) -> list[tuple[dict[str, Any], int | None]]:
    before = _values_of(session, material, parse(material.run.period).before)
    rows = []
    for item in material.indicators:
        state, numerator, denominator, score = own_value(material, item)
        earlier = before.get(item.code)
        states: dict[str, int] = {}
        for (code, _), value in material.values.items():
            if code == item.code:
                states[value.state] = states.get(value.state, 0) + 1
        fields = {
            "code": item.code,
            "name": item.name,
            "dimension": DIMENSIONS[item.dimension],
            "state": paper.State(state),
            "state_text": state_text(state, item.owner),
            "numerator": numerator,
            "denominator": denominator,
            "value_text": value_text(numerator, denominator, item.divided) if state == "value" else "",
            "percent": _percent(item, numerator, denominator) if state == "value" else None,
            "previous_text": value_text(*earlier, item.divided) if earlier else "",
            "previous_percent": _percent(item, *earlier) if earlier else None,
            "states": paper.StateCounts(**states),
        }
        rows.append((fields, score))
    return rows


def _percent(item: Indicator, numerator: int | None, denominator: int | None) -> Decimal | None:
    return percent(numerator, denominator) if item.divided and numerator is not None and denominator else None


def _values_of(session: Session, material: Material, period: Period) -> dict[str, tuple[int, int]]:
    """The root's own values of another period, from its latest finished plain run (X-9: values may stand anywhere)."""
    run = session.scalar(
        select(Run)
        .where(
            Run.unit_code == material.run.unit_code,
            Run.period == period.text,
            Run.assessment_key.in_(("", material.run.assessment_key)),
            Run.state == "done",
        )
        .order_by(Run.revision.desc())
        .limit(1)
    )
    if run is None:
        return {}
    rows = session.scalars(
        select(IndicatorValue).where(
            IndicatorValue.run_id == run.id,
            IndicatorValue.unit_code == run.unit_code,
            IndicatorValue.state == "value",
        )
    )
    return {row.indicator: (row.numerator or 0, row.denominator or 0) for row in rows}


def trend(session: Session, material: Material) -> tuple[paper.TrendSeries, ...]:
    """The root's own line of up to four percentages over the last periods that were compiled, oldest first."""
    period = parse(material.run.period)
    history: list[tuple[Period, dict[str, tuple[int, int]]]] = [(period, _present(material))]
    for _ in range(TREND_PERIODS - 1):
        period = period.before
        history.append((period, _values_of(session, material, period)))
    history = [entry for entry in reversed(history) if entry[1]]
    lines = [item for item in material.indicators if item.divided and item.code in history[-1][1]] if history else []
    return tuple(
        paper.TrendSeries(
            name=item.name,
            points=tuple(
                paper.TrendPoint(
                    label=_short(period), percent=_percent(item, *values[item.code]) if item.code in values else None
                )
                for period, values in history
            ),
        )
        for item in lines[:MOST_LINES]
    )


def _present(material: Material) -> dict[str, tuple[int, int]]:
    values = {}
    for item in material.indicators:
        state, numerator, denominator, _ = own_value(material, item)
        if state == "value":
            values[item.code] = (numerator or 0, denominator or 0)
    return values


def _short(period: Period) -> str:
    return period.label.partition("年")[2] or period.label


def unit_table(material: Material) -> tuple[paper.UnitTable, ...]:
    """Units one level below the root by the first indicators that apply to them."""
    below_root = sorted({u for _, u in material.values if level(u) == level(material.run.unit_code) + 1})
    columns = [i for i in material.indicators if any((i.code, u) in material.values for u in below_root)]
    if not below_root or not columns:
        return ()
    columns = columns[:MOST_COLUMNS]
    return (
        paper.UnitTable(
            title="分单位指标数值",
            columns=tuple(f"{item.code} {item.name}" for item in columns),
            rows=tuple(
                paper.UnitRow(
                    code=full(unit),
                    name=material.names[unit],
                    cells=tuple(_cell(material, item, unit) for item in columns),
                )
                for unit in below_root
            ),
        ),
    )


def _cell(material: Material, item: Indicator, unit: str) -> str:
    value = material.values.get((item.code, unit))
    if value is None:
        return "不适用"
    if value.state != "value":
        return state_text(value.state)
    text = value_text(value.numerator, value.denominator, item.divided)
    return f"{text}（{value.numerator}/{value.denominator}）" if item.divided else text
