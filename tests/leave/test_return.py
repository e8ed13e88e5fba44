"""Taking back, going on from and coming back from leave; what is late is a fact and no absence."""

from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests import factories
from tests.leave.conftest import MORNING, People, ask, day
from webapp.access import acting_as
from webapp.dashboard.leave_lines import leave_lines
from webapp.errors import Faulty, Forbidden, Refused
from webapp.leave import acts, queries, service
from webapp.leave.halves import day_of_slot, half_of_slot, slot
from webapp.leave.models import LeaveRequest
from webapp.policy.calendar import work_calendar

LATER = factories.at("2026-11-16 09:00")


def granted(session: Session, people: People, first: str, last: str, **changes: object) -> LeaveRequest:
    row = ask(session, people.member, first, last, **changes)
    row.state = "approved"
    session.flush()
    return row


def back(session: Session, people: People, row: LeaveRequest, when: str, text: str = "", at: datetime = LATER):  # type: ignore[no-untyped-def]
    on, half = when.split()
    with acting_as(session, people.member):
        return acts.report_return(session, row.id, on=day(on), half=half, text=text, at=at)


def taken(session: Session, people: People) -> list[str]:
    posting = people.member.grants[0].posting_id
    return [one.span.words for one in queries.absences(session, [posting], day("2026-01-01"), day("2026-12-31"))]


def test_coming_back_earlier_ends_the_leave(county: Session, people: People) -> None:
    row = granted(county, people, "2026-11-10 am", "2026-11-13 pm")
    assert back(county, people, row, "2026-11-12 pm").state == "returned"
    assert taken(county, people) == ["2026年11月10日上午至11月12日上午"]
    ask(county, people.member, "2026-11-17 am", "2026-11-17 pm")


def test_coming_back_late_needs_a_reason_and_makes_no_leave_longer(county: Session, people: People) -> None:
    row = granted(county, people, "2026-11-10 am", "2026-11-11 pm")
    with pytest.raises(Faulty, match="返岗晚于批准的时间"):
        back(county, people, row, "2026-11-13 am")
    back(county, people, row, "2026-11-13 am", "暴雨塌方，道路中断")
    assert taken(county, people) == ["2026年11月10日至11月11日"]


def test_a_return_is_not_reported_beforehand_nor_before_the_leave(county: Session, people: People) -> None:
    row = granted(county, people, "2026-11-10 am", "2026-11-13 pm")
    with pytest.raises(Faulty, match="还没有到"):
        back(county, people, row, "2026-11-16 pm")
    with pytest.raises(Faulty, match="早于请假开始"):
        back(county, people, row, "2026-11-09 pm")
    with acting_as(county, people.secretary), pytest.raises(Forbidden):
        acts.report_return(county, row.id, on=day("2026-11-12"), half="am", at=LATER)


def test_what_is_not_returned_from_is_a_fact_after_the_day(county: Session, people: People) -> None:
    row = granted(county, people, "2026-11-12 am", "2026-11-13 pm")
    assert acts.late_since(county, row, day("2026-11-16")) is None
    assert acts.late_since(county, row, day("2026-11-17")) == day("2026-11-16")
    found = queries.waiting(county, people.secretary, day("2026-11-17"), 10)
    assert [one.id for one in found.late] == [row.id]
    assert taken(county, people) == ["2026年11月12日至11月13日"]
    own = queries.waiting(county, people.member, day("2026-11-17"), 10)
    assert [one.id for one in own.back] == [row.id] and own.late == []


def test_leave_granted_afterwards_is_not_late_when_it_is_granted(county: Session, people: People) -> None:
    """Asked and approved on a Friday for three weeks ago: the return is due on the Monday, for the person and above."""
    friday = factories.at("2026-11-27 10:00")
    row = ask(county, people.member, "2026-11-05 am", "2026-11-06 pm", at=friday, urgent=True)
    with acting_as(county, people.secretary):
        acts.decide(county, row.id, "approve", at=friday)
    calendar = work_calendar(county)
    for today, late in (("2026-11-27", None), ("2026-11-30", None), ("2026-12-01", day("2026-11-30"))):
        assert acts.late_since(county, row, day(today)) == late
        own, above = (leave_lines(county, who, day(today), 10, calendar) for who in (people.member, people.secretary))
        assert [(one.due_on, one.lamp) for one in own.todo] == [(day("2026-11-30"), "over" if late else "doing")]
        assert [one.due_on for one in above.to_look_into] == ([late] if late else [])


def test_cancelling_is_for_what_has_not_begun(county: Session, people: People) -> None:
    row = granted(county, people, "2026-11-10 pm", "2026-11-11 pm")
    with acting_as(county, people.member):
        with pytest.raises(Refused, match="已经开始"):
            acts.cancel(county, row.id, at=factories.at("2026-11-10 12:00"))
        assert acts.cancel(county, row.id, at=factories.at("2026-11-10 11:59")).state == "cancelled"
    assert taken(county, people) == []
    ask(county, people.member, "2026-11-10 pm", "2026-11-11 pm")


def test_withdrawing_is_for_what_waits_and_only_by_the_person(county: Session, people: People) -> None:
    row = ask(county, people.member, "2026-11-10 pm", "2026-11-11 pm")
    with acting_as(county, people.secretary), pytest.raises(Forbidden):
        acts.withdraw(county, row.id, at=MORNING)
    with acting_as(county, people.member):
        assert acts.withdraw(county, row.id, at=MORNING).state == "withdrawn"
        with pytest.raises(Refused, match="不能再撤回"):
            acts.withdraw(county, row.id, at=MORNING)


def test_going_on_begins_where_the_first_ends_and_is_added_up(county: Session, people: People) -> None:
    first = granted(county, people, "2026-11-10 am", "2026-11-12 am")
    more = ask(county, people.member, "2026-01-01 am", "2026-11-13 pm", extends_id=first.id)
    assert (more.first_day, more.first_half) == (day("2026-11-12"), "pm")
    assert service.tier(county, more, MORNING).number == 2
    with pytest.raises(Refused, match="已经续过假"):
        ask(county, people.member, "2026-01-01 am", "2026-11-16 pm", extends_id=first.id)
    with pytest.raises(Refused, match="已经续假"):
        back(county, people, first, "2026-11-12 pm")
    more.state = "approved"
    county.flush()
    back(county, people, more, "2026-11-13 pm")
    assert (first.state, more.state) == ("returned", "returned")
    assert taken(county, people) == ["2026年11月10日上午至11月12日上午", "2026年11月12日下午至11月13日上午"]


def test_a_return_within_the_first_leaves_nothing_of_the_second(county: Session, people: People) -> None:
    first = granted(county, people, "2026-11-10 am", "2026-11-11 pm")
    more = granted(county, people, "2026-01-01 am", "2026-11-13 pm", extends_id=first.id)
    back(county, people, more, "2026-11-11 am")
    assert taken(county, people) == ["2026年11月10日"]


_step = st.tuples(
    st.integers(0, 30), st.integers(0, 9), st.sampled_from(["keep", "cancel", "return"]), st.integers(0, 9)
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_step, max_size=8))
def test_no_half_day_of_a_post_is_away_twice(
    county: Session, people: People, steps: list[tuple[int, int, str, int]]
) -> None:
    """Whatever is asked for, cancelled and cut: what stays is what was granted, and each half-day at most once."""
    base, end = slot(day("2026-11-10"), "am"), factories.at("2026-12-20 09:00")
    expected: set[int] = set()
    outer = county.begin_nested()
    for start, length, fate, kept in steps:
        first, last = base + start, base + start + length
        asked = f"{day_of_slot(first)} {half_of_slot(first)}", f"{day_of_slot(last)} {half_of_slot(last)}"
        if expected & set(range(first, last + 1)):
            with pytest.raises(Faulty):
                ask(county, people.member, *asked)
            continue
        row = granted(county, people, *asked)
        if fate == "cancel":
            with acting_as(county, people.member):
                acts.cancel(county, row.id, at=MORNING)
            continue
        if fate == "return":
            back_at = first + min(kept, length + 1)
            text = f"{day_of_slot(back_at)} {half_of_slot(back_at)}"
            back(county, people, row, text, at=end)
            last = back_at - 1
        expected |= set(range(first, last + 1))
    posting = people.member.grants[0].posting_id
    found = [n for a in queries.absences(county, [posting], day("2026-01-01"), day("2026-12-31")) for n in a.span]
    assert len(found) == len(set(found))
    assert set(found) == expected
    outer.rollback()
