"""A disaster order stops the clocks of issues to put right, with a record on the page of each (T-9)."""

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.conftest import Clients
from tests.factories import COUNTY, OTHER_TOWNSHIP, TOWNSHIP
from tests.rectification.making import AGAIN, DUE, MORNING, Parties, act, brought_to, changed, entered, parties
from webapp.access import Viewer, acting_as
from webapp.accountability import orders
from webapp.accountability.order_models import DisasterOrder
from webapp.accountability.other_clocks import registered
from webapp.notices.models import InboxMessage
from webapp.rectification import entering, queries
from webapp.rectification.models import Issue
from webapp.rectification.stopping import ISSUES

FIRST, LAST = date(2026, 11, 2), date(2026, 11, 13)  # ten working days
MOVED = date(2026, 11, 20)


@pytest.fixture
def people(county: Session) -> Parties:
    return parties(county)


def wanted(**values: Any) -> orders.Wanted:
    one: dict[str, Any] = {
        "unit_code": COUNTY,
        "document_no": "福政办发〔2026〕40号",
        "title": "关于启动防汛应急响应的通知",
        "units": [TOWNSHIP],
        "starts_on": FIRST,
        "ends_on": LAST,
    }
    return orders.Wanted(**(one | values))


def order(session: Session, desk: Viewer, at: datetime = MORNING, **values: Any) -> tuple[DisasterOrder, orders.Moves]:
    with acting_as(session, desk):
        return orders.make(session, wanted(**values), at)


def lamp(session: Session, row: Issue, on: date) -> str:
    return queries.items(session, [row], on)[0].lamp


def test_issues_are_registered_with_the_orders() -> None:
    assert ISSUES in registered


def test_the_deadline_moves_and_nothing_is_overdue_in_the_time(county: Session, people: Parties) -> None:
    row = brought_to(county, people, "in_rectification")
    made, moved = order(county, people.first_desk)
    assert orders.said(moved) == "1 个整改问题"
    assert (row.due_on, row.first_due_on, row.state) == (MOVED, DUE, "in_rectification")
    event = row.events[-1]
    assert (event.kind, event.person_id, event.reason, event.text) == (
        "freeze",
        people.first_desk.person_id,
        "关于启动防汛应急响应的通知（福政办发〔2026〕40号）",
        "期限由2026年11月6日改为2026年11月20日",
    )
    assert event.data == {"order": made.id, "from": "2026-11-02", "to": "2026-11-13", "due_on": "2026-11-20"}
    assert {lamp(county, row, date(2026, 11, day)) for day in range(6, 13)} == {"doing"}
    assert lamp(county, row, date(2026, 11, 21)) == "over"


def test_only_named_units_and_only_what_the_lead_unit_still_owes(county: Session, people: Parties) -> None:
    elsewhere = entered(county, people.first_desk, changed(unit_code=OTHER_TOWNSHIP, supports=()))
    asked = brought_to(county, people, "closure_requested")
    late = entered(county, people.first_desk, changed(due_on=date(2026, 10, 30), description="另一处"))
    assert orders.said(order(county, people.first_desk)[1]) == ""
    assert (elsewhere.due_on, asked.due_on, late.due_on) == (DUE, DUE, date(2026, 10, 30))


def test_ending_early_takes_the_days_back_also_of_what_waits_for_its_closure(county: Session, people: Parties) -> None:
    row = brought_to(county, people, "in_rectification")
    made, _ = order(county, people.first_desk)
    act(county, people.township, "request", row, factories.at("2026-11-03 09:00"))
    with acting_as(county, people.second_desk):
        at = factories.at("2026-11-04 09:00")
        _, back = orders.end(county, made.id, last_day=date(2026, 11, 4), at=at)
    assert orders.said(back) == "1 个整改问题"
    assert (row.due_on, row.first_due_on) == (date(2026, 11, 11), DUE)
    assert (row.events[-1].kind, row.events[-1].person_id) == ("thaw", people.second_desk.person_id)


def test_what_is_entered_returned_or_relapses_during_an_order_stands_still(county: Session, people: Parties) -> None:
    returned, closed = brought_to(county, people, "closure_requested"), brought_to(county, people, "closed")
    order(county, people.first_desk)
    tuesday = factories.at("2026-11-03 09:00")
    new = entered(county, people.first_desk, changed(due_on=date(2026, 11, 10)), at=tuesday)
    act(county, people.second_desk, "return", returned, tuesday)
    act(county, people.second_desk, "relapse", closed, tuesday)
    # Eight working days are left after the day on which it was entered.
    assert (new.due_on, new.first_due_on) == (date(2026, 11, 20), date(2026, 11, 10))
    assert [event.kind for event in new.events] == ["enter", "freeze"]
    assert (returned.due_on, returned.events[-1].kind) == (MOVED, "freeze")
    assert (closed.due_on, closed.first_due_on) == (date(2026, 12, 30), AGAIN)
    told = county.scalars(select(InboxMessage.body).where(InboxMessage.person_id == people.township.person_id)).all()
    assert any("退回" in words and "期限2026年11月20日" in words for words in told), told


def test_two_orders_count_each_day_once(county: Session, people: Parties) -> None:
    row = brought_to(county, people, "claimed")
    order(county, people.first_desk)
    other = {"document_no": "福政办发〔2026〕41号", "starts_on": date(2026, 11, 12), "ends_on": date(2026, 11, 17)}
    order(county, people.first_desk, units=[COUNTY], **other)
    assert row.due_on == date(2026, 11, 24), "only 16 and 17 November are new"


def test_a_correction_keeps_the_moved_deadline_unless_it_names_another(county: Session, people: Parties) -> None:
    row = entered(county, people.first_desk)
    order(county, people.first_desk)
    tuesday = factories.at("2026-11-03 09:00")
    with acting_as(county, people.first_desk):
        entering.correct(county, row.id, changed(due_on=MOVED, leader="镇长王某"), at=tuesday)
        assert (row.due_on, row.first_due_on) == (MOVED, DUE)
        entering.correct(county, row.id, changed(due_on=date(2026, 11, 27), leader="镇长王某"), at=tuesday)
    assert (row.due_on, row.first_due_on) == (date(2026, 12, 9), date(2026, 11, 27))


def test_a_second_click_on_a_return_is_no_act_of_somebody_else(county: Session, people: Parties) -> None:
    row = brought_to(county, people, "closure_requested")
    order(county, people.first_desk)
    version, tuesday = row.version, factories.at("2026-11-03 09:00")
    for _ in range(2):
        act(county, people.second_desk, "return", row, tuesday, version=version)
    assert [event.kind for event in row.events[-2:]] == ["return", "freeze"]


def test_the_check_names_issues_and_the_page_says_why(county: Session, people: Parties, clients: Clients) -> None:
    row, desk = entered(county, people.first_desk), clients.first_desk
    path = f"/rectification/{row.id}"
    county.commit()
    form = {
        "document_no": "福政办发〔2026〕40号",
        "title": "关于启动防汛应急响应的通知",
        "units": [TOWNSHIP],
        "starts_on": FIRST.isoformat(),
        "ends_on": LAST.isoformat(),
    }
    check = desk.get("/tasks/orders/check", query_string=form).text
    assert "未办结的 1 个整改问题" in check
    county.expire_all()
    assert row.due_on == DUE
    county.rollback()
    done = desk.post("/tasks/orders/new", data=form, follow_redirects=True).text
    assert "未办结的 1 个整改问题期限已顺延" in done
    page = clients.township.get(path).text
    for words in ("首次期限", "灾情期间暂停计时", "福政办发〔2026〕40号", "期限由2026年11月6日改为2026年11月20日"):
        assert words in page
