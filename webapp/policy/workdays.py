"""Working days of China: the week's rule, published holidays, and make-up workdays on weekends (调休).

Pure: made from the rows of the calendar tables by `webapp.policy.calendar`. A year whose list is not published yet
counts Monday to Friday and is `provisional` (shown as 暂定).
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

_DAY = timedelta(days=1)
_MONDAY = date(1900, 1, 1)


def differs(day: date, kind: str) -> bool:
    """Whether a day of that kind (off or work) differs from the week's rule: off on a weekday, work on a weekend."""
    return (kind, day.weekday() >= 5) in (("off", False), ("work", True))


def _weekdays_until(day: date) -> int:
    """Mondays to Fridays from a fixed Monday up to and including `day`."""
    weeks, rest = divmod((day - _MONDAY).days + 1, 7)
    return weeks * 5 + min(rest, 5)


@dataclass(frozen=True)
class WorkCalendar:
    """Days that differ from Monday-to-Friday, and the years whose list is published."""

    off: frozenset[date]
    """Weekdays on which nobody works."""
    work: frozenset[date]
    """Weekend days on which everybody works."""
    years: frozenset[int]
    _off_sorted: tuple[date, ...]
    _work_sorted: tuple[date, ...]

    @classmethod
    def of(cls, off: Iterable[date], work: Iterable[date], years: Iterable[int]) -> "WorkCalendar":
        """A calendar; days that agree with the week's rule anyway are left out."""
        holidays = frozenset(day for day in off if day.weekday() < 5)
        made_up = frozenset(day for day in work if day.weekday() >= 5)
        return cls(holidays, made_up, frozenset(years), tuple(sorted(holidays)), tuple(sorted(made_up)))

    def is_workday(self, day: date) -> bool:
        """Whether offices work that day."""
        if day.weekday() < 5:
            return day not in self.off
        return day in self.work

    def provisional(self, day: date) -> bool:
        """Whether the day's year has no published list, so that its working days are only an estimate."""
        return day.year not in self.years

    def add_workdays(self, day: date, number: int) -> date:
        """The `number`-th working day after (negative: before) a day; 0 gives the day itself or the next working day.

        2026-09-30 plus 1 is 2026-10-08: the seven days between are National Day holidays.
        """
        if number == 0:
            while not self.is_workday(day):
                day += _DAY
            return day
        step, left = (_DAY, number) if number > 0 else (-_DAY, -number)
        while left:
            day += step
            left -= self.is_workday(day)
        return day

    def workdays_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` is the earlier day."""
        if end < start:
            return -self.workdays_between(end, start)
        return self._until(end) - self._until(start)

    def last_workday(self, year: int, month: int) -> date:
        """The last working day of a month."""
        following = date(year + month // 12, month % 12 + 1, 1)
        return self.add_workdays(following, -1)

    def _until(self, day: date) -> int:
        return _weekdays_until(day) - bisect_right(self._off_sorted, day) + bisect_right(self._work_sorted, day)
