"""The duty list, its preview, and matters opened by hand, as people meet them."""

from collections.abc import Callable, Iterator
from datetime import date
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests import factories
from tests.factories import COUNTY, NEIGHBOUR_COUNTY, TOWNSHIP, VILLAGE
from webapp import clock
from webapp.accountability.models import AccountabilityTask
from webapp.policy import calendar, duty_lists
from webapp.policy.models import CalendarYear, Duty

NOW = factories.at("2026-10-12 09:30")
CASE = "/duties/cases/WA25-T3"


@pytest.fixture
def desk(county: Session, sign_in: Callable[..., FlaskClient]) -> Iterator[FlaskClient]:
    calendar.seed(county)
    duty_lists.load(county)
    county.commit()
    with clock.held_at(NOW):
        yield sign_in("desk", COUNTY)


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def typed(**changes: object) -> dict[str, object]:
    return {
        "request_id": str(uuid4()),
        "subject": "产业道路项目公告",
        "due_on": "2026-10-23",
        "unit": [VILLAGE],
        **changes,
    }


def test_a_unit_reads_its_duties_its_year_and_the_countys_load_by_time(desk: FlaskClient) -> None:
    page = text(desk.get("/duties/"))
    assert "任期内基本走遍所有行政村" in page
    assert "原则上走遍所有自然村组" not in page  # the township's
    year = text(desk.get("/duties/?year=2026"))
    assert "部门预警数据推送（2026年1月）" in year
    assert "部门预警数据推送（2026年12月）" not in year  # 25 rows a page
    assert "全县负担日历" in year
    assert year.index("2026年2月") < year.index("2026年11月")


def test_without_a_year_the_twelve_months_from_today_are_shown(desk: FlaskClient) -> None:
    page = text(desk.get(f"/duties/?unit={VILLAGE}"))
    assert "今后12个月（至2027年9月）" in page
    assert "村级月报单（2026年10月）" in page and "村级月报单（2027年9月）" in page
    assert "村级月报单（2026年9月）" not in page and "村级月报单（2027年10月）" not in page
    load = text(desk.get("/duties/"))
    assert "部门预警数据推送（2026年1月）" not in load
    load = load[load.index("全县负担日历") :]
    assert load.index("2026年10月") < load.index("2027年9月") and "2026年9月" not in load


def test_the_year_of_a_unit_below_is_chosen(desk: FlaskClient) -> None:
    page = text(desk.get(f"/duties/?unit={VILLAGE}&year=2027"))
    assert "村级月报单（2027年12月）" in page
    assert "资产收益分配公开（2027年）" in page
    assert "全县负担日历" not in page


def test_a_year_without_published_holidays_is_marked(desk: FlaskClient, county: Session) -> None:
    county.execute(delete(CalendarYear).where(CalendarYear.year == 2027))
    county.commit()
    assert "暂定" in text(desk.get("/duties/?year=2027"))
    assert "暂定" not in text(desk.get("/duties/?year=2026"))


@pytest.mark.parametrize("unit", [NEIGHBOUR_COUNTY, "5333", "999999", "abc"])
def test_a_unit_out_of_scope_is_not_there(desk: FlaskClient, unit: str) -> None:
    assert desk.get(f"/duties/?unit={unit}").status_code == 404


def test_the_year_as_a_file(desk: FlaskClient) -> None:
    rows = desk.get(f"/duties/?unit={VILLAGE}&format=csv").get_data().decode("utf-8-sig").splitlines()
    assert rows[1].startswith("制表单位,") and "有效期至" in rows[2]
    assert len(rows) == 4 + 12
    with desk.get("/duties/?format=xlsx") as book:
        assert book.get_data()[:2] == b"PK"
    assert desk.get("/duties/?format=pdf").mimetype == "text/html"


def test_a_matter_is_opened_by_hand_once_and_passes_the_gate(desk: FlaskClient, county: Session) -> None:
    assert "资金项目公告公示" in text(desk.get("/duties/"))
    form = typed()
    first, second = desk.post(CASE, data=form), desk.post(CASE, data=form)
    assert (first.status_code, first.location) == (second.status_code, second.location)
    task = county.scalars(select(AccountabilityTask)).one()
    assert (task.template_code, task.via, task.period, task.regular) == ("WA25-T3", "case", None, False)
    assert task.demand_id is not None
    assert task.title == "资金项目公告公示：产业道路项目公告"
    county.rollback()
    assert desk.post(CASE, data=typed()).status_code == 303  # another matter of the same kind
    county.rollback()
    assert len(county.scalars(select(AccountabilityTask)).all()) == 2


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"subject": " "}, "没有填写事由"),
        ({"due_on": "明天"}, "没有填写截止日期，或者写法不正确"),
        ({"due_on": "2026-10-12"}, "不得要求当日报送"),
        ({"due_on": "2026-10-10"}, "截止日期早于今天"),
        ({"unit": []}, "没有选择承办单位"),
        ({"unit": ["5333"]}, "承办层级"),
    ],
)
def test_what_cannot_be_opened_is_said_and_the_rest_stays(
    desk: FlaskClient, county: Session, changes: dict[str, object], sentence: str
) -> None:
    answer = desk.post(CASE, data=typed(**changes))
    assert answer.status_code == 400
    assert sentence in text(answer)
    assert changes.get("subject") == " " or "产业道路项目公告" in text(answer)
    assert county.scalars(select(AccountabilityTask)).all() == []


def test_what_recurs_is_not_opened_by_hand(desk: FlaskClient) -> None:
    for code in ("WA02-T1", "WA28-T1", "WA99-T1"):
        assert desk.get(f"/duties/cases/{code}").status_code == 404


def test_a_township_opens_for_its_villages(
    desk: FlaskClient, county: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    township = sign_in("desk", TOWNSHIP)
    assert township.post(CASE, data=typed()).status_code == 303
    task = county.scalars(select(AccountabilityTask)).one()
    assert task.issuer_code == TOWNSHIP


def test_what_the_duty_list_leaves_out_stands_on_the_page(desk: FlaskClient, county: Session) -> None:
    assert "不开设的事项" not in text(desk.get("/duties/"))
    county.get_one(Duty, "P-13").valid_to = date(2026, 3, 31)
    county.commit()
    page = text(desk.get("/duties/?year=2026"))
    assert "2026年不开设的事项" in page and "常委会专题研究（2026年第二季度）：责任清单所列“定期召开专题会议" in page
