"""Each grouped statement against the plain Python of `oracle.py`, over random facts, on both databases."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.evaluation.facts import Facts
from tests.evaluation.oracle import Oracle
from webapp.evaluation.collectors.values import COLLECTORS, collect, levels_of
from webapp.evaluation.freezing import cut_of, parameters_of
from webapp.evaluation.models import IndicatorValue, Run
from webapp.evaluation.periods import Period, parse
from webapp.policy.calendar import seed, work_calendar
from webapp.policy.work_areas import indicator

ROOT = "533323"


def made_run(session: Session, period: Period, cut_off: date) -> Run:
    from webapp import clock

    run = Run(
        key="test",
        period=period.text,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        unit_code=ROOT,
        revision=1,
        provisional=cut_off < period.ends_on,
        cut_off=cut_off,
        frozen={},
        started_at=clock.now(),
    )
    session.add(run)
    session.flush()
    return run


@pytest.mark.parametrize("facts_seed", [1, 2, 3])
@pytest.mark.parametrize(
    ("text", "cut_off"),
    [("2026-03", date(2026, 3, 31)), ("2026-04", date(2026, 4, 17)), ("2026", date(2026, 5, 4))],
)
def test_every_statement_gives_what_plain_python_gives(
    county: Session, facts_seed: int, text: str, cut_off: date
) -> None:
    seed(county)
    Facts(county, facts_seed).fill()
    period = parse(text)
    run = made_run(county, period, cut_off)
    cut = cut_of(county, period, cut_off, parameters_of(county, period, ROOT))
    oracle = Oracle(county, period.starts_on, period.ends_on, cut_off, work_calendar(county))
    for code in COLLECTORS:
        collect(county, run.id, indicator(code), cut, ROOT)
        rows = county.scalars(select(IndicatorValue).where(IndicatorValue.indicator == code))
        found = {row.unit_code: (row.numerator, row.denominator, row.state) for row in rows}
        assert found == oracle.values(code, ROOT, levels_of(indicator(code))), code
