"""The form directory: numbers, end dates, empty forms only while in force, ending (X-11, X-16, X-20)."""

import io
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from tests.burden.making import DUE, EXTINGUISHERS, MORNING, MOVED, changed, granted, let_go
from tests.factories import COUNTY, NEIGHBOUR_COUNTY, OTHER_TOWNSHIP, TOWNSHIP, VILLAGE
from webapp import clock
from webapp.burden.gate import AskedField
from webapp.burden.models import Demand
from webapp.policy import calendar

SignIn = Callable[..., FlaskClient]
HOSES = AskedField("hoses", "水带数量", "int")


@pytest.fixture(autouse=True)
def _october(session: Session) -> Iterator[None]:
    calendar.seed(session)
    session.commit()
    with clock.held_at(MORNING):
        yield


@pytest.fixture
def forms(county: Session) -> dict[str, Demand]:
    made = {
        "county": granted(county, changed(fields=(EXTINGUISHERS, MOVED))),
        "township": granted(county, changed(key="t", title="镇里的表", owner_code=OTHER_TOWNSHIP), []),
        "neighbour": granted(county, changed(key="n", title="泸水的表", owner_code=NEIGHBOUR_COUNTY), []),
        "expired": granted(county, changed(key="e", title="已到期的表", ends_on=DUE, fields=(HOSES,)), []),
    }
    made["expired"].ends_on = date(2026, 10, 11)
    let_go(county)
    return made


def test_a_village_sees_the_forms_of_its_line_of_levels(forms: dict[str, Demand], sign_in: SignIn) -> None:
    village = sign_in("secretary", VILLAGE)
    page = village.get("/burden/directory").text
    assert forms["county"].directory_no in page and "2026年12月31日" not in page and "12月31日" in page
    assert "镇里的表" not in page and "泸水的表" not in page and "已到期的表" not in page
    assert "已到期的表" in village.get("/burden/directory?state=over").text
    assert village.get(f"/burden/directory/{forms['county'].id}").status_code == 200
    assert village.get(f"/burden/directory/{forms['neighbour'].id}").status_code == 404
    assert village.get(f"/burden/directory/{forms['township'].id}").status_code == 404


@pytest.mark.parametrize("words", ["灭火器", "福贡县应急", "防火", "%"])
def test_forms_are_found_by_their_words(forms: dict[str, Demand], sign_in: SignIn, words: str) -> None:
    page = sign_in("desk", COUNTY).get("/burden/directory", query_string={"q": words}).text
    assert ("冬春防火隐患排查" in page) == (words != "%")


def test_a_form_says_who_holds_what(forms: dict[str, Demand], sign_in: SignIn) -> None:
    page = sign_in("desk", COUNTY).get(f"/burden/directory/{forms['county'].id}").text
    assert "发展改革（安置点台账）" in page and "由承办单位填报" in page and "福政办发〔2026〕31号" in page


def test_an_empty_form_names_owner_number_and_end_date(forms: dict[str, Demand], sign_in: SignIn) -> None:
    with sign_in("desk", COUNTY).get(f"/burden/directory/{forms['county'].id}?format=xlsx") as answer:
        content = answer.data
    rows = [list(row) for row in load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)]
    assert rows[1] == ["目录编号", forms["county"].directory_no, "责任单位", "福贡县应急管理局"]
    assert rows[2][2] == "有效期至" and rows[2][3].date() == date(2026, 12, 31)
    assert rows[6][1] == "搬迁户数" and "不用填报" in rows[6][3]


def test_an_expired_form_is_not_exported_empty(forms: dict[str, Demand], sign_in: SignIn) -> None:
    desk = sign_in("desk", COUNTY)
    answer = desk.get(f"/burden/directory/{forms['expired'].id}?format=xlsx")
    assert answer.status_code == 400 and "不能导出空白表" in answer.text
    assert "不能导出空白表" in desk.get(f"/burden/directory/{forms['expired'].id}").text


def test_the_owner_ends_a_form_with_a_reason(county: Session, forms: dict[str, Demand], sign_in: SignIn) -> None:
    desk, path = sign_in("desk", COUNTY), f"/burden/directory/{forms['county'].id}"
    assert "没有填写停用原因" in desk.post(f"{path}/end", data={"reason": " "}).text
    assert [desk.post(f"{path}/end", data={"reason": "并入月报"}).status_code for _ in range(2)] == [303, 303]
    assert desk.post(f"{path}/end", data={"reason": "别的原因"}).status_code == 409
    county.rollback()
    row = county.get_one(Demand, forms["county"].id)
    assert (row.state, row.ended_on, row.end_reason) == ("ended", date(2026, 10, 12), "并入月报")
    assert "并入月报" in desk.get(path).text and desk.get(f"{path}?format=csv").status_code == 400


@pytest.mark.parametrize(
    ("role", "unit", "kind", "status"),
    [
        ("desk", TOWNSHIP, None, 404),
        ("desk", NEIGHBOUR_COUNTY, None, 404),
        ("leader", COUNTY, None, 403),
        ("supervisor", COUNTY, None, 403),
        ("secretary", VILLAGE, None, 403),
        ("desk", COUNTY, "burden_relief", 303),
    ],
)
def test_who_ends_a_form(
    forms: dict[str, Demand], sign_in: SignIn, role: str, unit: str, kind: str | None, status: int
) -> None:
    path = f"/burden/directory/{forms['county'].id}/end"
    assert sign_in(role, unit, kind=kind).post(path, data={"reason": "并入月报"}).status_code == status
