"""What a task costs each unit it is to go to, in the month of its deadline: shown before it is handed down (X-5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from webapp.accountability.queries import same_day
from webapp.burden.queries import month_load
from webapp.burden.rules import Ceilings, Load, too_many_minutes, too_many_requests
from webapp.burden.upcoming import Upcoming, upcoming, with_upcoming
from webapp.org.models import Division


@dataclass(frozen=True)
class Cost:
    """What one unit is asked in the month, this task and what the calendar will open included."""

    unit: Division
    load: Load
    same_day: int
    """Answers that already fall due on the same day."""
    heavy: bool
    full: bool
    upcoming: tuple[Upcoming, ...] = ()


def costs_of(
    session: Session,
    units: Sequence[Division],
    *,
    on: date,
    due_on: date,
    minutes: int,
    regular: bool,
    ceilings: Ceilings,
) -> list[Cost]:
    """The cost of one more task of so many minutes for each unit, as it looks on a day, in the order of the units."""
    codes = [unit.code for unit in units]
    loads, due = month_load(session, codes, due_on), same_day(session, codes, due_on)
    expected = upcoming(session, codes, due_on, on)
    found = []
    for unit in units:
        kept = expected.get(unit.code, ())
        load = with_upcoming(loads.get(unit.code, Load()), kept).plus(minutes, regular)
        heavy = too_many_minutes(unit.code, load, ceilings)
        full = regular and too_many_requests(unit.code, load, ceilings)
        found.append(Cost(unit, load, due.get(unit.code, 0), heavy, full, kept))
    return found
