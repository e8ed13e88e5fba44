"""What a request must say, its days and its clock."""

from dataclasses import replace
from datetime import date

import pytest

from webapp.policy.workdays import WorkCalendar
from webapp.upward import rules
from webapp.upward.rules import Asking

TODAY = date(2026, 10, 12)
CALENDAR = WorkCalendar.of([], [], {2026})
ASKING = Asking("533323101201", "533323101", "funds", "修路", "路断了", "", "120000", date(2026, 10, 15))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "gift"}, "kind"),
        ({"title": " "}, "title"),
        ({"title": "长" * 121}, "title"),
        ({"content": ""}, "content"),
        ({"amount": "十万"}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"due_on": None}, "due_on"),
        ({"due_on": TODAY}, "due_on"),
        ({"due_on": date(2026, 10, 14)}, "due_on"),
        ({"due_on": date(2026, 10, 17)}, "due_on"),
        ({"due_on": date(2026, 10, 9)}, "due_on"),
    ],
)
def test_each_fault_is_told_beside_its_field(changes: dict, field: str) -> None:
    assert list(rules.faults_of(replace(ASKING, **changes), TODAY, CALENDAR, 3)) == [field]


def test_a_sound_request_has_no_fault_and_needs_no_amount_unless_it_asks_for_funds() -> None:
    assert rules.faults_of(ASKING, TODAY, CALENDAR, 3) == {}
    assert rules.faults_of(replace(ASKING, kind="approval", amount=""), TODAY, CALENDAR, 3) == {}


def test_amounts_are_read_as_people_write_them() -> None:
    assert rules.amount_of(" 120,000 ") == 120_000
    assert rules.amount_of("1.5") is None


def test_the_lamp_is_that_of_a_task_until_the_answer() -> None:
    def at(day: date, state: str = "asked", answered: date | None = None) -> tuple[str, str]:
        clock = rules.standing(state, date(2026, 10, 20), answered, day, CALENDAR, 3)
        return clock.lamp, clock.words

    assert at(TODAY) == ("green", "还有 6 个工作日")
    assert at(date(2026, 10, 19)) == ("amber", "还有 1 个工作日")
    assert at(date(2026, 10, 22)) == ("red", "逾期 2 个工作日")
    assert at(date(2026, 10, 30), "answered", date(2026, 10, 22)) == ("green", "已答复，晚 2 个工作日")
    assert at(date(2026, 10, 30), "answered", date(2026, 10, 20)) == ("green", "已答复")


def test_passing_on_leaves_the_next_unit_the_shortest_answer_time() -> None:
    assert rules.passed_due(date(2026, 10, 13), TODAY, CALENDAR, 3) == date(2026, 10, 15)
    assert rules.passed_due(date(2026, 10, 30), TODAY, CALENDAR, 3) == date(2026, 10, 30)
