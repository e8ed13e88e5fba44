"""灾情期间暂停计时: clocks of named units stand still between two days, and the first deadline stays visible (T-9)."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.making import (
    DEMAND,
    DUE,
    MORNING,
    Parties,
    act,
    brought_to,
    issued,
    parties,
    statements,
)
from tests.factories import COUNTY, NEIGHBOUR_COUNTY, OTHER_VILLAGE, TOWNSHIP, VILLAGE
from webapp import clock
from webapp.access import Viewer, acting_as
from webapp.accountability import orders
from webapp.accountability.models import Assignment, AssignmentEvent
from webapp.accountability.order_models import DisasterOrder
from webapp.accountability.replay import differing
from webapp.burden.models import BurdenEntry
from webapp.errors import Conflict, Faulty, Forbidden, OutOfScope
from webapp.evaluation.collectors import tasks
from webapp.evaluation.collectors.cut import Cut, shard
from webapp.notices.models import InboxMessage
from webapp.org.models import Division

FIRST, LAST = date(2026, 10, 19), date(2026, 10, 30)  # ten working days
MOVED = date(2026, 11, 6)


@pytest.fixture
def people(county: Session) -> Parties:
    return parties(county)


def number(moves: orders.Moves) -> int:
    return sum(len(codes) for codes in moves.values())


def order(session: Session, desk: Viewer, **values: Any) -> tuple[DisasterOrder, int]:
    wanted: dict[str, Any] = {
        "unit_code": COUNTY,
        "document_no": "福政办发〔2026〕40号",
        "title": "关于启动防汛Ⅱ级应急响应的通知",
        "units": [TOWNSHIP],
        "starts_on": FIRST,
        "ends_on": LAST,
        "at": MORNING,
    }
    wanted |= values
    at = wanted.pop("at")
    with acting_as(session, desk):
        made, moved = orders.make(session, orders.Wanted(**wanted), at)
        return made, number(moved)


def end(session: Session, desk: Viewer, made: DisasterOrder, last_day: date, at: datetime) -> int:
    with acting_as(session, desk):
        return number(orders.end(session, made.id, last_day=last_day, at=at)[1])


def check_rebuilt(session: Session) -> None:
    session.expire_all()
    for row in session.scalars(select(Assignment)):
        assert differing(row, row.events) == {}


def test_the_deadline_moves_by_its_working_days_and_the_first_stays(county: Session, people: Parties) -> None:
    row = brought_to(county, people, "in_progress")
    made, moved = order(county, people.first_desk)
    assert (moved, row.due_on, row.first_due_on, row.state) == (1, MOVED, DUE, "in_progress")
    last = row.events[-1]
    assert (last.kind, last.person_id, last.text) == (
        "freeze",
        people.first_desk.person_id,
        "期限由2026年10月23日改为2026年11月6日",
    )
    assert last.reason == "关于启动防汛Ⅱ级应急响应的通知（福政办发〔2026〕40号）"
    assert [(one.state, one.wanted_due_on) for one in row.extensions] == [("granted", MOVED)]
    entry = county.scalars(select(BurdenEntry).where(BurdenEntry.key == row.burden_key)).one()
    assert (entry.due_on, entry.month) == (MOVED, date(2026, 10, 1))  # it was asked for October
    check_rebuilt(county)


def test_only_named_units_and_only_what_is_open_and_not_late(county: Session, people: Parties) -> None:
    other = issued(county, people.first_desk, [OTHER_VILLAGE]).assignments[0]
    answered = brought_to(county, people, "reported")
    late = issued(county, people.first_desk, [VILLAGE], replace(DEMAND, due_on=date(2026, 10, 16))).assignments[0]
    assert order(county, people.first_desk)[1] == 0
    assert (other.due_on, answered.due_on, late.due_on) == (DUE, DUE, date(2026, 10, 16))


def test_people_are_told_once_however_many_tasks_moved(county: Session, people: Parties) -> None:
    for title in ("甲", "乙"):
        issued(county, people.first_desk, [VILLAGE], replace(DEMAND, title=title, regular=False))
    order(county, people.first_desk)
    told = county.scalars(
        select(InboxMessage.body).where(
            InboxMessage.person_id == people.village.person_id, InboxMessage.subject == "灾情期间期限调整"
        )
    ).all()
    assert len(told) == 1 and "本单位 2 项任务2026年10月19日至2026年10月30日暂停计时，期限顺延" in told[0]


def test_a_second_click_orders_once_and_another_order_needs_its_own_document(county: Session, people: Parties) -> None:
    row = brought_to(county, people, "in_progress")
    first, _ = order(county, people.first_desk)
    again, moved = order(county, people.first_desk)
    assert (again.id, moved, row.due_on) == (first.id, 0, MOVED)
    with pytest.raises(Conflict, match="已经登记"):
        order(county, people.first_desk, ends_on=date(2026, 11, 2))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"document_no": " "}, "document_no"),
        ({"title": "题" * 121}, "title"),
        ({"ends_on": date(2026, 10, 18)}, "ends_on"),
        ({"starts_on": date(2026, 9, 1), "ends_on": date(2026, 9, 3)}, "ends_on"),
        ({"ends_on": date(2028, 10, 30)}, "ends_on"),
    ],
)
def test_wrong_input_names_its_field(county: Session, people: Parties, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Faulty) as faulty:
        order(county, people.first_desk, **values)
    assert list(faulty.value.faults) == [field]


def test_who_may_order_for_whom(county: Session, people: Parties) -> None:
    with pytest.raises(Faulty, match="没有选择暂停单位"):
        order(county, people.first_desk, units=[])
    with pytest.raises(OutOfScope):
        order(county, people.first_desk, units=[NEIGHBOUR_COUNTY])
    with pytest.raises(Forbidden):
        order(county, people.township, unit_code=TOWNSHIP, units=[VILLAGE])


def test_two_orders_count_each_day_once(county: Session, people: Parties) -> None:
    row = brought_to(county, people, "in_progress")
    order(county, people.first_desk)
    order(
        county,
        people.first_desk,
        document_no="福政办发〔2026〕41号",
        units=[COUNTY],
        starts_on=date(2026, 10, 28),
        ends_on=date(2026, 11, 3),
    )
    assert row.due_on == date(2026, 11, 10), "only 2 and 3 November are new"
    check_rebuilt(county)


def test_a_suspension_and_an_order_count_each_day_once(county: Session, people: Parties) -> None:
    row = brought_to(county, people, "suspended")  # on 12 October
    order(county, people.first_desk)
    assert row.due_on == DUE
    act(county, people.second_desk, "resume", row, factories.at("2026-10-21 09:00"))
    # seven days of suspension (13 to 21 October), then the seven days of the order that are left
    assert [one.wanted_due_on for one in row.extensions] == [date(2026, 11, 3), date(2026, 11, 12)]
    assert row.due_on == date(2026, 11, 12)
    check_rebuilt(county)


def test_what_is_issued_or_returned_during_an_order_stands_still_too(county: Session, people: Parties) -> None:
    back = brought_to(county, people, "reported")
    order(county, people.first_desk)
    monday = factories.at("2026-10-20 09:00")
    with clock.held_at(monday):
        new = issued(
            county,
            people.first_desk,
            [VILLAGE, OTHER_VILLAGE],
            replace(DEMAND, title="另一项", due_on=date(2026, 10, 26)),
            monday,
        )
        by_unit = {row.unit_code: row for row in new.assignments}
        act(county, people.second_desk, "return", back, monday)
    assert (by_unit[VILLAGE].due_on, by_unit[VILLAGE].first_due_on) == (date(2026, 11, 5), date(2026, 10, 26))
    assert by_unit[OTHER_VILLAGE].due_on == date(2026, 10, 26)
    assert [event.kind for event in by_unit[VILLAGE].events] == ["issue", "freeze"]
    entry = county.scalars(select(BurdenEntry).where(BurdenEntry.key == by_unit[VILLAGE].burden_key)).one()
    assert entry.due_on == date(2026, 11, 5)
    assert back.due_on == MOVED
    check_rebuilt(county)


def test_ending_early_takes_the_days_back_that_are_left(county: Session, people: Parties) -> None:
    row = brought_to(county, people, "in_progress")
    made, _ = order(county, people.first_desk)
    assert end(county, people.second_desk, made, date(2026, 10, 23), factories.at("2026-10-22 09:00")) == 1
    assert (row.due_on, row.first_due_on) == (date(2026, 10, 30), DUE)
    assert (made.ends_on, made.first_ends_on) == (date(2026, 10, 23), LAST)
    assert [event.kind for event in row.events[-2:]] == ["freeze", "thaw"]
    assert end(county, people.second_desk, made, date(2026, 10, 23), factories.at("2026-10-22 09:05")) == 0
    with pytest.raises(Conflict, match="已经提前到2026年10月23日结束"):
        end(county, people.first_desk, made, date(2026, 10, 26), factories.at("2026-10-22 09:05"))
    check_rebuilt(county)


@pytest.mark.parametrize("last_day", [date(2026, 10, 20), LAST])
def test_an_end_lies_between_today_and_the_last_day(county: Session, people: Parties, last_day: date) -> None:
    made, _ = order(county, people.first_desk)
    with pytest.raises(Faulty, match="最后暂停日应在"):
        end(county, people.first_desk, made, last_day, factories.at("2026-10-22 09:00"))


def test_a_closed_month_keeps_the_deadline_it_had(county: Session, people: Parties) -> None:
    """In October the order stood to 30 November; that it ended earlier moves the deadline of no closed month."""
    brought_to(county, people, "in_progress")
    made, _ = order(county, people.first_desk, ends_on=date(2026, 11, 30))

    def october() -> list[Any]:
        cut = Cut(date(2026, 10, 1), date(2026, 10, 31), date(2026, 10, 31), ())
        rows = tasks.open_past_due(cut).subquery()
        due = tasks.due_assignments(cut)
        return [
            county.execute(select(rows.c.n, rows.c.d), shard(COUNTY)).all(),
            county.execute(select(due.c.due_on), shard(COUNTY)).all(),
        ]

    before = october()
    assert before == [[(0, 1)], []]
    end(county, people.first_desk, made, date(2026, 11, 9), factories.at("2026-11-09 09:00"))
    assert october() == before


@pytest.mark.parametrize("ends", [False, True])
def test_an_order_asks_as_many_statements_for_fifty_villages_as_for_one(
    county: Session, people: Parties, ends: bool
) -> None:
    villages = list(
        county.scalars(
            select(Division.code).where(Division.level == 5, Division.code.startswith(COUNTY)).order_by(Division.code)
        )
    )

    def sent(units: list[str], document_no: str) -> int:
        made: list[DisasterOrder] = []
        make = lambda: made.append(order(county, people.first_desk, units=units, document_no=document_no)[0])  # noqa: E731
        if not ends:
            return statements(county, make)
        make()
        return statements(
            county,
            lambda: end(county, people.first_desk, made[0], date(2026, 10, 23), factories.at("2026-10-22 09:00")),
        )

    issued(county, people.first_desk, villages[-1:])
    few = sent(villages[-1:], "福政办发〔2026〕50号")
    issued(county, people.first_desk, villages[:50], replace(DEMAND, title="另一项"))
    many = sent(villages[:50], "福政办发〔2026〕51号")
    assert many <= few + 4, (few, many)  # many rows go to PostgreSQL as a stream, which asks once more for each table
    assert sum(e.kind == "freeze" for e in county.scalars(select(AssignmentEvent))) == 51
    check_rebuilt(county)
