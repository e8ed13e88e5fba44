"""Two people on one record: the second sees both and loses nothing. Extensions on record, none after closing (T-5)."""

import re
from collections.abc import Callable
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.accountability.conftest import Clients
from tests.accountability.making import MORNING
from tests.accountability.test_pages import Issued, do, issue, state, text, version
from tests.factories import SISTER_VILLAGE, TOWNSHIP, VILLAGE
from webapp import clock

LATER = MORNING + timedelta(minutes=1)


def last_event(client: FlaskClient, row: Issued) -> str:
    """The last event that a page shows, as its forms send it back."""
    return re.findall(r'name="seen" value="(\d+)"', text(client.get(f"/tasks/assignments/{row.id}")))[0]


def test_two_decide_at_once_and_the_second_loses_nothing(clients: Clients, county: Session) -> None:
    row = issue(clients.first_desk, county)[VILLAGE]
    do(clients.village, county, row, "acknowledge")
    do(clients.village, county, row, "report", text="已办。")
    seen = version(county, row)
    last = last_event(clients.second_desk, row)
    assert do(clients.first_desk, county, row, "verify", version=seen).status_code == 302
    second = do(clients.second_desk, county, row, "return", reason="请写明户数和时限", version=seen, seen=last)
    assert "您打开页面以后，其他同志已经办理" in text(second) and "核实通过" in text(second)
    assert "请写明户数和时限" in text(second) and "现在的状态下不能再提交" in text(second)
    assert "没有生效" in text(second)
    assert state(county, row) == "verified"


def test_two_report_at_once_and_the_second_sees_both(
    clients: Clients, county: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    row = issue(clients.first_desk, county)[VILLAGE]
    do(clients.village, county, row, "acknowledge")
    colleague, seen, last = sign_in("first_secretary", VILLAGE), version(county, row), last_event(clients.village, row)
    with clock.held_at(LATER):
        assert do(clients.village, county, row, "progress", reason="已排查东片 20 户。").status_code == 302
    second = do(colleague, county, row, "report", text="全部办结，共 42 户。", version=seen, seen=last)
    assert "已排查东片 20 户。" in text(second), "what the other wrote"
    assert text(second).count("全部办结，共 42 户。") == 2, "what was typed: beside the other's, and in the form"
    assert "看过后可以修改再提交" in text(second)
    assert state(county, row) == "acknowledged"
    assert (
        do(colleague, county, row, "report", text="全部办结，共 42 户。", version=version(county, row)).status_code
        == 302
    )


def test_the_record_of_extensions_keeps_the_first_deadline(clients: Clients, county: Session) -> None:
    row = issue(clients.first_desk, county)[VILLAGE]
    for day, answer, note in (("2026-10-28", "extend_refuse", "时间充足"), ("2026-10-30", "extend_grant", "")):
        do(clients.village, county, row, "extend_ask", wanted_due_on=day, reason="道路中断")
        assert "等待答复" in text(clients.village.get(f"/tasks/assignments/{row.id}"))
        do(clients.first_desk, county, row, answer, reason=note)
    page = text(clients.village.get(f"/tasks/assignments/{row.id}"))
    assert "首次期限 2026年10月23日" in page
    assert "申请延期到2026年10月28日：2026年10月12日" in page and "不同意" in page and "答复：时间充足" in page
    assert page.index("申请延期到2026年10月28日") < page.index("申请延期到2026年10月30日")


def test_no_extension_after_closing(clients: Clients, county: Session) -> None:
    row = issue(clients.first_desk, county)[VILLAGE]
    do(clients.village, county, row, "acknowledge")
    do(clients.village, county, row, "report", text="已办。")
    for kind in ("verify", "close"):
        do(clients.first_desk, county, row, kind)
    asked = do(clients.village, county, row, "extend_ask", wanted_due_on="2026-10-30", reason="道路中断")
    assert "任务已销号，不能再申请延期" in text(asked)


def test_two_split_at_once_and_the_second_keeps_what_was_chosen(
    clients: Clients, county: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    row = issue(clients.first_desk, county)[TOWNSHIP]
    do(clients.township, county, row, "acknowledge")
    colleague, path = sign_in("desk", TOWNSHIP), f"/tasks/assignments/{row.id}/split"
    page = text(colleague.get(path))
    hidden = dict(re.findall(r'name="(version|seen)" value="(\d+)"', page))
    with clock.held_at(LATER):
        do(clients.township, county, row, "progress", reason="先由东片各村办理。")
    chosen = {"unit": [SISTER_VILLAGE], f"weight-{SISTER_VILLAGE}": "3", "due_on": "2026-10-22"}
    sent = colleague.post(path, data=hidden | chosen)
    assert sent.status_code == 303
    assert "没有提交成功" not in text(clients.township.get(sent.headers["Location"])), "kept for who typed it"
    for _ in range(2):  # a reload shows it again
        second = colleague.get(sent.headers["Location"])
        assert "没有提交成功" in text(second)
    assert "先由东片各村办理。" in text(second)
    assert f'value="{SISTER_VILLAGE}" checked' in text(second) and 'value="2026-10-22"' in text(second)
    fresh = dict(re.findall(r'name="(version|seen|form)" value="([^"]+)"', text(second)))
    assert colleague.post(path, data=fresh | chosen).status_code == 302
    assert "没有提交成功" not in text(colleague.get(sent.headers["Location"]))
