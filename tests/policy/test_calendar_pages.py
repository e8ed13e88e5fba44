"""The working calendar's pages: the county desk imports a year and corrects a day; everybody reads."""

import io
from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY, VILLAGE
from webapp import clock
from webapp.policy import calendar

LIST = "日期,类别,名称\n2027-01-01,放假,元旦\n2027-01-09,上班,元旦调休上班\n"
SOURCE = "国办发明电〔2026〕9号"
DAY = {"day": "2026-12-12", "kind": "work", "name": "防汛调休", "source": "福政办发〔2026〕40号", "reason": "县里通知"}


@pytest.fixture
def desk(county: Session, sign_in: Callable[..., FlaskClient]) -> Iterator[FlaskClient]:
    with clock.held_at(factories.at("2026-11-26 10:00")):
        calendar.seed(county)
        county.commit()
        yield sign_in("desk", COUNTY)


def upload(desk: FlaskClient, text: str = LIST, **values: str) -> str:
    files = {"file": (io.BytesIO(text.encode()), "2027.csv"), "source": SOURCE, **values}
    return desk.post("/calendar/years/import", data=files, content_type="multipart/form-data").text


def test_a_year_without_a_list_is_provisional_and_says_what_an_import_does(desk: FlaskClient) -> None:
    assert "2027年" in desk.get("/calendar/years/").text
    page = desk.get("/calendar/years/2027").text
    assert "暂定" in page
    assert "只会顺延，不会提前" in page


def test_a_list_is_tried_first_and_then_imported(desk: FlaskClient) -> None:
    tried = upload(desk)
    assert "试导入结果" in tried
    assert "由暂定改为已公布" in tried
    assert "暂定" in desk.get("/calendar/years/2027").text, "nothing was imported yet"
    sent = {"rows": LIST, "source": SOURCE, "go": "import"}
    asked = desk.post("/calendar/years/import", data=sent)
    assert asked.status_code == 400 and "安排中没有春节、清明" in asked.text
    assert "暂定" in desk.get("/calendar/years/2027").text, "a few days do not make a year final by themselves"
    sent["whole"] = "y"
    answer = desk.post("/calendar/years/import", data=sent, follow_redirects=True).text
    assert "已导入 2027 年安排 2 天" in answer
    assert SOURCE in answer
    assert "福贡县" in answer, "who changed it"


def test_a_file_at_fault_names_its_rows_and_changes_nothing(desk: FlaskClient) -> None:
    answer = upload(desk, "日期,类别,名称\n2027-01-01,上班,元旦\n不对,上班,元旦\n", go="import")
    assert "第 2 行" in answer and "第 3 行" in answer
    assert "暂定" in desk.get("/calendar/years/2027").text


def test_a_list_without_its_notice_is_refused(desk: FlaskClient) -> None:
    assert "没有填写发布文件" in upload(desk, source=" ", go="import")


def test_a_day_is_corrected_with_reason_and_notice_and_the_change_is_shown(desk: FlaskClient) -> None:
    page = desk.post("/calendar/years/2026/days", data=DAY, follow_redirects=True).text
    assert "已保存" in page
    assert "防汛调休" in page and "县里通知" in page


def test_what_was_typed_stays_when_the_reason_is_missing(desk: FlaskClient) -> None:
    answer = desk.post("/calendar/years/2026/days", data=DAY | {"reason": ""})
    assert answer.status_code == 400
    assert "没有填写理由" in answer.text
    assert "防汛调休" in answer.text


def test_a_day_of_another_year_or_no_day_is_refused(desk: FlaskClient) -> None:
    for typed in ("2027-01-09", "明天", ""):
        answer = desk.post("/calendar/years/2026/days", data=DAY | {"day": typed})
        assert "日期应在 2026 年内" in answer.text


def test_a_day_is_taken_out_once_however_often_it_is_sent_and_typed_words_stay(desk: FlaskClient) -> None:
    desk.post("/calendar/years/2026/days", data=DAY)
    address = "/calendar/years/2026/days/2026-12-12/remove"
    lacking = desk.post(address, data={"reason": "取消调休", "source": ""})
    assert lacking.status_code == 400
    assert "取消调休" in lacking.text
    for _ in range(2):
        page = desk.post(address, data={"reason": "取消调休", "source": "文"}, follow_redirects=True).text
        assert "已取消" in page
    assert page.count("改为按周计算") == 1


def test_a_stale_page_does_not_overwrite_somebody_who_was_faster(desk: FlaskClient) -> None:
    desk.post("/calendar/years/2026/days", data=DAY)
    answer = desk.post("/calendar/years/2026/days", data=DAY | {"name": "别的", "seen": "0"})
    assert answer.status_code == 409
    assert "刚刚被其他同志" in answer.text


def test_a_village_reads_and_finds_no_form(desk: FlaskClient, sign_in: Callable[..., FlaskClient]) -> None:
    village = sign_in("secretary", VILLAGE)
    page = village.get("/calendar/years/2026").text
    assert "元旦" in page
    assert "增加或更正一天" not in page and "取消这一天" not in page
    assert village.post("/calendar/years/2026/days", data=DAY).status_code == 403


def test_the_template_can_be_imported_as_it_is(desk: FlaskClient) -> None:
    text = desk.get("/calendar/years/template").get_data(as_text=True)
    assert "试导入结果" in upload(desk, text)


@pytest.mark.parametrize("year", ["1999", "2101"])
def test_a_year_out_of_reach_is_not_there(desk: FlaskClient, year: str) -> None:
    assert desk.get(f"/calendar/years/{year}").status_code == 404
