"""The pack's thresholds for tasks of one issuer on one day."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from webapp.burden.limits import estimates
from webapp.burden.rules import Ceilings, Estimates
from webapp.policy.service import parameter


@dataclass(frozen=True)
class Thresholds:
    """Days are working days."""

    near_due_workdays: int
    min_answer_workdays: int
    ceilings: Ceilings
    estimates: Estimates


def thresholds(session: Session, on: date, unit_code: str = "") -> Thresholds:
    """What the pack in force says for a unit on a day."""

    def value(key: str) -> int:
        return int(parameter(session, key, on=on, unit_code=unit_code))

    return Thresholds(
        near_due_workdays=value("task.near_due_workdays"),
        min_answer_workdays=value("burden.min_answer_workdays"),
        ceilings=Ceilings(requests_month=value("burden.requests_month"), minutes_month=value("burden.minutes_month")),
        estimates=estimates(session, on, unit_code),
    )
