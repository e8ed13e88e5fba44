"""Many decisions in one act, in a browser without JavaScript."""

import re
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.accountability.making import MORNING, act
from tests.accountability.reports import ELEVEN, Desk
from tests.factories import COUNTY, NEIGHBOUR_COUNTY, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from webapp import clock
from webapp.access import acting_as
from webapp.accountability import sampling
from webapp.accountability.asked import stored_fields
from webapp.accountability.bulk_models import StoredReason
from webapp.burden.proposals import AskedField, field_name


class TestPages:
    """The same in a browser without JavaScript."""

    @pytest.fixture
    def page(self, county: Session, sign_in: Callable[..., FlaskClient]) -> Iterator[FlaskClient]:
        with clock.held_at(MORNING):
            self.desk = Desk(county)
            county.commit()
            yield sign_in("desk", TOWNSHIP)

    def form(self, *codes: str, **values: str) -> dict[str, object]:
        rows = [f"{self.desk.rows[code].id}:{self.desk.rows[code].version}" for code in codes]
        form = {"row": rows, "key": str(uuid4()), "decision": "return", "reason": "缺整改时限"} | values
        self.desk.session.commit()
        return form

    @property
    def path(self) -> str:
        number = self.desk.task.number
        self.desk.session.commit()
        return f"/tasks/{number}/verify"

    def test_decide_and_undo(self, county: Session, page: FlaskClient) -> None:
        path = self.path
        assert "核验反馈" in page.get(path.removesuffix("/verify")).text
        first = page.get(path)
        assert first.text.index("4 个单位") and "已排查 42 户" in first.text
        form = self.form(VILLAGE, SISTER_VILLAGE, keep="y")
        after = page.post(path, data=form, follow_redirects=True)
        assert "已对 2 个单位办理“退回补充”" in after.text and "2 个单位，按区划代码排列" in after.text
        assert '<option value="缺整改时限">' in after.text
        again = page.post(path + "/undo", data={"key": form["key"]}, follow_redirects=True)
        assert "已撤销对 2 个单位的办理。先前的通知已经送达，不能收回，已另发更正通知。" in again.text
        county.expire_all()
        assert self.desk.states() == ["reported"] * 4

    def test_what_hinders_is_named_and_ticks_and_words_stay(self, county: Session, page: FlaskClient) -> None:
        path, form = self.path, self.form(VILLAGE, SISTER_VILLAGE)
        act(county, self.desk.colleague, "verify", self.desk.rows[SISTER_VILLAGE])
        name, kept = self.desk.rows[SISTER_VILLAGE].unit.name, self.desk.rows[VILLAGE].id
        county.commit()
        sent = page.post(path, data=form)
        assert sent.status_code == 303
        for _ in range(2):  # Back and a reload find a page, not a form that wants to be sent again
            answer = page.get(sent.headers["Location"])
            assert "<h2>没有办理</h2>" in answer.text
        assert f"<li>{name}：{self.desk.colleague.name}已于10月12日 09:30 核实通过" in answer.text
        assert ">缺整改时限</textarea>" in answer.text
        assert f'value="{kept}:{self.desk.rows[VILLAGE].version}" checked' in answer.text
        again = form | {"row": form["row"][:1], "key": re.findall(r'name="key" value="([^"]+)"', answer.text)[-1]}  # type: ignore[index]
        assert page.post(path, data=again).status_code == 303
        fresh = page.get(sent.headers["Location"])
        assert "没有办理" not in fresh.text and ">缺整改时限</textarea>" not in fresh.text, (
            "nothing is kept once it is done"
        )
        county.rollback()
        assert self.desk.states()[:2] == ["returned", "verified"]

    def test_nothing_ticked(self, page: FlaskClient) -> None:
        answer = page.post(self.path, data={"decision": "verify", "key": str(uuid4())}, follow_redirects=True)
        assert "没有选择单位" in answer.text

    def test_after_the_time_the_page_says_so(self, county: Session, page: FlaskClient) -> None:
        path, form = self.path, self.form(VILLAGE)
        page.post(path, data=form)
        with clock.held_at(MORNING + ELEVEN):
            late = page.post(path + "/undo", data={"key": form["key"]}, follow_redirects=True)
            assert "没有撤销。已超过 10 秒，撤销的时间已过，1 个单位已退回，办理结果有效。不需要补充的" in late.text
            assert ">撤销</button>" not in page.get(path).text

    def test_another_units_desk_is_refused(self, page: FlaskClient, sign_in: Callable[..., FlaskClient]) -> None:
        path = self.path
        assert sign_in("desk", NEIGHBOUR_COUNTY).get(path).status_code == 404
        county_desk = sign_in("desk", COUNTY)
        assert county_desk.get(path, query_string={"unit": TOWNSHIP}).status_code == 403
        assert "没有等待核验的反馈" in county_desk.get(path).text

    def test_stored_reasons_can_be_dropped(self, county: Session, page: FlaskClient) -> None:
        path = self.path
        page.post(path, data=self.form(VILLAGE, keep="y"))
        kept = county.scalars(select(StoredReason.id)).one()
        county.commit()
        answer = page.post(path + "/reasons", data={"stored": kept}, follow_redirects=True)
        assert "已删除 1 条常用理由" in answer.text and "<option" not in answer.text

    def test_answers_stand_beside_each_report(self, county: Session, page: FlaskClient) -> None:
        asked = AskedField(field_name("隐患处数"), "隐患处数", "int", "处")
        self.desk.task.fields = stored_fields([asked])
        self.desk.rows[VILLAGE].answers = {asked.name: "17"}
        assert "隐患处数（处）：17" in page.get(self.path).text

    def test_all_that_wait_are_decided_without_ticking(self, county: Session, page: FlaskClient) -> None:
        path = self.path
        first = page.get(path).text
        assert "全部等待核验的 4 个单位" in first
        offered = re.search(r'name="all" value="([^"]+)"', first)
        assert offered is not None
        form = {"scope": "all", "all": offered[1], "key": str(uuid4()), "decision": "verify"}
        after = page.post(path, data=form, follow_redirects=True)
        assert "已对 4 个单位办理“核实通过并销号”" in after.text
        county.expire_all()
        assert self.desk.states() == ["closed"] * 4

    def test_all_is_what_the_page_showed(self, county: Session, page: FlaskClient) -> None:
        """A unit that mended its report since the page was opened is named, and nothing is decided unseen."""
        path = self.path
        offered = re.search(r'name="all" value="([^"]+)"', page.get(path).text)
        assert offered is not None
        act(county, self.desk.villages[VILLAGE], "withdraw", self.desk.rows[VILLAGE])
        county.commit()
        form = {"scope": "all", "all": offered[1], "key": str(uuid4()), "decision": "verify"}
        answer = page.post(path, data=form, follow_redirects=True)
        assert "没有办理" in answer.text and 'value="all" checked' in answer.text
        county.expire_all()
        assert self.desk.states() == ["in_progress"] + ["reported"] * 3

    def test_while_a_sample_is_open_all_means_what_it_drew(self, county: Session, page: FlaskClient) -> None:
        with acting_as(county, self.desk.me):
            sample = sampling.draw(county, self.desk.task.id, TOWNSHIP, MORNING)
        size = sample.size
        assert 0 < size < 4
        path = self.path
        first = page.get(path).text
        assert f"全部抽中的 {size} 个单位" in first
        offered = re.search(r'name="all" value="([^"]+)"', first)
        assert offered is not None and len(offered[1].split()) == size
