"""Due windows: first working day of the next month, caught up after downtime."""

from dataclasses import dataclass
from datetime import date

import pytest

from webapp.delivery.windows import due_day, due_windows


@dataclass
class Weekdays:
    off: tuple[date, ...] = ()

    def is_workday(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self.off


def test_due_on_the_first_working_day_of_the_next_month() -> None:
    assert due_day("2026-10", Weekdays()) == date(2026, 11, 2)


def test_new_year_holiday_moves_the_day() -> None:
    assert due_day("2026-12", Weekdays(off=(date(2027, 1, 1),))) == date(2027, 1, 4)


def test_nothing_is_due_before_its_day() -> None:
    assert list(due_windows("2026-10", date(2026, 11, 1), Weekdays())) == []


def test_months_of_downtime_are_caught_up_oldest_first() -> None:
    found = [window for window, _ in due_windows("2026-10", date(2027, 1, 4), Weekdays())]
    assert found == ["2026-10", "2026-11", "2026-12"]


@pytest.mark.parametrize("today", [date(2026, 11, 2), date(2026, 11, 30)])
def test_a_window_is_due_from_its_day_on(today: date) -> None:
    assert list(due_windows("2026-10", today, Weekdays())) == [("2026-10", date(2026, 11, 2))]
