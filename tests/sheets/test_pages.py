"""What people meet on the pages of the month sheet."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.factories import COUNTY, OTHER_VILLAGE, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from tests.sheets.making import MONTH, SENT, opened, sheet_at
from webapp import clock
from webapp.audit import AuditEntry
from webapp.policy import calendar
from webapp.sheets import export
from webapp.sheets.models import MonthSheet, SheetVersion

PAGE = f"/sheets/{VILLAGE}/{MONTH}"


@dataclass
class Clients:
    village: FlaskClient
    township: FlaskClient
    county: FlaskClient


@pytest.fixture
def clients(county: Session, sign_in: Callable[..., FlaskClient]) -> Iterator[Clients]:
    calendar.seed(county)
    with clock.held_at(SENT):
        found = Clients(sign_in("secretary", VILLAGE), sign_in("desk", TOWNSHIP), sign_in("desk", COUNTY))
        opened(county)
        county.commit()
        yield found


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def typed(county: Session, unit: str = VILLAGE, **changes: str) -> dict[str, str]:
    sheet = sheet_at(county, unit)
    form = {"request_id": str(uuid4()), "seen": str(sheet.current)}
    form |= {f"unchanged-{line.id}": "1" for line in sheet.lines}
    county.rollback()
    return form | changes


def lines_of(county: Session) -> list[int]:
    """Ids of the village's lines; leaves no lock behind."""
    county.rollback()
    found = [line.id for line in sheet_at(county).lines]
    county.rollback()
    return found


def test_the_village_fills_in_one_form_and_reads_what_it_sent(clients: Clients, county: Session) -> None:
    page = text(clients.village.get(PAGE))
    assert "村级月报单（2026年12月）" in page
    assert page.count("<textarea") == 5
    first = lines_of(county)[0]
    form = typed(county) | {f"line-{first}": "新增线索 1 条"}
    del form[f"unchanged-{first}"]
    answer = clients.village.post(PAGE, data=form)
    assert (answer.status_code, answer.location) == (303, PAGE)
    shown = text(clients.village.get(PAGE))
    assert "月报单已提交。" in shown
    assert "新增线索 1 条" in shown
    assert shown.count("无变化") == 4
    assert "<textarea" not in shown


def test_a_missing_line_is_named_and_what_was_typed_stays(clients: Clients, county: Session) -> None:
    lines = lines_of(county)
    form = typed(county) | {f"line-{lines[0]}": "新增线索 1 条"}
    del form[f"unchanged-{lines[0]}"], form[f"unchanged-{lines[1]}"]
    form["minutes_taken"] = "半天"
    answer = clients.village.post(PAGE, data=form)
    assert answer.status_code == 400
    page = text(answer)
    assert page.count("第 2 项没有答复。请填写情况，或者选“无变化”。") == 2  # in the summary and at the line
    assert "新增线索 1 条" in page
    assert "实际用时应是整数分钟" in page, "told together with the missing line"
    assert county.scalars(select(SheetVersion)).all() == []


def test_a_double_click_sends_one_version(clients: Clients, county: Session) -> None:
    form = typed(county)
    assert [clients.village.post(PAGE, data=form).status_code for _ in range(2)] == [303, 303]
    county.rollback()
    assert len(county.scalars(select(SheetVersion)).all()) == 1


def test_a_stale_form_shows_what_was_sent_meanwhile_and_keeps_the_words(clients: Clients, county: Session) -> None:
    clients.village.post(PAGE, data=typed(county))
    lines = lines_of(county)
    stale = typed(county, seen="0") | {f"line-{lines[0]}": "后来又有 1 条"}
    del stale[f"unchanged-{lines[0]}"]
    answer = clients.village.post(PAGE, data=stale)
    assert answer.status_code == 409
    assert "提交第 1 版" in text(answer)
    assert "后来又有 1 条" in text(answer)
    assert "第 1 版：无变化" in text(answer), "what the other sent stands beside it"


def test_the_sheet_leads_whoever_verifies_it_to_its_answers(clients: Clients, county: Session) -> None:
    lines = lines_of(county)
    form = typed(county) | {f"line-{lines[0]}": "新增线索 1 条"}
    del form[f"unchanged-{lines[0]}"]
    clients.village.post(PAGE, data=form)
    assert "核验这个月的月报单" not in text(clients.village.get(PAGE))
    page = text(clients.township.get(PAGE))
    number = sheet_at(county).assignment.task.number
    assert f"/tasks/{number}/verify?unit={TOWNSHIP}" in page
    assert "：新增线索 1 条" in text(clients.township.get(f"/tasks/{number}/verify"))


def test_a_correction_keeps_the_first_version_readable(clients: Clients, county: Session) -> None:
    clients.village.post(PAGE, data=typed(county))
    assert "更正月报单" in text(clients.village.get(PAGE))
    lines = lines_of(county)
    form = typed(county, reason="漏报一户") | {f"line-{lines[0]}": "补报 1 条"}
    del form[f"unchanged-{lines[0]}"]
    assert clients.village.post(PAGE, data=form).status_code == 303
    assert "补报 1 条" in text(clients.village.get(PAGE))
    first = text(clients.village.get(f"{PAGE}/versions/1"))
    assert "此后已更正" in first
    assert "补报 1 条" not in first
    assert "漏报一户" in text(clients.township.get(f"{PAGE}/versions/2"))
    assert clients.village.get(f"{PAGE}/versions/3").status_code == 404


def test_the_township_enters_paper_and_the_list_says_so(clients: Clients, county: Session) -> None:
    assert "录入纸质回复" in text(clients.township.get(PAGE))
    assert "<textarea" not in text(clients.township.get(PAGE))
    answer = clients.township.post(f"{PAGE}/paper", data=typed(county, paper_on="2026-12-18"))
    assert answer.status_code == 303
    listing = text(clients.township.get(f"/sheets/?month={MONTH}"))
    assert "第 1 版（纸质代录）" in listing
    assert "按纸质回复代录（12月18日收到）" in text(clients.village.get(PAGE))


@pytest.mark.parametrize("day", ["", "昨天", "2026-12-31"])
def test_a_wrong_day_of_the_paper_is_named(clients: Clients, county: Session, day: str) -> None:
    answer = clients.township.post(f"{PAGE}/paper", data=typed(county, paper_on=day))
    assert answer.status_code == 400
    assert "收到纸质回复的日期" in text(answer)


def test_the_list_stands_in_code_order_and_holds_own_villages_only(clients: Clients, county: Session) -> None:
    page = text(clients.township.get(f"/sheets/?month={MONTH}"))
    found = [
        (sheet.unit_code, page.find(f"/sheets/{sheet.unit_code}/{MONTH}"))
        for sheet in county.scalars(select(MonthSheet).order_by(MonthSheet.unit_code))
        if sheet.unit_code.startswith(TOWNSHIP)
    ]
    places = [place for _, place in found]
    assert places == sorted(places)
    assert min(places) > 0
    assert OTHER_VILLAGE not in page


def test_the_state_filter_and_the_file_hold_the_same_rows(clients: Clients, county: Session) -> None:
    clients.village.post(PAGE, data=typed(county))
    sent = text(clients.township.get(f"/sheets/?month={MONTH}&status=sent"))
    assert f"/sheets/{VILLAGE}/{MONTH}" in sent
    assert SISTER_VILLAGE not in sent
    file = clients.township.get(f"/sheets/?month={MONTH}&status=sent&format=csv")
    rows = file.get_data().decode("utf-8-sig").splitlines()
    assert "有效期至" in rows[2] and len(rows) == 4 + 5
    assert "无变化" in rows[4]
    assert not any(word in rows[3] for word in ("灯", "逾期", "状态"))
    with clients.township.get(f"/sheets/?month={MONTH}&format=xlsx") as book:
        assert book.get_data()[:2] == b"PK"


def test_the_file_holds_every_line_and_what_was_not_answered_is_empty(clients: Clients, county: Session) -> None:
    first = lines_of(county)[0]
    form = typed(county) | {f"line-{first}": "新增线索 1 条"}
    del form[f"unchanged-{first}"]
    clients.village.post(PAGE, data=form)
    clients.village.post(
        PAGE, data=typed(county, reason="漏报一户") | {f"line-{first}": "补报 1 条", f"unchanged-{first}": ""}
    )
    file = clients.township.get(f"/sheets/?month={MONTH}&format=csv").get_data().decode("utf-8-sig")
    lines = [line.split(",") for line in file.splitlines()]
    own = [line for line in lines if line[0] == VILLAGE]
    assert [line[4:9] for line in own] == [
        ["有情况", "补报 1 条", "2", "2026-12-20", "网上填报"],
        *[["无变化", "", "2", "2026-12-20", "网上填报"]] * 4,
    ]
    assert [line[4:9] for line in lines if line[0] == SISTER_VILLAGE] == [["", "", "", "", ""]] * 5
    assert {line[9] for line in own} == {"上帕镇"}
    entry = county.scalars(select(AuditEntry).where(AuditEntry.action == "sheet.export")).one()
    assert entry.after == {"rows": len(lines) - 4}


def test_too_long_a_file_is_refused_in_words(
    clients: Clients, county: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "LIMIT", 4)
    answer = clients.township.get(f"/sheets/?month={MONTH}&format=csv")
    assert answer.status_code == 400
    assert "一次最多导出 4 行" in text(answer)
    assert f"/sheets/{VILLAGE}/{MONTH}" in text(answer)
    assert county.scalars(select(AuditEntry).where(AuditEntry.action == "sheet.export")).all() == []


def test_nobody_above_the_issuer_sees_lamps(clients: Clients) -> None:
    for client, shown in ((clients.county, False), (clients.township, True), (clients.village, True)):
        for path in (f"/sheets/?month={MONTH}", PAGE):
            page = text(client.get(path))
            assert "已下达" in page
            assert ('class="lamp ' in page) is shown


def test_a_village_finds_its_own_months_and_no_other_village(clients: Clients, county: Session) -> None:
    page = text(clients.village.get("/sheets/"))
    assert f"/sheets/{VILLAGE}/{MONTH}" in page
    assert SISTER_VILLAGE not in page
    assert clients.village.get(f"/sheets/{SISTER_VILLAGE}/{MONTH}").status_code == 404


@pytest.mark.parametrize(
    "path", [f"/sheets/{VILLAGE}/2026-13", f"/sheets/{VILLAGE}/2026-11", f"/sheets/abc/{MONTH}", f"/sheets/{VILLAGE}/x"]
)
def test_sheets_that_never_were_are_not_there(clients: Clients, path: str) -> None:
    assert clients.village.get(path).status_code == 404


def test_a_form_that_is_not_ours_is_refused(clients: Clients, county: Session) -> None:
    for changes in ({"request_id": "x"}, {"seen": ""}):
        assert clients.village.post(PAGE, data=typed(county) | changes).status_code == 400
    assert county.scalars(select(SheetVersion)).all() == []


def test_the_home_page_and_the_task_lead_to_the_sheet(clients: Clients, county: Session) -> None:
    home = text(clients.village.get("/"))
    assert f'href="{PAGE}"' in home
    assert "月度风险线索排查（2026年12月）" in home
    assignment_id = sheet_at(county).assignment_id
    county.rollback()
    task = text(clients.village.get(f"/tasks/assignments/{assignment_id}"))
    assert f'href="{PAGE}"' in task
    assert "填写月报单" in task
    listing = text(clients.village.get("/tasks/"))
    assert f'href="{PAGE}"' in listing
