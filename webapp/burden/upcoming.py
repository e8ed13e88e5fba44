"""What the calendar still has to open for a unit in a month: it keeps its place, whatever else is asked (X-5)."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from webapp.burden.rules import Load, month_of


@dataclass(frozen=True)
class Upcoming:
    """One regular demand that will be opened by itself."""

    title: str
    minutes: int
    due_on: date


Source = Callable[[Session, Sequence[str], date, date], Mapping[str, Upcoming]]
sources: list[Source] = []
"""(Session, units, first day of a month, today) → what each unit is still to be asked in that month; given at start-up by
the features that open by the calendar. A source reads set by set: a demand may go to 25,000 villages."""


def upcoming(session: Session, unit_codes: Collection[str], month: date, on: date) -> dict[str, tuple[Upcoming, ...]]:
    """Unit → what the calendar will open for it in the month of a day and has not opened; the others are left out."""
    codes = sorted(set(unit_codes))
    found: dict[str, tuple[Upcoming, ...]] = {}
    for source in sources:
        for code, one in source(session, codes, month_of(month), on).items():
            found[code] = (*found.get(code, ()), one)
    return found


def with_upcoming(load: Load, expected: Collection[Upcoming]) -> Load:
    """A load with what is still to be opened."""
    for one in expected:
        load = load.plus(one.minutes, regular=True)
    return load
