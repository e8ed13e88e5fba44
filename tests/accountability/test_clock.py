"""Lamps and words of one assignment (T-7), counted in working days."""

from datetime import date

import pytest

from tests.accountability.making import DEMAND
from webapp.accountability.rules import clock_of, faults_of
from webapp.burden.rules import Estimates
from webapp.policy.workdays import WorkCalendar

# National Day 2026: 1 to 7 October off, Saturday 10 October made up.
CALENDAR = WorkCalendar.of([date(2026, 10, n) for n in range(1, 8)], [date(2026, 10, 10)], [2026])


@pytest.mark.parametrize(
    ("state", "due_on", "answered_on", "on", "lamp", "words"),
    [
        ("issued", date(2026, 10, 12), None, date(2026, 9, 28), "green", "还有 6 个工作日"),
        ("in_progress", date(2026, 10, 8), None, date(2026, 9, 28), "amber", "还有 3 个工作日"),
        ("issued", date(2026, 10, 8), None, date(2026, 10, 8), "amber", "今天到期"),
        ("returned", date(2026, 10, 8), date(2026, 10, 8), date(2026, 10, 12), "red", "逾期 3 个工作日"),
        ("acknowledged", date(2026, 9, 30), None, date(2026, 10, 4), "red", "已过期限"),
        ("reported", date(2026, 10, 8), date(2026, 10, 8), date(2026, 11, 2), "green", "待核验"),
        ("reported", date(2026, 10, 8), date(2026, 10, 10), date(2026, 10, 12), "red", "逾期 2 个工作日反馈，待核验"),
        ("verified", date(2026, 10, 8), date(2026, 10, 10), date(2026, 10, 12), "red", "逾期 2 个工作日反馈，待销号"),
        ("closed", date(2026, 10, 8), date(2026, 10, 10), date(2026, 11, 2), "green", "已销号"),
        ("recalled", date(2026, 10, 8), None, date(2026, 11, 2), "green", "已撤回"),
        ("suspended", date(2026, 10, 8), None, date(2026, 11, 2), "green", "已中止，期限暂停计算"),
    ],
)
def test_lamps(state: str, due_on: date, answered_on: date | None, on: date, lamp: str, words: str) -> None:
    clock = clock_of(state, due_on, answered_on, on, CALENDAR, 3)
    assert (clock.lamp, clock.words) == (lamp, words)


def test_a_good_demand_has_no_faults() -> None:
    assert faults_of(DEMAND, "533323", date(2026, 10, 12), CALENDAR, 3, Estimates(480, 10)) == {}
