"""Amber also where a part that was handed on is overdue (T-7): in the database as in the rule, in words, cheaply."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.making import DUE, MORNING, act, issued
from tests.factories import COUNTY, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from tests.statements import sent
from webapp.access import Viewer, acting_as
from webapp.accountability import parts, queries
from webapp.accountability.behind import BEGUN, behind, overdue
from webapp.accountability.matrix import matrix
from webapp.accountability.models import STATES, Assignment
from webapp.accountability.rules import clock_of
from webapp.policy import calendar
from webapp.policy.calendar import work_calendar

NEAR = 3
PART_DUE = date(2026, 10, 15)
LATE = date(2026, 10, 16)


@pytest.fixture
def desk(county: Session) -> Viewer:
    calendar.seed(county)
    return factories.viewer(county, "desk", COUNTY)


@pytest.fixture
def row(county: Session, desk: Viewer) -> Assignment:
    """The township's assignment, due on 23 October, with two villages' parts that are due on the 15th."""
    township = factories.viewer(county, "desk", TOWNSHIP)
    found = issued(county, desk, [TOWNSHIP]).assignments[0]
    act(county, township, "acknowledge", found)
    with acting_as(county, township):
        parts.split(county, found.id, (VILLAGE, SISTER_VILLAGE), due_on=PART_DUE, at=MORNING)
    return found


def told(session: Session, row: Assignment, on: date) -> tuple[str, str]:
    item = queries.items(session, [row], on)[0]
    return item.lamp, item.clock.words


def test_an_overdue_part_makes_it_amber_and_the_words_say_why(county: Session, row: Assignment) -> None:
    assert told(county, row, PART_DUE) == ("doing", "还有 6 个工作日")
    assert told(county, row, LATE) == ("near", "还有 5 个工作日，下级有逾期")
    assert told(county, row, DUE) == ("near", "今天到期，下级有逾期")
    assert told(county, row, date(2026, 10, 26)) == ("over", "逾期 1 个工作日")
    for part in parts_of(county, row):
        part.state = "closed"
    county.flush()
    assert told(county, row, LATE) == ("doing", "还有 5 个工作日")


def test_record_and_matrix_say_the_same(county: Session, row: Assignment, desk: Viewer) -> None:
    words = "还有 5 个工作日，下级有逾期"
    with acting_as(county, desk):
        assert queries.record(county, row.id, LATE).item.clock.words == words
        cell = matrix(county, row.task, desk, LATE).rows[0].cells[0]
    assert cell is not None
    assert (cell.lamp, cell.words) == ("near", f"在办，{words}")


dates = st.integers(-3, 12).map(lambda days: date(2026, 10, 12) + timedelta(days=days))
part = st.tuples(st.sampled_from(sorted(STATES)), dates, st.none() | dates)


@given(above=part, below=st.tuples(part, part), on=dates)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_database_agrees_with_the_rule(
    county: Session, row: Assignment, above: object, below: tuple[object, object], on: date
) -> None:
    """Red in the words of the database is red in those of the rule; behind follows from it and from nothing else."""
    ids = [row.id, *(one.id for one in parts_of(county, row))]
    for id_, (state, due_on, reported_on) in zip(ids, (above, *below), strict=True):  # type: ignore[misc]
        values = {"state": state, "due_on": due_on, "last_reported_on": reported_on}
        county.execute(
            update(Assignment).where(Assignment.id == id_).values(values).execution_options(synchronize_session=False)
        )
    county.expire_all()
    days = work_calendar(county)

    def is_red(one: Assignment) -> bool:
        return clock_of(one.state, one.due_on, one.last_reported_on, on, days, NEAR).lamp == "red"

    held = [county.get_one(Assignment, id_) for id_ in ids]
    assert set(county.scalars(select(Assignment.id).where(Assignment.id.in_(ids), overdue(on)))) == {
        one.id for one in held if is_red(one)
    }
    late_below = any(is_red(one) for one in held[1:]) and row.state in BEGUN and not is_red(row)
    assert set(behind(county, held, on)) == ({row.id} if late_below else set())
    lamp = queries.items(county, [row], on)[0].clock.lamp
    assert not late_below or lamp == "amber"


def test_one_question_a_page_by_key_and_none_for_villages(county: Session, row: Assignment) -> None:
    held = parts_of(county, row)
    county.flush()
    with sent(county.get_bind()) as asked:
        behind(county, held, PART_DUE)
        assert asked == []
        behind(county, [row, *held], PART_DUE)
    assert len(asked) == 1 and "parent_id IN" in asked[0]


def parts_of(session: Session, row: Assignment) -> list[Assignment]:
    return list(session.scalars(select(Assignment).where(Assignment.parent_id == row.id).order_by(Assignment.id)))
