"""Half-days of a posting and what each of them is (X-2, Z-24). Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from webapp import clock

HALVES = ("am", "pm")
NOON = 12
_DAY = timedelta(days=1)
Half = tuple[date, str]
"""One half-day: the day, and "am" or "pm"."""


@dataclass(frozen=True)
class Span:
    """Half-days from one to another, both included."""

    first_on: date
    first_half: str
    last_on: date
    last_half: str

    @property
    def ends(self) -> tuple[Half, Half]:
        return (self.first_on, self.first_half), (self.last_on, self.last_half)

    def holds(self, half: Half) -> bool:
        """Whether a half-day lies in it."""
        first, last = self.ends
        return first <= half <= last

    def halves(self) -> Iterator[Half]:
        """Its half-days in order; none when it ends before it begins."""
        day = self.first_on
        while day <= self.last_on:
            yield from ((day, half) for half in HALVES if self.holds((day, half)))
            day += _DAY


def half_of(moment: datetime) -> Half:
    """The half-day in China on which a moment falls: the afternoon begins at noon."""
    local = clock.local(moment)
    return local.date(), "am" if local.hour < NOON else "pm"


def last_day(day: date) -> date:
    """The last day of the month of a day."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - _DAY
