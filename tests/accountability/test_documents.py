"""Where a document is the evidence, its number or a file and its date are the whole answer."""

from dataclasses import replace
from datetime import date
from html import unescape

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from tests.accountability.conftest import Clients
from tests.accountability.making import DEMAND, MORNING, Parties, act, issued, parties
from tests.accountability.test_cli import Run, login_of, run
from tests.accountability.test_pages import text
from tests.accountability.test_replies import fetched, judge, table
from tests.factories import SISTER_VILLAGE, VILLAGE
from webapp.access import acting_as
from webapp.accountability import service
from webapp.accountability.documents import answer_kind
from webapp.accountability.models import Assignment, AssignmentFile
from webapp.errors import Faulty
from webapp.policy.work_areas import templates

__all__ = ["run"]
NUMBER, DAY = "福发〔2026〕8号", date(2026, 10, 9)


@pytest.fixture
def people(county: Session) -> Parties:
    return parties(county)


def asked(session: Session, people: Parties, *units: str) -> Assignment:
    """A task at villages that is answered by a document; the village's own assignment."""
    task = issued(session, people.first_desk, units or [VILLAGE], replace(DEMAND, title="年度计划"))
    task.answer_kind = "document"
    session.flush()
    row = next(row for row in task.assignments if row.unit_code == VILLAGE)
    act(session, people.village, "acknowledge", row)
    return row


def answer(session: Session, people: Parties, row: Assignment, number: str | None, day: date | None) -> Assignment:
    with acting_as(session, people.village):
        return service.report(session, row.id, text="", document_no=number, document_on=day, at=MORNING)


def test_templates_with_a_document_or_an_import_as_evidence_ask_for_it_alone() -> None:
    kinds = {one.evidence: answer_kind(one.evidence) for one in templates()}
    assert {name for name, kind in kinds.items() if kind == "document"} == {"document", "import_batch"}


def test_number_and_date_are_the_whole_answer(county: Session, people: Parties) -> None:
    row = answer(county, people, asked(county, people), NUMBER, DAY)
    assert (row.state, row.report_document_no, row.report_document_on) == ("reported", NUMBER, DAY)
    assert row.report_text == "文号：福发〔2026〕8号，日期：2026年10月9日"


@pytest.mark.parametrize(
    ("number", "day", "field", "words"),
    [
        (None, DAY, "document_no", "先上传文件"),
        ("  ", DAY, "document_no", "没有填写文号"),
        ("字" * 61, DAY, "document_no", "超过 60 字"),
        (NUMBER, None, "document_on", "没有填写文件日期"),
        (NUMBER, date(2026, 10, 13), "document_on", "今天（2026年10月12日）或以前"),
        (NUMBER, date(1026, 10, 9), "document_on", "或以前"),
    ],
)
def test_what_is_missing_is_told_by_field(
    county: Session, people: Parties, number: str | None, day: date | None, field: str, words: str
) -> None:
    row = asked(county, people)
    with pytest.raises(Faulty) as refused:
        answer(county, people, row, number, day)
    assert words in refused.value.faults[field]
    assert row.state == "acknowledged"


def test_a_file_stands_for_the_number(county: Session, people: Parties) -> None:
    row = asked(county, people)
    county.add(
        AssignmentFile(
            assignment_id=row.id,
            unit_code=VILLAGE,
            sha256="0" * 64,
            name="计划.pdf",
            kind="pdf",
            size=1,
            uploaded_by_name="某人",
            uploaded_at=MORNING,
        )
    )
    county.flush()
    assert answer(county, people, row, None, DAY).report_text == "文件见佐证材料，日期：2026年10月9日"


def test_the_page_asks_for_number_and_date_and_for_no_words(county: Session, clients: Clients, people: Parties) -> None:
    row = asked(county, people)
    row_id = row.id
    county.commit()
    path = f"/tasks/assignments/{row_id}"
    page = text(clients.village.get(path))
    assert 'name="report-document_no"' in page and 'name="report-document_on"' in page and "完成情况" not in page
    refused = clients.village.post(f"{path}/report", data={"report-document_no": NUMBER}, follow_redirects=True)
    assert f'value="{NUMBER}"' in text(refused) and text(refused).count("没有填写文件日期") == 2
    sent = {"report-document_no": NUMBER, "report-document_on": "2026-10-09"}
    assert clients.village.post(f"{path}/report", data=sent).status_code == 302
    shown = text(clients.first_desk.get(path))
    assert NUMBER in shown and "2026年10月9日" in shown


def test_a_task_answered_in_words_still_asks_for_them(county: Session, clients: Clients, people: Parties) -> None:
    row = issued(county, people.first_desk).assignments[0]
    act(county, people.village, "acknowledge", row)
    row_id = row.id
    county.commit()
    page = text(clients.village.get(f"/tasks/assignments/{row_id}"))
    assert "完成情况" in page and 'name="report-document_on"' not in page


def test_the_table_of_paper_replies_asks_for_number_and_date(
    county: Session, clients: Clients, people: Parties
) -> None:
    number = asked(county, people, VILLAGE, SISTER_VILLAGE).task.number
    county.commit()
    sheet = load_workbook(fetched(clients.township, f"/tasks/{number}/paper?format=xlsx")).active
    head = [cell.value for cell in next(sheet.iter_rows())]  # type: ignore[union-attr]
    assert head[:5] == ["区划代码", "单位名称", "状态", "文号", "文件日期"] and "完成情况" not in head
    columns = ("区划代码", "文号", "文件日期")
    wrong = judge(clients.township, number, table([(SISTER_VILLAGE, NUMBER, "上月")], columns))
    assert "第 2 行" in wrong and "没有填写文件日期" in wrong
    plan = judge(clients.township, number, table([(SISTER_VILLAGE, NUMBER, DAY)], columns))
    assert "2026-10-09" in plan and "完成情况" not in plan
    sent = enter(clients.township, number, plan)
    assert "已代录 1 个村" in sent and "请由下达单位核验" in sent
    assert "没有重复办理" in enter(clients.township, number, plan)
    collected = load_workbook(fetched(clients.first_desk, f"/tasks/{number}/replies?format=xlsx")).active
    lines = list(collected.iter_rows(values_only=True))  # type: ignore[union-attr]
    head = next(line for line in lines if line[0] == "区划代码")
    reply = dict(zip(head, next(line for line in lines if line[0] == SISTER_VILLAGE), strict=True))
    assert reply["文号"] == NUMBER and str(reply["文件日期"])[:10] == "2026-10-09"


def enter(client: FlaskClient, number: str, plan: str) -> str:
    rows = unescape(plan.split('name="rows" value="')[1].split('"')[0])
    return text(client.post(f"/tasks/{number}/paper/enter", data={"rows": rows}, follow_redirects=True))


def test_the_command_reports_a_document(county: Session, people: Parties, run: Run) -> None:
    row = asked(county, people)
    login, number = login_of(county, people.village), row.task.number
    county.commit()
    missing = run("act", number, VILLAGE, "report", "--as", login, "--reason", "已办")
    assert missing.exit_code != 0 and "没有填写文号" in missing.output
    done = run("act", number, VILLAGE, "report", "--as", login, "--document-no", NUMBER, "--document-on", "2026-10-09")
    assert done.exit_code == 0, done.output
