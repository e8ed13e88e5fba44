"""One sheet a village and month, opened once, through the gate, each line once per template, village and period."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY, OTHER_VILLAGE, TOWNSHIP, VILLAGE
from tests.sheets.making import MONTH, OPENED, asked_else, opened, people, sheet_at
from webapp.access import acting_as
from webapp.accountability import occasions as schedule
from webapp.accountability.models import AccountabilityTask, Assignment
from webapp.accountability.recurring import mark_opened
from webapp.burden.models import BurdenEntry, Demand
from webapp.burden.report import issuer_report
from webapp.errors import Forbidden
from webapp.notices.models import InboxMessage
from webapp.org.models import Division
from webapp.policy import duty_lists
from webapp.policy.models import Duty
from webapp.policy.work_areas import template
from webapp.sheets.models import MonthSheet, SheetLine
from webapp.sheets.months import month_of
from webapp.sheets.opening import _held, open_sheets


def test_all_regular_templates_of_the_month_are_lines_of_one_sheet(county: Session) -> None:
    people(county)
    opened(county)
    sheet = sheet_at(county)
    assert [(line.template_code, line.period) for line in sheet.lines] == [
        ("WA02-T1", "2026-12"),
        ("WA08-T3", "2026"),
        ("WA11-T1", "2026Q4"),
        ("WA20-T3", "2026Q4"),
        ("WA30-T4", "2026Q4"),
    ]
    row = sheet.assignment
    assert (row.issuer_code, row.due_on, row.task.via, row.task.minutes) == (TOWNSHIP, date(2026, 12, 31), "sheet", 50)
    assert sheet_at(county, OTHER_VILLAGE).assignment.issuer_code == factories.OTHER_TOWNSHIP


def test_a_quiet_month_has_one_line(county: Session) -> None:
    people(county)
    opened(county, date(2026, 10, 8))
    assert [line.title for line in sheet_at(county, month="2026-10").lines] == ["月度风险线索排查（2026年10月）"]


def test_opening_again_opens_nothing_more(county: Session) -> None:
    people(county)
    assert opened(county, date(2026, 8, 3)).ids
    mark_opened(county, "", date(2026, 8, 3))
    assert opened(county, date(2026, 8, 4)).ids == []


def test_where_all_have_their_sheet_no_history_is_read(county: Session) -> None:
    people(county)
    opened(county)
    said: list[str] = []
    engine = county.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *call: said.append(call[2]))
    opened(county, date(2026, 12, 2))
    assert said and not [one for one in said if "sheet_line" in one]


def test_what_is_held_is_read_for_the_years_in_play_only(county: Session) -> None:
    people(county)
    opened(county)
    month = month_of(county, date(2026, 12, 2), "")
    assert month is not None
    assert _held(county, month.lines, "")[VILLAGE, "WA11-T1"] == {"2026Q4"}
    for line in county.scalars(select(SheetLine).where(SheetLine.template_code == "WA11-T1")):
        line.period = "2025Q4"
    county.flush()
    assert (VILLAGE, "WA11-T1") not in _held(county, month.lines, "")


def test_after_months_of_downtime_what_is_owed_is_carried_onto_the_one_sheet(county: Session) -> None:
    people(county)
    opened(county, date(2026, 7, 1))
    mark_opened(county, "", date(2026, 7, 1))
    found = opened(county, date(2026, 10, 8))
    sheets = county.scalars(select(MonthSheet.month).where(MonthSheet.unit_code == VILLAGE).order_by(MonthSheet.month))
    assert list(sheets) == ["2026-07", "2026-10"]
    assert [(line.template_code, line.period) for line in sheet_at(county, month="2026-10").lines] == [
        ("WA02-T1", "2026-10"),
        ("WA11-T1", "2026Q3"),
        ("WA20-T3", "2026Q3"),
        ("WA30-T4", "2026Q3"),
        ("WA02-T1", "2026-09"),
        ("WA02-T1", "2026-08"),
    ]
    assert sheet_at(county, month="2026-10").assignment.task.minutes == 60
    assert found.not_opened == []
    lines = county.execute(select(SheetLine.template_code, SheetLine.unit_code, SheetLine.period)).tuples()
    assert set(Counter(lines).values()) == {1}


def test_what_the_ceiling_leaves_no_room_for_is_listed(county: Session) -> None:
    people(county)
    mark_opened(county, "", date(2026, 10, 30))
    found = opened(county)  # December has 50 minutes of its own; November owes two lines of 10
    assert [(line.template_code, line.period) for line in sheet_at(county).lines][5:] == [("WA30-T3", "2026")]
    assert {(one.title, one.reason) for one in found.not_opened} == {
        ("月度风险线索排查（2026年11月）", "补开后当月用时将超过上限，不再补开")
    }


def test_the_first_run_ever_carries_nothing_over(county: Session) -> None:
    people(county)
    opened(county)
    assert len(sheet_at(county).lines) == 5


def test_a_sheet_whose_answer_would_fall_into_the_next_month_waits_for_that_months_sheet(county: Session) -> None:
    people(county)
    found = opened(county, date(2026, 11, 27))
    mark_opened(county, "", date(2026, 11, 27))
    assert found.ids == []
    assert {one.reason for one in found.not_opened} == {"本月剩余的工作日不足答复时间，事项并入下月月报单"}
    opened(county)
    assert ("WA30-T3", "2026") in {(line.template_code, line.period) for line in sheet_at(county).lines}


def test_it_costs_a_village_one_regular_request_of_the_countys_demand(county: Session) -> None:
    people(county)
    opened(county)
    demand = county.scalars(select(Demand)).one()
    assert (demand.key, demand.kind, demand.owner_code) == (f"sheet:{COUNTY}:{MONTH}", "sheet", COUNTY)
    entries = county.scalars(select(BurdenEntry).where(BurdenEntry.unit_code == VILLAGE)).all()
    assert [(one.regular, one.minutes, one.demand_id, one.issuer_code) for one in entries] == [
        (True, 50, demand.id, COUNTY)
    ]


def test_the_report_by_issuer_names_the_county_that_owns_the_lines_and_no_township(county: Session) -> None:
    people(county)
    opened(county)
    lines = issuer_report(county, MONTH, COUNTY)
    assert [(one.issuer_code, one.demands, one.regular) for one in lines] == [(COUNTY, 1, 1)]
    villages = county.scalar(select(func.count()).select_from(MonthSheet))
    assert lines[0].minutes == 50 * (villages or 0) > 0


def test_minutes_asked_before_do_not_keep_the_months_own_lines_away(county: Session) -> None:
    people(county)
    mark_opened(county, "", date(2026, 10, 30))
    asked_else(county, date(2026, 12, 1), minutes=30, regular=False)
    found = opened(county)
    assert len(sheet_at(county).lines) == 5  # what November owes is carried only as far as there is room
    assert "村级月报单（2026年12月）" not in {one.title for one in found.not_opened}


def test_a_village_that_is_asked_enough_is_listed_and_the_others_get_theirs(county: Session) -> None:
    people(county)
    asked_else(county, date(2026, 12, 1), minutes=5, regular=True)
    found = opened(county)
    assert [(one.unit_code, one.reason) for one in found.not_opened] == [
        (VILLAGE, "当月常规事项已达上限，月报单没有开设。请先免除或改期其他事项")
    ]
    assert county.scalars(select(MonthSheet).where(MonthSheet.unit_code == VILLAGE)).all() == []
    assert sheet_at(county, factories.SISTER_VILLAGE)


def test_a_vacant_village_gets_its_sheet_and_the_township_is_told(county: Session) -> None:
    places = people(county)
    opened(county)
    assert sheet_at(county, factories.SISTER_VILLAGE).assignment.vacant is True
    assert sheet_at(county).assignment.vacant is False
    bodies = [
        one.body
        for one in county.scalars(select(InboxMessage).where(InboxMessage.person_id == places.township.person_id))
        if one.subject == "责任岗位空缺"
    ]
    assert len(bodies) == 1


def test_a_closed_village_gets_none_and_is_listed(county: Session) -> None:
    people(county)
    county.get_one(Division, VILLAGE).valid_to = date(2026, 11, 30)
    found = opened(county)
    assert [(one.unit_code, one.reason) for one in found.not_opened] == [
        (VILLAGE, "区划已于2026年11月30日撤销，不再开设责任事项")
    ]
    assert county.scalars(select(MonthSheet).where(MonthSheet.unit_code == VILLAGE)).all() == []


def test_what_a_village_has_as_a_task_of_its_own_is_no_line_as_well(county: Session) -> None:
    people(county)
    task = AccountabilityTask(
        request_id="before",
        state="issued",
        title="务工变动报告",
        content="x",
        basis="x",
        evidence="x",
        minutes=10,
        template_code="WA11-T1",
        period="2026Q4",
        issuer_code=TOWNSHIP,
        issued_by_name="责任清单",
        drafted_at=OPENED,
        issued_at=OPENED,
        due_on=date(2026, 12, 31),
    )
    row = Assignment(
        task=task,
        unit_code=VILLAGE,
        issuer_code=TOWNSHIP,
        state="issued",
        issued_on=date(2026, 12, 1),
        due_on=date(2026, 12, 31),
        first_due_on=date(2026, 12, 31),
        changed_at=OPENED,
    )
    county.add_all([task, row])
    county.flush()
    opened(county)
    assert "WA11-T1" not in {line.template_code for line in sheet_at(county).lines}
    assert "WA11-T1" in {line.template_code for line in sheet_at(county, factories.SISTER_VILLAGE).lines}


def test_an_interval_changed_in_mid_period_makes_no_second_line(
    county: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    people(county)
    opened(county, date(2026, 11, 2))
    quarterly = replace(template("WA02-T1"), every="quarter", months=(12,))
    others = [one for one in schedule.templates() if one.code != "WA02-T1"]
    monkeypatch.setattr(schedule, "templates", lambda: (quarterly, *others))
    found = opened(county)
    assert "WA02-T1" not in {line.template_code for line in sheet_at(county).lines}
    assert (VILLAGE, "月度风险线索排查") in {(one.unit_code, one.title) for one in found.not_opened}


def test_only_the_system_opens_sheets(county: Session) -> None:
    places = people(county)
    with acting_as(county, places.county), pytest.raises(Forbidden):
        open_sheets(county, date(2026, 12, 1))


def test_a_duty_that_has_ended_is_no_line_any_more_and_the_run_says_why(county: Session) -> None:
    people(county)
    duty_lists.load(county)
    county.get_one(Duty, "P-19").valid_to = date(2026, 9, 30)
    found = opened(county)
    assert [line.template_code for line in sheet_at(county).lines] == ["WA02-T1", "WA08-T3", "WA11-T1", "WA20-T3"]
    assert sheet_at(county).assignment.task.minutes == 50 - template("WA30-T4").minutes
    reasons = [one.reason for one in found.not_opened if one.unit_code == VILLAGE]
    assert reasons and all("有效期至2026年9月30日" in one for one in reasons)
