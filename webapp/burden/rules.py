"""Ceilings on what villages are asked, and their ledger by month (X-5). Pure. A load is shown to those who ask, never
used to compare units."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from statistics import median

from webapp.errors import Refused

VILLAGE_CODE_LENGTH = 12
ANSWERS_FOR_MEDIAN = 5
"""From so many answers on the median of what answerers stated replaces the issuer's estimate."""
MINUTES = (1, 480)
_PERIOD = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])|Q([1-4])|H([12]))?")


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
    """The pack's ceilings for a village and month; what goes over one of them is refused."""

    requests_month: int
    """Regular requests."""
    minutes_month: int
    """Minutes of all demands, also urgent ones (docs/decisions/0012-ceilings-are-refusals.md)."""


def month_of(day: date) -> date:
    """The first day of the day's month."""
    return day.replace(day=1)


def months_of(period: str) -> tuple[date, date]:
    """First and last month of "2026-10", "2026Q3", "2026H1" or "2026", as their first days. Raises `Refused`."""
    found = _PERIOD.fullmatch(period.strip())
    if found is None or not 2000 <= int(found[1]) <= 2100:
        raise Refused(f"时段“{period.strip()[:20]}”不正确。请按“2026-10”“2026Q3”“2026H1”或“2026”的样子填写。")
    year, month, quarter, half = int(found[1]), found[2], found[3], found[4]
    if month:
        return date(year, int(month), 1), date(year, int(month), 1)
    if quarter:
        return date(year, 3 * int(quarter) - 2, 1), date(year, 3 * int(quarter), 1)
    if half:
        return date(year, 6 * int(half) - 5, 1), date(year, 6 * int(half), 1)
    return date(year, 1, 1), date(year, 12, 1)


def too_many_requests(unit_code: str, load: Load, ceilings: Ceilings) -> bool:
    """Whether a load (the new demand included) breaks the ceiling of regular requests; it protects villages."""
    return len(unit_code) == VILLAGE_CODE_LENGTH and load.regular > ceilings.requests_month


def too_many_minutes(unit_code: str, load: Load, ceilings: Ceilings) -> bool:
    """Whether a load (the new demand included) is heavier than a village should bear."""
    return len(unit_code) == VILLAGE_CODE_LENGTH and load.minutes > ceilings.minutes_month


def stated_median(stated: Collection[int]) -> int | None:
    """The median of stated minutes, half a minute rounded up: (20, 30) → 25; None without answers."""
    return int(median(stated) + 0.5) if stated else None
