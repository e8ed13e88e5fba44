"""Nothing typed on an assignment's page is lost to another button, a refusal or a closed window; nobody else reads it."""

from collections.abc import Callable
from io import BytesIO

from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.accountability.conftest import Clients
from tests.accountability.test_pages import Issued, do, issue, text, typed, version
from tests.factories import TOWNSHIP, VILLAGE
from webapp.accountability import sealing
from webapp.accountability.models import Assignment, AssignmentFile
from webapp.accountability.remark_models import KeptWords

TYPED = {
    "report-text": "已排查 30 户\n其余本周完成",
    "report-document_no": "福镇发〔2026〕9号",
    "progress-reason": "缺两户资料",
    "extend_ask-wanted_due_on": "",
    "holder": "",
}
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF"


def started(clients: Clients, county: Session) -> tuple[Issued, str]:
    row = issue(clients.first_desk, county, VILLAGE)[VILLAGE]
    do(clients.village, county, row, "acknowledge")
    return row, f"/tasks/assignments/{row.id}"


def kept(clients: Clients, session: Session) -> dict[str, str]:
    master = clients.village.application.config["SETTINGS"].master_key()
    row = session.scalar(select(KeptWords))
    found = sealing.unseal(master, f"kept_words:{row.key}:held", row.held) if row is not None else {}
    session.rollback()
    return dict(found)


def shown(page: str) -> bool:
    return all(
        words in page
        for words in ("已排查 30 户\n其余本周完成</textarea>", 'value="福镇发〔2026〕9号"', "缺两户资料</textarea>")
    )


def test_no_other_button_of_the_page_loses_what_is_typed(clients: Clients, county: Session) -> None:
    row, path = started(clients, county)
    for button, more in (
        (f"{path}/files", {"files": (BytesIO(PDF), "台账.pdf")}),
        (f"{path}/watch/on", {}),
        (f"/tasks/{row.number}/watch/on", {"assignment": str(row.id)}),
        (f"{path}/kept", {"then": "remarks"}),
        (f"{path}/kept", {}),
    ):
        assert clients.village.post(button, data=TYPED | more).status_code in (302, 303)
        page = text(clients.village.get(path))
        assert shown(page) and "已暂存，尚未提交" in page, button
        clients.village.post(f"{path}/kept/drop")
        assert kept(clients, county) == {} and not shown(text(clients.village.get(path)))
    assert county.scalar(select(func.count(AssignmentFile.id))) == 1


def test_the_way_on_leads_where_the_button_says(clients: Clients, county: Session) -> None:
    _, path = started(clients, county)
    for then, place in (("remarks", f"{path}/remarks"), ("split", f"{path}/split"), ("//evil", path), ("", path)):
        assert clients.village.post(f"{path}/kept", data={"then": then}).headers["Location"] == place
    assert clients.village.post(f"{path}/kept", data=TYPED | {"then": "stay"}).status_code == 204
    assert shown(text(clients.village.get(path)))


def test_what_is_sent_is_kept_no_more_and_the_rest_stays(clients: Clients, county: Session) -> None:
    _, path = started(clients, county)
    clients.village.post(f"{path}/kept", data=TYPED)
    done = clients.village.post(f"{path}/report", data=TYPED | {"files": (BytesIO(PDF), "台账.pdf")})
    assert done.status_code == 302
    assert kept(clients, county) == {"progress-reason": "缺两户资料"}
    assert county.scalar(select(func.count(AssignmentFile.id))) == 1, "a chosen file goes with the report"
    page = text(clients.village.get(path))
    assert "现在的状态下不能提交的" in page and "缺两户资料" in page
    assert "台账.pdf" in page


def test_a_file_that_is_unfit_refuses_the_report_and_keeps_the_words(clients: Clients, county: Session) -> None:
    row, path = started(clients, county)
    answer = clients.village.post(
        f"{path}/report", data=TYPED | {"files": (BytesIO(b"MZ"), "台账.exe")}, follow_redirects=True
    )
    assert "没有反馈" in answer.text and "不是可收的文件" in answer.text and shown(answer.text)


def test_a_refusal_is_told_once_and_the_page_can_be_read_again(clients: Clients, county: Session) -> None:
    """The browser's Back and its reload find a page, not a form that wants to be sent again."""
    _, path = started(clients, county)
    refused = clients.village.post(f"{path}/report", data={"report-text": " ", "report-evidence": "台账在村委会"})
    assert (refused.status_code, refused.headers["Location"]) == (303, path)
    first, second = text(clients.village.get(path)), text(clients.village.get(path))
    assert "没有填写完成情况" in first and 'value="台账在村委会"' in first
    assert "没有填写完成情况" not in second and 'value="台账在村委会"' in second


def test_a_refusal_is_told_on_its_own_page(clients: Clients, county: Session) -> None:
    _, path = started(clients, county)
    other = issue(clients.first_desk, county, VILLAGE)[VILLAGE]
    clients.village.post(f"{path}/report", data={"report-text": ""})
    assert "没有填写完成情况" not in text(clients.village.get(f"/tasks/assignments/{other.id}"))


def test_nobody_else_reads_what_is_kept(clients: Clients, county: Session, sign_in: Callable[..., FlaskClient]) -> None:
    _, path = started(clients, county)
    clients.village.post(f"{path}/kept", data=TYPED)
    for reader in (sign_in("first_secretary", VILLAGE), clients.first_desk, clients.township):
        page = text(reader.get(path))
        assert "已排查 30 户" not in page and "缺两户资料" not in page
        reader.post(f"{path}/kept/drop")
    assert shown(text(clients.village.get(path)))


def test_only_fields_of_the_page_are_kept(clients: Clients, county: Session) -> None:
    _, path = started(clients, county)
    clients.village.post(
        f"{path}/kept",
        data={"report-text": "写了\x00一半" * 3000, "password": "x", "report-": "x", "csrf_token": "x", "zz-a": "x"},
    )
    words = kept(clients, county)
    assert set(words) == {"report-text"} and len(words["report-text"]) == 10_000 and "\x00" not in words["report-text"]


def test_a_report_that_was_sent_back_is_not_kept_as_typed(clients: Clients, county: Session) -> None:
    """The form starts from the earlier report: unchanged, it is nothing that somebody typed."""
    row, path = started(clients, county)
    do(clients.village, county, row, "report", text="已办妥。", evidence="台账")
    do(clients.first_desk, county, row, "return", reason="缺时限")
    clients.village.post(f"{path}/watch/on", data={"report-text": "已办妥。", "report-evidence": "台账"})
    assert kept(clients, county) == {} and "暂存，尚未提交" not in text(clients.village.get(path))


def test_a_return_to_an_earlier_holder_leaves_nothing_kept(clients: Clients, county: Session) -> None:
    row = issue(clients.first_desk, county, TOWNSHIP)[TOWNSHIP]
    do(clients.township, county, row, "acknowledge")
    clients.township.post(f"/tasks/assignments/{row.id}/split", data={"version": version(county, row), "unit": VILLAGE})
    part_id = county.scalar(select(Assignment.id).where(Assignment.parent_id == row.id))
    county.rollback()
    assert part_id is not None
    part = Issued(part_id, row.task_id, row.number)
    for client, one, kinds in (
        (clients.village, part, ("acknowledge", "report")),
        (clients.township, part, ("verify", "close")),
        (clients.township, row, ("report",)),
    ):
        for kind in kinds:
            do(client, county, one, kind, text="已办妥。")
    path = f"/tasks/assignments/{row.id}"
    sent = {"version": version(county, row), "return-reason": "缺时限", "holder": VILLAGE}
    assert clients.first_desk.post(f"{path}/kept", data=sent | {"then": "stay"}).status_code == 204
    assert "holder" in kept(clients, county)
    done = text(clients.first_desk.post(f"{path}/return", data=sent, follow_redirects=True))
    assert "已通知对方" in done and "您上次填写的内容" not in done and kept(clients, county) == {}


def test_a_personal_number_is_refused_wherever_it_is_typed(clients: Clients, county: Session) -> None:
    """S-1: the sentence says what to do, and the text stays to be mended."""
    _, path = started(clients, county)
    words = "二组 533323198003121234 已落实"
    report = clients.village.post(f"{path}/report", data={"report-text": words}, follow_redirects=True)
    assert "完成情况中写有身份证号码。请删去" in report.text and f"{words}</textarea>" in report.text
    remark = clients.village.post(f"{path}/remarks", data={"text": "打我13812345678"}, follow_redirects=True)
    assert "留言中写有手机号码" in remark.text and "打我13812345678</textarea>" in remark.text
    task = clients.first_desk.post(
        "/tasks/new", data=typed(go="check", units=VILLAGE, content=words), follow_redirects=True
    )
    assert "任务内容中写有身份证号码" in text(task)
    asked = clients.village.post(
        "/requests/new", data={"unit": VILLAGE, "asked": TOWNSHIP, "content": words, "kind": "funds"}
    )
    assert "理由和具体请求中写有身份证号码" in text(asked)
