"""What people meet on the task pages: from the three steps of issuing to the closing, and every refusal on the way."""

import re
from dataclasses import dataclass
from uuid import uuid4

from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.accountability.conftest import Clients
from tests.factories import OTHER_TOWNSHIP, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from webapp.accountability.models import AccountabilityTask, Assignment, AssignmentEvent


def typed(**changes: str) -> dict[str, object]:
    return {
        "request_id": str(uuid4()),
        "title": "冬春防火隐患排查",
        "content": "对房前屋后火灾隐患开展一次排查。",
        "basis": "福政办发〔2026〕31号",
        "evidence": "隐患台账一份",
        "minutes": "30",
        "due_on": "2026-10-23",
        **changes,
    }


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def step(client: FlaskClient, form: dict[str, object]) -> TestResponse:
    """Send a step of a new task; the page to which it leads, or the answer of a task that was stored."""
    answer = client.post("/tasks/new", data=form)
    return client.get(answer.headers["Location"]) if answer.status_code == 303 else answer


@dataclass(frozen=True)
class Issued:
    id: int
    task_id: int
    number: str


def issue(
    client: FlaskClient, session: Session, units: str = f"{TOWNSHIP},{VILLAGE}", **changes: str
) -> dict[str, Issued]:
    """Issue through the pages; gives the assignments by unit."""
    answer = step(client, typed(go="issue", units=units, **changes))
    assert answer.status_code == 302, text(answer)
    newest = select(func.max(AccountabilityTask.id)).scalar_subquery()
    rows = session.execute(select(Assignment).where(Assignment.task_id == newest)).scalars()
    found = {row.unit_code: Issued(row.id, row.task_id, row.task.number) for row in rows}
    session.rollback()  # gives the database back to the pages
    return found


def version(session: Session, row: Issued) -> str:
    found = session.execute(select(Assignment.version).where(Assignment.id == row.id)).scalar_one()
    session.rollback()
    return str(found)


def do(client: FlaskClient, session: Session, row: Issued, kind: str, **fields: str) -> TestResponse:
    seen = fields.pop("version", None) or version(session, row)
    page = {"version": seen, "seen": fields.pop("seen", "")}
    data = {**page, **{f"{kind}-{name}": value for name, value in fields.items()}}
    answer = client.post(f"/tasks/assignments/{row.id}/{kind}", data=data)
    # A refused act leads back to the page, which says why.
    return client.get(answer.headers["Location"]) if answer.status_code == 303 else answer


def state(session: Session, row: Issued) -> str:
    found = session.execute(select(Assignment.state).where(Assignment.id == row.id)).scalar_one()
    session.rollback()
    return found


def counted(session: Session, model: type) -> int:
    found = session.execute(select(func.count()).select_from(model)).scalar_one()
    session.rollback()
    return found


def test_the_whole_way_of_a_task(clients: Clients, county: Session) -> None:
    row = issue(clients.first_desk, county)[VILLAGE]
    assert "签收" in text(clients.village.get(f"/tasks/assignments/{row.id}"))
    assert do(clients.village, county, row, "acknowledge").status_code == 302
    assert do(clients.village, county, row, "report", text="已排查 42 户。").status_code == 302
    assert do(clients.second_desk, county, row, "return", reason="请补充整改时限").status_code == 302
    page = text(clients.village.get(f"/tasks/assignments/{row.id}"))
    assert "请补充整改时限" in page
    assert "已排查 42 户。" in page
    assert do(clients.village, county, row, "report", text="已排查 42 户，均于月底前整改。").status_code == 302
    assert do(clients.second_desk, county, row, "verify").status_code == 302
    assert do(clients.second_desk, county, row, "close").status_code == 302
    assert state(county, row) == "closed"
    page = text(clients.village.get(f"/tasks/assignments/{row.id}"))
    for words in ("下达", "签收", "开始办理", "反馈", "退回补充", "核实通过", "销号"):
        assert words in page


def test_the_steps_keep_everything(clients: Clients) -> None:
    desk, form = clients.first_desk, typed()
    whom = step(desk, {**form, "go": "whom"})
    assert whom.status_code == 200
    assert "上帕镇" in text(whom)
    assert 'name="unit" value="533323101201"' in text(whom)
    check = step(desk, {**form, "go": "check", "choosing": "1", "unit": [VILLAGE, TOWNSHIP]})
    assert check.status_code == 200
    assert "下达任务给 2 个单位" in text(check) and text(check).count('name="request_id"') == 1
    back = text(step(desk, {**form, "go": "whom", "units": f"{TOWNSHIP},{VILLAGE}"}))
    assert f'value="{VILLAGE}" checked' in back
    first = text(step(desk, {**form, "go": "what", "choosing": "1", "unit": [VILLAGE]}))
    assert "冬春防火隐患排查" in first
    assert f'name="units" value="{VILLAGE}"' in first


def test_a_whole_township_is_one_tick_without_scripts(clients: Clients) -> None:
    answer = step(clients.first_desk, {**typed(go="check", choosing="1"), "under": [TOWNSHIP]})
    found = re.search(r'name="units" value="([0-9,]+)"', text(answer))
    assert found is not None
    units = found[1].split(",")
    assert VILLAGE in units and SISTER_VILLAGE in units and TOWNSHIP not in units
    assert all(code.startswith(TOWNSHIP) for code in units)


def test_the_burden_is_shown_before_issuing(clients: Clients, county: Session) -> None:
    issue(clients.first_desk, county, VILLAGE)
    answer = text(step(clients.first_desk, typed(go="check", units=VILLAGE, minutes="45")))
    for words in ("2 项", "75 分钟", "另有 1 项", "用时超过上限"):
        assert words in answer


def test_the_sheet_to_come_is_part_of_the_burden_shown(clients: Clients) -> None:
    answer = text(step(clients.first_desk, typed(go="check", units=VILLAGE, minutes="45", due_on="2026-12-31")))
    for words in ("2 项", "95 分钟", "村级月报单（2026年12月）（待开，50 分钟，12月31日", "另有 1 项", "用时超过上限"):
        assert words in answer


def test_a_second_regular_request_in_the_month_is_refused(clients: Clients, county: Session) -> None:
    first = step(clients.first_desk, typed(go="issue", units=VILLAGE, regular="y"))
    assert first.status_code == 302
    second = step(clients.first_desk, typed(go="issue", units=VILLAGE, regular="y"))
    assert second.status_code == 400
    assert "常规事项已达 1 项上限" in text(second)
    assert counted(county, AccountabilityTask) == 1


def test_a_second_send_of_the_form_issues_nothing_twice(clients: Clients, county: Session) -> None:
    form = typed(go="issue", units=VILLAGE)
    places = {step(clients.first_desk, form).headers["Location"] for _ in range(2)}
    assert len(places) == 1
    assert counted(county, Assignment) == 1


def test_what_cannot_be_issued_is_said_at_its_field(clients: Clients) -> None:
    for change, words in (
        ({"due_on": "2026-10-11"}, "截止日期早于今天"),
        ({"due_on": "2026-10-12"}, "不得要求当日报送"),
        ({"due_on": "2026-10-14"}, "答复时间不足 3 个工作日。请改为2026年10月15日"),
        ({"due_on": "2026-10-18"}, "截止日期是休息日。请改为2026年10月19日"),
        ({"due_on": "9999-12-31"}, "五年以后"),
        ({"due_on": "后天"}, "日期不正确"),
        ({"due_on": ""}, "没有填写截止日期"),
        ({"minutes": "很久"}, "整数分钟"),
        ({"minutes": "0"}, "1 至 480 分钟"),
        ({"basis": "  "}, "没有填写依据文件"),
        ({"title": "长" * 121}, "任务名称超过 120 字"),
        ({"content": "\x00"}, "没有填写任务内容"),
    ):
        answer = step(clients.first_desk, typed(go="issue", units=VILLAGE, **change))
        assert answer.status_code == 400
        assert words in text(answer), change


def test_targets_outside_scope_unknown_or_none(clients: Clients, county: Session) -> None:
    for units, status, words in (
        ("533301101201", 403, "不在下达单位的下级范围内"),
        ("533323", 403, "不在下达单位的下级范围内"),
        ("533323999", 400, "没有代码为 533323999 的单位"),
        ("", 400, "没有选择承办单位"),
        ("abc", 403, "不在下达单位的下级范围内"),
    ):
        answer = step(clients.first_desk, typed(go="issue", units=units))
        assert (answer.status_code, words in text(answer)) == (status, True), units
    assert counted(county, AccountabilityTask) == 0


def test_a_form_of_another_unit_cannot_be_forged(clients: Clients, county: Session) -> None:
    answer = step(clients.township, typed(go="issue", units=VILLAGE, issuer="533323"))
    assert answer.status_code == 302
    assert county.scalars(select(AccountabilityTask.issuer_code)).one() == TOWNSHIP


def test_a_neighbours_row_is_not_there(clients: Clients, county: Session, sign_in) -> None:  # type: ignore[no-untyped-def]
    row = issue(clients.first_desk, county)[VILLAGE]
    sister, other = sign_in("secretary", SISTER_VILLAGE), sign_in("desk", OTHER_TOWNSHIP)
    for client in (sister, other):
        assert client.get(f"/tasks/assignments/{row.id}").status_code == 404
        assert client.get(f"/tasks/{row.number}").status_code == 404
        assert "冬春防火" not in text(client.get("/tasks/?state=every&view=all"))
    assert do(sister, county, row, "acknowledge").status_code == 404
    assert do(other, county, row, "verify").status_code == 404


def test_the_desk_between_reads_and_does_not_decide(clients: Clients, county: Session) -> None:
    row = issue(clients.first_desk, county)[VILLAGE]
    page = clients.township.get(f"/tasks/assignments/{row.id}")
    assert page.status_code == 200
    assert "由承办单位" in text(page)
    assert do(clients.township, county, row, "recall", reason="试").status_code == 403


def test_a_double_click_is_harmless(clients: Clients, county: Session) -> None:
    row = issue(clients.first_desk, county)[VILLAGE]
    seen = version(county, row)
    for _ in range(2):
        assert do(clients.village, county, row, "acknowledge", version=seen).status_code == 302
    seen = version(county, row)
    for _ in range(2):
        assert do(clients.village, county, row, "report", text="已办。", version=seen).status_code == 302
    events = county.scalars(
        select(AssignmentEvent.kind).where(AssignmentEvent.assignment_id == row.id).order_by(AssignmentEvent.id)
    )
    assert list(events) == ["issue", "acknowledge", "start", "report"]


def test_what_was_typed_is_kept_when_it_is_refused(clients: Clients, county: Session) -> None:
    row = issue(clients.first_desk, county)[VILLAGE]
    do(clients.village, county, row, "acknowledge")
    answer = do(clients.village, county, row, "report", text="已办妥。", document_no="长" * 61)
    assert state(county, row) == "acknowledged"
    assert "文号超过 60 字" in text(answer)
    assert "已办妥。" in text(answer)


def test_an_extension_is_asked_and_decided(clients: Clients, county: Session) -> None:
    row = issue(clients.first_desk, county)[VILLAGE]
    bad = do(clients.village, county, row, "extend_ask", wanted_due_on="明天", reason="道路中断")
    assert "日期不正确" in text(bad) and "道路中断" in text(bad) and 'value="明天"' in text(bad)
    good = do(clients.village, county, row, "extend_ask", wanted_due_on="2026-10-30", reason="道路中断")
    assert good.status_code == 302
    assert "申请延期到 2026年10月30日" in text(clients.second_desk.get(f"/tasks/assignments/{row.id}"))
    assert do(clients.second_desk, county, row, "extend_grant").status_code == 302
    page = text(clients.village.get(f"/tasks/assignments/{row.id}"))
    assert "首次期限" in page
    assert "2026年10月30日" in page


def test_the_list_filters_pages_and_sorts(clients: Clients, county: Session) -> None:
    issue(clients.first_desk, county)
    desk = clients.first_desk
    assert "共 2 条" in text(desk.get("/tasks/"))
    assert "共 1 条" in text(desk.get("/tasks/?q=上帕镇"))
    assert "共 2 条" in text(desk.get(f"/tasks/?unit={TOWNSHIP}&sort=-due"))
    assert "没有符合条件" in text(desk.get("/tasks/?state=closed"))
    assert "没有符合条件" in text(desk.get("/tasks/?from=2026-11-01"))
    assert "未按它筛选" in text(desk.get("/tasks/?from=昨天"))
    assert desk.get("/tasks/?page=99&sort=lamp&view=nobody&unit=x&q=%00").status_code == 200
    assert "没有未办结的任务" not in text(clients.village.get("/tasks/"))


def test_the_export_names_issuer_and_end_date_and_runs_no_formula(clients: Clients, county: Session) -> None:
    step(clients.first_desk, typed(go="issue", units=VILLAGE, title="=1+1"))
    answer = clients.first_desk.get("/tasks/?view=issued&q==1&format=csv")
    content = answer.get_data().decode("utf-8-sig")
    assert answer.mimetype == "text/csv"
    assert "制表单位,福贡县" in content
    assert "有效期至,2026-12-31" in content
    assert "'=1+1" in content and "\n=1+1" not in content
    for colour in ("逾期", "临期", "red"):
        assert colour not in content


def test_a_year_without_a_list_is_marked(clients: Clients, county: Session) -> None:
    answer = text(step(clients.first_desk, typed(go="check", units=VILLAGE, due_on="2027-01-04")))
    assert "暂定" in answer
    step(clients.first_desk, typed(go="issue", units=VILLAGE, due_on="2027-01-04"))
    assert "暂定" in text(clients.village.get("/tasks/"))
