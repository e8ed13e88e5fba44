"""灾情期间暂停计时 on its pages: the form, the check before it is made, the list, and the end."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.conftest import Clients
from tests.accountability.making import DUE, changed, issued
from tests.factories import COUNTY, NEIGHBOUR_COUNTY, OTHER_VILLAGE, TOWNSHIP, VILLAGE
from webapp.accountability.order_models import DisasterOrder


class TestPages:
    """The list and the forms, as a reader sees them."""

    FORM = {  # noqa: RUF012 — read only
        "document_no": "福政办发〔2026〕40号",
        "title": "关于启动防汛Ⅱ级应急响应的通知",
        "units": [TOWNSHIP],
        "starts_on": "2026-10-19",
        "ends_on": "2026-10-30",
    }

    def test_ordered_listed_and_ended(self, county: Session, clients: Clients) -> None:
        row = issued(county, factories.viewer(county, "desk", COUNTY)).assignments[0]
        assignment = f"/tasks/assignments/{row.id}"
        county.commit()
        desk = clients.first_desk
        assert "没有登记过暂停计时" in desk.get("/tasks/orders").text
        assert "灾情期间暂停计时" in desk.get("/tasks/").text
        assert "上帕镇" in desk.get("/tasks/orders/new").text
        done = desk.post("/tasks/orders/new", data=self.FORM, follow_redirects=True)
        assert "未办结的 1 项任务期限已顺延，并已通知承办单位" in done.text
        again = desk.post("/tasks/orders/new", data=self.FORM, follow_redirects=True)
        assert "未办结的 1 项任务期限已顺延，并已通知承办单位" in again.text and "没有需要顺延" not in again.text
        assert "福政办发〔2026〕40号" in done.text and "上帕镇" in done.text
        page = clients.village.get(assignment).text
        assert "2026年11月6日" in page and "首次期限" in page and "灾情期间暂停计时" in page
        made = county.scalars(select(DisasterOrder.id)).one()
        county.commit()
        late = desk.post(f"/tasks/orders/{made}/end", data={"last_day": "2026-12-01"})
        assert late.status_code == 400 and "最后暂停日应在" in late.text
        ended = desk.post(f"/tasks/orders/{made}/end", data={"last_day": "2026-10-23"}, follow_redirects=True)
        assert "已提前结束。1 项任务的期限相应提前" in ended.text and "原定至2026年10月30日" in ended.text

    def test_what_was_typed_stays_after_a_mistake(self, clients: Clients) -> None:
        answer = clients.first_desk.post("/tasks/orders/new", data=self.FORM | {"ends_on": "10月30日"})
        assert answer.status_code == 400
        assert "结束日期不正确" in answer.text and 'value="福政办发〔2026〕40号"' in answer.text
        assert f'value="{TOWNSHIP}" checked' in answer.text

    def test_a_neighbour_and_a_township_see_nothing(
        self, county: Session, clients: Clients, sign_in: Callable[..., FlaskClient]
    ) -> None:
        clients.first_desk.post("/tasks/orders/new", data=self.FORM)
        made = county.scalars(select(DisasterOrder.id)).one()
        county.commit()
        assert clients.township.get("/tasks/orders").status_code == 403
        neighbour = sign_in("desk", NEIGHBOUR_COUNTY)
        assert "40号" not in neighbour.get("/tasks/orders").text
        assert neighbour.post(f"/tasks/orders/{made}/end", data={"last_day": "2026-10-23"}).status_code == 404

    def test_all_faults_are_named_at_once_at_their_fields(self, clients: Clients) -> None:
        answer = clients.first_desk.get(
            "/tasks/orders/check",
            query_string={"document_no": " ", "title": "题" * 121, "starts_on": "十月", "ends_on": ""},
        )
        assert answer.status_code == 400
        for words in (
            "文号：没有填写文号",
            "文件名称超过 120 字",
            "开始日期不正确",
            "没有填写结束日期",
            "没有选择暂停单位",
        ):
            assert words in answer.text
        assert answer.text.count('class="field-error"') == 5
        assert 'value="十月"' in answer.text

    def test_the_check_tells_units_clocks_and_days_and_changes_nothing(self, county: Session, clients: Clients) -> None:
        desk = factories.viewer(county, "desk", COUNTY)
        rows = [issued(county, desk, [VILLAGE, OTHER_VILLAGE]).assignments, issued(county, desk, [VILLAGE]).assignments]
        county.commit()
        chosen = self.FORM | {"units": [TOWNSHIP, VILLAGE, "533323201"]}
        page = clients.first_desk.get("/tasks/orders/check", query_string=chosen).text
        assert "2026年10月19日（周一）至2026年10月30日（周五），共 10 个工作日" in page
        assert "未办结的 3 项任务" in page and "共 2 个暂停单位" in page
        lines = re.findall(r'class="cell-main[^>]*>([^<]+)</td>\s*<td[^>]*>([^<]+)</td>\s*<td[^>]*>([^<]+)</td>', page)
        assert [tuple(cell.strip() for cell in line) for line in lines] == [
            ("上帕镇（含下级）", "2 项任务", "1 个"),
            ("匹河怒族乡（含下级）", "1 项任务", "1 个"),
        ]
        county.expire_all()
        assert {row.due_on for some in rows for row in some} == {DUE}
        assert county.scalars(select(DisasterOrder)).all() == []

    def test_the_check_says_what_is_overdue_and_would_be_no_more(self, county: Session, clients: Clients) -> None:
        overdue = changed(due_on=date(2026, 10, 9))
        issued(county, factories.viewer(county, "desk", COUNTY), demand=overdue, at=factories.at("2026-09-14 09:30"))
        county.commit()
        early, late = self.FORM | {"starts_on": "2026-10-09"}, self.FORM  # what was due before an order stays late
        page = clients.first_desk.get("/tasks/orders/check", query_string=early).text
        assert "其中 1 项任务现在已经逾期，登记后期限顺延，不再算逾期" in page
        assert "现在已经逾期" not in clients.first_desk.get("/tasks/orders/check", query_string=late).text

    def test_from_the_check_back_to_what_was_typed(self, clients: Clients) -> None:
        page = clients.first_desk.get("/tasks/orders/check", query_string=self.FORM).text
        back = re.search(r'href="(/tasks/orders/new\?[^"]+)"', page)
        assert back is not None
        form = clients.first_desk.get(unescape(back[1])).text
        assert 'value="福政办发〔2026〕40号"' in form and f'value="{TOWNSHIP}" checked' in form
