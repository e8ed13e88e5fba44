"""Values of a run, and the paper made of them."""

from typing import Any

from sqlalchemy.orm import Session

from webapp.delivery.compose import compose
from webapp.evaluation.models import IndicatorValue, Run
from webapp.policy.calendar import work_calendar

ABSENT = (None, None)


def value(session: Session, run: Run, code: str, unit: str, n: int | None, d: int | None, state: str = "value") -> None:
    session.add(IndicatorValue(run_id=run.id, indicator=code, unit_code=unit, numerator=n, denominator=d, state=state))


def paper(session: Session, run: Run, kind: str = "period-report") -> Any:
    session.flush()
    return compose(session, run, kind, code="A", url="http://127.0.0.1:8000/verify/A", calendar=work_calendar(session))
