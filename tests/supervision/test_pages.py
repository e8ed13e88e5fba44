"""What people meet: the button on a task, the list, one item with its ladder, the sheet."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pdfplumber
import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.conftest import Clients, clients, morning
from tests.accountability.making import issued, parties
from tests.accountability.test_pages import issue, text
from tests.factories import COUNTY, OTHER_TOWNSHIP, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from tests.supervision.making import WATCH, on
from webapp import clock
from webapp.access import acting_as
from webapp.audit import AuditEntry
from webapp.supervision import escalating
from webapp.supervision.models import LadderStep, Reminder

__all__ = ["clients", "morning"]
CITY = "5333"


@dataclass
class Late:
    """An assignment of the village that went up to the city on 2 November; the people are signed in on the third."""

    id: int
    first_desk: FlaskClient
    township: FlaskClient
    village: FlaskClient


@pytest.fixture
def late(county: Session, sign_in: Callable[..., FlaskClient]) -> Iterator[Late]:
    people = parties(county)
    rows = issued(county, people.first_desk, [TOWNSHIP, VILLAGE]).assignments
    with acting_as(county, WATCH):
        escalating.escalate_due(county, COUNTY, at=on("11-02 09:00"))
    row_id = next(row.id for row in rows if row.unit_code == VILLAGE)
    county.commit()
    with clock.held_at(on("11-03 10:00")):
        yield Late(row_id, sign_in("desk", COUNTY), sign_in("desk", TOWNSHIP), sign_in("secretary", VILLAGE))


def counted(session: Session, model: type) -> int:
    found = session.execute(select(func.count()).select_from(model)).scalar_one()
    session.rollback()
    return found


def step(client: FlaskClient, row: Late, door: str, kind: str, **fields: str):  # type: ignore[no-untyped-def]
    typed = {"reason": "多次催办仍未反馈", "decided_on": "2026-11-03", **fields}
    data = {f"{kind}-{name}": value for name, value in typed.items()}
    return client.post(f"/supervision/{row.id}/{door}/{kind}", data=data)


def test_the_button_of_a_task_and_its_end(clients: Clients, county: Session) -> None:
    row = issue(clients.first_desk, county, VILLAGE)[VILLAGE]
    page = f"/tasks/assignments/{row.id}"
    assert "还没有催办过" in text(clients.first_desk.get(page))
    answer = clients.first_desk.post(f"/supervision/{row.id}/remind")
    assert (answer.status_code, answer.headers["Location"]) == (302, page)
    shown = text(clients.first_desk.get(page))
    assert "已催办，承办单位会在收件箱看到" in shown
    assert "期限前最多催办 1 次（含自动提醒），已用完" in shown
    assert f'action="/supervision/{row.id}/remind"' not in shown
    again = clients.first_desk.post(f"/supervision/{row.id}/remind")
    assert again.status_code == 302
    assert "今天已经催办，不重复发送" in text(clients.first_desk.get(page))
    assert counted(county, Reminder) == 1


def test_out_of_hours_says_when_it_goes_out(late: Late, sign_in: Callable[..., FlaskClient]) -> None:
    with clock.held_at(on("11-03 20:00")):
        desk = sign_in("desk", COUNTY)
        desk.post(f"/supervision/{late.id}/remind")
        page = text(desk.get(f"/tasks/assignments/{late.id}"))
    assert "现在不在规定的提醒时段" in page
    assert "等待在规定时段发出" in page


def test_the_receiver_sees_the_reminder_and_no_button(clients: Clients, county: Session) -> None:
    row = issue(clients.first_desk, county, VILLAGE)[VILLAGE]
    clients.first_desk.post(f"/supervision/{row.id}/remind")
    page = text(clients.village.get(f"/tasks/assignments/{row.id}"))
    assert "期限前催办：" in page
    assert f'action="/supervision/{row.id}/remind"' not in page
    assert clients.village.post(f"/supervision/{row.id}/remind").status_code == 403


def test_nobody_above_the_issuer_sees_lamps(late: Late, sign_in: Callable[..., FlaskClient]) -> None:
    for client, shown in ((sign_in("desk", CITY), False), (late.first_desk, True), (late.village, True)):
        for path in ("/supervision/", f"/supervision/{late.id}"):
            page = text(client.get(path))
            assert "冬春防火隐患排查" in page and "已下达" in page
            assert ('class="lamp ' in page) is shown


def test_several_at_once_name_what_could_not_be_done(
    late: Late, county: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    vacant = issued(county, parties(county).first_desk, [SISTER_VILLAGE]).assignments[0].id
    county.commit()
    answer = late.first_desk.post(
        "/supervision/remind", data={"assignment": [str(late.id), str(vacant), "999999", "x"]}
    )
    page = text(late.first_desk.get(answer.headers["Location"]))
    assert "已催办 1 项，共勾选 3 项" in page
    assert "岗位空缺" in page and "不在您的管辖范围内" in page
    assert counted(county, Reminder) == 1
    assert late.first_desk.post("/supervision/remind").status_code == 400
    other = sign_in("desk", OTHER_TOWNSHIP)
    other.post("/supervision/remind", data={"assignment": str(late.id)})
    assert counted(county, Reminder) == 1


def test_the_list_stands_in_code_order_and_shows_no_neighbour(late: Late, sign_in: Callable[..., FlaskClient]) -> None:
    page = text(late.first_desk.get("/supervision/?sort=lamp"))
    places = [page.index(f'data-label="承办单位" class="">{name}') for name in ("上帕镇", "上帕村委会")]
    assert places == sorted(places)
    assert "逾期" in page and "冬春防火隐患排查" in page
    assert f"/supervision/{late.id}" in text(late.township.get("/supervision/"))
    for unit in (OTHER_TOWNSHIP, factories.NEIGHBOUR_COUNTY):
        other = sign_in("desk", unit)
        assert "没有督办事项" in text(other.get("/supervision/"))
        assert other.get(f"/supervision/{late.id}").status_code == 404
        assert other.get(f"/supervision/{late.id}/sheet.pdf").status_code == 404


def test_what_is_not_under_supervision_is_not_listed(clients: Clients, county: Session) -> None:
    issue(clients.first_desk, county, VILLAGE)
    assert "没有督办事项" in text(clients.first_desk.get("/supervision/"))


def test_a_step_with_faults_keeps_what_was_typed(
    late: Late, county: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    secretary = sign_in("secretary", COUNTY)
    assert step(late.first_desk, late, "desk", "talk").status_code == 302
    assert step(secretary, late, "secretary", "circular").status_code == 302
    answer = step(secretary, late, "secretary", "listed_supervision", leader_name="某副县长", ends_on="后天")
    assert answer.status_code == 303
    page = text(secretary.get(answer.headers["Location"]))
    for words in ("挂牌督办须有文号", "日期不正确", "某副县长", "多次催办仍未反馈"):
        assert words in page
    assert counted(county, LadderStep) == 2
    assert "某副县长" not in text(late.first_desk.get(answer.headers["Location"])), "what somebody typed is his own"
    assert "由福贡县党组织书记办理" in text(late.first_desk.get(f"/supervision/{late.id}"))


def test_steps_are_read_by_the_receiver_and_withdrawn_with_a_reason(late: Late, county: Session) -> None:
    step(late.first_desk, late, "desk", "talk")
    assert "多次催办仍未反馈" in text(late.village.get(f"/supervision/{late.id}"))
    number = county.scalars(select(LadderStep.id)).one()
    county.rollback()
    path = f"/supervision/{late.id}/desk/{number}/withdraw"
    refused = late.first_desk.post(path, data={"reason": ""})
    assert refused.status_code == 303 and "没有填写撤销理由" in text(late.first_desk.get(refused.headers["Location"]))
    assert late.first_desk.post(path, data={"reason": "登记有误"}).status_code == 302
    page = text(late.village.get(f"/supervision/{late.id}"))
    assert "约谈（已撤销）" in page and "登记有误" in page


def test_the_sheet_is_one_official_page(late: Late, county: Session) -> None:
    step(late.first_desk, late, "desk", "talk")
    answer = late.first_desk.get(f"/supervision/{late.id}/sheet.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Cache-Control"] == "no-store"
    with pdfplumber.open(io.BytesIO(answer.data)) as pdf:
        assert len(pdf.pages) == 1
        words = "".join((pdf.pages[0].extract_text() or "").split())
    for expected in (
        "内部材料",
        "督办单",
        "上帕村委会",
        "逾期7个工作日",
        "2026年11月3日约谈",
        "报怒江傈僳族自治州督办",
    ):
        assert expected in words, expected


def test_there_is_no_sheet_without_supervision(clients: Clients, county: Session) -> None:
    row = issue(clients.first_desk, county, VILLAGE)[VILLAGE]
    answer = clients.first_desk.get(f"/supervision/{row.id}/sheet.pdf")
    assert answer.status_code == 400
    assert "没有督办记录" in text(answer)


def test_the_list_is_a_file_in_the_order_of_units_without_lamps(late: Late, county: Session) -> None:
    step(late.first_desk, late, "desk", "talk")
    file = late.first_desk.get("/supervision/?format=csv").get_data(as_text=True)
    rows = [line.split(",") for line in file.splitlines() if "冬春防火隐患排查" in line]
    assert [row[4] for row in rows] == ["533323101000", VILLAGE], "units stand in code order"
    assert "约谈" in rows[1] and "2026-11-03" in rows[1] and "2026-11-02" in rows[1]
    assert not any(word in file for word in ("逾期", "临期", "■", "▲", "合计"))
    assert "制表单位" in file and "有效期至" in file
    with late.first_desk.get("/supervision/?format=xlsx") as answer:
        assert answer.data.startswith(b"PK")
    county.rollback()
    assert county.scalars(select(AuditEntry.action).where(AuditEntry.action == "supervision.export")).all() != []


def test_the_file_holds_nobody_elses_units(late: Late, sign_in: Callable[..., FlaskClient]) -> None:
    for role, unit, seen in (
        ("secretary", VILLAGE, [VILLAGE]),
        ("desk", OTHER_TOWNSHIP, []),
        ("desk", factories.NEIGHBOUR_COUNTY, []),
    ):
        file = sign_in(role, unit).get("/supervision/?format=csv").get_data(as_text=True)
        assert [line.split(",")[4] for line in file.splitlines() if "冬春防火隐患排查" in line] == seen
