"""What people meet on the pages of rectification."""

import csv
import io
import re
from collections.abc import Callable
from uuid import uuid4

from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.factories import OTHER_TOWNSHIP, SISTER_VILLAGE, TOWNSHIP
from tests.rectification.conftest import Clients
from webapp.rectification.models import Issue, IssueEvent, SecondLookSample


def typed(**changes: str) -> dict[str, str]:
    return {
        "request_id": str(uuid4()),
        "source": "省级考核",
        "source_document": "省考核反馈〔2026〕1号",
        "source_number": "12",
        "issue_class": "共性",
        "description": "安置点公共厕所化粪池没有定期清掏。",
        "leader": "副镇长李某",
        "unit": "上帕镇",
        "supports": "",
        "measure": "",
        "due_on": "2026-11-06",
        "evidence": "清掏合同\n村民代表现场确认意见",
        "closer": "",
        **changes,
    }


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def enter(client: FlaskClient, **changes: str) -> int:
    answer = client.post("/rectification/new", data=typed(**changes))
    assert answer.status_code == 302, text(answer)
    return int(answer.headers["Location"].rpartition("/")[2])


def held(session: Session, issue_id: int, column: str) -> object:
    found = session.execute(select(getattr(Issue, column)).where(Issue.id == issue_id)).scalar_one()
    session.rollback()
    return found


def do(client: FlaskClient, session: Session, issue_id: int, kind: str, **fields: object) -> TestResponse:
    seen = fields.pop("version", None) or held(session, issue_id, "version")
    data = {"version": seen, **{f"{kind}-{name}": value for name, value in fields.items()}}
    return client.post(f"/rectification/{issue_id}/{kind}", data=data)


def request(client: FlaskClient, session: Session, issue_id: int) -> TestResponse:
    proofs = {"proof_0": "合同一份，存镇村建办", "proof_1": "意见一份，存村委会"}
    return do(client, session, issue_id, "request", outcome="已清掏。", **proofs)


def brought_to_closed(clients: Clients, session: Session, **changes: str) -> int:
    row = enter(clients.first_desk, **changes)
    assert do(clients.township, session, row, "claim").status_code == 302
    assert do(clients.township, session, row, "start", text="每月清掏。").status_code == 302
    assert request(clients.township, session, row).status_code == 302
    assert do(clients.second_desk, session, row, "verify").status_code == 302
    assert do(clients.second_desk, session, row, "close").status_code == 302
    return row


def test_the_whole_way_of_an_issue(clients: Clients, county: Session) -> None:
    row = enter(clients.first_desk)
    assert "认领" in text(clients.township.get(f"/rectification/{row}"))
    do(clients.township, county, row, "claim")
    do(clients.township, county, row, "start", text="与清运公司签订合同。")
    page = text(clients.township.get(f"/rectification/{row}"))
    assert "清掏合同" in page and "登记时没有列明的，不会另外要求" in page
    assert request(clients.township, county, row).status_code == 302
    sent_back = do(clients.second_desk, county, row, "return", lacking=["清掏合同"], reason="合同没有盖章")
    assert sent_back.status_code == 302
    page = text(clients.township.get(f"/rectification/{row}"))
    assert "缺少：清掏合同" in page and "合同没有盖章" in page
    assert "合同一份，存镇村建办" in page, "what was typed before is there to be mended"
    assert request(clients.township, county, row).status_code == 302
    assert do(clients.first_desk, county, row, "verify").status_code == 302
    assert do(clients.first_desk, county, row, "close").status_code == 302
    drawn = clients.first_desk.post("/rectification/second-looks", data={"unit": "533323", "request_id": str(uuid4())})
    assert drawn.status_code == 302
    listed = text(clients.first_desk.get("/rectification/second-looks"))
    assert "抽中" in listed and "种子" in listed
    empty = do(clients.second_desk, county, row, "relapse", reason=" ", due_on="")
    assert empty.status_code == 400 and "没有填写反弹情况" in text(empty) and "没有填写整改期限" in text(empty)
    assert do(clients.second_desk, county, row, "relapse", reason="再次外溢", due_on="2026-12-18").status_code == 302
    page = text(clients.township.get(f"/rectification/{row}"))
    assert "按原编号重新整改" in page and f"533323-2026-W{row}" in page and "反弹" in page


def test_what_cannot_be_entered_is_said_at_its_field_and_everything_typed_is_kept(
    clients: Clients, county: Session
) -> None:
    for change, words in (
        ({"due_on": "2026-10-11"}, "整改期限早于今天"),
        ({"due_on": "后天"}, "整改期限“后天”不正确"),
        ({"due_on": ""}, "没有填写整改期限"),
        ({"unit": "不存在的镇"}, "没有找到单位“不存在的镇”"),
        ({"unit": ""}, "没有填写牵头单位"),
        ({"unit": "533301101"}, "不在登记单位及其下级范围内"),
        ({"closer": "上帕镇"}, "不能自己销号"),
        ({"evidence": " "}, "没有填写佐证要求"),
        ({"evidence": "现场照片"}, "禁止要求照片"),
        ({"issue_class": ""}, "没有填写问题性质"),
        ({"leader": "\x00"}, "没有填写责任领导"),
    ):
        answer = clients.first_desk.post("/rectification/new", data=typed(**change))
        assert (answer.status_code, words in text(answer)) == (400, True), (change, text(answer)[:3000])
        assert "安置点公共厕所化粪池没有定期清掏。" in text(answer)
    assert county.scalar(select(func.count()).select_from(Issue)) == 0


def test_two_faults_are_shown_together(clients: Clients) -> None:
    answer = text(clients.first_desk.post("/rectification/new", data=typed(unit="无此镇", evidence="")))
    assert "没有找到单位“无此镇”" in answer and "没有填写佐证要求" in answer


def test_a_double_click_enters_once(clients: Clients, county: Session) -> None:
    form = typed()
    places = {clients.first_desk.post("/rectification/new", data=form).headers["Location"] for _ in range(2)}
    assert len(places) == 1
    assert county.scalar(select(func.count()).select_from(Issue)) == 1


def test_a_neighbours_issue_is_not_there(
    clients: Clients, county: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    row = enter(clients.first_desk, supports="")
    for client in (sign_in("secretary", SISTER_VILLAGE), sign_in("desk", OTHER_TOWNSHIP), clients.village):
        assert client.get(f"/rectification/{row}").status_code == 404
        assert "化粪池" not in text(client.get("/rectification/?state=every"))
        assert "化粪池" not in client.get("/rectification/?state=every&format=csv").get_data().decode("utf-8-sig")


def test_a_second_click_and_a_stale_page(clients: Clients, county: Session) -> None:
    row = enter(clients.first_desk)
    seen = held(county, row, "version")
    for _ in range(2):
        assert do(clients.township, county, row, "claim", version=seen).status_code == 302
    kinds = county.scalars(select(IssueEvent.kind).where(IssueEvent.issue_id == row).order_by(IssueEvent.id)).all()
    county.rollback()
    assert kinds == ["enter", "claim"]
    late = do(clients.township, county, row, "start", text="写了很久的措施", version=seen)
    assert late.status_code == 409
    assert "没有生效" in text(late) and "写了很久的措施" in text(late)


def test_two_decide_at_once_and_the_second_loses_nothing(clients: Clients, county: Session) -> None:
    row = enter(clients.first_desk)
    do(clients.township, county, row, "claim")
    do(clients.township, county, row, "start", text="每月清掏。")
    request(clients.township, county, row)
    seen = held(county, row, "version")
    assert do(clients.first_desk, county, row, "verify", version=seen).status_code == 302
    second = do(clients.second_desk, county, row, "return", lacking=["清掏合同"], reason="请盖章后再报", version=seen)
    assert second.status_code == 409
    assert "请盖章后再报" in text(second)
    assert held(county, row, "state") == "verified"


def test_faults_of_an_act_stand_at_their_fields(clients: Clients, county: Session) -> None:
    row = enter(clients.first_desk)
    do(clients.township, county, row, "claim")
    do(clients.township, county, row, "start", text="每月清掏。")
    answer = do(clients.township, county, row, "request", outcome="已清掏。", proof_0="合同一份")
    assert answer.status_code == 400
    assert "没有写明“村民代表现场确认意见”的名称和存放处" in text(answer)
    assert "合同一份" in text(answer)
    bad = do(clients.first_desk, county, row, "extend", due_on="明天", reason="道路中断")
    assert bad.status_code == 400
    assert "日期不正确" in text(bad) and "道路中断" in text(bad)


def test_an_invented_ground_for_a_return_is_refused(clients: Clients, county: Session) -> None:
    row = enter(clients.first_desk)
    do(clients.township, county, row, "claim")
    do(clients.township, county, row, "start", text="每月清掏。")
    request(clients.township, county, row)
    answer = do(clients.first_desk, county, row, "return", lacking=["近三年台账"], reason="请补")
    assert answer.status_code == 400
    assert "不能要求登记时没有列明的佐证" in text(answer)
    assert held(county, row, "state") == "closure_requested"


def test_a_correction_before_anybody_claims(clients: Clients, county: Session) -> None:
    row = enter(clients.first_desk)
    page = text(clients.second_desk.get(f"/rectification/{row}/correct"))
    assert 'value="上帕镇"' in page and "村民代表现场确认意见" in page
    seen = str(held(county, row, "version"))
    changed = typed(description="两处化粪池没有定期清掏。", version=seen)
    for _ in range(2):
        assert clients.second_desk.post(f"/rectification/{row}/correct", data=changed).status_code == 302
    assert held(county, row, "description") == "两处化粪池没有定期清掏。"
    do(clients.township, county, row, "claim")
    assert clients.second_desk.get(f"/rectification/{row}/correct").status_code == 409


def test_the_list_filters_and_pages(clients: Clients, county: Session) -> None:
    for number in range(27):
        enter(clients.first_desk, description=f"第 {number} 处问题", supports="")
    enter(clients.first_desk, description="另一来源", source="审计", issue_class="个性", unit=OTHER_TOWNSHIP)
    desk = clients.first_desk
    first = text(desk.get("/rectification/"))
    assert "共 28 个问题" in first and "第 1 页，共 2 页" in first
    assert "共 1 个问题" in text(desk.get("/rectification/?source=audit"))
    assert "共 27 个问题" in text(desk.get("/rectification/?class=common"))
    assert "共 1 个问题" in text(desk.get("/rectification/?q=另一来源"))
    assert "共 27 个问题" in text(desk.get(f"/rectification/?unit={TOWNSHIP}&sort=-due"))
    assert "没有符合条件" in text(desk.get("/rectification/?state=closed"))
    assert "未按它筛选" in text(desk.get("/rectification/?from=昨天"))
    assert desk.get("/rectification/?page=99&sort=lamp&view=nobody&unit=x&q=%00").status_code == 200
    assert "共 27 个问题" in text(clients.township.get("/rectification/?view=answer"))


def test_the_files_name_issuer_and_end_date_run_no_formula_and_hold_no_lamp(clients: Clients, county: Session) -> None:
    enter(clients.first_desk, description="=1+1", supports="上帕村委会")
    answer = clients.first_desk.get("/rectification/?format=csv")
    rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert answer.mimetype == "text/csv"
    assert rows[1][:2] == ["制表单位", "福贡县"]
    assert rows[2][2:] == ["有效期至", "2026-12-31"]
    line = dict(zip(rows[3], rows[4], strict=True))
    assert line["问题描述"] == "'=1+1"
    assert (line["牵头单位"], line["佐证要求"]) == ("上帕镇", "清掏合同；村民代表现场确认意见")
    with clients.first_desk.get("/rectification/?format=xlsx") as sheet:
        book = load_workbook(io.BytesIO(sheet.get_data()))
    cells = [cell.value for row in book.active.iter_rows() for cell in row]
    assert "=1+1" in cells and "=1+1" not in [c.value for r in book.active for c in r if c.data_type == "f"]
    for words in ("逾期", "临期"):
        assert words not in answer.get_data().decode("utf-8-sig")


def test_the_check_list_shows_its_cost_before_it_goes_out(clients: Clients, county: Session) -> None:
    row = enter(clients.first_desk)
    desk = clients.first_desk
    assert "匹河怒族乡" in text(desk.get(f"/rectification/{row}/lateral"))
    form = {"minutes": "10", "due_on": "2026-10-23", "unit": [OTHER_TOWNSHIP], "version": held(county, row, "version")}
    check = desk.post(f"/rectification/{row}/lateral", data={**form, "go": "check"})
    assert check.status_code == 200
    assert "10 分钟" in text(check) and held(county, row, "task_id") is None
    bad = desk.post(f"/rectification/{row}/lateral", data={**form, "go": "issue", "due_on": "2026-10-12"})
    assert (bad.status_code, "不得要求当日报送" in text(bad)) == (400, True)
    for _ in range(2):
        assert desk.post(f"/rectification/{row}/lateral", data={**form, "go": "issue"}).status_code == 302
    assert held(county, row, "task_id") is not None
    assert "查看各单位自查情况" in text(desk.get(f"/rectification/{row}"))


def test_a_second_press_of_the_draw_button_draws_nothing_more(clients: Clients, county: Session) -> None:
    brought_to_closed(clients, county)
    found = re.search(r'name="request_id" value="([^"]+)"', text(clients.first_desk.get("/rectification/second-looks")))
    assert found is not None
    for _ in range(2):
        form = {"unit": "533323", "request_id": found[1]}
        assert clients.first_desk.post("/rectification/second-looks", data=form).status_code == 302
    assert county.scalar(select(func.count()).select_from(SecondLookSample)) == 1


def test_units_stand_by_deadline_code_or_number_and_never_by_lamp(clients: Clients, county: Session) -> None:
    """T-7: whatever order is asked for, a late issue does not move up because it is late."""
    enter(clients.first_desk, description="早到期的", unit=OTHER_TOWNSHIP, due_on="2026-10-20")
    enter(clients.first_desk, description="晚到期的", unit=TOWNSHIP, due_on="2026-11-20")
    shown = {}
    for sort in ("lamp", "clock", "state", "times_returned", "-lamp", "unit"):
        page = text(clients.first_desk.get(f"/rectification/?sort={sort}"))
        shown[sort] = page.index("晚到期的") < page.index("早到期的")
    assert shown.pop("unit") is True
    assert set(shown.values()) == {False}, "every other order is the usual one, by deadline"
    head = text(clients.first_desk.get("/rectification/")).split("<thead>")[1].split("</thead>")[0]
    assert re.findall(r"sort=([a-z-]+)", head) == ["unit", "due", "number"]


def test_the_first_page_says_what_is_to_be_done(clients: Clients, county: Session) -> None:
    row = enter(clients.first_desk)
    path = f'href="/rectification/{row}"'
    assert path in text(clients.township.get("/")) and "认领问题" in text(clients.township.get("/"))
    assert path not in text(clients.first_desk.get("/")), "nothing waits for the county yet"
    do(clients.township, county, row, "claim")
    do(clients.township, county, row, "start", text="每月清掏。")
    request(clients.township, county, row)
    assert path not in text(clients.township.get("/"))
    assert "核验整改" in text(clients.second_desk.get("/"))
    do(clients.second_desk, county, row, "verify")
    do(clients.second_desk, county, row, "close")
    assert path not in text(clients.second_desk.get("/"))
    clients.first_desk.post("/rectification/second-looks", data={"unit": "533323", "request_id": str(uuid4())})
    assert "回头看：安置点公共厕所" in text(clients.second_desk.get("/"))
