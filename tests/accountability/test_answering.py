"""What an answering unit finds on its page: what it goes back to, what still holds it up, and titles that say what happened."""

import re
from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.accountability.conftest import Clients
from tests.accountability.test_documents import enter, judge, table
from tests.accountability.test_pages import Issued, do, issue, text, typed
from tests.factories import COUNTY, OTHER_TOWNSHIP, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from webapp.accountability.models import Assignment
from webapp.burden.proposals import field_name
from webapp.notices.models import InboxMessage


def parts_of(session: Session, task: Issued) -> dict[str, Issued]:
    rows = session.scalars(select(Assignment).where(Assignment.task_id == task.task_id)).all()
    found = {row.unit_code: Issued(row.id, row.task_id, task.number) for row in rows}
    session.rollback()
    return found


def split(client: FlaskClient, session: Session, row: Issued, units: str) -> dict[str, Issued]:
    """Acknowledge and split an assignment through the pages; gives all assignments of the task by unit."""
    assert do(client, session, row, "acknowledge").status_code == 302
    version = session.scalar(select(Assignment.version).where(Assignment.id == row.id))
    session.rollback()
    form = {"version": version, "unit": units.split(",")}
    assert client.post(f"/tasks/assignments/{row.id}/split", data=form).status_code in (302, 303)
    return parts_of(session, row)


def titles(session: Session, row: Issued) -> list[str]:
    path = f"/tasks/assignments/{row.id}"
    found = session.scalars(select(InboxMessage.subject).where(InboxMessage.path == path).order_by(InboxMessage.id))
    kept = list(found)
    session.rollback()
    return kept


def test_a_task_with_a_document_number_alone_shows_it_as_its_grounds(clients: Clients, county: Session) -> None:
    form = typed(go="issue", units=VILLAGE, basis="", document_no="福政办发〔2026〕45号")
    assert clients.first_desk.post("/tasks/new", data=form).status_code == 302
    row = county.scalars(select(Assignment)).one()
    path, task = f"/tasks/assignments/{row.id}", f"/tasks/{row.task.number}"
    county.rollback()
    page = text(clients.village.get(path))
    assert "<dt>依据文件</dt><dd>福政办发〔2026〕45号</dd>" in page and "来源文号" not in page
    assert "<dt>依据</dt><dd>福政办发〔2026〕45号</dd>" in text(clients.village.get(task))
    assert "依据福政办发〔2026〕45号" in text(clients.village.get("/"))


def test_what_is_split_is_not_offered_for_a_report_before_its_parts_are_over(clients: Clients, county: Session) -> None:
    """T-3: it is said before anything is typed, with the parts that hold it up, and there is no form."""
    row = issue(clients.first_desk, county, TOWNSHIP)[TOWNSHIP]
    units = split(clients.township, county, row, f"{VILLAGE},{SISTER_VILLAGE}")
    path = f"/tasks/assignments/{row.id}"
    home = text(clients.township.get("/"))
    assert "查看下级办理情况" in home and f"/tasks/{row.number}?under={TOWNSHIP}" in home and "反馈结果" not in home
    page = text(clients.township.get(path))
    assert "还有 2 个单位没有办结，全部销号、撤回或免办后就可以反馈" in page and 'name="report-text"' not in page
    for code in (VILLAGE, SISTER_VILLAGE):
        assert f'<a href="/tasks/assignments/{units[code].id}">' in page
    assert do(clients.township, county, units[SISTER_VILLAGE], "recall", reason="重复").status_code == 302
    page = text(clients.township.get(path))
    assert "还有 1 个单位没有办结" in page and 'name="report-text"' not in page
    assert do(clients.township, county, units[VILLAGE], "exempt", reason="没有此类对象").status_code == 302
    assert 'name="report-text"' in text(clients.township.get(path))
    assert "反馈结果" in text(clients.township.get("/"))


def test_paper_of_a_split_part_is_verified_by_the_unit_that_split_it(clients: Clients, county: Session) -> None:
    row = issue(clients.first_desk, county, TOWNSHIP)[TOWNSHIP]
    split(clients.township, county, row, VILLAGE)
    plan = judge(clients.township, row.number, table([(VILLAGE, "已清理")], ("区划代码", "完成情况")))
    sent = enter(clients.township, row.number, plan)
    assert "已代录 1 个村" in sent and "请由本单位其他同志核验" in sent and "下达单位核验" not in sent


def test_what_is_asked_stands_above_the_form_that_answers_it(clients: Clients, county: Session) -> None:
    row = issue(clients.first_desk, county, VILLAGE)[VILLAGE]
    do(clients.village, county, row, "acknowledge")
    page = text(clients.village.get(f"/tasks/assignments/{row.id}"))
    assert page.index("<dt>任务内容</dt>") < page.index('name="report-text"') and page.count("<dt>任务内容</dt>") == 1
    assert re.search(r"办理进展\s*</label>", page), "登记进展 asks for no reason"
    assert text(clients.first_desk.get(f"/tasks/assignments/{row.id}")).count("<dt>任务内容</dt>") == 1


def test_progress_says_whose_it_is_to_a_unit_that_sees_only_its_part(clients: Clients, county: Session) -> None:
    """T-3: one of three townships reads the progress of its own part, not another number of the same name."""
    rows = issue(clients.first_desk, county, f"{TOWNSHIP},{OTHER_TOWNSHIP}")
    task = f"/tasks/{rows[TOWNSHIP].number}"
    county.execute(update(Assignment).where(Assignment.unit_code == OTHER_TOWNSHIP).values(state="closed"))
    county.commit()
    whole = text(clients.first_desk.get(task))
    assert "<h2>办理进度</h2>" in whole and "50.0%" in whole and "不是整项任务的进度" not in whole
    own = text(clients.township.get(task))
    assert "<h2>本单位承办部分的进度</h2>" in own and "这里只计本单位承办的部分，不是整项任务的进度" in own
    assert "<h2>本单位办理情况</h2>" in own and "下级办理情况" not in own
    split(clients.township, county, rows[TOWNSHIP], VILLAGE)
    village = text(clients.village.get(task))
    assert "<h2>本单位办理情况</h2>" in village and "<h2>本单位承办部分的进度</h2>" in village
    below = text(clients.township.get(f"{task}?under={TOWNSHIP}"))
    assert "<h2>本单位承办部分的进度</h2>" in below and "<h2>下级办理情况</h2>" in below
    assert "<h2>该单位承办部分的进度</h2>" in text(clients.first_desk.get(f"{task}?under={TOWNSHIP}"))


def test_titles_in_the_inbox_say_what_happened(
    clients: Clients, county: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    row = issue(clients.first_desk, county, VILLAGE)[VILLAGE]
    for client, kind, fields in (
        (clients.village, "acknowledge", {}),
        (clients.village, "report", {"text": "已排查"}),
        (clients.second_desk, "return", {"reason": "缺整改时限"}),
        (clients.village, "report", {"text": "已排查，月底整改"}),
        (clients.second_desk, "verify", {}),
        (clients.second_desk, "close", {}),
    ):
        assert do(client, county, row, kind, **fields).status_code == 302, kind
    said = list(dict.fromkeys(title.partition("（")[0] for title in titles(county, row)))
    assert said == [
        "“冬春防火隐患排查”已下达，请签收",
        "“冬春防火隐患排查”已反馈，请核验",
        "“冬春防火隐患排查”已退回，请补充",
        "“冬春防火隐患排查”已核验销号",
    ]
    desk, other = sign_in("desk", COUNTY), issue(clients.first_desk, county, SISTER_VILLAGE)[SISTER_VILLAGE]
    assert desk.post(f"/tasks/assignments/{other.id}/watch/on").status_code == 303
    assert do(sign_in("secretary", SISTER_VILLAGE), county, other, "acknowledge").status_code == 302
    assert titles(county, other)[-1].startswith("“冬春防火隐患排查”有新进展：签收（")


def test_figures_of_the_parts_are_summed_and_not_asked_again(
    clients: Clients, county: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    """X-4: the township reads what its villages entered, and its report carries the sums."""
    form = typed(go="issue", units=TOWNSHIP)
    for number, (label, kind) in enumerate(
        (("隐患处数", "int"), ("整改率", "int"), ("整改资金", "money"), ("难点", "text"))
    ):
        form |= {f"fields-{number}-label": label, f"fields-{number}-kind": kind}
    assert clients.first_desk.post("/tasks/new", data=form).status_code == 302
    row = county.scalars(select(Assignment)).one()
    top = Issued(row.id, row.task_id, row.task.number)
    county.rollback()
    units = split(clients.township, county, top, f"{VILLAGE},{SISTER_VILLAGE}")
    path = f"/tasks/assignments/{top.id}"
    for code, given in ((VILLAGE, ("12", "90", "1200.50", "无")), (SISTER_VILLAGE, ("30", "80", "800", "道路窄"))):
        village = clients.village if code == VILLAGE else sign_in("secretary", code)
        do(village, county, units[code], "acknowledge")
        answers = {
            f"answer-{field_name(label)}": text
            for label, text in zip(("隐患处数", "整改率", "整改资金", "难点"), given, strict=True)
        }
        sent = village.post(f"/tasks/assignments/{units[code].id}/report", data={"report-text": "已排查", **answers})
        assert sent.status_code == 302
        if code == VILLAGE:
            assert "合计 12（2 个单位中已有 1 个填报）" in text(clients.township.get(path))
        for kind in ("verify", "close"):
            assert do(sign_in("desk", TOWNSHIP), county, units[code], kind).status_code == 302
    page = text(clients.township.get(path))
    assert 'name="report-text"' in page and 'name="answer-' not in page
    assert "<dt>隐患处数</dt><dd>合计 42</dd>" in page and "<dt>整改资金</dt><dd>合计 2000.50</dd>" in page
    assert "<dt>整改率</dt><dd>不合计，见各单位填报</dd>" in page and "<dt>难点</dt><dd>不合计" in page
    assert f'href="/tasks/{top.number}/replies?unit={TOWNSHIP}000"' in page
    assert do(clients.township, county, top, "report", text="两村已排查").status_code == 302
    held = county.scalar(select(Assignment.answers).where(Assignment.id == top.id))
    county.rollback()
    assert held == {field_name("隐患处数"): "42", field_name("整改资金"): "2000.50"}
    assert "<dt>隐患处数</dt><dd>42</dd>" in text(clients.first_desk.get(path))


def test_who_watches_hears_once_of_parts_changed_words_and_the_recall(
    clients: Clients, county: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    row = issue(clients.first_desk, county, TOWNSHIP)[TOWNSHIP]
    watcher = sign_in("leader", COUNTY)
    assert watcher.post(f"/tasks/{row.number}/watch/on").status_code == 303
    split(clients.township, county, row, f"{VILLAGE},{SISTER_VILLAGE}")
    subjects = select(InboxMessage.subject).where(InboxMessage.key.startswith("watch:")).order_by(InboxMessage.id)

    def heard() -> list[str]:
        found = [title.partition("有新进展：")[2].partition("（")[0] for title in county.scalars(subjects)]
        county.rollback()
        return found

    assert heard() == ["签收", "开始办理", "分解到下级"]
    page = text(clients.first_desk.get(f"/tasks/{row.number}/wording"))
    version = re.findall(r'name="version" value="(\d+)"', page)[0]
    form = {"title": "冬春防火隐患再排查", "content": "逐户排查。", "evidence": "隐患台账一份", "reason": "表述不清"}
    assert clients.first_desk.post(f"/tasks/{row.number}/wording", data=form | {"version": version}).status_code == 302
    assert heard()[3:] == ["修改文字"]
    assert do(clients.first_desk, county, row, "recall", reason="重复下达").status_code == 302
    assert heard()[4:] == ["撤回"]
