"""The duty list opens each template × unit × period once, also after days of downtime."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.making import parties
from tests.factories import COUNTY, TOWNSHIP
from webapp.access import acting_as
from webapp.accountability import occasions as schedule
from webapp.accountability.models import AccountabilityTask, Assignment
from webapp.accountability.occasions import occasions, period_of, period_words
from webapp.accountability.openings import Opening
from webapp.accountability.recurring import _held, mark_opened, open_recurring, start_of
from webapp.burden import rules as burden_rules
from webapp.burden.models import BurdenEntry, Demand
from webapp.errors import Forbidden
from webapp.notices.models import InboxMessage
from webapp.org.models import Division
from webapp.policy.calendar import work_calendar
from webapp.policy.work_areas import template

CITY = "5333"
FIRST_WORKDAY = date(2026, 10, 8)


@pytest.fixture
def manned(county: Session) -> Session:
    parties(county)
    factories.posting(county, "desk", CITY)
    return county


def morning(on: date) -> datetime:
    return factories.at(f"{on} 09:00")


def opened(session: Session, on: date) -> list[Assignment]:
    found = open_recurring(session, on, at=morning(on))
    mark_opened(session, "", on)
    return [session.get_one(Assignment, id_) for id_ in found.ids]


def test_a_month_opens_once(manned: Session) -> None:
    first = opened(manned, FIRST_WORKDAY)
    assert first
    assert opened(manned, FIRST_WORKDAY) == []
    assert opened(manned, date(2026, 10, 9)) == []
    keys = Counter((row.task.template_code, row.unit_code, row.task.period) for row in first)
    assert set(keys.values()) == {1}


def test_the_level_above_issues_and_villages_get_none(manned: Session) -> None:
    for row in opened(manned, FIRST_WORKDAY):
        assert manned.get_one(Division, row.unit_code).parent_code == row.issuer_code
        assert len(row.unit_code) < 12
        assert (row.task.issued_by_id, row.task.regular) == (None, True)


def test_an_ordinary_task_falls_due_on_the_last_working_day(manned: Session) -> None:
    rows = {(row.task.template_code, row.unit_code): row for row in opened(manned, FIRST_WORKDAY)}
    push = rows["WA02-T2", COUNTY]
    assert (push.task.period, push.issued_on, push.due_on) == ("2026-10", FIRST_WORKDAY, date(2026, 10, 30))
    assert push.task.title == "部门预警数据推送（2026年10月）"
    assert rows["WA08-T2", TOWNSHIP].task.period == "2026"


def test_the_months_list_is_confirmed_by_the_third_working_day_after(manned: Session) -> None:
    rows = opened(manned, date(2026, 10, 30))
    row = next(row for row in rows if row.task.template_code == "WA31-T2" and row.task.period == "2026-10")
    assert row.due_on == date(2026, 11, 4)


def test_after_days_of_downtime_it_is_caught_up_with_time_to_answer(manned: Session) -> None:
    late = date(2026, 10, 29)
    row = next(row for row in opened(manned, late) if row.task.template_code == "WA02-T2")
    assert row.task.period == "2026-10"
    assert row.due_on == date(2026, 11, 3)  # three working days, not the one that was left


def test_opening_every_day_opens_what_opening_once_does(manned: Session) -> None:
    day, found = date(2026, 9, 1), []
    while day <= date(2026, 10, 31):
        found += [(row.task.template_code, row.unit_code, row.task.period) for row in opened(manned, day)]
        day += timedelta(days=1)
    assert len(found) == len(set(found))
    calendar = work_calendar(manned)
    wanted = {
        (occasion.template.code, occasion.period)
        for occasion in occasions(calendar, date(2026, 9, 1), date(2026, 10, 31))
        if set(occasion.template.levels) & {"county", "township"}
    }
    caught_up = {"2026-08"}  # the first day also opened what August still owed
    assert {(code, period) for code, _, period in found if period not in caught_up} == wanted


def test_nothing_opens_on_a_day_of_rest(manned: Session) -> None:
    assert opened(manned, date(2026, 10, 4)) == []


def test_the_first_run_ever_does_not_dig_up_the_past(manned: Session) -> None:
    periods = {row.task.period for row in opened(manned, FIRST_WORKDAY)}
    assert "2026-08" not in periods
    assert {"2026-10"} <= periods


def test_after_months_of_downtime_every_period_is_opened_once_and_with_time_to_answer(manned: Session) -> None:
    opened(manned, date(2026, 5, 6))
    late = opened(manned, FIRST_WORKDAY)  # 155 days later, far more than the first run looks back
    pushed = [row for row in late if row.task.template_code == "WA02-T2"]
    assert [row.task.period for row in pushed] == ["2026-06", "2026-07", "2026-08", "2026-09", "2026-10"]
    assert {row.due_on for row in pushed} == {date(2026, 10, 12), date(2026, 10, 30)}
    assert opened(manned, date(2026, 10, 9)) == []


def test_downtime_is_remembered_for_the_subtree_that_was_opened(manned: Session) -> None:
    mark_opened(manned, COUNTY, date(2026, 9, 1))
    assert start_of(manned, COUNTY, FIRST_WORKDAY) == date(2026, 9, 1)
    assert start_of(manned, TOWNSHIP, FIRST_WORKDAY) == date(2026, 9, 1)
    assert start_of(manned, "", FIRST_WORKDAY) == FIRST_WORKDAY - timedelta(days=31)


def test_a_day_before_the_last_one_opened_looks_back_as_the_first_run_does(manned: Session) -> None:
    mark_opened(manned, "", date(2026, 12, 1))
    assert start_of(manned, "", FIRST_WORKDAY) == FIRST_WORKDAY - timedelta(days=31)


def test_a_township_that_joins_later_is_added(manned: Session) -> None:
    code = f"{COUNTY}999"
    opened(manned, FIRST_WORKDAY)
    manned.add(Division(code=code, parent_code=COUNTY, level=4, name="新设镇"))
    manned.flush()
    assert {row.unit_code for row in opened(manned, date(2026, 10, 9))} == {code}


@pytest.mark.parametrize(
    ("ceiling", "reason"),
    [
        ("requests_month", "当月常规事项已达上限，本期责任事项没有开设。请先免除或改期其他事项"),
        ("minutes_month", "当月用时将超过上限，本期责任事项没有开设。请先免除或改期其他事项"),
    ],
)
def test_who_joins_in_mid_period_at_a_ceiling_is_listed_and_the_other_is_added(
    manned: Session, monkeypatch: pytest.MonkeyPatch, ceiling: str, reason: str
) -> None:
    full, free = f"{COUNTY}998", f"{COUNTY}999"
    monkeypatch.setattr(schedule, "templates", lambda: (template("WA08-T2"),))
    opened(manned, FIRST_WORKDAY)
    monkeypatch.setattr(burden_rules, "VILLAGE_CODE_LENGTH", len(TOWNSHIP))  # the ceilings protect townships here
    manned.add_all([Division(code=code, parent_code=COUNTY, level=4, name=f"新设{code}镇") for code in (full, free)])
    manned.flush()
    for number in range(5 if ceiling == "requests_month" else 1):
        manned.add(
            BurdenEntry(
                unit_code=full,
                month=date(2026, 10, 1),
                issuer_code=COUNTY,
                key=f"other:{number}",
                title="另一项",
                minutes=1 if ceiling == "requests_month" else 10_000,
                regular=ceiling == "requests_month",
            )
        )
    manned.flush()
    found = open_recurring(manned, date(2026, 10, 9), at=morning(date(2026, 10, 9)))
    assert [manned.get_one(Assignment, id_).unit_code for id_ in found.ids] == [free]
    assert [(one.unit_code, one.reason) for one in found.not_opened] == [(full, reason)]


def test_what_is_held_is_read_for_the_year_in_play_only(manned: Session) -> None:
    """Years of history are not read every day; what shares a month with the period still is."""
    monthly = next(occasions(work_calendar(manned), FIRST_WORKDAY, FIRST_WORKDAY))
    task = next(row.task for row in opened(manned, FIRST_WORKDAY) if row.task.template_code == monthly.template.code)
    assert _held(manned, monthly, "")
    task.period = "2025-10"
    manned.flush()
    assert _held(manned, monthly, "") == {}
    task.period = "2026H2"
    manned.flush()
    assert set().union(*_held(manned, monthly, "").values()) == {"2026H2"}


def test_counties_without_anybody_in_post_take_no_part(manned: Session) -> None:
    opened(manned, FIRST_WORKDAY)
    assert not manned.scalars(select(Assignment).where(Assignment.unit_code.startswith("533301"))).all()


def test_a_vacant_post_is_marked(manned: Session) -> None:
    rows = {row.unit_code: row.vacant for row in opened(manned, FIRST_WORKDAY)}
    assert rows[TOWNSHIP] is False
    assert rows[factories.OTHER_TOWNSHIP] is True


def test_the_desk_above_is_told_of_vacant_posts_in_one_message(manned: Session) -> None:
    desk = factories.viewer(manned, "desk", COUNTY)
    opened(manned, FIRST_WORKDAY)
    messages = [
        message
        for message in manned.scalars(select(InboxMessage).where(InboxMessage.person_id == desk.person_id))
        if message.subject == "责任岗位空缺"
    ]
    assert len(messages) == 1
    assert messages[0].body.startswith("匹河怒族乡、子里甲乡、")
    assert "上帕镇" not in messages[0].body  # somebody holds its post


def test_a_closed_unit_gets_nothing_and_is_listed_with_the_reason(manned: Session) -> None:
    manned.get_one(Division, TOWNSHIP).valid_to = date(2026, 10, 7)
    found = open_recurring(manned, FIRST_WORKDAY, at=morning(FIRST_WORKDAY))
    assert [(one.unit_code, one.reason) for one in found.not_opened] == [
        (TOWNSHIP, "区划已于2026年10月7日撤销，不再开设责任事项")
    ]
    assert not manned.scalars(select(Assignment).where(Assignment.unit_code == TOWNSHIP)).all()


def test_a_unit_that_moved_to_another_issuer_keeps_what_it_has(manned: Session) -> None:
    opened(manned, FIRST_WORKDAY)
    manned.get_one(Division, TOWNSHIP).parent_code = factories.NEIGHBOUR_COUNTY
    manned.flush()
    assert opened(manned, date(2026, 10, 9)) == []


def test_an_interval_changed_in_mid_period_holds_from_the_next_whole_period(
    manned: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(manned, FIRST_WORKDAY)
    quarterly = replace(template("WA02-T2"), every="quarter", months=(10, 1))
    monkeypatch.setattr(schedule, "templates", lambda: (quarterly,))
    found = open_recurring(manned, date(2026, 10, 9), at=morning(date(2026, 10, 9)))
    assert found.ids == []
    assert {(one.unit_code, one.title) for one in found.not_opened} == {(COUNTY, "部门预警数据推送")}
    assert "2026年10月已按原周期开设" in found.not_opened[0].reason
    mark_opened(manned, "", date(2026, 12, 31))
    periods = {row.task.period for row in opened(manned, date(2027, 1, 4))}
    assert periods == {"2027Q1"}


def test_each_passes_the_gate_and_is_in_the_form_directory(manned: Session) -> None:
    rows = opened(manned, FIRST_WORKDAY)
    demands = {demand.id: demand for demand in manned.scalars(select(Demand))}
    for row in rows:
        demand = demands[row.task.demand_id or 0]
        assert (demand.owner_code, demand.title, demand.regular) == (row.issuer_code, row.task.title, True)
    assert len(demands) == len({row.task_id for row in rows})


def test_what_the_gate_refuses_is_listed_and_stops_nothing_else(
    manned: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = replace(template("WA02-T2"), title="学习贯彻情况报告")
    monkeypatch.setattr(schedule, "templates", lambda: (bad, template("WA31-T2")))
    found: Opening = open_recurring(manned, date(2026, 10, 30), at=morning(date(2026, 10, 30)))
    assert {manned.get_one(Assignment, id_).task.template_code for id_ in found.ids} == {"WA31-T2"}
    assert {one.unit_code for one in found.not_opened} == {COUNTY}
    assert "贯彻落实情况" in found.not_opened[0].reason


def test_no_shipped_template_is_refused_by_the_gate(manned: Session) -> None:
    mark_opened(manned, "", date(2026, 1, 1))
    found = open_recurring(manned, date(2026, 12, 31), at=morning(date(2026, 12, 31)))
    assert found.not_opened == []
    assert {manned.get_one(Assignment, id_).task.template_code for id_ in found.ids} == {
        one.template.code
        for one in occasions(work_calendar(manned), date(2026, 1, 1), date(2026, 12, 31))
        if set(one.template.levels) & {"city", "county", "township"}
    }


def test_each_is_entered_in_the_burden_ledger(manned: Session) -> None:
    rows = opened(manned, FIRST_WORKDAY)
    keys = set(manned.scalars(select(BurdenEntry.key)))
    assert keys == {f"assignment:{row.id}" for row in rows}


def test_only_the_system_opens(manned: Session) -> None:
    with acting_as(manned, factories.viewer(manned, "desk", COUNTY)), pytest.raises(Forbidden):
        open_recurring(manned, FIRST_WORKDAY)
    assert manned.scalars(select(AccountabilityTask)).all() == []


@pytest.mark.parametrize(
    ("every", "month", "period", "words"),
    [
        ("month", 3, "2026-03", "2026年3月"),
        ("quarter", 9, "2026Q3", "2026年第三季度"),
        ("half_year", 3, "2026H1", "2026年上半年"),
        ("half_year", 11, "2026H2", "2026年下半年"),
        ("year", 12, "2026", "2026年"),
    ],
)
def test_periods(every: str, month: int, period: str, words: str) -> None:
    assert period_of(every, 2026, month) == period
    assert period_words(period) == words
