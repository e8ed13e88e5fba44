"""S-1: a number that names a person is nowhere in the database in clear, whichever form it was typed into; nothing is lost."""

from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

from tests.accountability.conftest import Clients
from tests.accountability.test_pages import counted, do, issue, step, typed
from tests.accountability.test_pages import text as read
from tests.factories import VILLAGE
from webapp.accountability.issue_models import TaskEntry
from webapp.accountability.models import AccountabilityTask
from webapp.accountability.remark_models import KeptWords

MARKED = "110101199003074514"
FIELD = {"fields-0-label": "补办事项", "fields-0-kind": "text", "fields-0-unit": "", "fields-0-values": ""}
OPTIONS = {**FIELD, "fields-0-kind": "code"}


def in_clear(session: Session, place: Path) -> list[str]:
    """Where the marked number can be read: tables, and files of a database."""
    tables = inspect(session.get_bind()).get_table_names()
    found = [name for name in tables if MARKED in str(session.execute(text(f'SELECT * FROM "{name}"')).all())]
    session.rollback()
    return found + [file.name for file in place.rglob("*.db*") if MARKED.encode() in file.read_bytes()]


def test_what_an_assignment_page_keeps_is_sealed(clients: Clients, county: Session, tmp_path: Path) -> None:
    row = issue(clients.first_desk, county, VILLAGE, **FIELD)[VILLAGE]
    do(clients.village, county, row, "acknowledge")
    do(clients.village, county, row, "start")
    path, words = f"/tasks/assignments/{row.id}", f"张三 {MARKED} 已补办"
    name = county.get_one(AccountabilityTask, row.task_id).fields[0]["name"]
    county.rollback()
    for button, data in (
        (f"{path}/report", {"report-text": "已办妥。", f"answer-{name}": words}),
        (f"{path}/report", {"report-text": words}),
        (f"{path}/kept", {"progress-reason": words}),
    ):
        page = clients.village.post(button, data=data, follow_redirects=True)
        assert words in read(page), "nothing typed is lost"
        assert counted(county, KeptWords) == 1 and in_clear(county, tmp_path) == []
    page = clients.village.post(f"{path}/remarks", data={"text": words}, follow_redirects=True)
    assert words in read(page) and in_clear(county, tmp_path) == []


@pytest.mark.parametrize(
    "field",
    ["title", "content", "basis", "document_no", "evidence", "fields-0-label", "fields-0-unit", "fields-0-values"],
)
def test_a_draft_takes_no_number(clients: Clients, county: Session, tmp_path: Path, field: str) -> None:
    page = step(clients.first_desk, typed(**OPTIONS) | {"go": "draft", field: f"张三 {MARKED}"})
    assert page.status_code == 400 and "写有身份证号码" in read(page) and f"张三 {MARKED}" in read(page)
    assert counted(county, AccountabilityTask) == 0 and counted(county, TaskEntry) == 1
    assert in_clear(county, tmp_path) == []


def test_a_pasted_list_with_numbers_is_kept_sealed_and_in_no_draft(
    clients: Clients, county: Session, tmp_path: Path
) -> None:
    form = typed(choosing="1", pasted=f"张三 {MARKED}")
    page = step(clients.first_desk, form | {"go": "whom:pasted:add"})
    assert "没有认出" in read(page) and in_clear(county, tmp_path) == []
    page = step(clients.first_desk, form | {"go": "draft"})
    assert "没有认出的内容中写有身份证号码" in read(page) and in_clear(county, tmp_path) == []
    assert counted(county, AccountabilityTask) == 0


def test_words_that_do_not_open_any_more_leave_the_page_usable(clients: Clients, county: Session) -> None:
    row = issue(clients.first_desk, county, VILLAGE)[VILLAGE]
    path = f"/tasks/assignments/{row.id}"
    clients.village.post(f"{path}/kept", data={"progress-reason": "缺两户资料"})
    county.execute(text("UPDATE kept_words SET held = 'k1:AAAA'"))
    county.commit()
    assert clients.village.get(path).status_code == 200
