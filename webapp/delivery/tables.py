"""The report's tables: a row an indicator with its own trend, and units by indicators in the order of codes."""

from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reports import model as paper
from webapp.delivery.material import Material
from webapp.evaluation.figures import percent, state_text, value_text
from webapp.evaluation.models import IndicatorValue, Run
from webapp.evaluation.periods import Period, holding, parse
from webapp.evaluation.schemes import DIMENSIONS, SchemeVersion
from webapp.org.codes import LENGTHS, full, level
from webapp.policy.work_areas import Indicator

TREND_PERIODS = 6
MOST_LINES = 4
COLUMNS = 4
COUNTY = 3
"""Indicators side by side in a table of units; more go into further tables."""
LEAST_PERIODS = 2
WORST_FIRST = ("missing", "not_due", "exempt", "not_applicable")
Values = dict[tuple[str, str], IndicatorValue]


def own_value(material: Material, item: Indicator) -> tuple[str, int | None, int | None, int | None]:
    """State, numerator, denominator and score of the root; a root above the county sums its counties."""
    return _own(material.values, material.run.unit_code, item.code)


def _own(values: Values, root: str, code: str) -> tuple[str, int | None, int | None, int | None]:
    own = values.get((code, root))
    if own:
        return own.state, own.numerator, own.denominator, own.score
    of_code = [(unit, value) for (other, unit), value in values.items() if other == code]
    top = min((level(unit) for unit, _ in of_code), default=0)
    rows = [value for unit, value in of_code if level(unit) == top]
    counted = [v for v in rows if v.state == "value"]
    if not counted:
        states = {v.state for v in rows}
        return next((state for state in WORST_FIRST if state in states), "not_applicable"), None, None, None
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
    """The root's own values of another period, from its latest finished run (X-9: values may stand anywhere)."""
    root = material.run.unit_code
    run_id = session.scalar(
        select(Run.id)
        .where(
            Run.unit_code == root,
            Run.period == period.text,
            Run.assessment_key.in_(("", material.run.assessment_key)),
            Run.state == "done",
        )
        .order_by(Run.id.desc())
        .limit(1)
    )
    rows = session.scalars(
        select(IndicatorValue).where(
            IndicatorValue.run_id == run_id,
            # A root above the county has no values of its own: its counties are summed.
            func.length(IndicatorValue.unit_code) <= max(len(root), LENGTHS[COUNTY]),
        )
    )
    values = {(row.indicator, row.unit_code): row for row in rows}
    found = {}
    for code in {code for code, _ in values}:
        state, numerator, denominator, _ = _own(values, root, code)
        if state == "value":
            found[code] = (numerator or 0, denominator or 0)
    return found


def trend(session: Session, material: Material) -> tuple[paper.TrendSeries, ...]:
    """The root's own line of up to four percentages over the last periods, oldest first; by months where fewer than two
    periods of the report's own kind were compiled. A period without a value inside the line is a gap.
    """
    period = parse(material.run.period)
    history = _history(session, material, period, {period.text: _present(material)})
    if len(history) < LEAST_PERIODS and period.kind != "month":
        history = _history(session, material, holding(min(material.run.cut_off, period.ends_on), "month"), {})
    if len(history) < LEAST_PERIODS:
        return ()
    lines = [i for i in material.indicators if i.divided and sum(i.code in v for _, v in history) >= LEAST_PERIODS]
    return tuple(
        paper.TrendSeries(
            name=item.name,
            points=tuple(
                paper.TrendPoint(
                    label=_short(at), percent=_percent(item, *values[item.code]) if item.code in values else None
                )
                for at, values in history
            ),
        )
        for item in lines[:MOST_LINES]
    )


def _history(
    session: Session, material: Material, last: Period, known: dict[str, dict[str, tuple[int, int]]]
) -> list[tuple[Period, dict[str, tuple[int, int]]]]:
    """Up to six periods ending with `last`, oldest first, from the first to the last that has values."""
    history: list[tuple[Period, dict[str, tuple[int, int]]]] = []
    for _ in range(TREND_PERIODS):
        values = known[last.text] if last.text in known else _values_of(session, material, last)
        history.insert(0, (last, values))
        last = last.before
    filled = [number for number, (_, values) in enumerate(history) if values]
    return history[filled[0] : filled[-1] + 1] if filled else []


def _present(material: Material) -> dict[str, tuple[int, int]]:
    values = {}
    for item in material.indicators:
        state, numerator, denominator, _ = own_value(material, item)
        if state == "value":
            values[item.code] = (numerator or 0, denominator or 0)
    return values


def _short(period: Period) -> str:
    return period.label.partition("年")[2] or period.label


def unit_tables(material: Material) -> tuple[paper.UnitTable, ...]:
    """Units one level below the root by every indicator that applies to them, a few columns to a table."""
    below_root = sorted({u for _, u in material.values if level(u) == level(material.run.unit_code) + 1})
    columns = [i for i in material.indicators if any((i.code, u) in material.values for u in below_root)]
    parts = [columns[start : start + COLUMNS] for start in range(0, len(columns), COLUMNS)]
    return tuple(
        paper.UnitTable(
            title="分单位指标数值" if len(parts) == 1 else f"分单位指标数值（{number}）",
            columns=tuple(f"{item.code} {item.name}" for item in part),
            rows=tuple(
                paper.UnitRow(
                    code=full(unit),
                    name=material.names[unit],
                    cells=tuple(_cell(material, item, unit) for item in part),
                )
                for unit in below_root
            ),
        )
        for number, part in zip("一二三四五六七八九十", parts, strict=False)
    )


def _cell(material: Material, item: Indicator, unit: str) -> str:
    value = material.values.get((item.code, unit))
    if value is None or value.state == "not_applicable":
        return "不适用"  # why is told once, in the part on method
    if value.state != "value":
        return state_text(value.state)
    text = value_text(value.numerator, value.denominator, item.divided)
    return f"{text}（{value.numerator:,}/{value.denominator:,}）" if item.divided else text
