"""Which periods a subscription is due for, and on which day. Pure."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Protocol


class Workdays(Protocol):
    """What is needed of the working calendar."""

    def is_workday(self, day: date) -> bool: ...


def month_of(day: date) -> str:
    """The window a day lies in: 2026-10-09 → "2026-10"."""
    return f"{day.year:04d}-{day.month:02d}"


def next_month(window: str) -> date:
    """First day of the month after a window: "2026-12" → 2027-01-01."""
    year, month = map(int, window.split("-"))
    return date(year + month // 12, month % 12 + 1, 1)


def due_day(window: str, calendar: Workdays) -> date:
    """First working day of the month after the window."""
    day = next_month(window)
    while not calendar.is_workday(day):
        day += timedelta(days=1)
    return day


def due_windows(first_window: str, today: date, calendar: Workdays) -> Iterator[tuple[str, date]]:
    """(window, day due) of every window whose report is due by `today`, oldest first."""
    window = first_window
    while (due := due_day(window, calendar)) <= today:
        yield window, due
        window = month_of(next_month(window))
