"""Issues from a table: a dry run with errors by row, all or nothing, once; on the page and by command."""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import Workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests import factories
from tests.factories import COUNTY, NEIGHBOUR_COUNTY, OTHER_TOWNSHIP, TOWNSHIP
from tests.rectification.conftest import Clients
from tests.rectification.test_pages import text
from webapp.audit import AuditEntry
from webapp.config import Settings
from webapp.notices.models import InboxMessage
from webapp.rectification.cli import rectification
from webapp.rectification.models import Issue, IssueImport
from webapp.rectification.reading import COLUMNS

HEADINGS = [column.heading for column in COLUMNS]
GOOD = {
    "问题来源": "省级考核",
    "来源文件": "省考核反馈〔2026〕1号",
    "原编号": "12",
    "问题性质": "共性",
    "问题描述": "公共厕所化粪池没有定期清掏。",
    "责任领导": "副镇长李某",
    "牵头单位": "上帕镇",
    "配合单位": "上帕村委会、533323101202",
    "整改措施": "",
    "整改期限": "2026-11-06",
    "佐证要求": "清掏合同；村民代表意见",
    "销号单位": "",
}


def row(**changes: str) -> dict[str, str]:
    return GOOD | changes


def as_csv(*rows: dict[str, str]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADINGS)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def send(client: FlaskClient, content: bytes, name: str = "问题.csv") -> TestResponse:
    return client.post("/rectification/import", data={"file": (io.BytesIO(content), name)})


def confirm(client: FlaskClient, place: str) -> TestResponse:
    """Press the button of the page that shows what would be entered, or one that showed it before."""
    found = re.search(r'name="token" value="([^"]+)"', text(client.get(place)))
    return client.post(place, data={"token": found[1]} if found else {})


def count(session: Session) -> int:
    found = session.execute(select(func.count()).select_from(Issue)).scalar_one()
    session.rollback()
    return found


def test_the_dry_run_enters_nothing_and_the_second_click_enters_nothing_twice(
    clients: Clients, county: Session
) -> None:
    desk = clients.first_desk
    place = send(desk, as_csv(row(), row(问题描述="台账缺页。", 牵头单位=OTHER_TOWNSHIP, 配合单位=""))).headers[
        "Location"
    ]
    page = text(desk.get(place))
    assert "共 2 个问题" in page and "匹河怒族乡" in page and "2026年11月6日" in page
    assert count(county) == 0
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token is not None
    for _ in range(2):
        assert desk.post(place, data={"token": token[1]}).status_code == 302
    assert count(county) == 2
    entered = county.scalars(select(Issue).order_by(Issue.id)).all()
    assert [(one.unit_code, one.issuer_code, one.closer_code) for one in entered] == [
        (TOWNSHIP, COUNTY, COUNTY),
        (OTHER_TOWNSHIP, COUNTY, COUNTY),
    ]
    assert entered[0].evidence == ["清掏合同", "村民代表意见"]
    assert [support.unit_code for support in entered[0].supports] == ["533323101201", "533323101202"]
    told = select(func.count()).select_from(InboxMessage).where(InboxMessage.path == f"/rectification/{entered[0].id}")
    assert county.scalar(told) == 2, "the township desk and the village secretary"
    assert county.scalars(select(IssueImport.lines)).all() == [[]], "what was sent is not kept"
    actions = county.scalars(select(AuditEntry.action).where(AuditEntry.action.startswith("rectification.")))
    assert sorted(actions) == ["rectification.enter", "rectification.enter", "rectification.import"]
    assert "已登记 2 个问题，不会重复登记" in text(desk.get(place))


def test_errors_are_named_by_row_and_nothing_is_entered(clients: Clients, county: Session) -> None:
    bad = as_csv(
        row(),
        row(问题描述="二", 牵头单位="不存在的镇"),
        row(问题描述="三", 整改期限="2026-10-12"),
        row(问题描述="四", 整改期限="下月"),
        row(问题描述="五", 问题来源="听说"),
        row(问题描述="六", 佐证要求="现场照片"),
        row(问题描述="七", 销号单位="上帕镇"),
        row(问题描述="八", 牵头单位="533301101"),
        row(),
        row(问题描述="九", 牵头单位="无此镇", 整改期限="下月", 问题来源="听说", 责任领导=""),
    )
    place = send(clients.first_desk, bad).headers["Location"]
    token = county.scalars(select(IssueImport.token)).one()
    county.rollback()
    for page in (text(clients.first_desk.get(place)), text(clients.first_desk.post(place, data={"token": token}))):
        for words in (
            "第 3 行：没有找到单位“不存在的镇”",
            "第 4 行：不得要求当日报送",
            "第 5 行：整改期限“下月”不正确",
            "第 6 行：问题来源不正确",
            "第 7 行：减负规定禁止要求照片",
            "第 8 行：销号单位应是牵头单位的上级",
            "第 9 行：牵头单位不在登记单位及其下级范围内",
            "第 10 行：与第 2 行是同一个单位的同一个问题",
            "第 11 行：没有找到单位“无此镇”",
            "第 11 行：整改期限“下月”不正确",
            "第 11 行：问题来源不正确",
            "第 11 行：没有填写责任领导",
        ):
            assert words in page
        assert "没有登记任何内容" in page
    assert count(county) == 0


def test_what_was_entered_before_is_named(clients: Clients, county: Session) -> None:
    desk = clients.first_desk
    confirm(desk, send(desk, as_csv(row())).headers["Location"])
    place = send(desk, as_csv(row(), row(问题描述="新的问题。"))).headers["Location"]
    assert "第 2 行：这个问题已登记为 533323-2026-W" in text(desk.get(place))
    assert count(county) == 1


def test_known_issues_are_named_in_the_order_of_the_file(clients: Clients, county: Session) -> None:
    desk = clients.first_desk
    units = (OTHER_TOWNSHIP, TOWNSHIP, OTHER_TOWNSHIP)
    table = as_csv(*(row(问题描述=f"第 {n} 处。", 牵头单位=unit, 配合单位="") for n, unit in enumerate(units)))
    confirm(desk, send(desk, table).headers["Location"])
    page = text(desk.get(send(desk, table).headers["Location"]))
    assert re.findall(r"第 (\d+) 行：这个问题已登记", page) == ["2", "3", "4"]


def test_files_that_cannot_be_read_are_refused_with_a_sentence(clients: Clients, county: Session) -> None:
    book = Workbook()
    book.active.append(HEADINGS)
    book.active.append([*list(GOOD.values())[:-1], "=1+1"])
    formula = io.BytesIO()
    book.save(formula)
    book.active.merge_cells("A2:B2")
    merged = io.BytesIO()
    book.save(merged)
    for content, words in (
        (b"", "文件是空的"),
        (as_csv(), "文件里没有问题"),
        ("问题来源\n省级考核\n".encode(), "缺少列"),
        (formula.getvalue(), "是公式"),
        (merged.getvalue(), "有合并单元格"),
        (b"PK\x03\x04x", "文件打不开"),
    ):
        answer = send(clients.first_desk, content)
        assert (answer.status_code, words in text(answer)) == (400, True), words
    assert "没有选择文件" in text(clients.first_desk.post("/rectification/import", data={}))
    assert county.scalar(select(func.count()).select_from(IssueImport)) == 0


def test_a_table_is_its_senders_alone_and_the_last_one_counts(clients: Clients, county: Session) -> None:
    first = send(clients.first_desk, as_csv(row())).headers["Location"]
    assert clients.second_desk.get(first).status_code == 404
    assert clients.second_desk.post(first).status_code == 404
    token = re.search(r'name="token" value="([^"]+)"', text(clients.first_desk.get(first)))
    assert token is not None
    second = send(clients.first_desk, as_csv(row(问题描述="改过的。"))).headers["Location"]
    stale = clients.first_desk.post(second, data={"token": token[1]})
    assert stale.status_code == 409
    assert "后来又上传了别的文件" in text(stale) and "改过的。" in text(stale)
    assert confirm(clients.first_desk, second).status_code == 302
    assert county.scalars(select(Issue.description)).all() == ["改过的。"]


def test_a_village_sends_no_table(clients: Clients) -> None:
    assert send(clients.village, as_csv(row())).status_code == 403
    assert clients.village.get("/rectification/import").status_code == 403


def test_the_template_has_the_columns(clients: Clients) -> None:
    content = clients.first_desk.get("/rectification/import/template").get_data().decode("utf-8-sig")
    assert content.strip().split(",") == HEADINGS


Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask, settings: Settings, clients: Clients, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("DANDANG_INSTANCE", str(settings.instance))
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    return lambda *args: app.test_cli_runner().invoke(rectification, list(args))


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., str]:
    def write(*rows: dict[str, str]) -> str:
        file = tmp_path / "issues.csv"
        file.write_bytes(as_csv(*rows))
        return str(file)

    return write


def test_the_command_enters_for_the_closing_unit(run: Run, written: Callable[..., str], county: Session) -> None:
    result = run("import", written(row(), row(问题描述="二", 牵头单位="533301101", 配合单位="")), "--json")
    assert result.exit_code == 0, result.output
    said = json.loads(result.stdout)
    found = county.scalars(select(Issue).order_by(Issue.id)).all()
    assert (said["entered"], said["numbers"]) == (2, [one.number for one in found])
    assert [one.issuer_code for one in found] == [COUNTY, NEIGHBOUR_COUNTY]


def test_the_command_as_a_person_obeys_that_persons_scope(
    run: Run, written: Callable[..., str], county: Session
) -> None:
    desk = factories.posting(county, "desk", COUNTY)
    factories.account(county, desk.person_id, "desk1")
    village = factories.posting(county, "secretary", "533323101201")
    factories.account(county, village.person_id, "village1")
    county.commit()
    outside = run("import", written(row(牵头单位="533301101", 配合单位="")), "--as", "desk1")
    assert (outside.exit_code, outside.stdout) == (1, "")
    assert "第 2 行：牵头单位不在登记单位及其下级范围内" in outside.stderr
    assert run("import", written(row()), "--as", "village1").exit_code == 1
    assert run("import", written(row()), "--as", "nobody").exit_code == 1
    assert count(county) == 0
    dry = run("import", written(row()), "--as", "desk1", "--dry-run", "--json")
    assert (json.loads(dry.stdout), count(county)) == ({"rows": 1, "entered": 0, "numbers": []}, 0)
    assert run("import", written(row()), "--as", "desk1").exit_code == 0
    assert county.scalars(select(Issue.issuer_code)).all() == [COUNTY]
