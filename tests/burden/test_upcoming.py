"""What the calendar will open keeps its place: a one-off that would take it is refused, not the month sheet (X-5)."""

from datetime import date

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.making import changed, issued
from tests.factories import NEIGHBOUR_COUNTY, NEIGHBOUR_VILLAGE, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from tests.sheets.making import opened, people, sheet_at
from webapp.access import Viewer, acting_as
from webapp.burden import gate, service
from webapp.burden.upcoming import upcoming
from webapp.errors import Refused
from webapp.org.models import Division
from webapp.sheets.months import still_to_open

TODAY = factories.at("2026-11-23 10:00")
NOVEMBER, DECEMBER = date(2026, 11, 23), date(2026, 12, 10)


def one_off(session: Session, viewer: Viewer, minutes: int, due_on: date = DECEMBER, *, regular: bool = False) -> None:
    wanted = changed(minutes=minutes, due_on=due_on, regular=regular)
    issued(session, viewer, [VILLAGE, SISTER_VILLAGE], demand=wanted, at=TODAY)


def test_a_one_off_that_would_take_the_place_of_next_months_sheet_is_refused(county: Session) -> None:
    places = people(county)
    with pytest.raises(Refused, match=r"60 分钟上限（含待开的村级月报单（2026年12月） 50 分钟）"):
        one_off(county, places.county, 30)
    one_off(county, places.county, 10)
    found = opened(county)
    assert found.not_opened == [] and sheet_at(county).assignment.task.minutes == 50


def test_the_only_regular_slot_of_the_month_is_the_sheets(county: Session) -> None:
    places = people(county)
    with pytest.raises(Refused, match=r"常规事项已达 1 项上限（含待开的"):
        one_off(county, places.county, 5, regular=True)


def test_what_the_calendar_has_opened_is_counted_once(county: Session) -> None:
    people(county)
    opening_day = date(2026, 12, 1)
    assert upcoming(county, [VILLAGE], DECEMBER, NOVEMBER)[VILLAGE][0].minutes == 50
    assert upcoming(county, [VILLAGE], DECEMBER, opening_day)
    opened(county, opening_day)
    assert upcoming(county, [VILLAGE], DECEMBER, opening_day) == {}


def test_what_was_not_opened_on_its_day_is_no_longer_to_come(county: Session) -> None:
    people(county)
    assert upcoming(county, [VILLAGE], NOVEMBER, NOVEMBER) == {}
    assert upcoming(county, [VILLAGE], date(2026, 10, 9), NOVEMBER) == {}


def test_only_villages_that_take_part_have_a_sheet_to_come(county: Session) -> None:
    people(county)
    county.get_one(Division, SISTER_VILLAGE).valid_to = date(2026, 11, 30)
    asked = [VILLAGE, SISTER_VILLAGE, NEIGHBOUR_VILLAGE, TOWNSHIP]
    assert set(upcoming(county, asked, DECEMBER, NOVEMBER)) == {VILLAGE}
    factories.viewer(county, "desk", NEIGHBOUR_COUNTY)
    assert set(upcoming(county, asked, DECEMBER, NOVEMBER)) == {VILLAGE, NEIGHBOUR_VILLAGE}


def test_a_township_is_told_the_same_as_its_county(county: Session) -> None:
    places = people(county)
    proposal = gate.Proposal("task:9", "task", "防火", "依据", TOWNSHIP, "上帕镇", DECEMBER, date(2026, 12, 31), 30)
    with acting_as(county, places.township):
        assert "待开的村级月报单" in gate.judge(county, proposal, [VILLAGE], TODAY).faults["units"]


def test_a_sheet_that_was_put_off_does_not_take_the_next_ones_place(county: Session) -> None:
    people(county)
    opened(county, date(2026, 11, 2))
    service.move(county, sheet_at(county, month="2026-11").assignment.burden_key, date(2026, 12, 4))
    assert opened(county).not_opened == []
    assert sheet_at(county).lines


def test_very_many_targets_take_a_few_statements(county: Session) -> None:
    people(county)
    codes = [*(f"5333239{number:05}" for number in range(600)), VILLAGE]
    said: list[str] = []
    event.listen(county.get_bind(), "before_cursor_execute", lambda *call: said.append(call[2]))
    assert VILLAGE in still_to_open(county, codes, DECEMBER.replace(day=1), NOVEMBER)
    assert len(said) <= 10
