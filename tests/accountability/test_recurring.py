"""The duty list opens each template × unit × period once, also after days of downtime."""

from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.making import parties
from tests.factories import COUNTY, TOWNSHIP
from webapp.access import acting_as
from webapp.accountability.models import AccountabilityTask, Assignment
from webapp.accountability.recurring import CATCH_UP_DAYS, occasions, open_recurring, period_of, period_words
from webapp.burden.models import BurdenEntry
from webapp.errors import Forbidden
from webapp.org.models import Division
from webapp.policy.calendar import work_calendar

CITY = "5333"
FIRST_WORKDAY = date(2026, 10, 8)
OPENED = factories.at("2026-10-08 09:00")


@pytest.fixture
def manned(county: Session) -> Session:
    parties(county)
    factories.posting(county, "desk", CITY)
    return county


def opened(session: Session, on: date) -> list[Assignment]:
    return [session.get_one(Assignment, id_) for id_ in open_recurring(session, on, at=OPENED)]


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
        for on in (date(2026, 9, 30), date(2026, 10, 31))
        for occasion in occasions(calendar, on)
        if set(occasion.template.levels) & {"county", "township"} and occasion.opens_on >= date(2026, 9, 1)
    }
    caught_up = {"2026-08"}  # the first day also opened what August still owed
    assert {(code, period) for code, _, period in found if period not in caught_up} == wanted


def test_nothing_opens_on_a_day_of_rest(manned: Session) -> None:
    assert opened(manned, date(2026, 10, 4)) == []


def test_what_is_long_past_is_not_opened(manned: Session) -> None:
    on = FIRST_WORKDAY
    oldest = min(occasion.opens_on for occasion in occasions(work_calendar(manned), on))
    assert (on - oldest).days <= CATCH_UP_DAYS


def test_a_township_that_joins_later_is_added(manned: Session) -> None:
    code = f"{COUNTY}999"
    opened(manned, FIRST_WORKDAY)
    manned.add(Division(code=code, parent_code=COUNTY, level=4, name="新设镇"))
    manned.flush()
    assert {row.unit_code for row in opened(manned, date(2026, 10, 9))} == {code}


def test_counties_without_anybody_in_post_take_no_part(manned: Session) -> None:
    opened(manned, FIRST_WORKDAY)
    assert not manned.scalars(select(Assignment).where(Assignment.unit_code.startswith("533301"))).all()


def test_a_vacant_post_is_marked(manned: Session) -> None:
    rows = {row.unit_code: row.vacant for row in opened(manned, FIRST_WORKDAY)}
    assert rows[TOWNSHIP] is False
    assert rows[factories.OTHER_TOWNSHIP] is True


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
