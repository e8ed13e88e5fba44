"""下达前核对: what each target is asked already in the month of the deadline, by whom, beside the new task (X-5)."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from webapp.burden.gate import Cost
from webapp.burden.queries import Foreseen, foreseen
from webapp.org.models import Division


@dataclass(frozen=True)
class Target:
    """One line of the check: the load of the month with the new task in it, and what is asked already."""

    unit: Division
    cost: Cost
    asked: Foreseen


def lines(
    session: Session, units: Collection[Division], costs: Collection[Cost], due_on: date, issuer_code: str
) -> list[Target]:
    """The lines of one page of units, in their order; `costs` are those of all targets."""
    held = {cost.unit_code: cost for cost in costs}
    known = foreseen(session, [unit.code for unit in units], due_on, asking=issuer_code)
    found = []
    for unit in units:
        cost, asked = held[unit.code], known[unit.code]
        due = sum(one.due_on == due_on for one in cost.upcoming)
        found.append(Target(unit, cost, replace(asked, same_day=asked.same_day + due)))
    return found
