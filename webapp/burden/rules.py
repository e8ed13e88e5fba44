"""Ceilings on what villages are asked, and their ledger by month (X-5). Pure. A load is shown to those who ask, never
used to compare units."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from statistics import median

from webapp.errors import Refused

VILLAGE_CODE_LENGTH = 12
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
class Estimates:
    """What the pack takes for a possible time of one demand."""

    minutes_max: int
    """The longest that a demand may be estimated at, or said to have taken."""
    field_seconds: int
    """Nobody enters a field faster: an estimate below it is not meant seriously."""

    def fault(self, minutes: int, name: str, change: str = "。请改正。") -> str | None:
        """Why minutes are no possible time of a demand; the least is one."""
        if 1 <= minutes <= self.minutes_max:
            return None
        return f"{name}应在 1 至 {self.minutes_max} 分钟之间{change}"

    def least(self, fields: int) -> int:
        """The fewest minutes in which so many fields can be entered: 13 fields of 10 seconds → 3."""
        return -(-fields * self.field_seconds // 60)


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
