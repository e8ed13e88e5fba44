"""The coming year of a unit, and of a county's units by time."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from tests.factories import COUNTY, TOWNSHIP, VILLAGE
from webapp.duties import preview
from webapp.org.models import Division
from webapp.policy import calendar, duty_lists
from webapp.policy.models import Duty


@pytest.fixture
def known(county: Session) -> Session:
    calendar.seed(county)
    return county


def test_a_village_owes_one_sheet_a_month_with_every_regular_template_as_a_line(known: Session) -> None:
    items = preview.owed_by(known, known.get_one(Division, VILLAGE), preview.of_year(2026))[0]
    assert [item.due_on.month for item in items] == list(range(1, 13))
    december = items[-1]
    assert december.title == "村级月报单（2026年12月）"
    assert december.lines == (
        "月度风险线索排查（2026年12月）",
        "资产收益分配公开（2026年）",
        "务工变动报告（2026年第四季度）",
        "兜底保障后跟踪（2026年第四季度）",
        "村级重大事项公开（2026年第四季度）",
    )
    assert december.minutes == 50
    assert items[0].lines == ("月度风险线索排查（2026年1月）",)


def test_items_stand_by_time_and_within_the_year(known: Session) -> None:
    items = preview.owed_by(known, known.get_one(Division, TOWNSHIP), preview.of_year(2026))[0]
    assert [item.due_on for item in items] == sorted(item.due_on for item in items)
    assert {item.due_on.year for item in items} == {2026}
    december = [item for item in items if item.title == "月度在岗名单确认（2025年12月）"]
    assert [item.due_on for item in december] == [date(2026, 1, 6)]


def test_a_closed_unit_owes_nothing_after_its_end(known: Session) -> None:
    village = known.get_one(Division, VILLAGE)
    village.valid_to = date(2026, 3, 15)
    assert [item.due_on.month for item in preview.owed_by(known, village, preview.of_year(2026))[0]] == [1, 2, 3]


def test_a_provinces_own_duties_have_nobody_above_who_opens_them(known: Session) -> None:
    assert preview.owed_by(known, known.get_one(Division, "53"), preview.of_year(2026)) == ([], [])


def test_a_countys_calendar_names_each_level_once_a_month_and_no_unit(known: Session) -> None:
    document = preview.document(known, known.get_one(Division, COUNTY), 2026)
    assert [month["month"] for month in document["calendar"]] == [f"2026-{month:02d}" for month in range(1, 13)]
    january = document["calendar"][0]["levels"]
    assert [(one["level"], one["units"]) for one in january] == [("county", 1), ("township", 7), ("village", 69)]
    assert (january[2]["items"], january[2]["minutes"], january[2]["due"]) == (1, 10, [date(2026, 1, 30)])
    assert document["provisional"] is False


def test_a_year_whose_holidays_are_not_published_is_marked(known: Session) -> None:
    assert preview.document(known, known.get_one(Division, COUNTY), 2031)["provisional"] is True


def test_what_the_duty_list_leaves_out_is_named_with_the_reason(known: Session) -> None:
    duty_lists.load(known)
    known.get_one(Duty, "P-19").valid_to = date(2026, 6, 30)
    known.flush()
    village = known.get_one(Division, VILLAGE)
    items, left = preview.owed_by(known, village, preview.of_year(2026))
    lines = [line for item in items for line in item.lines if line.startswith("村级重大事项公开")]
    assert lines == ["村级重大事项公开（2026年第一季度）", "村级重大事项公开（2026年第二季度）"]
    assert [one.title for one in left] == ["村级重大事项公开（2026年第三季度）", "村级重大事项公开（2026年第四季度）"]
    assert "有效期至2026年6月30日" in left[0].reason
    assert preview.document(known, village, 2026)["not_opened"][1]["title"] == left[1].title
    loads = preview.calendar_of(known, known.get_one(Division, COUNTY), preview.of_year(2026))[-1].loads
    assert not [line for item in loads[-1].items for line in item.lines if line.startswith("村级重大事项公开")]
