"""What the unit that splits a task reads of each unit below before it hands parts down, and how it chooses all of them."""

from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.accountability.conftest import Clients
from tests.accountability.test_pages import Issued, do, issue, text
from tests.factories import SISTER_VILLAGE, TOWNSHIP, VILLAGE
from webapp.accountability.models import Assignment
from webapp.org.models import Division


def opened(client: FlaskClient, session: Session, row: Issued) -> tuple[str, int | None]:
    do(client, session, row, "acknowledge")
    version = session.scalar(select(Assignment.version).where(Assignment.id == row.id))
    session.rollback()
    return f"/tasks/assignments/{row.id}/split", version


def test_the_page_names_the_month_and_what_other_levels_have_asked(clients: Clients, county: Session) -> None:
    issue(clients.first_desk, county, VILLAGE, title="饮水安全排查", due_on="2026-11-20")
    row = issue(clients.first_desk, county, TOWNSHIP, due_on="2026-11-24")[TOWNSHIP]
    path, _ = opened(clients.township, county, row)
    page = text(clients.township.get(path))
    assert "表中是2026年11月（截止日期所在月份）" in page and "11月负担" in page and "本月”" not in page
    asked = page.split('data-label="其他单位的要求"')
    assert sum("饮水安全排查（福贡县，" in part.split("</td>")[0] for part in asked[1:]) == 1


def test_over_the_ceiling_the_splitter_is_told_what_a_splitter_can_do(clients: Clients, county: Session) -> None:
    issue(clients.first_desk, county, VILLAGE, minutes="45")
    row = issue(clients.first_desk, county, TOWNSHIP)[TOWNSHIP]
    path, version = opened(clients.township, county, row)
    refused = clients.township.post(path, data={"version": version, "unit": VILLAGE})
    page = text(clients.township.get(refused.headers["Location"]))
    assert "请不选这些村（由本单位承办）、申请延期，或者请下达单位调整" in page and "减少内容" not in page


def test_all_units_are_chosen_by_one_box_without_a_script(clients: Clients, county: Session) -> None:
    row = issue(clients.first_desk, county, TOWNSHIP)[TOWNSHIP]
    path, version = opened(clients.township, county, row)
    assert 'name="all" value="y" data-ticks="unit"' in text(clients.township.get(path))
    form = {"version": version, "all": "y", f"weight-{VILLAGE}": "很重"}
    kept = text(clients.township.get(clients.township.post(path, data=form).headers["Location"]))
    assert "权重“很重”不正确" in kept and 'data-ticks="unit" checked' in kept
    assert clients.township.post(path, data=form | {f"weight-{VILLAGE}": "3"}).status_code == 302
    parts = select(Assignment.unit_code, Assignment.weight).where(Assignment.parent_id == row.id)
    found = dict(county.execute(parts).tuples().all())
    assert found.pop(VILLAGE) == 3 and SISTER_VILLAGE in found and set(found.values()) == {1}
    below = select(func.count()).select_from(Division).where(Division.parent_code == TOWNSHIP)
    assert county.scalar(below) == len(found) + 1
