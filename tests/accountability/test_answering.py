"""What an answering unit finds on its page: what it goes back to, what still holds it up, and titles that say what happened."""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.accountability.conftest import Clients
from tests.accountability.test_pages import Issued, do, issue, text, typed
from tests.factories import COUNTY, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from webapp.accountability.models import Assignment
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
    page = text(clients.township.get(path))
    assert "还有 2 个单位没有办结，全部销号、撤回或免办后就可以反馈" in page and 'name="report-text"' not in page
    for code in (VILLAGE, SISTER_VILLAGE):
        assert f'<a href="/tasks/assignments/{units[code].id}">' in page
    assert do(clients.township, county, units[SISTER_VILLAGE], "recall", reason="重复").status_code == 302
    page = text(clients.township.get(path))
    assert "还有 1 个单位没有办结" in page and 'name="report-text"' not in page
    assert do(clients.township, county, units[VILLAGE], "exempt", reason="没有此类对象").status_code == 302
    assert 'name="report-text"' in text(clients.township.get(path))


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
