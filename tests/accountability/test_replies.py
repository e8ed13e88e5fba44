"""Replies collected as one table, files as one archive, and what villages answered on paper entered by the township."""

import tempfile
import zipfile
from collections.abc import Callable, Sequence
from html import unescape
from io import BytesIO
from typing import NamedTuple

import pytest
from flask.testing import FlaskClient
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.accountability.making import MORNING, Parties, act, changed, issued, parties
from tests.accountability.test_pages import text
from tests.factories import COUNTY, NEIGHBOUR_COUNTY, OTHER_TOWNSHIP, OTHER_VILLAGE, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from webapp.access import Viewer, acting_as
from webapp.accountability import service
from webapp.accountability.models import Assignment
from webapp.audit import AuditEntry
from webapp.burden.proposals import AskedField, field_name

LABEL = "已清理水窖数"
FIELD = AskedField(field_name(LABEL), LABEL, "int", "口")
HEAD = ("区划代码", "完成情况", "文号", "佐证说明", "已清理水窖数（口）")


class Made(NamedTuple):
    people: Parties
    number: str


@pytest.fixture
def made(morning: None, county: Session) -> Made:
    """A task with one asked figure at three villages; one of them has answered on its page."""
    people = parties(county)
    task = issued(
        county, people.first_desk, [VILLAGE, SISTER_VILLAGE, OTHER_VILLAGE], changed(title="水窖清理", fields=(FIELD,))
    )
    row = next(row for row in task.assignments if row.unit_code == VILLAGE)
    act(county, people.village, "acknowledge", row)
    with acting_as(county, people.village):
        service.report(county, row.id, text="已清理 12 口。", answers={FIELD.name: "12"}, at=MORNING)
    number = task.number
    county.commit()
    return Made(people, number)


def table(rows: Sequence[Sequence[object]], head: Sequence[str] = HEAD) -> BytesIO:
    book, held = Workbook(), BytesIO()
    for line in (head, *rows):
        book.active.append(line)  # type: ignore[union-attr]
    book.save(held)
    held.seek(0)
    return held


def fetched(client: FlaskClient, path: str) -> BytesIO:
    """The file behind an address; the answer is closed as a web server closes it."""
    with client.get(path) as answer:
        assert answer.status_code == 200
        return BytesIO(answer.data)


def judge(client: FlaskClient, number: str, content: BytesIO) -> str:
    answer = client.post(f"/tasks/{number}/paper", data={"table": (content, "代录表.xlsx")})
    return text(answer)


def rows_of(page: str) -> str:
    """What the page of the dry run sends back."""
    return unescape(page.split('name="rows" value="')[1].split('"')[0])


def stored(session: Session, unit: str) -> Assignment:
    session.rollback()
    with acting_as(session, Viewer.system("test", "")):
        row = session.scalars(select(Assignment).where(Assignment.unit_code == unit)).one()
        _ = [(event.kind, event.reason) for event in row.events]
        session.expunge_all()
    session.rollback()
    return row


def test_replies_come_as_one_table_with_a_column_for_each_field(
    made: Made, sign_in: Callable[..., FlaskClient]
) -> None:
    client = sign_in("desk", COUNTY)
    page = text(client.get(f"/tasks/{made.number}/replies"))
    assert "已清理水窖数（口）：12" in page
    sheet = load_workbook(fetched(client, f"/tasks/{made.number}/replies?format=xlsx")).active
    lines = [list(line) for line in sheet.iter_rows(values_only=True)]
    head = next(line for line in lines if line[0] == "区划代码")
    body = lines[lines.index(head) + 1 :]
    assert [line[0] for line in body] == sorted([VILLAGE, SISTER_VILLAGE, OTHER_VILLAGE])
    assert {line[0]: line[head.index("已清理水窖数（口）")] for line in body}[VILLAGE] == 12


def test_a_township_gets_only_its_own_villages(made: Made, sign_in: Callable[..., FlaskClient]) -> None:
    content = fetched(sign_in("desk", TOWNSHIP), f"/tasks/{made.number}/replies?format=csv").read().decode()
    assert VILLAGE in content and OTHER_VILLAGE not in content
    assert sign_in("desk", NEIGHBOUR_COUNTY).get(f"/tasks/{made.number}/replies?format=csv").status_code == 404


def test_evidence_comes_as_one_archive_with_a_table_of_contents(
    made: Made, county: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    row = stored(county, SISTER_VILLAGE)
    village = sign_in("secretary", SISTER_VILLAGE)
    sent = village.post(
        f"/tasks/assignments/{row.id}/files",
        data={"files": (BytesIO(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF"), "会议记录.pdf")},
    )
    assert sent.status_code == 303
    assert f"/tasks/{made.number}/evidence" in sign_in("leader", COUNTY).get(f"/tasks/{made.number}/replies").text
    pack = zipfile.ZipFile(fetched(sign_in("desk", COUNTY), f"/tasks/{made.number}/evidence"))
    named = pack.namelist()
    top = pack.read("目录.csv").decode("utf-8-sig").splitlines()[:3]
    assert top[1].startswith("制表单位,福贡县") and "有效期至,2026-12-31" in top[2]
    assert [name for name in named if name.startswith(SISTER_VILLAGE) and name.endswith("会议记录.pdf")]


def test_the_archive_lies_in_the_instance_folder_while_it_is_sent(
    made: Made, county: Session, sign_in: Callable[..., FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = stored(county, SISTER_VILLAGE)
    sign_in("secretary", SISTER_VILLAGE).post(
        f"/tasks/assignments/{row.id}/files",
        data={"files": (BytesIO(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF"), "会议记录.pdf")},
    )
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")  # a server without a usable /tmp
    fetched(sign_in("desk", COUNTY), f"/tasks/{made.number}/evidence")


def test_a_person_fetches_the_archive_ten_times_an_hour(made: Made, sign_in: Callable[..., FlaskClient]) -> None:
    client, path = sign_in("desk", COUNTY), f"/tasks/{made.number}/evidence"
    assert [client.get(path).status_code for _ in range(10)] == [400] * 10  # there are no files
    answer = client.get(path)
    assert answer.status_code == 429
    assert "操作过于频繁" in text(answer) and 0 < int(answer.headers["Retry-After"]) <= 3600
    assert sign_in("desk", COUNTY).get(path).status_code == 400  # a colleague is not held up


def test_a_person_exports_sixty_files_an_hour_of_whatever_list(
    made: Made, county: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    client = sign_in("desk", COUNTY)
    paths = ["/tasks/?format=csv", "/duties/?format=csv", "/rectification/?format=csv", "/burden/directory?format=csv"]
    assert {client.get(path).status_code for path in paths * 15} == {200}
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 429
        assert "操作过于频繁" in text(answer) and int(answer.headers["Retry-After"]) > 0
    assert client.get("/tasks/").status_code == 200
    assert sign_in("desk", COUNTY).get(paths[0]).status_code == 200
    assert (
        county.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.action.endswith(".export"))) == 61
    )


def test_no_evidence_is_said_in_words(made: Made, sign_in: Callable[..., FlaskClient]) -> None:
    desk = sign_in("desk", COUNTY)
    assert "/evidence" not in desk.get(f"/tasks/{made.number}/replies").text, "where there is none, none is offered"
    answer = desk.get(f"/tasks/{made.number}/evidence")
    assert answer.status_code == 400
    assert "还没有单位上传佐证材料" in text(answer)


def test_the_empty_table_names_the_villages_that_owe_an_answer(
    made: Made, county: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    content = fetched(sign_in("desk", TOWNSHIP), f"/tasks/{made.number}/paper?format=xlsx")
    lines = list(load_workbook(content).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert [line[0] for line in lines[1:]] == [SISTER_VILLAGE]
    assert set(HEAD) <= set(lines[0])
    assert lines[0][-2:] == ("下达单位", "有效期至")
    assert lines[1][-2] == "福贡县" and lines[1][-1].date() == stored(county, SISTER_VILLAGE).due_on


def test_paper_is_judged_first_then_entered_once_and_marked(
    made: Made, county: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    client = sign_in("desk", TOWNSHIP)
    page = judge(client, made.number, table([(SISTER_VILLAGE, "已全部清理", "", "村务公开栏", 8)]))
    assert "将为 1 个村提交反馈" in page
    assert stored(county, SISTER_VILLAGE).state == "issued"
    rows = rows_of(page)
    for _ in range(2):
        assert client.post(f"/tasks/{made.number}/paper/enter", data={"rows": rows}).status_code == 303
    row = stored(county, SISTER_VILLAGE)
    assert (row.state, row.report_text, row.answers) == ("reported", "已全部清理", {FIELD.name: "8"})
    assert [event.reason for event in row.events if event.kind == "report"] == ["乡镇代录"]
    assert "乡镇代录" in text(client.get(f"/tasks/{made.number}/replies"))


def test_errors_are_named_by_row_and_nothing_is_entered(
    made: Made, county: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    wrong = [
        (SISTER_VILLAGE, "已清理", "", "", "八口"),
        (OTHER_VILLAGE, "已清理", "", "", 3),
        (VILLAGE, "已清理", "", "", 3),
    ]
    page = judge(sign_in("desk", TOWNSHIP), made.number, table(wrong))
    assert "第 2 行" in page and "已清理水窖数" in page
    assert "第 3 行" in page and "不是本乡镇承办这项任务的村" in page
    assert "第 4 行" in page and "不能代录" in page
    assert stored(county, SISTER_VILLAGE).state == "issued"


def test_a_table_with_formulas_or_merged_cells_is_refused_by_row(
    made: Made, sign_in: Callable[..., FlaskClient]
) -> None:
    client = sign_in("desk", TOWNSHIP)
    page = judge(client, made.number, table([(SISTER_VILLAGE, "=1+1", "", "", 8), ("533323999999", "已办", "", "", 8)]))
    assert "公式" in page and "533323999999" in page, "all that is wrong is named at once"
    book, held = Workbook(), BytesIO()
    book.active.append(HEAD)  # type: ignore[union-attr]
    book.active.append((SISTER_VILLAGE, "已清理", "", "", 8))  # type: ignore[union-attr]
    book.active.merge_cells("B2:C2")  # type: ignore[union-attr]
    book.save(held)
    held.seek(0)
    assert "合并" in judge(client, made.number, held)


def test_sixty_thousand_empty_rows_are_no_rows(made: Made, sign_in: Callable[..., FlaskClient]) -> None:
    book, held = Workbook(), BytesIO()
    book.active.append(HEAD)  # type: ignore[union-attr]
    book.active.append((SISTER_VILLAGE, "已清理", "", "", 8))  # type: ignore[union-attr]
    book.active.cell(row=60_000, column=1, value="")  # type: ignore[union-attr]
    book.save(held)
    held.seek(0)
    assert "将为 1 个村提交反馈" in judge(sign_in("desk", TOWNSHIP), made.number, held)


def test_a_village_that_answered_meanwhile_stops_all(
    made: Made, county: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    client = sign_in("desk", TOWNSHIP)
    rows = rows_of(judge(client, made.number, table([(SISTER_VILLAGE, "已清理", "", "", 8)])))
    village = sign_in("secretary", SISTER_VILLAGE)
    row = stored(county, SISTER_VILLAGE)
    village.post(f"/tasks/assignments/{row.id}/acknowledge", data={"version": row.version})
    answer = client.post(f"/tasks/{made.number}/paper/enter", data={"rows": rows})
    assert answer.status_code == 409 and "核对之后有了变化" in text(answer)
    assert stored(county, SISTER_VILLAGE).state == "acknowledged"


def test_whoever_entered_cannot_verify(made: Made, county: Session, sign_in: Callable[..., FlaskClient]) -> None:
    client = sign_in("desk", TOWNSHIP)
    rows = rows_of(judge(client, made.number, table([(SISTER_VILLAGE, "已清理", "", "", 8)])))
    client.post(f"/tasks/{made.number}/paper/enter", data={"rows": rows})
    row = stored(county, SISTER_VILLAGE)
    assert row.reported_by_id is not None
    assert row.reported_by_id in {event.person_id for event in row.events if event.kind == "report"}


def test_another_township_finds_no_village_of_its_own(made: Made, sign_in: Callable[..., FlaskClient]) -> None:
    page = judge(sign_in("desk", OTHER_TOWNSHIP), made.number, table([(SISTER_VILLAGE, "已清理", "", "", 8)]))
    assert "不是本乡镇承办这项任务的村" in page


def test_a_branch_out_of_scope_is_not_there(made: Made, sign_in: Callable[..., FlaskClient]) -> None:
    client = sign_in("desk", OTHER_TOWNSHIP)
    assert client.get(f"/tasks/{made.number}").status_code == 200
    assert client.get(f"/tasks/{made.number}?under={TOWNSHIP}").status_code == 404
