"""A disaster order stops the clock of the unit that has to answer a request (T-9, T-10)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY, TOWNSHIP, VILLAGE
from tests.upward.conftest import MORNING
from webapp.access import Viewer, acting_as
from webapp.accountability import orders
from webapp.accountability.other_clocks import registered
from webapp.notices.models import InboxMessage
from webapp.upward import queries, service
from webapp.upward.models import UpwardRequest
from webapp.upward.rules import Asking
from webapp.upward.stopping import REQUESTS

FIRST, LAST = date(2026, 10, 14), date(2026, 10, 20)  # five working days
DUE, MOVED = date(2026, 10, 15), date(2026, 10, 22)


@dataclass
class People:
    village: Viewer
    township: Viewer
    county: Viewer


@pytest.fixture
def people(county: Session) -> People:
    at = (("secretary", VILLAGE), ("desk", TOWNSHIP), ("desk", COUNTY))
    return People(*(factories.viewer(county, role, unit) for role, unit in at))


def asked(session: Session, people: People, due_on: date = DUE, at: str = "2026-10-12 09:30") -> UpwardRequest:
    one = Asking(VILLAGE, TOWNSHIP, "project", "修复村组水毁道路", "八月暴雨冲毁道路。", "", "", due_on)
    with acting_as(session, people.village):
        return service.ask(session, str(uuid4()), one, at=factories.at(at))


def order(session: Session, people: People, units: tuple[str, ...] = (TOWNSHIP,), **values: Any) -> tuple[int, str]:
    one: dict[str, Any] = {"document_no": "福政办发〔2026〕40号", "starts_on": FIRST, "ends_on": LAST}
    wanted = orders.Wanted(unit_code=COUNTY, title="关于启动防汛应急响应的通知", units=units, **(one | values))
    with acting_as(session, people.county):
        made, moved = orders.make(session, wanted, MORNING)
    return made.id, orders.said(moved)


def kinds(row: UpwardRequest) -> list[str]:
    return [event.kind for event in row.events]


def test_requests_are_registered_with_the_orders() -> None:
    assert REQUESTS in registered


def test_the_clock_of_the_unit_that_answers_stands_still(county: Session, people: People) -> None:
    row = asked(county, people)
    number, moved = order(county, people)
    assert (moved, row.due_on, row.first_due_on, row.state) == ("1 件请示", MOVED, DUE, "asked")
    event = row.events[-1]
    assert (event.kind, event.due_on, event.actor_unit) == ("freeze", MOVED, COUNTY)
    assert event.data == {"order": number, "from": "2026-10-14", "to": "2026-10-20", "due_on": "2026-10-22"}
    lamps = {day: queries.items(county, [row], date(2026, 10, day))[0].clock.lamp for day in (16, 22, 23)}
    assert lamps == {16: "green", 22: "amber", 23: "red"}


def test_both_units_are_told_and_read_why(county: Session, people: People, sign_in: Callable[..., FlaskClient]) -> None:
    row, clients = asked(county, people), [sign_in("secretary", VILLAGE), sign_in("desk", TOWNSHIP)]
    order(county, people)
    said = "关于启动防汛应急响应的通知（福政办发〔2026〕40号），期限由2026年10月15日改为2026年10月22日"
    mine = select(InboxMessage.body).where(InboxMessage.person_id.in_((people.village.person_id,)))
    assert county.scalars(mine).all() == [f"请示“修复村组水毁道路”：因{said}。"]
    theirs = select(InboxMessage.body).where(InboxMessage.person_id == people.township.person_id)
    assert any("本单位 1 件请示" in words for words in county.scalars(theirs))
    path = f"/requests/{row.id}"
    county.commit()
    for client in clients:
        page = client.get(path).text
        assert "灾情期间暂停计时" in page and said in page and "最初期限" in page


def test_of_an_order_and_its_early_end_only_who_asked_hears_once_each(county: Session, people: People) -> None:
    colleague = factories.viewer(county, "deputy", VILLAGE)
    rows = [asked(county, people) for _ in range(3)]
    for row, title in zip(rows, "甲乙丙", strict=True):
        row.title = title
    number, _ = order(county, people)
    with acting_as(county, people.county):
        orders.end(county, number, last_day=date(2026, 10, 15), at=factories.at("2026-10-15 09:00"))
    told = select(InboxMessage.subject, InboxMessage.body).where(InboxMessage.path == "/requests/")
    mine = county.execute(
        told.where(InboxMessage.person_id == people.village.person_id).order_by(InboxMessage.id)
    ).all()
    assert [subject for subject, _ in mine] == ["灾情期间期限调整"] * 2
    assert all([line[:5] for line in body.splitlines()] == ["请示“甲”", "请示“乙”", "请示“丙”"] for _, body in mine)
    by_order = InboxMessage.key.startswith(f"order:{number}:")
    hearing = set(county.scalars(select(InboxMessage.person_id).where(by_order)))
    assert colleague.person_id not in hearing and hearing >= {people.village.person_id, people.township.person_id}


def test_an_order_for_the_unit_that_asks_does_not_stop_the_unit_that_answers(county: Session, people: People) -> None:
    row = asked(county, people)
    assert order(county, people, (VILLAGE,))[1] == ""
    assert row.due_on == DUE


def test_an_early_end_takes_the_days_back_and_what_was_answered_stays(county: Session, people: People) -> None:
    row = asked(county, people)
    number, _ = order(county, people)
    with acting_as(county, people.county):
        orders.end(county, number, last_day=date(2026, 10, 15), at=factories.at("2026-10-15 09:00"))
    assert (row.due_on, kinds(row)) == (date(2026, 10, 19), ["ask", "freeze", "thaw"])
    with acting_as(county, people.township):
        service.answer(county, row.id, outcome="agreed", text="同意补助。", at=factories.at("2026-10-16 09:00"))
    assert order(county, people, document_no="福政办发〔2026〕41号", starts_on=date(2026, 10, 16))[1] == ""
    assert row.due_on == date(2026, 10, 19)


def test_what_is_asked_during_an_order_stands_still_too(county: Session, people: People) -> None:
    order(county, people)
    row = asked(county, people, date(2026, 10, 20), "2026-10-15 09:00")
    assert (row.due_on, row.first_due_on, kinds(row)) == (date(2026, 10, 23), date(2026, 10, 20), ["ask", "freeze"])


@pytest.mark.parametrize(
    ("units", "starts_on", "due", "happened"),
    [
        # Both stand still: the time that was left is passed on, no day counts twice.
        ((COUNTY,), FIRST, MOVED, ["ask", "freeze", "pass"]),
        # The county gets time of its own, to 22 October, and its clock stands still on the 20th.
        ((COUNTY,), date(2026, 10, 15), date(2026, 10, 23), ["ask", "freeze", "pass", "freeze"]),
        # Passed on out of the order: the county has time of its own, and its clock runs.
        ((TOWNSHIP,), date(2026, 10, 15), date(2026, 10, 22), ["ask", "freeze", "pass"]),
    ],
)
def test_passed_on_the_clock_of_the_next_unit_counts(
    county: Session, people: People, units: tuple[str, ...], starts_on: date, due: date, happened: list[str]
) -> None:
    row = asked(county, people)
    order(county, people, units, starts_on=starts_on)
    version, at = row.version, factories.at("2026-10-19 09:00")
    with acting_as(county, people.township):
        for _ in range(2):  # a second click passes on once
            service.pass_on(county, row.id, to_code=COUNTY, reason="超出权限", at=at, version=version)
    assert (row.asked_code, row.due_on, kinds(row)) == (COUNTY, due, happened)
