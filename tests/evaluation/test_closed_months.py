"""A closed month keeps its values, whatever is done to its tasks afterwards (T-5, T-9)."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from tests.accountability.making import MORNING, Parties, act, brought_to, issued, parties
from tests.factories import COUNTY, TOWNSHIP, VILLAGE, at
from webapp.access import acting_as
from webapp.accountability import parts
from webapp.accountability.models import Assignment
from webapp.evaluation.collectors import tasks
from webapp.evaluation.collectors.cut import Cut, shard

OCTOBER = Cut(date(2026, 10, 1), date(2026, 10, 31), date(2026, 10, 31), ())
NOVEMBER = Cut(date(2026, 11, 1), date(2026, 11, 30), date(2026, 11, 30), ())
Collectors = tuple[Callable[[Cut], Select[Any]], ...]
COLLECTORS: Collectors = (tasks.reported_in_time, tasks.closed_in_time, tasks.open_past_due)


@pytest.fixture
def people(county: Session) -> Parties:
    return parties(county)


def values(session: Session, cut: Cut = OCTOBER, collectors: Collectors = COLLECTORS) -> list[tuple[int, int]]:
    """Numerator and denominator of each indicator."""
    found = []
    for collector in collectors:
        rows = collector(cut).subquery()
        statement = select(func.coalesce(func.sum(rows.c.n), 0), func.coalesce(func.sum(rows.c.d), 0))
        n, d = session.execute(statement, shard(COUNTY)).one()
        found.append((int(n), int(d)))
    return found


def noon(day: str) -> datetime:
    return at(f"{day} 12:00")


def test_resuming_later_moves_no_deadline_of_a_closed_month(county: Session, people: Parties) -> None:
    row = brought_to(county, people, "in_progress")  # due on 23 October
    before = values(county)
    assert before == [(0, 1), (0, 1), (1, 1)]
    act(county, people.second_desk, "suspend", row, noon("2026-11-03"))
    act(county, people.second_desk, "resume", row, noon("2026-11-17"))
    assert row.due_on == date(2026, 11, 6)
    assert values(county) == before
    assert values(county, NOVEMBER)[0] == (0, 1)


def test_taking_a_report_back_later_changes_no_closed_month(county: Session, people: Parties) -> None:
    row = brought_to(county, people, "reported")  # on 12 October
    before = values(county)
    assert before[0] == (1, 1)
    act(county, people.village, "withdraw", row, noon("2026-11-03"))
    assert row.first_reported_on is None
    assert values(county) == before
    act(county, people.village, "report", row, noon("2026-11-04"))
    act(county, people.village, "withdraw", row, noon("2026-11-05"))
    assert values(county) == before


def test_a_report_taken_back_within_the_month_is_no_answer(county: Session, people: Parties) -> None:
    row = brought_to(county, people, "reported")
    act(county, people.village, "withdraw", row, noon("2026-10-20"))
    assert values(county)[0] == (0, 1)


def test_reopening_a_closed_part_later_changes_no_closed_month(county: Session, people: Parties) -> None:
    """The township's part is closed in October; in November the county sends it back to the village."""
    whole = issued(county, people.first_desk, [TOWNSHIP]).assignments[0]
    act(county, people.township, "acknowledge", whole)
    with acting_as(county, people.township):
        parts.split(county, whole.id, [VILLAGE], at=MORNING)
    part = county.scalars(select(Assignment).where(Assignment.unit_code == VILLAGE)).one()
    for viewer, kind in (
        ("village", "acknowledge"),
        ("village", "report"),
        ("township", "verify"),
        ("township", "close"),
    ):
        act(county, getattr(people, viewer), kind, part)
    act(county, people.township, "report", whole)
    collectors = (*COLLECTORS, tasks.returned_before_closing)
    before = values(county, OCTOBER, collectors)
    assert before == [(2, 2), (1, 2), (1, 1), (0, 1)]
    with acting_as(county, people.second_desk):
        parts.return_to(county, whole.id, VILLAGE, reason="台账缺责任人", at=noon("2026-11-03"))
    assert part.closed_on is None
    assert values(county, OCTOBER, collectors) == before
    act(county, people.village, "report", part, noon("2026-11-04"))
    act(county, people.township, "verify", part, noon("2026-11-05"))
    act(county, people.township, "close", part, noon("2026-11-05"))
    assert values(county, OCTOBER, collectors) == before
    assert values(county, NOVEMBER, collectors)[3] == (1, 1)
