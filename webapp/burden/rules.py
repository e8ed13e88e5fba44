"""Ceilings on what villages are asked (X-5). Pure. The load is shown to those who ask, never used to compare units."""

from dataclasses import dataclass
from datetime import date

VILLAGE_CODE_LENGTH = 12


@dataclass(frozen=True)
class Load:
    """What a unit owes in one month: demands, their estimated minutes, and how many of them are regular."""

    items: int = 0
    minutes: int = 0
    regular: int = 0

    def plus(self, minutes: int, regular: bool) -> "Load":
        """The load with one more demand."""
        return Load(self.items + 1, self.minutes + minutes, self.regular + regular)


@dataclass(frozen=True)
class Ceilings:
    """The pack's ceilings for a village and month."""

    requests_month: int
    """Regular requests; one more is refused."""
    minutes_month: int
    """Minutes of all demands; more is shown as a warning."""


def month_of(day: date) -> date:
    """The first day of the day's month."""
    return day.replace(day=1)


def too_many_requests(unit_code: str, load: Load, ceilings: Ceilings) -> bool:
    """Whether a load (the new demand included) breaks the ceiling of regular requests; it protects villages."""
    return len(unit_code) == VILLAGE_CODE_LENGTH and load.regular > ceilings.requests_month


def too_many_minutes(unit_code: str, load: Load, ceilings: Ceilings) -> bool:
    """Whether a load (the new demand included) is heavier than a village should bear."""
    return len(unit_code) == VILLAGE_CODE_LENGTH and load.minutes > ceilings.minutes_month
