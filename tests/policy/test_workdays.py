"""Working days over holidays, make-up workdays and a year that has no published list."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from webapp.policy import calendar
from webapp.policy.models import CalendarDay, CalendarYear
from webapp.policy.workdays import WorkCalendar

MONDAY_TO_FRIDAY = WorkCalendar.of([], [], [])


@pytest.fixture
def china(session: Session) -> WorkCalendar:
    calendar.seed(session)
    return calendar.work_calendar(session)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 9, 30), True),
        (date(2026, 10, 1), False),  # National Day, a Thursday
        (date(2026, 10, 7), False),  # the last day of the holiday, a Wednesday
        (date(2026, 10, 10), True),  # a Saturday made up
        (date(2026, 9, 20), True),  # a Sunday made up
        (date(2026, 10, 11), False),  # an ordinary Sunday
        (date(2025, 1, 26), True),  # a Sunday made up before the Spring Festival
        (date(2025, 1, 28), False),
    ],
)
def test_the_published_list_decides(china: WorkCalendar, day: date, works: bool) -> None:
    assert china.is_workday(day) is works


def test_the_working_day_after_the_eve_of_national_day_is_eight_days_on(china: WorkCalendar) -> None:
    assert china.add_workdays(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert china.add_workdays(date(2026, 10, 8), -1) == date(2026, 9, 30)


def test_a_make_up_saturday_counts(china: WorkCalendar) -> None:
    assert china.add_workdays(date(2026, 10, 9), 1) == date(2026, 10, 10)
    assert china.workdays_between(date(2026, 10, 9), date(2026, 10, 12)) == 2


def test_zero_working_days_is_the_day_itself_or_the_next_working_day(china: WorkCalendar) -> None:
    assert china.add_workdays(date(2026, 10, 1), 0) == date(2026, 10, 8)
    assert china.add_workdays(date(2026, 10, 8), 0) == date(2026, 10, 8)


def test_the_last_working_day_of_a_month(china: WorkCalendar) -> None:
    assert china.last_workday(2026, 1) == date(2026, 1, 30)
    assert china.last_workday(2026, 12) == date(2026, 12, 31)
    assert china.last_workday(2026, 2) == date(2026, 2, 28)  # a Saturday made up after the Spring Festival


def test_a_year_without_a_published_list_counts_monday_to_friday_and_says_so(china: WorkCalendar) -> None:
    monday = date(2027, 1, 4)
    assert china.is_workday(monday)
    assert china.provisional(monday)
    assert china.add_workdays(monday, 5) == date(2027, 1, 11)
    assert not china.is_workday(date(2027, 1, 9))
    assert not china.provisional(date(2026, 12, 31))


def test_counting_agrees_with_walking_day_by_day(china: WorkCalendar) -> None:
    start = date(2025, 12, 20)
    for length in range(420):
        end = start + timedelta(days=length)
        walked = sum(china.is_workday(start + timedelta(days=n)) for n in range(1, length + 1))
        assert china.workdays_between(start, end) == walked
        assert china.workdays_between(end, start) == -walked


def test_adding_and_counting_are_inverse(china: WorkCalendar) -> None:
    for number in range(1, 300, 7):
        day = china.add_workdays(date(2025, 11, 3), number)
        assert china.workdays_between(date(2025, 11, 3), day) == number


def test_without_rows_the_week_rules() -> None:
    assert MONDAY_TO_FRIDAY.is_workday(date(2026, 10, 1))
    assert MONDAY_TO_FRIDAY.provisional(date(2026, 10, 1))


def test_seeding_twice_writes_once_and_keeps_corrections(session: Session) -> None:
    first = calendar.seed(session)
    assert 2026 in first and 2027 not in first
    row = session.get(CalendarDay, date(2026, 10, 10))
    assert row is not None and row.name == "国庆节调休上班"
    row.name = "县里更正"
    session.flush()
    assert calendar.seed(session) == []
    assert session.get(CalendarDay, date(2026, 10, 10)) is row
    assert session.get(CalendarYear, 2026) is not None
    assert calendar.is_loaded(session, 2026) and not calendar.is_loaded(session, 2027)
