"""Reading runs and their values; rows come within the viewer's units by `access`, always in the order of codes."""

from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from webapp.access import below
from webapp.errors import NotFound
from webapp.evaluation.models import Assessment, IndicatorValue, Run, RunRequest, UnitScore
from webapp.org.models import Division
from webapp.policy.work_areas import Indicator, indicator

UNITS_A_PAGE = 60


def run_by_key(session: Session, key: str) -> Run:
    """The run of an address or command. Raises `NotFound`."""
    run = session.scalar(select(Run).where(Run.key == key))
    if run is None:
        raise NotFound("没有找到这次测算。请从测算列表中重新选择。")
    return run


def runs(period: str = "") -> Select[tuple[Run]]:
    """Finished and running runs, the latest period first."""
    statement = select(Run).order_by(Run.starts_on.desc(), Run.ends_on, Run.unit_code, Run.id.desc())
    return statement.where(Run.period == period) if period else statement


def open_requests(session: Session) -> list[RunRequest]:
    """Requests that wait, are worked on or failed lately, the latest first."""
    statement = select(RunRequest).where(RunRequest.state != "done").order_by(RunRequest.id.desc()).limit(10)
    return list(session.scalars(statement))


def states(session: Session, run_id: int) -> dict[str, int]:
    """How many values have which state."""
    value = IndicatorValue
    counted = (
        select(value.state, func.count()).where(value.run_id == run_id).group_by(value.state).order_by(value.state)
    )
    return dict(session.execute(counted).tuples().all())


def all_values(session: Session, run_id: int) -> list[IndicatorValue]:
    """Every value of a run in the order of codes."""
    rows = session.scalars(select(IndicatorValue).where(IndicatorValue.run_id == run_id))
    return sorted(rows, key=lambda row: (row.unit_code, row.indicator))


@dataclass(frozen=True)
class Matrix:
    """One page of units × indicators, and the dimension results where the run is part of an assessment."""

    indicators: list[Indicator]
    units: list[Division]
    values: dict[tuple[str, str], IndicatorValue]
    scores: dict[tuple[str, str], UnitScore]
    total: int
    number: int
    more: bool = False

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // UNITS_A_PAGE))


def matrix(session: Session, run: Run, under: str, number: int) -> Matrix:
    """The units of a run below a unit (itself included) that the viewer may see, a page at a time."""
    value = IndicatorValue
    of_run = (value.run_id == run.id, below(value.unit_code, under))
    codes = sorted(session.scalars(select(value.indicator).where(*of_run).distinct()))
    held = select(value.unit_code).where(*of_run).distinct()
    total = session.scalar(select(func.count()).select_from(held.subquery())) or 0
    shown = list(
        session.scalars(held.order_by(value.unit_code).limit(UNITS_A_PAGE).offset((number - 1) * UNITS_A_PAGE))
    )
    rows = session.scalars(select(value).where(value.run_id == run.id, value.unit_code.in_(shown)))
    sums = session.scalars(select(UnitScore).where(UnitScore.run_id == run.id, UnitScore.unit_code.in_(shown)))
    names = session.scalars(select(Division).where(Division.code.in_(shown)).order_by(Division.code))
    return Matrix(
        indicators=[indicator(code) for code in codes],
        units=list(names),
        values={(row.unit_code, row.indicator): row for row in rows},
        scores={(row.unit_code, row.dimension): row for row in sums},
        total=total,
        number=number,
    )


def value_of(session: Session, run: Run, unit_code: str, code: str) -> IndicatorValue:
    """One value of a run. Raises `NotFound`, also when the unit lies out of scope."""
    row = session.scalar(
        select(IndicatorValue).where(
            IndicatorValue.run_id == run.id,
            IndicatorValue.unit_code == unit_code,
            IndicatorValue.indicator == code,
        )
    )
    if row is None:
        raise NotFound("没有找到这个指标值。请从测算结果中重新选择。")
    return row


def values_below(run: Run, under: str) -> Select[tuple[IndicatorValue]]:
    """The values of a run below a unit (itself included), by unit and indicator."""
    value = IndicatorValue
    of_run = (value.run_id == run.id, below(value.unit_code, under))
    return select(value).where(*of_run).order_by(value.unit_code, value.indicator)


def assessments() -> Select[tuple[Assessment]]:
    """Assessments, the latest first."""
    return select(Assessment).order_by(Assessment.opened_at.desc(), Assessment.id.desc())


def open_assessments(session: Session) -> list[Assessment]:
    """Assessments in which a run can be made."""
    statement = select(Assessment).where(Assessment.state == "open").order_by(Assessment.period.desc(), Assessment.id)
    return list(session.scalars(statement))
