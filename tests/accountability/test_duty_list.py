"""What the duty list says of a template at a level and in a locality, on the first day of its period (P-26)."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.making import parties
from tests.factories import COUNTY, TOWNSHIP
from webapp.accountability.models import Assignment
from webapp.accountability.recurring import open_recurring
from webapp.policy import duty_lists
from webapp.policy.models import Duty
from webapp.policy.work_areas import template

NOVEMBER = date(2026, 11, 2)  # the first working day; WA25-T1 opens: P-14 for counties, P-16 for townships


@pytest.fixture
def listed(county: Session) -> Session:
    parties(county)
    factories.posting(county, "desk", "5333")
    duty_lists.load(county)
    return county


def change(session: Session, code: str, **values: object) -> None:
    for name, value in values.items():
        setattr(session.get_one(Duty, code), name, value)
    session.flush()


def opening(session: Session, on: date = NOVEMBER) -> tuple[set[str], dict[str, str]]:
    """Units with WA25-T1 of the year, and unit → why not."""
    found = open_recurring(session, on, at=factories.at(f"{on} 09:00"))
    rows = [session.get_one(Assignment, id_) for id_ in found.ids]
    title = template("WA25-T1").title
    return (
        {row.unit_code for row in rows if row.task.template_code == "WA25-T1"},
        {one.unit_code: one.reason for one in found.not_opened if one.title == title},
    )


def test_a_duty_in_force_opens_at_its_level(listed: Session) -> None:
    units, why = opening(listed)
    assert {COUNTY, TOWNSHIP} <= units and why == {}


def test_a_duty_that_ended_before_the_period_opens_nothing_at_its_level_and_says_why(listed: Session) -> None:
    change(listed, "P-14", valid_to=date(2025, 12, 31))
    units, why = opening(listed)
    assert TOWNSHIP in units and COUNTY not in units
    assert why[COUNTY] == (
        "责任清单所列“抓好村庄分类、项目库建设和资金项目公开公示，对资金项目负首要责任”有效期至2025年12月31日，"
        "2026年开始时不在有效期内，不开设"
    )


def test_a_duty_in_force_on_the_first_day_of_the_period_opens_though_it_ends_in_it(listed: Session) -> None:
    change(listed, "P-14", valid_to=date(2026, 1, 1))
    assert COUNTY in opening(listed)[0]


def test_a_duty_not_yet_in_force_opens_nothing(listed: Session) -> None:
    change(listed, "P-14", valid_from=date(2026, 1, 2))
    units, why = opening(listed)
    assert COUNTY not in units and "自2026年1月2日起生效" in why[COUNTY]


def test_a_locality_s_own_duty_opens_there_where_the_nation_s_has_ended(listed: Session) -> None:
    change(listed, "P-14", valid_to=date(2025, 12, 31))
    change(listed, "P-25", division=COUNTY, carried_by=["WA25-T1"])
    assert COUNTY in opening(listed)[0]


def test_a_locality_s_own_duty_elsewhere_opens_nothing_here(listed: Session) -> None:
    change(listed, "P-14", valid_to=date(2025, 12, 31))
    change(listed, "P-25", division="33", carried_by=["WA25-T1"])
    assert COUNTY not in opening(listed)[0]


def test_a_level_of_which_the_list_says_nothing_opens_as_the_template_does(listed: Session) -> None:
    """Also where a local duty for it has ended: it only ever adds."""
    change(listed, "P-14", levels=["city"])
    change(listed, "P-25", division=COUNTY, levels=["county"], carried_by=["WA25-T1"], valid_to=date(2024, 1, 1))
    assert COUNTY in opening(listed)[0]


def test_what_is_open_already_is_not_listed_again(listed: Session) -> None:
    assert COUNTY in opening(listed)[0]
    change(listed, "P-14", valid_to=date(2025, 12, 31))
    assert opening(listed, date(2026, 11, 3))[1] == {}
