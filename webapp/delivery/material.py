"""A finished run, read once for its report."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.access import below
from webapp.errors import Refused
from webapp.evaluation.models import IndicatorValue, Run
from webapp.org.models import Division
from webapp.policy.work_areas import Indicator, indicator


@dataclass(frozen=True)
class Material:
    """What both reports are built from; values by (indicator, unit)."""

    run: Run
    names: dict[str, str]
    values: dict[tuple[str, str], IndicatorValue]
    indicators: list[Indicator]


def gather(session: Session, run: Run) -> Material:
    """Read a finished run once. Raises `Refused` for one that is still being computed."""
    if run.state != "done":
        raise Refused("这次测算尚未完成，不能生成报告。请等测算完成后再试。")
    rows = session.scalars(select(IndicatorValue).where(IndicatorValue.run_id == run.id))
    values = {(v.indicator, v.unit_code): v for v in rows}
    divisions = session.execute(select(Division.code, Division.name).where(below(Division.code, run.unit_code)))
    codes = sorted({code for code, _ in values})
    return Material(run, dict(divisions.tuples().all()), values, [indicator(code) for code in codes])
